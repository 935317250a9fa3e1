import type { NetworkPolicy, PolicyPeer } from '../objects/access.ts';
import type { CiliumPeers, CiliumPolicy } from '../objects/cilium.ts';
import { selects } from '../label-match.ts';
import { refOf } from '../objects/meta.ts';
import { byText, nameSome } from '../text.ts';
import { type Enforcement, enforcementIn, enforcementText } from './enforcement.ts';
import type { AccessObjects } from './observed.ts';
import { EVERYWHERE } from './reach.ts';
import type { Target } from './targets.ts';

/** Whom the network policies let in that really select a target's pods. */
export interface Walls {
  /** Refs of the policies that limit who comes in; none: everybody may. */
  policies: readonly string[];
  anyone: boolean;
  anyPod: boolean;
  namespaces: readonly string[];
  /** IP blocks, and entities of Cilium such as ingress or host. */
  others: readonly string[];
  /** Why these policies may not hold, or do not; absent when they do. */
  doubt?: { state: Exclude<Enforcement['state'], 'held'>; why: string };
}

type Admitted = Omit<Walls, 'policies' | 'doubt'>;

/** The policies around a target; without one, anyone. */
export function wallsOf(target: Target, objects: AccessObjects): Walls {
  const enforcement = enforcementIn(objects);
  const plain = objects.NetworkPolicy.filter(
    (policy) =>
      policy.namespace === target.namespace &&
      policy.limitsIngress &&
      selects(policy.selector, target.labels),
  );
  const cilium = [...objects.CiliumNetworkPolicy, ...objects.CiliumClusterwideNetworkPolicy]
    .filter(({ namespace }) => namespace === undefined || namespace === target.namespace)
    .map((policy) => ({ policy, rules: policy.rules.filter((rule) => isAround(rule, target)) }));
  const limiting = (enforcement.state === 'held' && !enforcement.cilium ? [] : cilium).filter(({ rules }) =>
    rules.some(({ limitsIngress }) => limitsIngress),
  );
  const policies = [...plain, ...limiting.map(({ policy }) => policy)].map(refOf).toSorted(byText);
  if (policies.length === 0) return { policies, anyone: true, anyPod: true, namespaces: [], others: [] };
  const admitted = [
    ...plain.flatMap((policy) => plainAdmissions(policy, objects)),
    ...cilium.flatMap(({ rules }) => rules.flatMap(({ ingress }) => ingress.map(ciliumAdmission))),
  ];
  const { state } = enforcement;
  return {
    policies,
    ...union(admitted),
    ...(state !== 'held' && { doubt: { state, why: enforcementText(enforcement) } }),
  };
}

/** Cilium adds the namespace to the labels of a pod. */
function isAround({ selector }: CiliumPolicy['rules'][number], { labels, namespace }: Target): boolean {
  return selects(selector, { ...labels, 'io.kubernetes.pod.namespace': namespace });
}

const NOBODY: Admitted = { anyone: false, anyPod: false, namespaces: [], others: [] };

function plainAdmissions({ ingress, namespace = '' }: NetworkPolicy, objects: AccessObjects): Admitted[] {
  return ingress.flatMap((peers): Admitted[] =>
    peers.length === 0
      ? [{ ...NOBODY, anyone: true }]
      : peers.map((peer) => plainAdmission(peer, namespace, objects)),
  );
}

function plainAdmission({ cidr, namespaces }: PolicyPeer, own: string, objects: AccessObjects): Admitted {
  if (cidr !== undefined)
    return EVERYWHERE.has(cidr) ? { ...NOBODY, anyone: true } : { ...NOBODY, others: [cidr] };
  if (namespaces === undefined) return { ...NOBODY, namespaces: [own] };
  if (namespaces.length === 0) return { ...NOBODY, anyPod: true };
  const named = namespaces.find(
    ({ key, operator }) => key === 'kubernetes.io/metadata.name' && operator === 'In',
  );
  const fitting = objects.Namespace.filter(({ labels }) => selects(namespaces, labels)).map(
    ({ name }) => name,
  );
  return { ...NOBODY, namespaces: named ? named.values : fitting };
}

function ciliumAdmission({ namespaces, entities, anyNamespace, cidrs }: CiliumPeers): Admitted {
  const has = (...names: string[]): boolean => names.some((name) => entities.includes(name));
  return {
    anyone: has('world', 'world-ipv4', 'world-ipv6', 'all') || cidrs.some((cidr) => EVERYWHERE.has(cidr)),
    anyPod: anyNamespace || has('cluster'),
    namespaces,
    others: [...cidrs, ...entities],
  };
}

function union(admitted: readonly Admitted[]): Admitted {
  return {
    anyone: admitted.some(({ anyone }) => anyone),
    anyPod: admitted.some(({ anyPod }) => anyPod),
    namespaces: distinct(admitted.flatMap(({ namespaces }) => namespaces)),
    others: distinct(admitted.flatMap(({ others }) => others)),
  };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted(byText);
}

/** Whether only named namespaces, networks or entities come in, if policies hold at all. */
export function isNarrow({ policies, anyone, anyPod, doubt }: Walls): boolean {
  return policies.length > 0 && !anyone && !anyPod && doubt?.state !== 'not held';
}

/** Who comes in, in words. */
export function wallsText(walls: Walls): string {
  const { policies, anyone, anyPod, namespaces, others, doubt } = walls;
  if (policies.length === 0) return 'no network policy selects its pods';
  if (doubt?.state === 'not held') return `${nameSome(policies, 1)} holds nobody back: ${doubt.why}`;
  if (anyone) return `${nameSome(policies, 1)} lets everybody in`;
  if (anyPod) return `${nameSome(policies, 1)} lets every pod in`;
  const from = [...namespaces, ...others];
  return from.length === 0 ? 'policies let nobody in' : `only from ${nameSome(from, 4)}`;
}
