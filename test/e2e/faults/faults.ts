import type { Fault } from './fault.ts';
import { POD_FAULTS } from './pods.ts';

/** Every fault, from the near to the far. */
export const FAULTS: readonly Fault[] = [...POD_FAULTS];
