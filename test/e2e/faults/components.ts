import { BACKUP_FAULTS } from './components-backup.ts';
import { NETWORK_FAULTS } from './components-network.ts';
import { PLATFORM_FAULTS } from './components-platform.ts';
import { STORAGE_FAULTS } from './components-storage.ts';
import { UPGRADE_FAULTS } from './components-upgrade.ts';
import type { Fault } from './fault.ts';

/** Faults of what a cluster is made of beside its workloads, one at least for each component that health knows. */
export const COMPONENT_FAULTS: readonly Fault[] = [
  ...UPGRADE_FAULTS,
  ...STORAGE_FAULTS,
  ...BACKUP_FAULTS,
  ...NETWORK_FAULTS,
  ...PLATFORM_FAULTS,
];
