import type { Fault } from './fault.ts';
import { REFUSALS } from './flux-applies.ts';
import { BUILD_FAULTS, DEPENDENCY_FAULTS } from './flux-builds.ts';
import { CHART_FAULTS } from './flux-charts.ts';
import { CONTROLLER_FAULTS } from './flux-controllers.ts';
import { HEALTH_CHECK_FAULTS } from './flux-health-checks.ts';
import { OTHER_FLUX_FAULTS } from './flux-others.ts';
import { GREEN_RELEASE_FAULTS, RELEASE_FAULTS } from './flux-releases.ts';
import { SOURCE_FAULTS } from './flux-sources.ts';

/** What goes wrong with Flux, from the source to what it applies; conditions and words are those of its controllers. */
export const FLUX_FAULTS: readonly Fault[] = [
  ...SOURCE_FAULTS,
  ...CHART_FAULTS,
  ...BUILD_FAULTS,
  ...DEPENDENCY_FAULTS,
  ...REFUSALS,
  ...HEALTH_CHECK_FAULTS,
  ...RELEASE_FAULTS,
  ...GREEN_RELEASE_FAULTS,
  ...OTHER_FLUX_FAULTS,
  ...CONTROLLER_FAULTS,
];
