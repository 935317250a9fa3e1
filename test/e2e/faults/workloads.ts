import { EXTENSION_FAULTS } from './admission-extensions.ts';
import { REFUSAL_FAULTS } from './admission.ts';
import type { Fault } from './fault.ts';
import { STORAGE_FAULTS } from './storage.ts';
import { CONTAINER_FAULTS } from './workloads-containers.ts';
import { JOB_FAULTS } from './workloads-jobs.ts';
import { NETWORK_FAULTS } from './workloads-network.ts';
import { NODE_FAULTS } from './workloads-nodes.ts';
import { PLACE_FAULTS } from './workloads-scheduling.ts';

/** Faults of workloads and of what they stand on, one at least for each row of the diagnosis of a pod. */
export const WORKLOAD_FAULTS: readonly Fault[] = [
  ...CONTAINER_FAULTS,
  ...PLACE_FAULTS,
  ...NODE_FAULTS,
  ...STORAGE_FAULTS,
  ...REFUSAL_FAULTS,
  ...EXTENSION_FAULTS,
  ...NETWORK_FAULTS,
  ...JOB_FAULTS,
];
