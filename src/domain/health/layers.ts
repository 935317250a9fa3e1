import type { Component, Fault } from './fault.ts';

/** From the bottom up: what lies below explains what lies above. */
const LAYERS: Readonly<Record<Component, number>> = {
  node: 0,
  'control-plane': 1,
  cni: 1,
  storage: 2,
  flux: 3,
  certificate: 4,
  network: 4,
  workload: 5,
  job: 5,
  scaling: 6,
  deletion: 6,
  monitoring: 6,
  database: 6,
  other: 6,
  backup: 7,
  upgrade: 8,
};

/** Names of the workloads that give a cluster its network and name resolution. */
const CLUSTER_NETWORK =
  /^(?:DaemonSet|Deployment)\/[\w-]+\/(?:cilium|cilium-operator|calico-node|kube-flannel\w*|coredns|kube-dns|kube-proxy)$/;

/** The layer of a fault, 0 the lowest; a workload that carries the cluster's network is as low as the control plane. */
export function layerOf({ component, ref }: Pick<Fault, 'component' | 'ref'>): number {
  return component === 'workload' && CLUSTER_NETWORK.test(ref) ? 1 : LAYERS[component];
}

/** All components, from the bottom up. */
export const COMPONENTS = Object.keys(LAYERS) as Component[];
