import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import {
  deploymentTree,
  kustomization,
  ownedBy,
  pod,
  rfc3339,
  service,
  warning,
} from '../../cluster/seed.ts';
import type { PodOptions } from '../../cluster/seed-pods.ts';
import type { DeploymentOptions } from '../../cluster/seed-workloads.ts';

/** Where the applications of these faults live; a namespace of the base. */
export const SHOP = 'shop';

/** The application that breaks, unless a fault names another. */
export const WIKI = 'Deployment/shop/wiki';

/** What is broken because nothing runs behind it. */
export const BEHIND_WIKI = ['Service/shop/wiki', 'Ingress/shop/wiki', 'Kustomization/flux-system/wiki'];

/** The RFC 3339 time so many minutes ago. */
export function ago(minutes: number): string {
  return rfc3339(Date.now() - minutes * 60_000);
}

/** A moment so many minutes ago. */
export function since(minutes = 40): Date {
  return new Date(Date.now() - minutes * 60_000);
}

/** An application as an operator has it: Deployment, Service, Ingress, and the Kustomization that waits for it in vain. */
export function brokenApp(pods: readonly PodOptions[], options: DeploymentOptions = {}): Manifest[] {
  return [
    ...deploymentTree('wiki', SHOP, { since: since(), service: true, pods, ...options }),
    ingress('wiki'),
    waitsFor('Deployment', 'wiki'),
  ];
}

/** As brokenApp, and what the kubelet says of its first pod. */
export function warnedApp(
  state: PodOptions,
  reason: string,
  message: string,
  { count = 20, volumes }: { count?: number; volumes?: readonly object[] } = {},
): Manifest[] {
  const objects = brokenApp([state]).map((object) =>
    object.kind === 'Pod' && volumes ? { ...object, spec: { ...object.spec, volumes } } : object,
  );
  return [...objects, ...warningsOn(objects, reason, message, count)];
}

/** A warning on the first pod among these objects. */
export function warningsOn(
  objects: readonly Manifest[],
  reason: string,
  message: string,
  count = 20,
): Manifest[] {
  const first = objects.find(({ kind }) => kind === 'Pod');
  return first ? [warning(first, reason, message, { count, since: since(38) })] : [];
}

/** Mounts a claim of the same namespace. */
export function claimVolume(claim: string): object {
  return { name: 'data', persistentVolumeClaim: { claimName: claim } };
}

/** A Kustomization whose health check timed out over one object. */
export function waitsFor(kind: string, name: string): Manifest {
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  return kustomization(name, {
    since: since(30),
    state: 'failed',
    reason: 'HealthCheckFailed',
    message: `health check failed after 5m0.1s: timeout waiting for: [${kind}/${SHOP}/${name} status: 'InProgress']`,
    inventory: [{ apiVersion, kind, metadata: { name, namespace: SHOP } }],
  });
}

/** An Ingress of the base's class to a Service of the same name. */
export function ingress(name: string, backend: { service?: string; port?: number } = {}): Manifest {
  const { service: target = name, port = 80 } = backend;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: SHOP },
    spec: {
      ingressClassName: 'internal',
      rules: [
        {
          host: `${name}.example.test`,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: target, port: { number: port } } },
              },
            ],
          },
        },
      ],
    },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.10' }] } },
  };
}

/** A condition of a Deployment. */
function told(type: string, status: string, reason: string, message: string): object {
  return { type, status, reason, message, lastTransitionTime: ago(40), lastUpdateTime: ago(40) };
}

/** A Deployment of which no pod could be created, in the words of the ReplicaSet controller. */
export function refusedApp(message: string): Manifest[] {
  const [deployment, set] = deploymentTree('wiki', SHOP, { since: since() }) as [Manifest, Manifest];
  return [
    {
      ...deployment,
      status: {
        observedGeneration: 1,
        unavailableReplicas: 1,
        conditions: [
          told(
            'Available',
            'False',
            'MinimumReplicasUnavailable',
            'Deployment does not have minimum availability.',
          ),
          told('ReplicaFailure', 'True', 'FailedCreate', message),
          told('Progressing', 'False', 'ProgressDeadlineExceeded', 'ReplicaSet has timed out progressing.'),
        ],
      },
    },
    {
      ...set,
      status: {
        observedGeneration: 1,
        replicas: 0,
        conditions: [told('ReplicaFailure', 'True', 'FailedCreate', message)],
      },
    },
    warning(set, 'FailedCreate', `Error creating: ${message}`, { count: 18, since: since() }),
    ...service('wiki', SHOP, { 'app.kubernetes.io/name': 'wiki' }, []),
    ingress('wiki'),
    waitsFor('Deployment', 'wiki'),
  ];
}

type Owner = ManifestRef & Manifest;

/** A StatefulSet or DaemonSet of `shop` with those of its pods that exist. */
export function setOf(
  kind: 'StatefulSet' | 'DaemonSet',
  name: string,
  counts: Record<string, number>,
  pods: readonly PodOptions[],
  space = SHOP,
): Manifest[] {
  const labels = { 'app.kubernetes.io/name': name };
  const replicas = counts['replicas'];
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'main', image: 'registry.test/app:1.0.0' }] },
  };
  const set: Owner = {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: space, labels },
    spec: {
      selector: { matchLabels: labels },
      template,
      ...(kind === 'StatefulSet' && { serviceName: name, replicas: counts['wanted'] ?? replicas }),
    },
    status: {
      observedGeneration: 1,
      ...Object.fromEntries(Object.entries(counts).filter(([key]) => key !== 'wanted')),
    },
  };
  return [
    set,
    ...pods.map((one, index) =>
      pod(`${name}-${index}`, space, {
        since: since(),
        ...one,
        labels: { ...labels, ...one.labels },
        owner: ownedBy(set),
      }),
    ),
  ];
}

/** The status of a pod's first container, as the seeds write it. */
export function containerStatusOf({ status = {} }: Manifest): Record<string, unknown> {
  const [first = {}] = status['containerStatuses'] as Record<string, unknown>[];
  return first;
}
