import type { World } from './world.ts';

/** What no rule looks at though it is there, and why: its silence must not be taken for health. */
export function uncheckedIn(world: World): { what: string; why: string }[] {
  return probes(world)
    ? [
        {
          what: 'probe results',
          why: 'what Gatus, the blackbox exporter and Prometheus measure is not read: a healthy verdict does not say that anything is reachable',
        },
      ]
    : [];
}

/** Names of the workloads that probe. */
const PROBERS = /(?:^|-)(?:gatus|blackbox(?:-exporter)?)(?:-|$)/;

function probes({ objects }: World): boolean {
  const workloads = [...objects.Deployment, ...objects.StatefulSet, ...objects.DaemonSet];
  return objects.Probe.length > 0 || workloads.some(({ name }) => PROBERS.test(name));
}
