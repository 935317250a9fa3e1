import { refOf } from '../objects/meta.ts';
import type { Event, Node } from '../objects/platform.ts';
import type { Workload } from '../objects/workload.ts';
import { clip, nameSome } from '../text.ts';
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
