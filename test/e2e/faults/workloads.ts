import type { Fault } from './fault.ts';

/** Faults of workloads and of what they stand on, one at least for each row of the diagnosis of a pod. */
export const WORKLOAD_FAULTS: readonly Fault[] = [];
