import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const KINDS: readonly (readonly [kind: string, plural: string, version?: string])[] = [
  ['IPAddressPool', 'ipaddresspools'],
  ['L2Advertisement', 'l2advertisements'],
  ['BGPAdvertisement', 'bgpadvertisements'],
  ['BGPPeer', 'bgppeers', 'v1beta2'],
  ['ServiceL2Status', 'servicel2statuses'],
  ['ConfigurationState', 'configurationstates'],
];

/** The CRDs of MetalLB that rules look at, without a schema. */
export function metallbCrds(): Manifest[] {
  return KINDS.map(([kind, plural, version = 'v1beta1']): PermissiveKind => ({
    group: 'metallb.io',
    version,
    kind,
    plural,
    namespaced: true,
  })).map(permissiveCrd);
}

/** A pool; without counts it is as MetalLB before 0.15 keeps it. */
export function rawAddressPool(
  name: string,
  counts?: { assigned: number; available: number },
  spec: Record<string, unknown> = {},
): Manifest {
  return {
    ...metallb('IPAddressPool', name, { addresses: ['192.0.2.10-192.0.2.29'], autoAssign: true, ...spec }),
    ...(counts && {
      status: {
        assignedIPv4: counts.assigned,
        assignedIPv6: 0,
        availableIPv4: counts.available,
        availableIPv6: 0,
      },
    }),
  };
}

/** An advertisement of pools; of all, when none is named. */
export function rawAdvertisement(
  pools: readonly string[] = [],
  kind: 'L2Advertisement' | 'BGPAdvertisement' = 'L2Advertisement',
): Manifest {
  return metallb(kind, 'default', pools.length > 0 ? { ipAddressPools: [...pools] } : {});
}

/** The status by which a speaker says that its node answers for a Service. */
export function rawServiceL2Status(service: string, node: string, namespace = 'apps'): Manifest {
  return {
    ...metallb('ServiceL2Status', `l2-${service}-${node}`, {}),
    status: { node, serviceName: service, serviceNamespace: namespace, interfaces: [{ name: 'eth0' }] },
  };
}

/** What a speaker makes of the configuration. */
export function rawConfigurationState(result: string, error = '', at = '2026-01-01T00:00:00Z'): Manifest {
  const { metadata, ...rest } = metallb('ConfigurationState', 'speaker-worker-1', {});
  return {
    ...rest,
    metadata: {
      ...metadata,
      labels: { 'metallb.io/component-type': 'speaker', 'metallb.io/node-name': 'worker-1' },
    },
    status: {
      result,
      ...(error !== '' && { errorSummary: error }),
      conditions: [
        {
          type: 'configReconcilerValid',
          status: result === 'Invalid' ? 'False' : 'True',
          reason: result === 'Invalid' ? 'ConfigError' : 'SyncStateSuccess',
          message: error,
          lastTransitionTime: at,
        },
      ],
    },
  };
}

function metallb(kind: string, name: string, spec: Record<string, unknown>): Manifest {
  return {
    apiVersion: 'metallb.io/v1beta1',
    kind,
    metadata: { name, namespace: 'metallb-system' },
    spec,
  };
}
