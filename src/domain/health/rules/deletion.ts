import { conditionOf } from '../../conditions.ts';
import { type ClusterObject, type Condition, refOf } from '../../objects/meta.ts';
import type { Pod } from '../../objects/workload.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { type Fault, faultOf, minutesSince, type RuleSet, type Symptom } from '../fault.ts';
import { namedCauses } from '../named-causes.ts';
import type { World } from '../world.ts';

/** Minutes that a deletion may take beyond its grace period. */
const PATIENCE = 10;

/** Objects that are being deleted; in progress until they are stuck. The source is the API's own deletion protocol. */
export const DELETION: RuleSet = {
  component: 'deletion',
  checked: deleted,
  judge: (world) => deleted(world).map((object) => faultOfDeletion(object, world)),
};

/** Kinds that come and go with others. */
const FOLLOWERS: ReadonlySet<string> = new Set(['Event', 'EndpointSlice', 'ReplicaSet']);

function deleted({ byRef }: World): ClusterObject[] {
  return [...byRef.values()].filter(({ deletion, kind }) => deletion !== undefined && !FOLLOWERS.has(kind));
}

function faultOfDeletion(object: ClusterObject, world: World): Fault {
  const grace = (object.deletion?.graceSeconds ?? 0) / 60;
  const stuck = minutesSince(object.deletion?.since, world.now) >= grace + PATIENCE;
  const symptom: Symptom = {
    state: stuck ? 'degraded' : 'progressing',
    message: clip(`is being deleted${stuck ? ' and does not go away' : ''}${obstacle(object, world)}`, 240),
    since: object.deletion?.since,
    evidence: blockingConditions(object).map(({ type, message }) => ({
      path: `conditions[${type}]`,
      value: clip(message ?? '', 140),
    })),
    causes: causesOf(object, world),
  };
  return faultOf(symptom, { component: 'deletion', rule: 'Terminating', ref: refOf(object) });
}

/** Reasons by which a Namespace says what is left in it (kubernetes pkg/controller/namespace/deletion). */
const NAMESPACE_CONDITIONS = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceFinalizersRemaining',
  'NamespaceContentRemaining',
] as const;

function blockingConditions(object: ClusterObject): Condition[] {
  return NAMESPACE_CONDITIONS.flatMap((type) => {
    const found = conditionOf(object, type);
    return found?.status === 'True' ? [found] : [];
  });
}

function obstacle(object: ClusterObject, world: World): string {
  const said = blockingConditions(object)[0];
  if (said) return `: ${said.message ?? said.type}`;
  const users = object.kind === 'PersistentVolumeClaim' ? usersOf(object, world) : [];
  if (users.length > 0) return `: still used by ${nameSome(users, 3)}`;
  const finalizers = object.deletion?.finalizers ?? [];
  return finalizers.length > 0 ? `: waits for ${nameSome(finalizers, 3)}` : '';
}

function usersOf({ namespace, name }: ClusterObject, world: World): string[] {
  return (world.podsByClaim.get(`${namespace}/${name}`) ?? []).map(refOf).toSorted(byText);
}

function causesOf(object: ClusterObject, world: World): string[] {
  const node = object.kind === 'Pod' ? (object as Pod).node : undefined;
  const down = node !== undefined && world.downNodes.has(node) ? [refOf({ kind: 'Node', name: node })] : [];
  const said = blockingConditions(object).map(({ message }) => message ?? '');
  const controllers = world.verdicts.get(refOf(object))?.causedBy ?? [];
  return [...down, ...controllers, ...namedCauses(said.join('\n'), world)];
}
