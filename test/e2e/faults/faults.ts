import type { Fault } from './fault.ts';
import { NODE_FAULTS } from './nodes.ts';
import { POD_FAULTS } from './pods.ts';
import { WORKLOAD_FAULTS } from './workloads.ts';

/** Every fault, from the near to the far. */
export const FAULTS: readonly Fault[] = [...NODE_FAULTS, ...POD_FAULTS, ...WORKLOAD_FAULTS];
