import { byText, nameSome } from '../text.ts';
import { unseenOperators } from './dead-operators.ts';
import { hasStatus, isOfTable } from './other-kinds.ts';
import type { World } from './world.ts';

/** A part of the cluster that no rule looks at, and why. */
interface Unchecked {
  what: string;
  why: string;
}

/** What no rule looks at though it is there, and why: its silence must not be taken for health. */
export function uncheckedIn(world: World): Unchecked[] {
  return [...probeResults(world), ...silentKinds(world), ...unreadGroups(world), ...oldWords(world)];
}

/** Told where something probes, and where it is not known whether anything does. */
function probeResults(world: World): Unchecked[] {
  if (!probes(world) && world.sees('Deployment') && world.sees('StatefulSet')) return [];
  return [
    {
      what: 'probe results',
      why: 'what Gatus, the blackbox exporter and Prometheus measure is not read: a healthy verdict does not say that anything is reachable',
    },
  ];
}

/** Names of the workloads that probe. */
const PROBERS = /(?:^|-)(?:gatus|blackbox(?:-exporter)?)(?:-|$)/;

function probes({ objects }: World): boolean {
  const workloads = [...objects.Deployment, ...objects.StatefulSet, ...objects.DaemonSet];
  return objects.Probe.length > 0 || workloads.some(({ name }) => PROBERS.test(name));
}

/** Kinds that carry no status are configuration, or nobody looks after them. */
function silentKinds({ others }: World): Unchecked[] {
  const silent = others.filter(({ items }) => items.length > 0 && !items.some(hasStatus));
  if (silent.length === 0) return [];
  const what = nameSome(
    silent.map(({ kind }) => kind),
    5,
  );
  return [{ what, why: 'not one of the objects carries a status that could be judged' }];
}

function unreadGroups({ objects, others }: World): Unchecked[] {
  const read = new Set(others.map(({ kind }) => kind));
  const definitions = objects.CustomResourceDefinition.filter(
    ({ group, defines }) => !isOfTable(group) && !read.has(defines),
  );
  const groups = [...new Set(definitions.map(({ group }) => group))].toSorted(byText);
  if (groups.length === 0) return [];
  return [
    { what: `kinds of ${nameSome(groups, 3)}`, why: 'read only when --api-groups names their API group' },
  ];
}

function oldWords(world: World): Unchecked[] {
  const kinds = unseenOperators(world);
  if (kinds.length === 0) return [];
  return [
    { what: `whether ${nameSome(kinds, 4)} is looked after`, why: 'no workload of the operator is seen' },
  ];
}
