import { byText, nameSome } from '../text.ts';
import type { AccessObjects } from './observed.ts';

/** Who holds network policies in a cluster, which the API server only stores. */
export interface Enforcement {
  /** `not seen`: no program that does is among the pods. */
  state: 'held' | 'not held' | 'not seen';
  /** Of Cilium only its own policies count beside those of Kubernetes. */
  cilium: boolean;
  /** The network plugins that were seen. */
  by: readonly string[];
}

/** Programs of each node's network, by their image, and whether they hold policies of Kubernetes. */
const PLUGINS: readonly { name: string; image: RegExp; holds: boolean }[] = [
  { name: 'Cilium', image: /(?:^|\/)cilium(?:-ci)?[:@]/, holds: true },
  { name: 'Calico', image: /(?:^|\/)calico(?:\/|-)node[:@]/, holds: true },
  { name: 'Antrea', image: /(?:^|\/)antrea-(?:agent-)?ubuntu[:@]/, holds: true },
  { name: 'kube-router', image: /(?:^|\/)kube-router[:@]/, holds: true },
  { name: 'Weave', image: /(?:^|\/)weave-npc[:@]/, holds: true },
  { name: 'kube-network-policies', image: /(?:^|\/)kube-network-policies[:@]/, holds: true },
  { name: 'AWS', image: /(?:^|\/)aws-network-policy-agent[:@]/, holds: true },
  { name: 'OVN', image: /(?:^|\/)(?:ovn-kube\w*|kube-ovn)[:@]/, holds: true },
  { name: 'flannel', image: /(?:^|\/)flannel[:@]/, holds: false },
];

/** As its pods tell: with flannel alone, the plugin that Talos comes with, policies are held by nobody. */
export function enforcementIn({ Pod: pods }: Pick<AccessObjects, 'Pod'>): Enforcement {
  const images = new Set(
    pods
      .filter(({ phase }) => phase === 'Running')
      .flatMap(({ containers }) => containers.map(({ image }) => image)),
  );
  const seen = PLUGINS.filter(({ image }) => [...images].some((one) => image.test(one)));
  const holding = seen.filter(({ holds }) => holds);
  const idle = seen.length > 0 ? 'not held' : 'not seen';
  return {
    state: holding.length > 0 ? 'held' : idle,
    cilium: holding.some(({ name }) => name === 'Cilium'),
    by: seen.map(({ name }) => name).toSorted(byText),
  };
}

/** What that means for policies that are there. */
export function enforcementText({ state, by }: Enforcement): string {
  if (state === 'not held') return `${nameSome(by, 2)} does not hold network policies`;
  return 'no network plugin that holds policies is seen';
}
