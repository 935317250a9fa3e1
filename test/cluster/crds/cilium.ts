import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const KINDS: readonly (readonly [kind: string, plural: string, namespaced: boolean])[] = [
  ['CiliumNode', 'ciliumnodes', false],
  ['CiliumEndpoint', 'ciliumendpoints', true],
  ['CiliumNetworkPolicy', 'ciliumnetworkpolicies', true],
  ['CiliumClusterwideNetworkPolicy', 'ciliumclusterwidenetworkpolicies', false],
  ['CiliumLoadBalancerIPPool', 'ciliumloadbalancerippools', false],
];

/** The CRDs of Cilium that rules look at, without a schema. */
export function ciliumCrds(): Manifest[] {
  return KINDS.map(([kind, plural, namespaced]): PermissiveKind => ({
    group: 'cilium.io',
    version: 'v2',
    kind,
    plural,
    namespaced,
  })).map(permissiveCrd);
}

/** The CiliumNode of a Node. */
export function rawCiliumNode(name: string): Manifest {
  return cilium('CiliumNode', { name }, { addresses: [{ ip: '192.0.2.11', type: 'InternalIP' }] });
}

/** The CiliumEndpoint of a pod, in a state. */
export function rawCiliumEndpoint(name: string, state: string, namespace = 'apps'): Manifest {
  return {
    ...cilium('CiliumEndpoint', { name, namespace, labels: { app: 'web' } }),
    status: {
      id: 1234,
      state,
      identity: { id: 40_001, labels: ['k8s:app=web'] },
      networking: { addressing: [{ ipv4: '10.0.0.7' }], node: '192.0.2.11' },
    },
  };
}

/** A policy as stored; `valid` is what the operator makes of it. */
export function rawCiliumPolicy(
  name: string,
  spec: Record<string, unknown>,
  { namespace = 'apps', valid = 'True', message = '', at = '2026-01-01T00:00:00Z' } = {},
): Manifest {
  const condition = {
    type: 'Valid',
    status: valid,
    lastTransitionTime: at,
    message: message || 'Policy validation succeeded',
  };
  return {
    ...cilium('CiliumNetworkPolicy', { name, namespace }, spec),
    status: { conditions: [condition] },
  };
}

/** A pool with what the operator counts; its counts are texts of conditions. */
export function rawCiliumPool(
  name: string,
  { total = 20, available = 10, conflict = '', at = '2026-01-01T00:00:00Z' } = {},
  spec: Record<string, unknown> = {},
): Manifest {
  const count = (type: string, value: number): object => ({
    type: `cilium.io/${type}`,
    status: 'Unknown',
    reason: 'noreason',
    message: String(value),
    lastTransitionTime: at,
  });
  return {
    ...cilium(
      'CiliumLoadBalancerIPPool',
      { name },
      { blocks: [{ start: '192.0.2.10', stop: '192.0.2.29' }], disabled: false, ...spec },
    ),
    status: {
      conditions: [
        {
          type: 'cilium.io/PoolConflict',
          status: conflict === '' ? 'False' : 'True',
          reason: conflict === '' ? 'resolved' : 'cidr_overlap',
          message: conflict,
          lastTransitionTime: at,
        },
        count('IPsTotal', total),
        count('IPsAvailable', available),
        count('IPsUsed', total - available),
      ],
    },
  };
}

/** The condition that LB-IPAM writes on a Service it cannot serve. */
export function ipamCondition(reason: string, message: string, at: string): object {
  return {
    type: 'cilium.io/IPAMRequestSatisfied',
    status: 'False',
    reason,
    message,
    lastTransitionTime: at,
  };
}

function cilium(kind: string, metadata: Manifest['metadata'], spec: Record<string, unknown> = {}): Manifest {
  return { apiVersion: 'cilium.io/v2', kind, metadata, spec };
}
