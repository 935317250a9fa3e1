import type { Manifest } from './manifest.ts';
import { condition, type Labels, ownedBy, service, suffixOf, type Times, timesOf } from './seed-core.ts';
import { pod, type PodOptions } from './seed-pods.ts';

/** A Deployment with everything that belongs to it. */
export interface DeploymentOptions extends Times {
  replicas?: number;
  image?: string;
  /** Labels of the Deployment itself, for example those of the Kustomization that applied it. */
  labels?: Labels;
  annotations?: Labels;
  /** The first pods in order; the rest are running. */
  pods?: readonly PodOptions[];
  /** Nodes that its pods are spread over. */
  nodes?: readonly string[];
  /** Condition Progressing says ProgressDeadlineExceeded. */
  stuck?: boolean;
  /** With a Service and its EndpointSlice. */
  service?: boolean;
}

/** Deployment, ReplicaSet, pods and, if wanted, Service and EndpointSlice, in this order. */
export function deploymentTree(name: string, space: string, options: DeploymentOptions = {}): Manifest[] {
  const { replicas = 1 } = options;
  const pods = podsOf(name, space, options);
  const ready = pods.filter(isReady).length;
  const deployment = deploymentOf(name, space, ready, options);
  const set = replicaSetOf(deployment, ready, replicas);
  const endpoints = pods.map((each) => ({ name: each.metadata.name, ready: isReady(each) }));
  const owned = pods.map((each) => ({
    ...each,
    metadata: { ...each.metadata, ownerReferences: ownedBy(set) },
  }));
  const front = options.service ? service(name, space, selectorOf(name), endpoints) : [];
  return [deployment, set, ...owned, ...front];
}

function podsOf(name: string, space: string, options: DeploymentOptions): Manifest[] {
  const { replicas = 1, nodes = ['worker-1'], image, now, since, pods = [] } = options;
  const set = `${name}-${hashOf(name)}`;
  const labels = { ...selectorOf(name), 'pod-template-hash': hashOf(name) };
  return Array.from({ length: replicas }, (_, index) => {
    const unique = `${set}-${suffixOf(`${space}/${set}/${index}`, 5)}`;
    return pod(unique, space, {
      image,
      now,
      since,
      node: nodes[index % nodes.length],
      ...pods[index],
      labels,
    });
  });
}

function deploymentOf(name: string, space: string, ready: number, options: DeploymentOptions): Manifest {
  const { replicas = 1, image = 'registry.test/app:1.0.0', labels = {}, annotations = {} } = options;
  const container = { name: 'main', image, ports: [{ name: 'http', containerPort: 8080 }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: space,
      labels: { 'app.kubernetes.io/name': name, ...labels },
      annotations: { 'deployment.kubernetes.io/revision': '1', ...annotations },
    },
    spec: {
      replicas,
      selector: { matchLabels: selectorOf(name) },
      template: { metadata: { labels: selectorOf(name) }, spec: { containers: [container] } },
    },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      ...readyCounts(ready),
      unavailableReplicas: replicas === ready ? undefined : replicas - ready,
      conditions: deploymentConditions(`${name}-${hashOf(name)}`, ready, options),
    },
  };
}

/** As the Deployment controller has it: available while no more than a quarter of the pods is missing. */
function deploymentConditions(
  set: string,
  ready: number,
  options: DeploymentOptions,
): Record<string, unknown>[] {
  const { replicas = 1, stuck } = options;
  const { now, since } = timesOf(options);
  const available =
    ready >= replicas - Math.floor(replicas / 4)
      ? condition(
          'Available',
          'True',
          'MinimumReplicasAvailable',
          'Deployment has minimum availability.',
          since,
        )
      : condition(
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
          since,
        );
  const progressing = stuck
    ? condition(
        'Progressing',
        'False',
        'ProgressDeadlineExceeded',
        `ReplicaSet "${set}" has timed out progressing.`,
        since,
      )
    : condition(
        'Progressing',
        'True',
        'NewReplicaSetAvailable',
        `ReplicaSet "${set}" has successfully progressed.`,
        since,
      );
  return [available, progressing].map((entry) => ({ ...entry, lastUpdateTime: now }));
}

function replicaSetOf(
  { apiVersion, kind, metadata, spec }: Manifest,
  ready: number,
  replicas: number,
): Manifest {
  const { name, namespace } = metadata;
  const labels = { ...selectorOf(name), 'pod-template-hash': hashOf(name) };
  const template = spec?.['template'] as { spec: unknown };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hashOf(name)}`,
      namespace,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ownerReferences: ownedBy({ apiVersion, kind, metadata }),
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: template.spec },
    },
    status: { observedGeneration: 1, replicas, fullyLabeledReplicas: replicas, ...readyCounts(ready) },
  };
}

/** Controllers leave a count of zero out. */
function readyCounts(ready: number): Record<string, number> {
  return ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready };
}

function isReady({ status }: Manifest): boolean {
  const conditions = (status?.['conditions'] ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status: state }) => type === 'Ready' && state === 'True');
}

function selectorOf(name: string): Labels {
  return { 'app.kubernetes.io/name': name };
}

function hashOf(name: string): string {
  return suffixOf(name, 10);
}
