import type { Manifest } from '../cluster/manifest.ts';
import {
  condition,
  deploymentTree,
  gitRepository,
  helmRelease,
  kustomization,
  namespace,
  node,
  service,
  timesOf,
  warning,
} from '../cluster/seed.ts';

/** Namespace of what is in a small cluster, Flux aside. */
export const SPACE = 'apps';

const CONTROLLERS = [
  'source-controller',
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
];

/** A cluster under Flux in which nothing is wrong, with an object of every kind that health looks at. */
export function smallCluster(): Manifest[] {
  const web = deploymentTree('web', SPACE, { replicas: 2, service: true });
  return [
    namespace('flux-system'),
    namespace(SPACE),
    node('worker-1', { controlPlane: true }),
    ...CONTROLLERS.flatMap((name) => deploymentTree(name, 'flux-system')),
    gitRepository('cluster'),
    kustomization('apps', { inventory: web.filter(({ kind }) => kind === 'Deployment') }),
    helmRelease('charted', { namespace: SPACE }),
    ...web,
    ...storage(),
    ...jobs(),
    ...scaling(),
    ...edge(),
    ...webhook(),
    warning(
      { ...web[0], apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } },
      'Rebooted',
      'Node worker-1 has been rebooted',
    ),
  ];
}

/** What to add for something to be wrong: a Deployment that crash-loops and a Kustomization that does not build. */
export function breakage(): Manifest[] {
  const broken = { state: 'crash-looping', exitCode: 42, message: 'panic: no configuration' } as const;
  return [
    ...deploymentTree('broken', SPACE, { pods: [broken] }),
    kustomization('unbuilt', {
      state: 'failed',
      message: 'kustomize build failed: no such file: deployment.yaml',
    }),
  ];
}

function storage(): Manifest[] {
  const spec = { storageClassName: 'fast', accessModes: ['ReadWriteOnce'] };
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast' },
      provisioner: 'csi.test',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'volume-1' },
      spec: {
        ...spec,
        capacity: { storage: '1Gi' },
        csi: { driver: 'csi.test', volumeHandle: 'volume-1' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: SPACE, name: 'data' },
      },
      status: { phase: 'Bound' },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: SPACE },
      spec: { ...spec, volumeName: 'volume-1', resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: 'attachment-1' },
      spec: { attacher: 'csi.test', nodeName: 'worker-1', source: { persistentVolumeName: 'volume-1' } },
      status: { attached: true },
    },
  ];
}

function jobs(): Manifest[] {
  const { now, since } = timesOf({});
  const containers = [{ name: 'main', image: 'registry.test/job:1' }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  return [
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate', namespace: SPACE },
      spec: { template },
      status: {
        succeeded: 1,
        startTime: since,
        completionTime: now,
        conditions: [
          condition('SuccessCriteriaMet', 'True', 'CompletionsReached', '', now),
          condition('Complete', 'True', 'CompletionsReached', '', now),
        ],
      },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'yearly', namespace: SPACE },
      spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } },
      status: { lastScheduleTime: since, lastSuccessfulTime: now },
    },
  ];
}

function scaling(): Manifest[] {
  const { now } = timesOf({});
  const selector = { matchLabels: { 'app.kubernetes.io/name': 'web' } };
  return [
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: SPACE },
      spec: {
        minReplicas: 1,
        maxReplicas: 4,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
      status: {
        currentReplicas: 2,
        desiredReplicas: 2,
        conditions: [
          condition('AbleToScale', 'True', 'ReadyForNewScale', '', now),
          condition('ScalingActive', 'True', 'ValidMetricFound', '', now),
          condition('ScalingLimited', 'False', 'DesiredWithinRange', '', now),
        ],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: SPACE },
      spec: { minAvailable: 1, selector },
      status: {
        observedGeneration: 1,
        currentHealthy: 2,
        desiredHealthy: 1,
        expectedPods: 2,
        disruptionsAllowed: 1,
        conditions: [condition('DisruptionAllowed', 'True', 'SufficientPods', '', now)],
      },
    },
  ];
}

function edge(): Manifest[] {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'internal' },
      spec: { controller: 'ingress.test/controller' },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: SPACE },
      spec: {
        ingressClassName: 'internal',
        rules: [{ host: 'web.example.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
      status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
    },
  ];
}

/** Both kinds; they intercept a kind that nobody here creates. */
function webhook(): Manifest[] {
  const hook = {
    name: 'guard.example.test',
    clientConfig: { service: { namespace: SPACE, name: 'guard', path: '/' } },
    rules: [
      { apiGroups: ['guarded.test'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] },
    ],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  const configuration = (kind: string): Manifest => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'guard' },
    webhooks: [hook],
  });
  return [
    ...deploymentTree('guard', SPACE),
    ...service('guard', SPACE, { 'app.kubernetes.io/name': 'guard' }, [{ name: 'guard-1', ready: true }]),
    configuration('ValidatingWebhookConfiguration'),
    configuration('MutatingWebhookConfiguration'),
  ];
}
