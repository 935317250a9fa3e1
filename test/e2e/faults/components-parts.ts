import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, node, pod, warning } from '../../cluster/seed.ts';
import type { PodOptions } from '../../cluster/seed-pods.ts';

/** The time so many minutes ago, as the API server writes it. */
export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** In minutes. */
export const DAY = 24 * 60;

/** A Talos node of a fault's own, with an older version if need be. */
export function ownNode(
  name: string,
  { talos = 'v1.13.9', kubelet = 'v1.36.2', labels = {} } = {},
): Manifest {
  const ready = node(name, { since: new Date(Date.now() - DAY * 60_000) });
  return {
    ...ready,
    metadata: { ...ready.metadata, labels: { ...ready.metadata.labels, ...labels } },
    status: {
      ...ready.status,
      nodeInfo: {
        ...(ready.status?.['nodeInfo'] as object),
        osImage: `Talos (${talos})`,
        kubeletVersion: kubelet,
      },
    },
  };
}

/** A claim in `apps` that is bound to a volume, and that volume. */
export function boundClaim(name: string, volume: string, source: Record<string, unknown>): Manifest[] {
  const size = { storage: '10Gi' };
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume },
      spec: {
        capacity: size,
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'apps', name },
        ...source,
      },
      status: { phase: 'Bound' },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'apps' },
      spec: {
        volumeName: volume,
        storageClassName: '',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: size },
      },
      status: { phase: 'Bound', capacity: size, accessModes: ['ReadWriteOnce'] },
    },
  ];
}

/** The source of a volume of a CSI driver. */
export function csi(driver: string, handle: string): Record<string, unknown> {
  return { csi: { driver, volumeHandle: handle } };
}

/** A Deployment of one pod in `apps` that mounts a claim; an event on the pod says why it does not start. */
export function appOn(name: string, claim: string, options: PodOptions, said?: [string, string]): Manifest[] {
  const all = deploymentTree(name, 'apps', { pods: [options] }).map((object) =>
    object.kind === 'Pod' ? mounting(object, claim) : object,
  );
  const event = said && all.filter(({ kind }) => kind === 'Pod').map((one) => warning(one, ...said));
  return [...all, ...(event ?? [])];
}

function mounting(object: Manifest, claim: string): Manifest {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: claim } }];
  return { ...object, spec: { ...object.spec, volumes } };
}

/** A Deployment whose pods are all there, or that somebody has scaled to zero. */
export function operator(name: string, space: string, replicas: number): Manifest[] {
  return deploymentTree(name, space, { replicas });
}

/** A StatefulSet of one pod, with that pod. */
export function statefulSet(name: string, space: string, options: PodOptions): Manifest[] {
  const labels = { 'app.kubernetes.io/name': name };
  const ready = (options.state ?? 'running') === 'running' ? 1 : 0;
  const set: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: space, labels },
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.test/x:1' }] },
      },
    },
    status: {
      replicas: 1,
      readyReplicas: ready,
      availableReplicas: ready,
      updatedReplicas: 1,
      observedGeneration: 1,
    },
  };
  return [set, pod(`${name}-0`, space, { ...options, labels, owner: [ownerRef(set)] })];
}

/** A DaemonSet that wants so many pods and has some. */
export function daemonSet(name: string, space: string, wanted: number, available: number): Manifest {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: space, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.test/x:1' }] },
      },
    },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: wanted,
      currentNumberScheduled: wanted,
      updatedNumberScheduled: wanted,
      numberAvailable: available,
      numberReady: available,
      numberUnavailable: wanted - available,
      numberMisscheduled: 0,
    },
  };
}

/** The controller owner reference to an object that is created with its dependants. */
export function ownerRef({
  apiVersion,
  kind,
  metadata: { name },
}: Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>) {
  return { apiVersion, kind, name, uid: '', controller: true, blockOwnerDeletion: true } as const;
}

/** A Service without selector, with one endpoint. */
export function servedBy(name: string, space: string, spec: Record<string, unknown> = {}): Manifest[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: space },
      spec: { ports: [{ name: 'web', port: 80 }], ...spec },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-x1`, namespace: space, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'web', port: 80 }],
      endpoints: [{ addresses: ['10.244.9.9'], conditions: { ready: true }, nodeName: 'edge-1' }],
    },
  ];
}
