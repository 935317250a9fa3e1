import { ApiError, pause } from '../../cluster/api.ts';
import { permissiveCrd } from '../../cluster/crds.ts';
import type { ClusterAccess } from '../../cluster/access.ts';
import type { Manifest } from '../../cluster/manifest.ts';

/** What the example has objects of and no operator is there for, as apiVersion, kind, plural. */
const KINDS: readonly (readonly [apiVersion: string, kind: string, plural: string])[] = [
  ['cert-manager.io/v1', 'ClusterIssuer', 'clusterissuers'],
  ['cilium.io/v2', 'CiliumNetworkPolicy', 'ciliumnetworkpolicies'],
  ['gateway.networking.k8s.io/v1', 'Gateway', 'gateways'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes'],
  ['gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'referencegrants'],
  ['longhorn.io/v1beta2', 'RecurringJob', 'recurringjobs'],
  ['monitoring.coreos.com/v1', 'Probe', 'probes'],
  ['monitoring.coreos.com/v1', 'PrometheusRule', 'prometheusrules'],
  ['upgrade.cattle.io/v1', 'Plan', 'plans'],
  ['volsync.backube/v1alpha1', 'ReplicationDestination', 'replicationdestinations'],
  ['volsync.backube/v1alpha1', 'ReplicationSource', 'replicationsources'],
];

/** Groups of Kubernetes itself ask for it. */
const APPROVED = { 'api-approved.kubernetes.io': 'unapproved, a stand-in for tests' };

/** Definitions that take anything. */
export function exampleCrds(): Manifest[] {
  return KINDS.map(([apiVersion, kind, plural]) => {
    const [group = '', version = ''] = apiVersion.split('/');
    const crd = permissiveCrd({ group, version, kind, plural, namespaced: kind !== 'ClusterIssuer' });
    return { ...crd, metadata: { ...crd.metadata, annotations: APPROVED } };
  });
}

/** Kinds whose controllers are not there: something else has to say that they are ready. */
const UNATTENDED: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'],
  ['source.toolkit.fluxcd.io/v1', 'HelmRepository'],
  ['source.toolkit.fluxcd.io/v1', 'OCIRepository'],
  ['apps/v1', 'Deployment'],
];

/** Says of every object of an unattended kind that it is ready, until told to stop. */
export function attend({ admin }: ClusterAccess): { stop: () => Promise<void> } {
  const stopper = new AbortController();
  const round = async (): Promise<void> => {
    for (const [apiVersion, kind] of UNATTENDED)
      for (const object of await admin.list(apiVersion, kind)) {
        const { generation } = object.metadata;
        if (object.status?.['observedGeneration'] === generation) continue;
        await admin.patchStatus({ ...object, apiVersion, kind }, readyStatus(object));
      }
  };
  const work = async (): Promise<void> => {
    while (!stopper.signal.aborted) {
      // A kind may be too new to be read, an object gone in between: then the next round has it.
      await round().catch(unlessRefused);
      await pause(300);
    }
  };
  const done = work();
  return {
    stop: async () => {
      stopper.abort();
      await done;
    },
  };
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}

function readyStatus({ metadata, spec }: Manifest): Record<string, unknown> {
  const replicas = spec?.['replicas'];
  const counts = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'].map((name) => [
    name,
    replicas,
  ]);
  const condition = {
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    message: '',
    lastTransitionTime: new Date().toISOString(),
  };
  return {
    observedGeneration: metadata.generation,
    ...(replicas !== undefined && (Object.fromEntries(counts) as object)),
    conditions: [
      { ...condition, type: replicas === undefined ? 'Ready' : 'Available' },
      ...(replicas === undefined ? [] : [{ ...condition, type: 'Progressing' }]),
    ],
  };
}
