import type { Manifest } from '../../cluster/manifest.ts';
import { service } from '../../cluster/seed.ts';

/** A DaemonSet that has all its three pods, which are not there themselves. */
export function daemonSet(
  name: string,
  space: string,
  status: Record<string, unknown> = {},
  labels: Record<string, string> = { app: name },
): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: space },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.test/agent:1.0.0' }] },
      },
    },
    status: {
      observedGeneration: 1,
      currentNumberScheduled: 3,
      desiredNumberScheduled: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      numberAvailable: 3,
      updatedNumberScheduled: 3,
      ...status,
    },
  };
}

/** A claim in `apps`: bound to a volume, or without one pending. */
export function claim(name: string, bound?: string, storageClass = 'fast'): Manifest {
  const resources = { requests: { storage: '1Gi' } };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'apps' },
    spec: { storageClassName: storageClass, accessModes: ['ReadWriteOnce'], resources, volumeName: bound },
    status: bound === undefined ? { phase: 'Pending' } : { phase: 'Bound', capacity: { storage: '1Gi' } },
  };
}

/** The volume of a claim in `apps`, made by a CSI driver that names it the same; on a node, if one is given. */
export function volume(name: string, boundTo: string, phase = 'Bound', node?: string): Manifest {
  const terms = [
    { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node ?? ''] }] },
  ];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      storageClassName: 'fast',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      persistentVolumeReclaimPolicy: 'Delete',
      csi: { driver: 'csi.example.test', volumeHandle: name },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'apps', name: boundTo },
      nodeAffinity: node === undefined ? undefined : { required: { nodeSelectorTerms: terms } },
    },
    status: { phase },
  };
}

/** The objects with every pod mounting a claim. */
export function mounting(claimName: string, objects: readonly Manifest[]): Manifest[] {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName } }];
  return objects.map((object) =>
    object.kind === 'Pod' ? { ...object, spec: { ...object.spec, volumes } } : object,
  );
}

/** The name of the first pod among objects. */
export function podOf(objects: readonly Manifest[]): Manifest {
  const found = objects.find(({ kind }) => kind === 'Pod');
  if (found === undefined) throw new Error('there is no pod');
  return found;
}

/** An Ingress of class `internal` to port 80 of a Service of the same name. */
export function ingress(name: string, { className = 'internal', backend = name, port = 80 } = {}): Manifest {
  const to = { service: { name: backend, port: { number: port } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'apps' },
    spec: {
      ingressClassName: className,
      rules: [
        {
          host: `${name}.example.test`,
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: to }] },
        },
      ],
    },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.10' }] } },
  };
}

/** A Service in `apps` for pods of a name, with an endpoint for each. */
export function serviceFor(name: string, pods: readonly { name: string; ready: boolean }[]): Manifest[] {
  return service(name, 'apps', { 'app.kubernetes.io/name': name }, pods);
}

/** A Service without a selector: its endpoints come from elsewhere. */
export function bareService(name: string, space = 'apps', spec: Record<string, unknown> = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: space },
    spec: { ports: [{ name: 'http', port: 80 }], ...spec },
  };
}
