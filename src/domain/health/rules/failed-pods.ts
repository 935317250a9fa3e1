import { parseTime } from '../../duration.ts';
import { refOf } from '../../objects/meta.ts';
import type { Pod, Termination } from '../../objects/workload.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { earliest, type Fault, faultOf, type RuleSet } from '../fault.ts';
import type { World } from '../world.ts';
import { isWhole } from './pods.ts';

/**
 * Pods of phase Failed that nothing has replaced: evicted ones by their node (kubernetes pkg/kubelet/eviction), others
 * by their owner. Those of a Job are the Job's own business.
 */
export const FAILED_PODS: RuleSet = {
  component: 'workload',
  checked: () => [],
  judge: (world) => {
    const lost = world.objects.Pod.filter((pod) => isLost(pod, world));
    const evicted = lost.filter(({ reason, node }) => reason === 'Evicted' && node !== undefined);
    const others = lost.filter((pod) => !evicted.includes(pod));
    return [
      ...[...Map.groupBy(evicted, ({ node }) => node ?? '')].map(([node, pods]) => evictions(node, pods)),
      ...[...Map.groupBy(others, (pod) => world.ownerOf(pod))].map(([owner, pods]) => failures(owner, pods)),
    ];
  },
};

function isLost(pod: Pod, world: World): boolean {
  if (pod.phase !== 'Failed' || pod.deletion !== undefined || pod.owner?.kind === 'Job') return false;
  const owner = world.ownerOf(pod);
  return owner === refOf(pod) || !(isWhole(world.byRef.get(owner)) || isReplaced(pod, owner, world));
}

/** For owners of kinds that are not read: a younger ready pod stands in for it. */
function isReplaced(pod: Pod, owner: string, world: World): boolean {
  if (world.byRef.has(owner)) return false;
  const siblings = world.podsByOwner.get(owner) ?? [];
  return siblings.some(
    (other) => isReady(other) && (parseTime(other.created) ?? 0) > (parseTime(pod.created) ?? 0),
  );
}

function isReady({ conditions }: Pod): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function evictions(node: string, pods: readonly Pod[]): Fault {
  const ordered = pods.toSorted((a, b) => byText(refOf(a), refOf(b)));
  const message = ordered[0]?.message ?? '';
  return faultOf(
    {
      state: 'degraded',
      message: clip(`${pods.length} pods were evicted and not replaced: ${message}`, 200),
      since: earliest(pods.map(({ started, created }) => started ?? created)),
      evidence: [{ path: 'pods', value: nameSome(ordered.map(refOf), 3) }],
    },
    {
      component: 'node',
      rule: 'Evicted',
      ref: refOf({ kind: 'Node', name: node }),
      members: ordered.map(refOf),
    },
  );
}

function failures(owner: string, pods: readonly Pod[]): Fault {
  const ordered = pods.toSorted((a, b) => byText(refOf(a), refOf(b)));
  const alone = ordered.every((pod) => refOf(pod) === owner);
  const who = alone ? 'the pod' : `${pods.length} pods`;
  const names = nameSome(
    ordered.map(({ name }) => name),
    3,
  );
  return faultOf(
    {
      state: 'failed',
      message: clip(`${who} failed and nothing has replaced it: ${whyFailed(ordered[0])}`, 200),
      since: earliest(pods.map((pod) => exitOf(pod)?.finished ?? pod.started)),
      evidence: alone ? [] : [{ path: 'pods', value: names }],
    },
    { component: 'workload', rule: 'PodFailed', ref: owner, members: alone ? [] : ordered.map(refOf) },
  );
}

function whyFailed(pod: Pod | undefined): string {
  const exit = pod && exitOf(pod);
  const ended = exit ? `exit ${exit.exitCode} (${exit.reason ?? 'Error'})` : 'no reason given';
  return pod?.message ?? pod?.reason ?? ended;
}

function exitOf({ containers }: Pod): Termination | undefined {
  return containers.map(({ terminated }) => terminated).find((end) => end && end.exitCode !== 0);
}
