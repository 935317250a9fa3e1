import { CONTROL_PLANE_FAULTS } from './control-plane.ts';
import { DATA_FAULTS } from './data-stores.ts';
import { EDGE_FAULTS } from './edge.ts';
import type { Fault } from './fault.ts';
import { KUSTOMIZATION_FAULTS } from './kustomizations.ts';
import { LONGHORN_FAULTS } from './longhorn.ts';
import { NETWORK_FAULTS } from './network.ts';
import { NODE_FAULTS } from './nodes.ts';
import { POD_FAULTS } from './pods.ts';
import { RELEASE_FAULTS } from './releases.ts';
import { STORAGE_FAULTS } from './storage.ts';
import { UPGRADE_FAULTS } from './upgrades.ts';
import { WORKLOAD_FAULTS } from './workloads.ts';

/** Every fault, from the bottom up. */
export const FAULTS: readonly Fault[] = [
  ...NODE_FAULTS,
  ...CONTROL_PLANE_FAULTS,
  ...STORAGE_FAULTS,
  ...LONGHORN_FAULTS,
  ...DATA_FAULTS,
  ...KUSTOMIZATION_FAULTS,
  ...RELEASE_FAULTS,
  ...POD_FAULTS,
  ...WORKLOAD_FAULTS,
  ...NETWORK_FAULTS,
  ...EDGE_FAULTS,
  ...UPGRADE_FAULTS,
];
