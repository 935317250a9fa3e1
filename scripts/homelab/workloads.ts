import type { Manifest } from '../../test/cluster/manifest.ts';
import {
  condition,
  deploymentTree,
  type DeploymentOptions,
  type Labels,
  ownedBy,
  pod,
  suffixOf,
  type Times,
  timesOf,
} from '../../test/cluster/seed.ts';

/** What the workloads of the recorded cluster are made of beyond the seeds of the tests. */
export interface WorkloadOptions extends Times {
  image: string;
  labels: Labels;
  /** One pod for each. */
  nodes: readonly string[];
}

/** A Deployment with its pods, Service and EndpointSlice, all labelled as their release leaves them. */
export function deployment(name: string, space: string, options: DeploymentOptions): Manifest[] {
  const tree = deploymentTree(name, space, { service: true, ...options });
  return tree.map((object) => (object.kind === 'Service' ? labelled(object, options.labels) : object));
}

/** A DaemonSet with a pod on each node. */
export function daemonSet(
  name: string,
  space: string,
  { image, labels, nodes, ...times }: WorkloadOptions,
): Manifest[] {
  const pods = nodes.map((node) =>
    podOf(`${name}-${suffixOf(`${name}${node}`, 5)}`, space, { image, node, name, ...times }),
  );
  const set = workload('DaemonSet', name, space, { image, labels });
  const count = nodes.length;
  set.status = {
    observedGeneration: 1,
    currentNumberScheduled: count,
    desiredNumberScheduled: count,
    numberMisscheduled: 0,
    numberReady: count,
    numberAvailable: count,
    updatedNumberScheduled: count,
  };
  return [set, ...pods.map((each) => owned(each, set))];
}

/** A StatefulSet with its pods, `name-0` on the first node. */
export function statefulSet(
  name: string,
  space: string,
  { image, labels, nodes, ...times }: WorkloadOptions,
): Manifest[] {
  const pods = nodes.map((node, index) => podOf(`${name}-${index}`, space, { image, node, name, ...times }));
  const set = workload('StatefulSet', name, space, { image, labels });
  const count = nodes.length;
  const revision = `${name}-${suffixOf(name, 10)}`;
  set.spec = { ...set.spec, replicas: count, serviceName: name };
  set.status = {
    observedGeneration: 1,
    replicas: count,
    readyReplicas: count,
    availableReplicas: count,
    currentReplicas: count,
    updatedReplicas: count,
    currentRevision: revision,
    updateRevision: revision,
  };
  return [set, ...pods.map((each) => owned(each, set))];
}

/** A bound claim on a Longhorn volume, and the volume. */
export function claim(name: string, space: string, size: string): Manifest[] {
  const volume = `pvc-${suffixOf(`${space}/${name}`, 10)}`;
  const capacity = { storage: size };
  const common = { accessModes: ['ReadWriteOnce'], storageClassName: 'longhorn' };
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: space },
      spec: { ...common, resources: { requests: capacity }, volumeName: volume },
      status: { phase: 'Bound', accessModes: common.accessModes, capacity },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume },
      spec: {
        ...common,
        capacity,
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: space, name },
        csi: { driver: 'driver.longhorn.io', volumeHandle: volume },
      },
      status: { phase: 'Bound' },
    },
  ];
}

/** A run of a CronJob that ended, well or not; its failed pod is still there. */
export function jobRun(
  cronJob: Manifest,
  { started, failure, image }: { started: Date; failure?: string; image: string },
): Manifest[] {
  const { namespace: space = '', name } = cronJob.metadata;
  const job = `${name}-${Math.floor(started.getTime() / 60_000)}`;
  const ended = new Date(started.getTime() + 120_000);
  const { since: startTime, now: endTime } = timesOf({ now: ended.getTime(), since: started });
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } };
  const own: Manifest = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: job,
      namespace: space,
      labels: cronJob.metadata.labels,
      ownerReferences: ownedBy(cronJob),
    },
    spec: { backoffLimit: 0, template },
    status: failure === undefined ? completed(startTime, endTime) : failed(startTime, endTime),
  };
  return failure === undefined ? [own] : [own, failedPod(own, { image, startTime, endTime, failure })];
}

function completed(startTime: string, endTime: string): Record<string, unknown> {
  const reason = 'CompletionsReached';
  const message = 'Reached expected number of succeeded pods';
  return {
    startTime,
    completionTime: endTime,
    succeeded: 1,
    conditions: ['SuccessCriteriaMet', 'Complete'].map((type) =>
      condition(type, 'True', reason, message, endTime),
    ),
  };
}

function failed(startTime: string, endTime: string): Record<string, unknown> {
  const reason = 'BackoffLimitExceeded';
  const message = 'Job has reached the specified backoff limit';
  return {
    startTime,
    failed: 1,
    conditions: ['FailureTarget', 'Failed'].map((type) => condition(type, 'True', reason, message, endTime)),
  };
}

function failedPod(
  job: Manifest,
  {
    image,
    startTime,
    endTime,
    failure,
  }: { image: string; startTime: string; endTime: string; failure: string },
): Manifest {
  const { name, namespace: space = '' } = job.metadata;
  const failing = pod(`${name}-${suffixOf(name, 5)}`, space, { image, node: 'worker-1', state: 'succeeded' });
  const terminated = {
    exitCode: 1,
    reason: 'Error',
    message: failure,
    startedAt: startTime,
    finishedAt: endTime,
  };
  const [status = {}] = (failing.status?.['containerStatuses'] ?? []) as Record<string, unknown>[];
  failing.spec = { ...failing.spec, restartPolicy: 'Never' };
  failing.status = {
    ...failing.status,
    phase: 'Failed',
    startTime,
    containerStatuses: [{ ...status, state: { terminated } }],
  };
  return owned(failing, job);
}

function workload(
  kind: string,
  name: string,
  space: string,
  { image, labels }: { image: string; labels: Labels },
): Manifest {
  const selector = selectorOf(name);
  const spec = { containers: [{ name: 'main', image, ports: [{ name: 'http', containerPort: 8080 }] }] };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: space, labels: { ...selector, ...labels } },
    spec: { selector: { matchLabels: selector }, template: { metadata: { labels: selector }, spec } },
  };
}

function podOf(
  unique: string,
  space: string,
  { name, ...options }: Times & { name: string; image: string; node: string },
): Manifest {
  return pod(unique, space, { ...options, labels: selectorOf(name) });
}

function owned(object: Manifest, owner: Manifest): Manifest {
  return { ...object, metadata: { ...object.metadata, ownerReferences: ownedBy(owner) } };
}

/** A copy with labels added. */
function labelled(object: Manifest, labels: Labels = {}): Manifest {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } };
}

function selectorOf(name: string): Labels {
  return { 'app.kubernetes.io/name': name };
}
