import { refOf } from '../objects/meta.ts';
import type { Event, Node } from '../objects/platform.ts';
import type { Pod, Workload } from '../objects/workload.ts';
import { byText, clip, nameSome } from '../text.ts';
import type { RecentChange } from './change.ts';

/** New ReplicaSets of Deployments: each is a rollout. */
export function rollouts(replicaSets: readonly Workload[]): RecentChange[] {
  return replicaSets.flatMap((set) => {
    if (set.owner?.kind !== 'Deployment') return [];
    const revision = set.annotations['deployment.kubernetes.io/revision'];
    const images = nameSome(Object.values(set.images), 2);
    const object = refOf({ ...set.owner, namespace: set.namespace });
    const what = `rollout${revision === undefined ? '' : ` ${revision}`}: ${images}`;
    return [{ when: set.created, kind: 'rollout', object, what, ...inNamespace(set) }];
  });
}

/**
 * Rollouts of StatefulSets and DaemonSets, by the first pod of each revision: their own revisions are not read. A lone pod
 * that was replaced looks the same, and is said as what it is.
 */
export function podRollouts(pods: readonly Pod[]): RecentChange[] {
  const owned = pods.filter(({ owner }) => owner?.kind === 'StatefulSet' || owner?.kind === 'DaemonSet');
  const byRevision = Map.groupBy(owned, ({ owner, namespace, labels }) =>
    [owner?.kind, namespace, owner?.name, labels['controller-revision-hash']].join(' '),
  );
  return [...byRevision.values()].flatMap((all): RecentChange[] => {
    const [first] = all.toSorted((a, b) => byText(a.created, b.created));
    if (first?.owner === undefined) return [];
    const revision = first.labels['controller-revision-hash'];
    const object = refOf({ ...first.owner, namespace: first.namespace });
    const what = `first pod${revision === undefined ? '' : ` of revision ${revision}`} started: ${first.name}`;
    return [{ when: first.created, kind: 'rollout', object, what, ...inNamespace(first) }];
  });
}

/** Nodes that joined, were cordoned or are going. */
export function nodeChanges(nodes: readonly Node[]): RecentChange[] {
  return nodes.flatMap((node): RecentChange[] => {
    const object = refOf(node);
    const cordoned = node.taints.find(({ key }) => key === 'node.kubernetes.io/unschedulable')?.since;
    const ready = node.conditions.find(({ type }) => type === 'Ready');
    return [
      { when: node.created, kind: 'node', object, what: 'joined' },
      ...(cordoned === undefined
        ? []
        : [{ when: cordoned, kind: 'node' as const, object, what: 'cordoned' }]),
      ...(ready?.since === undefined || ready.since === node.created
        ? []
        : [
            {
              when: ready.since,
              kind: 'node' as const,
              object,
              what: ready.status === 'True' ? 'became Ready' : `NotReady: ${ready.reason ?? ''}`,
            },
          ]),
    ];
  });
}

/** Events that are changes rather than states: the others are evidence of findings. */
const TELLING: ReadonlyMap<string, RecentChange['kind']> = new Map([
  ['ScalingReplicaSet', 'rollout'],
  ['SuccessfulRescale', 'rollout'],
  ['Rebooted', 'node'],
  ['NodeNotReady', 'node'],
  ['NodeNotSchedulable', 'node'],
  ['NodeSchedulable', 'node'],
  ['RegisteredNode', 'node'],
  ['RemovingNode', 'node'],
  ['OOMKilling', 'event'],
  ['SystemOOM', 'event'],
  ['Evicted', 'event'],
  ['Preempted', 'event'],
  ['BackOff', 'event'],
  ['Killing', 'event'],
  ['FailedMount', 'event'],
  ['FailedAttachVolume', 'event'],
  ['Unhealthy', 'event'],
  ['ProvisioningFailed', 'event'],
  ['LeaderElection', 'event'],
  ['UpgradeSucceeded', 'helm'],
  ['UpgradeFailed', 'helm'],
  ['RollbackSucceeded', 'helm'],
  ['RollbackFailed', 'helm'],
  ['UninstallSucceeded', 'helm'],
  ['InstallFailed', 'helm'],
  ['TestFailed', 'helm'],
  ['DriftCorrected', 'helm'],
  ['Starting', 'node'],
  ['InstallSucceeded', 'helm'],
]);

/** What events tell of changes; a series counts once, when it was last seen. */
export function eventChanges(events: readonly Event[]): RecentChange[] {
  return events.flatMap(({ reason, message, last, count, regarding }) => {
    const kind = TELLING.get(reason);
    if (kind === undefined) return [];
    const times = count > 1 ? ` (×${count})` : '';
    const what = `${reason}${times}: ${clip(message, 100)}`;
    return [{ when: last, kind, object: refOf(regarding), what, ...inNamespace(regarding) }];
  });
}

function inNamespace({ namespace }: { namespace?: string }): Pick<RecentChange, 'namespace'> {
  return namespace === undefined ? {} : { namespace };
}
