import { describe, expect, test } from 'vitest';

import { projectorOf } from '../../src/adapters/kubernetes/project/index.ts';
import { textWith } from '../../src/adapters/kubernetes/project/meta.ts';
import { bareUrl } from '../../src/adapters/kubernetes/project/url.ts';
import type { ServedKind } from '../../src/domain/cluster.ts';
import { KNOWN_GROUPS, servedNameOf } from '../../src/domain/kinds.ts';
import type { KnownKind } from '../../src/domain/objects/index.ts';

const text = textWith((value) => value.replaceAll(/hunter2\w*/g, '[secret]'));

function served(kind: string, group: string, version = 'v1'): ServedKind {
  return { kind, group, version, plural: `${kind.toLowerCase()}s`, namespaced: true, listable: true };
}

function project(kind: string, group: string, raw: object, version = 'v1'): object {
  const metadata = { name: 'x', namespace: 'apps', uid: 'u-1', creationTimestamp: '2026-01-01T00:00:00Z' };
  return projectorOf(served(kind, group, version), text)({ metadata, ...raw });
}

describe('what every object carries', () => {
  test('metadata, conditions and phase, whatever the kind', () => {
    const raw = {
      metadata: {
        name: 'x',
        namespace: 'apps',
        uid: 'u-1',
        generation: 3,
        creationTimestamp: '2026-01-01T00:00:00Z',
        deletionTimestamp: '2026-01-02T00:00:00Z',
        deletionGracePeriodSeconds: 30,
        finalizers: ['a/b'],
        labels: { app: 'web' },
        annotations: {
          'reconcile.fluxcd.io/requestedAt': '2026-01-01T10:00:00Z',
          'kubectl.kubernetes.io/last-applied-configuration': '{"password":"hunter2"}',
          'example.test/note': 'hunter2',
        },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'ConfigMap', name: 'not-the-controller' },
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', controller: true },
        ],
      },
      spec: { anything: 'hunter2' },
      status: {
        observedGeneration: 2,
        phase: 'Ready',
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'Broken',
            message: 'login with hunter2 failed',
            lastTransitionTime: '2026-01-01T11:00:00Z',
            observedGeneration: 2,
          },
        ],
      },
    };

    const object = project('Widget', 'example.test', raw, 'v1beta1');

    expect(object).toEqual({
      apiVersion: 'example.test/v1beta1',
      kind: 'Widget',
      name: 'x',
      namespace: 'apps',
      uid: 'u-1',
      generation: 3,
      created: '2026-01-01T00:00:00Z',
      deletion: { since: '2026-01-02T00:00:00Z', graceSeconds: 30, finalizers: ['a/b'] },
      owner: { kind: 'ReplicaSet', name: 'web-1', namespace: 'apps', group: 'apps' },
      labels: { app: 'web' },
      annotations: { 'reconcile.fluxcd.io/requestedAt': '2026-01-01T10:00:00Z' },
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'Broken',
          message: 'login with [secret] failed',
          since: '2026-01-01T11:00:00Z',
          observedGeneration: 2,
        },
      ],
      observedGeneration: 2,
      phase: 'Ready',
    });
  });

  test('a secret that the length limit would cut in two is masked before', () => {
    const message = `${'a'.repeat(995)}hunter2hunter2`;

    const object = project('Widget', 'example.test', {
      status: { conditions: [{ type: 'Ready', message }] },
    });

    expect(object).toMatchObject({ conditions: [{ message: `${'a'.repeat(995)}[sec…` }] });
  });

  test('the owner of a mirror pod is in no namespace', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'n1', controller: true }];

    const object = project('Pod', '', { metadata: { name: 'x', namespace: 'kube-system', ownerReferences } });

    expect(object).toHaveProperty('owner', { kind: 'Node', name: 'n1', group: '' });
  });
});

/** Values of every wrong type, in place of whatever a field should be. */
const HOSTILE = [null, 0, -1, 'hunter2', true, [], [[null]], [null, 1, 'x', {}], {}, { length: 3, name: {} }];

const FIELDS =
  'metadata spec status data binaryData webhooks endpoints ports involvedObject series provisioner type count message'.split(
    ' ',
  );

const NESTED: Record<string, readonly string[]> = {
  metadata: [
    'name',
    'labels',
    'annotations',
    'ownerReferences',
    'finalizers',
    'deletionTimestamp',
    'generation',
  ],
  spec: 'containers initContainers volumes taints ports rules tls template selector replicas names versions service dependsOn sourceRef chart healthChecks csi nodeAffinity scaleTargetRef source claimRef url interval kubeConfig sync'.split(
    ' ',
  ),
  status:
    'conditions containerStatuses loadBalancer nodeInfo allocatable active history inventory artifact capacity attachError replicas phase'.split(
      ' ',
    ),
};

function* hostileObjects(): Generator {
  for (const value of HOSTILE) {
    yield value;
    for (const field of FIELDS) yield { [field]: value };
    for (const [field, keys] of Object.entries(NESTED)) {
      for (const key of keys) yield { [field]: { [key]: value } };
    }
  }
}

const EVERY_KIND = [
  ...(Object.keys(KNOWN_GROUPS) as KnownKind[]).map(
    (kind) => [servedNameOf(kind), KNOWN_GROUPS[kind]] as const,
  ),
  ...['Kustomization', 'HelmRelease', 'GitRepository', 'HelmChart', 'FluxInstance', 'ImagePolicy'].map(
    (kind) => [kind, 'kustomize.toolkit.fluxcd.io'] as const,
  ),
  ['Widget', 'example.test'] as const,
];

test.each(EVERY_KIND)('%s survives fields of the wrong type, which are then absent', (kind, group) => {
  const projector = projectorOf(served(kind, group), text);

  const objects = [...hostileObjects()].map((raw) => projector(raw)) as unknown as Record<string, unknown>[];

  expect(objects.length).toBeGreaterThan(400);
  for (const object of objects) {
    expect(object).toMatchObject({ kind, name: expect.any(String), labels: {}, created: '' });
    expect(Array.isArray(object['conditions'])).toBe(true);
  }
});

test('what planted secrets there are in specs does not come out', () => {
  const secret = 'hunter2';
  const container = {
    name: 'main',
    image: 'example.test/web:1',
    env: [
      { name: 'PASSWORD', value: secret },
      { name: 'FROM', valueFrom: { secretKeyRef: { name: 'web-secret', key: 'k' } } },
    ],
    args: [`--password=${secret}`],
    command: ['sh', '-c', `echo ${secret}`],
    livenessProbe: { exec: { command: [secret] } },
    lifecycle: { preStop: { httpGet: { httpHeaders: [{ name: 'Authorization', value: secret }] } } },
  };
  const raws: [string, string, object][] = [
    ['Pod', '', { spec: { containers: [container], initContainers: [container] } }],
    ['Deployment', 'apps', { spec: { template: { spec: { containers: [container] } } } }],
    [
      'CronJob',
      'batch',
      { spec: { jobTemplate: { spec: { template: { spec: { containers: [container] } } } } } },
    ],
    ['ConfigMap', '', { data: { key: secret }, binaryData: { blob: secret } }],
    ['HelmRelease', 'helm.toolkit.fluxcd.io', { spec: { values: { password: secret } } }],
    ['Kustomization', 'kustomize.toolkit.fluxcd.io', { spec: { postBuild: { substitute: { A: secret } } } }],
    [
      'GitRepository',
      'source.toolkit.fluxcd.io',
      { spec: { url: `https://user:${secret}@git.test/r?token=${secret}` } },
    ],
    ['Provider', 'notification.toolkit.fluxcd.io', { spec: { address: `https://hooks.test/${secret}` } }],
    ['PersistentVolume', '', { spec: { csi: { driver: 'd', volumeAttributes: { password: secret } } } }],
    ['StorageClass', 'storage.k8s.io', { parameters: { secret } }],
    ['BGPPeer', 'metallb.io', { spec: { password: secret } }],
    [
      'MutatingWebhookConfiguration',
      'admissionregistration.k8s.io',
      { webhooks: [{ name: 'w', clientConfig: { url: `https://x/${secret}`, caBundle: secret } }] },
    ],
  ];

  const output = raws.map(([kind, group, raw]) => JSON.stringify(project(kind, group, raw)));

  expect(output.filter((json) => json.includes(secret))).toEqual([]);
  expect(output[0]).toContain('web-secret');
  expect(output[3]).toContain('"keys":["blob","key"]');
});

test.each([
  ['https://git.test/repo', 'https://git.test/repo'],
  ['https://user:pass@git.test/repo.git', 'https://git.test/repo.git'],
  ['ssh://git@git.test:22/repo', 'ssh://git.test:22/repo'],
  ['git@git.test:team/repo', 'git.test:team/repo'],
  ['https://git.test/repo?token=x#part', 'https://git.test/repo'],
  ['https://user:p@ss@git.test/repo', 'https://git.test/repo'],
  ['https://user:p#ss@git.test/repo', 'https://git.test/repo'],
  ['https://user:p?ss@git.test/repo', 'https://git.test/repo'],
  ['https://user:p/ss@git.test/repo', 'https://git.test/repo'],
  ['https://git.test/repo@v1', 'https://git.test/repo@v1'],
  ['https://git.test:8443/repo@v1', 'https://git.test:8443/repo@v1'],
  ['oci://ghcr.io/team/app@sha256:0a1b', 'oci://ghcr.io/team/app@sha256:0a1b'],
  ['HTTPS://user:pass@git.test', 'HTTPS://git.test'],
  ['', ''],
])('the URL %s is shown as %s', (url, shown) => {
  expect(bareUrl(url)).toBe(shown);
});

describe('kinds by their fields', () => {
  test('Pod', () => {
    const raw = {
      spec: {
        nodeName: 'n1',
        restartPolicy: 'Never',
        serviceAccountName: 'web',
        hostNetwork: true,
        priorityClassName: 'high',
        readinessGates: [{ conditionType: 'example.test/ready' }],
        schedulingGates: [{ name: 'hold' }],
        initContainers: [
          { name: 'prepare', image: 'a:1' },
          { name: 'mesh', image: 'b:1', restartPolicy: 'Always' },
        ],
        containers: [
          {
            name: 'main',
            image: 'c:1',
            resources: { limits: { memory: '64Mi' } },
            ports: [{ name: 'http', containerPort: 8080 }],
            envFrom: [
              { configMapRef: { name: 'settings' } },
              { secretRef: { name: 'extra', optional: true } },
            ],
            env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } }],
          },
        ],
        volumes: [
          { name: 'data', persistentVolumeClaim: { claimName: 'data-claim' } },
          { name: 'scratch', ephemeral: { volumeClaimTemplate: {} } },
          { name: 'tls', secret: { secretName: 'tls' } },
          {
            name: 'both',
            projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'ca' } }] },
          },
        ],
      },
      status: {
        phase: 'Running',
        startTime: '2026-01-01T00:00:10Z',
        initContainerStatuses: [
          { name: 'mesh', ready: true, state: { running: { startedAt: '2026-01-01T00:00:12Z' } } },
        ],
        containerStatuses: [
          {
            name: 'main',
            ready: false,
            started: false,
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off hunter2' } },
            lastState: {
              terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-01-01T01:00:00Z' },
            },
          },
        ],
      },
    };

    const pod = project('Pod', '', raw);

    expect(pod).toMatchObject({
      phase: 'Running',
      node: 'n1',
      started: '2026-01-01T00:00:10Z',
      restartPolicy: 'Never',
      priorityClass: 'high',
      serviceAccount: 'web',
      hostNetwork: true,
      readinessGates: ['example.test/ready'],
      schedulingGates: ['hold'],
      claims: ['data-claim', 'x-scratch'],
      configRefs: [
        { kind: 'Secret', name: 'tls', namespace: 'apps' },
        { kind: 'ConfigMap', name: 'settings', namespace: 'apps' },
        { kind: 'Secret', name: 'ca', namespace: 'apps' },
        { kind: 'Secret', name: 'login', namespace: 'apps' },
      ],
      containers: [
        { name: 'prepare', role: 'init', image: 'a:1', ready: false, restarts: 0 },
        { name: 'mesh', role: 'sidecar', ready: true, running: '2026-01-01T00:00:12Z' },
        {
          name: 'main',
          role: 'main',
          image: 'c:1',
          ready: false,
          started: false,
          restarts: 4,
          waiting: { reason: 'CrashLoopBackOff', message: 'back-off [secret]' },
          last: { exitCode: 137, reason: 'OOMKilled', finished: '2026-01-01T01:00:00Z' },
          memoryLimit: '64Mi',
          ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        },
      ],
    });
  });

  const template = {
    metadata: { labels: { app: 'web' } },
    spec: {
      initContainers: [{ name: 'prepare', image: 'a:1' }],
      containers: [{ name: 'main', image: 'c:1' }],
    },
  };

  test.each([
    [
      'Deployment',
      'apps',
      {
        spec: {
          replicas: 3,
          paused: true,
          strategy: { type: 'Recreate' },
          progressDeadlineSeconds: 60,
          selector: { matchLabels: { app: 'web' } },
          template,
        },
        status: { replicas: 2, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1 },
      },
      {
        desired: 3,
        current: 2,
        updated: 2,
        ready: 1,
        available: 1,
        paused: true,
        strategy: 'Recreate',
        progressDeadlineSeconds: 60,
        selector: { app: 'web' },
        podLabels: { app: 'web' },
        images: { prepare: 'a:1', main: 'c:1' },
      },
    ],
    ['Deployment', 'apps', { spec: {} }, { desired: 1, current: 0, ready: 0, paused: false }],
    ['Deployment', 'apps', { spec: { replicas: 0 } }, { desired: 0 }],
    [
      'StatefulSet',
      'apps',
      {
        spec: {
          replicas: 2,
          serviceName: 'db',
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
        },
        status: { updateRevision: 'db-2', currentRevision: 'db-1', replicas: 2 },
      },
      {
        desired: 2,
        serviceName: 'db',
        partition: 1,
        strategy: 'RollingUpdate',
        updateRevision: 'db-2',
        currentRevision: 'db-1',
      },
    ],
    [
      'DaemonSet',
      'apps',
      {
        spec: {},
        status: {
          desiredNumberScheduled: 3,
          currentNumberScheduled: 3,
          updatedNumberScheduled: 2,
          numberReady: 2,
          numberAvailable: 1,
          numberMisscheduled: 1,
        },
      },
      { desired: 3, current: 3, updated: 2, ready: 2, available: 1, misscheduled: 1 },
    ],
    [
      'Job',
      'batch',
      {
        spec: { completions: 2, backoffLimit: 6, suspend: true },
        status: { active: 1, failed: 3, startTime: '2026-01-01T00:00:00Z' },
      },
      {
        completions: 2,
        backoffLimit: 6,
        suspended: true,
        active: 1,
        failed: 3,
        succeeded: 0,
        started: '2026-01-01T00:00:00Z',
      },
    ],
    [
      'CronJob',
      'batch',
      {
        spec: {
          schedule: '0 3 * * *',
          timeZone: 'Europe/Berlin',
          suspend: false,
          concurrencyPolicy: 'Forbid',
          startingDeadlineSeconds: 90,
        },
        status: {
          lastScheduleTime: '2026-01-01T03:00:00Z',
          lastSuccessfulTime: '2026-01-01T03:00:09Z',
          active: [{ name: 'backup-1' }],
        },
      },
      {
        schedule: '0 3 * * *',
        timeZone: 'Europe/Berlin',
        suspended: false,
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 90,
        lastScheduled: '2026-01-01T03:00:00Z',
        lastSuccessful: '2026-01-01T03:00:09Z',
        active: ['backup-1'],
      },
    ],
    [
      'HorizontalPodAutoscaler',
      'autoscaling',
      {
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 },
        status: { currentReplicas: 5, desiredReplicas: 7 },
      },
      {
        target: { kind: 'Deployment', name: 'web', namespace: 'apps', group: 'apps' },
        min: 1,
        max: 5,
        current: 5,
        desired: 7,
      },
    ],
    [
      'PodDisruptionBudget',
      'policy',
      {
        spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } },
        status: { disruptionsAllowed: 0, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1 },
      },
      {
        minAvailable: '50%',
        disruptionsAllowed: 0,
        expectedPods: 1,
        currentHealthy: 1,
        desiredHealthy: 1,
        selector: { app: 'web' },
      },
    ],
    ['PodDisruptionBudget', 'policy', { spec: { maxUnavailable: 0 } }, { maxUnavailable: '0' }],
    [
      'Node',
      '',
      {
        metadata: { name: 'n1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
        spec: {
          unschedulable: true,
          taints: [{ key: 'k', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' }],
        },
        status: {
          nodeInfo: {
            kubeletVersion: 'v1.36.2',
            osImage: 'Talos (v1.13.9)',
            kernelVersion: '6.18',
            architecture: 'amd64',
          },
          allocatable: { pods: '110' },
        },
      },
      {
        unschedulable: true,
        controlPlane: true,
        taints: [{ key: 'k', effect: 'NoSchedule', since: '2026-01-01T00:00:00Z' }],
        kubelet: 'v1.36.2',
        osImage: 'Talos (v1.13.9)',
        kernel: '6.18',
        architecture: 'amd64',
        maxPods: 110,
      },
    ],
    [
      'Namespace',
      '',
      {
        metadata: { name: 'n', deletionTimestamp: '2026-01-01T00:00:00Z' },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Terminating' },
      },
      { phase: 'Terminating', deletion: { finalizers: ['kubernetes'] } },
    ],
    [
      'PersistentVolumeClaim',
      '',
      {
        spec: {
          volumeName: 'pv-1',
          storageClassName: 'fast',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
        status: { phase: 'Bound', capacity: { storage: '2Gi' } },
      },
      {
        phase: 'Bound',
        volume: 'pv-1',
        storageClass: 'fast',
        accessModes: ['ReadWriteOnce'],
        requested: '1Gi',
        capacity: '2Gi',
      },
    ],
    [
      'PersistentVolume',
      '',
      {
        spec: {
          capacity: { storage: '1Gi' },
          persistentVolumeReclaimPolicy: 'Retain',
          local: { path: '/data' },
          claimRef: { kind: 'PersistentVolumeClaim', name: 'data', namespace: 'apps' },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    { key: 'kubernetes.io/hostname', operator: 'In', values: ['n1'] },
                    { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['z1'] },
                    { key: 'openebs.io/nodename', operator: 'In', values: ['n2'] },
                  ],
                },
              ],
            },
          },
        },
        status: { phase: 'Failed', reason: 'x', message: 'hunter2' },
      },
      {
        phase: 'Failed',
        reason: 'x',
        message: '[secret]',
        driver: 'local',
        reclaimPolicy: 'Retain',
        capacity: '1Gi',
        claim: { kind: 'PersistentVolumeClaim', name: 'data', namespace: 'apps' },
        nodes: ['n1', 'n2'],
      },
    ],
    [
      'StorageClass',
      'storage.k8s.io',
      {
        metadata: { name: 's', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        provisioner: 'p',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
      { provisioner: 'p', waitsForConsumer: true, isDefault: true },
    ],
    [
      'VolumeAttachment',
      'storage.k8s.io',
      {
        spec: { nodeName: 'n1', source: { persistentVolumeName: 'pv-1' } },
        status: { attached: false, attachError: { message: 'hunter2', time: '2026-01-01T00:00:00Z' } },
      },
      {
        node: 'n1',
        volume: 'pv-1',
        attached: false,
        error: { message: '[secret]', time: '2026-01-01T00:00:00Z' },
      },
    ],
    [
      'ValidatingWebhookConfiguration',
      'admissionregistration.k8s.io',
      {
        webhooks: [
          {
            name: 'a',
            clientConfig: { service: { name: 's', namespace: 'n', port: 8443 } },
            failurePolicy: 'Ignore',
          },
          { name: 'b', clientConfig: { service: { name: 's', namespace: 'n' } } },
        ],
      },
      {
        webhooks: [
          {
            name: 'a',
            failurePolicy: 'Ignore',
            service: { kind: 'Service', name: 's', namespace: 'n', port: 8443 },
          },
          { name: 'b', failurePolicy: 'Fail', service: { port: 443 } },
        ],
      },
    ],
    [
      'APIService',
      'apiregistration.k8s.io',
      {
        spec: {
          group: 'metrics.k8s.io',
          version: 'v1beta1',
          service: { name: 'metrics-server', namespace: 'kube-system' },
        },
      },
      {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: { kind: 'Service', name: 'metrics-server', namespace: 'kube-system' },
      },
    ],
    [
      'CustomResourceDefinition',
      'apiextensions.k8s.io',
      {
        spec: {
          group: 'example.test',
          scope: 'Cluster',
          names: { kind: 'Widget', plural: 'widgets' },
          versions: [
            { name: 'v1', served: true },
            { name: 'v1alpha1', served: false },
          ],
        },
      },
      { group: 'example.test', defines: 'Widget', plural: 'widgets', namespaced: false, versions: ['v1'] },
    ],
    [
      'Service',
      '',
      {
        spec: {
          clusterIP: 'None',
          selector: { app: 'web' },
          publishNotReadyAddresses: true,
          ports: [
            { port: 80 },
            { name: 'm', port: 9090, targetPort: 'metrics', protocol: 'UDP', nodePort: 30000 },
          ],
        },
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.9' }] } },
      },
      {
        type: 'ClusterIP',
        headless: true,
        selector: { app: 'web' },
        publishNotReady: true,
        ingressPoints: 1,
        ports: [
          { port: 80, targetPort: '80', protocol: 'TCP' },
          { name: 'm', port: 9090, targetPort: 'metrics', protocol: 'UDP', nodePort: 30000 },
        ],
      },
    ],
    [
      'EndpointSlice',
      'discovery.k8s.io',
      {
        metadata: { name: 'w', labels: { 'kubernetes.io/service-name': 'web' } },
        endpoints: [
          { conditions: {}, targetRef: { kind: 'Pod', name: 'web-0' }, nodeName: 'n1' },
          { conditions: { ready: false } },
        ],
        ports: [{ name: 'http', port: 8080 }],
      },
      {
        service: 'web',
        endpoints: [{ ready: true, pod: 'web-0', node: 'n1' }, { ready: false }],
        ports: [{ name: 'http', port: 8080 }],
      },
    ],
    [
      'Ingress',
      'networking.k8s.io',
      {
        spec: {
          ingressClassName: 'internal',
          defaultBackend: { service: { name: 'd', port: { number: 80 } } },
          rules: [
            {
              host: 'web.test',
              http: { paths: [{ backend: { service: { name: 'web', port: { name: 'http' } } } }] },
            },
          ],
          tls: [{ secretName: 'web-tls' }],
        },
      },
      {
        className: 'internal',
        hosts: ['web.test'],
        backends: [
          { service: 'd', port: '80' },
          { service: 'web', port: 'http' },
        ],
        tlsSecrets: ['web-tls'],
        ingressPoints: 0,
      },
    ],
    [
      'IngressClass',
      'networking.k8s.io',
      { spec: { controller: 'c' } },
      { controller: 'c', isDefault: false },
    ],
    [
      'Event',
      '',
      {
        type: 'Warning',
        reason: 'BackOff',
        message: 'hunter2',
        count: 7,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:10:00Z',
        involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'web-0', namespace: 'apps', uid: 'u' },
        source: { component: 'kubelet' },
      },
      {
        type: 'Warning',
        reason: 'BackOff',
        message: '[secret]',
        count: 7,
        first: '2026-01-01T00:00:00Z',
        last: '2026-01-01T00:10:00Z',
        regarding: { kind: 'Pod', name: 'web-0', namespace: 'apps', group: '', uid: 'u' },
        reporter: 'kubelet',
      },
    ],
    [
      'Event',
      '',
      {
        eventTime: '2026-01-01T00:00:00.123456Z',
        firstTimestamp: null,
        lastTimestamp: null,
        series: { count: 3, lastObservedTime: '2026-01-01T00:05:00.000000Z' },
        reportingComponent: 'scheduler',
      },
      {
        count: 3,
        first: '2026-01-01T00:00:00.123456Z',
        last: '2026-01-01T00:05:00.000000Z',
        reporter: 'scheduler',
        type: 'Normal',
      },
    ],
  ])('%s of group "%s" %#', (kind, group, raw, expected) => {
    expect(project(kind, group, raw)).toMatchObject({ kind, ...expected });
  });
});

describe('Flux', () => {
  test.each([
    [
      'Kustomization',
      {
        spec: {
          interval: '10m0s',
          retryInterval: '1m0s',
          timeout: '5m0s',
          suspend: true,
          path: './apps',
          prune: true,
          wait: true,
          targetNamespace: 'a',
          sourceRef: { kind: 'GitRepository', name: 'cluster', namespace: 'flux-system' },
          dependsOn: [{ name: 'core' }, { name: 'db', namespace: 'data', readyExpr: 'true' }],
          healthChecks: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'apps' }],
          kubeConfig: { secretRef: { name: 'remote' } },
        },
        status: {
          lastAppliedRevision: 'main@sha1:a',
          lastAttemptedRevision: 'main@sha1:b',
          lastHandledReconcileAt: 't1',
          inventory: {
            entries: [
              { id: 'apps_web_apps_Deployment', v: 'v1' },
              { id: '_system__reader_rbac.authorization.k8s.io_ClusterRole', v: 'v1' },
              { id: 'default_podinfo__Service', v: 'v1' },
              { id: 'broken' },
            ],
          },
          history: [
            {
              digest: 'd',
              firstReconciled: '2026-01-01T00:00:00Z',
              lastReconciled: '2026-01-02T00:00:00Z',
              lastReconciledStatus: 'ReconciliationSucceeded',
              metadata: { revision: 'main@sha1:a' },
            },
          ],
        },
      },
      {
        suspended: true,
        interval: '10m0s',
        retryInterval: '1m0s',
        timeout: '5m0s',
        path: './apps',
        prune: true,
        wait: true,
        remote: true,
        targetNamespace: 'a',
        source: { kind: 'GitRepository', name: 'cluster', namespace: 'flux-system' },
        dependsOn: [
          { name: 'core', namespace: 'apps' },
          { name: 'db', namespace: 'data', readyExpr: 'true' },
        ],
        healthChecks: [{ kind: 'Deployment', name: 'web', namespace: 'apps', group: 'apps' }],
        lastAppliedRevision: 'main@sha1:a',
        lastAttemptedRevision: 'main@sha1:b',
        lastHandledReconcileAt: 't1',
        inventory: [
          { kind: 'Deployment', name: 'web', namespace: 'apps', group: 'apps' },
          { kind: 'ClusterRole', name: 'system:reader', group: 'rbac.authorization.k8s.io' },
          { kind: 'Service', name: 'podinfo', namespace: 'default', group: '' },
        ],
        history: [
          {
            status: 'ReconciliationSucceeded',
            digest: 'd',
            revision: 'main@sha1:a',
            first: '2026-01-01T00:00:00Z',
            last: '2026-01-02T00:00:00Z',
          },
        ],
      },
    ],
    [
      'HelmRelease',
      {
        spec: {
          chart: {
            spec: {
              chart: 'web',
              version: '1.2.3',
              sourceRef: { kind: 'HelmRepository', name: 'charts', namespace: 'flux-system' },
            },
          },
          driftDetection: { mode: 'warn' },
        },
        status: {
          failures: 3,
          history: [
            {
              chartName: 'web',
              chartVersion: '1.2.3',
              appVersion: '4',
              status: 'deployed',
              firstDeployed: '2026-01-01T00:00:00Z',
              lastDeployed: '2026-01-02T00:00:00Z',
            },
          ],
        },
      },
      {
        suspended: false,
        chart: { name: 'web', version: '1.2.3' },
        source: { kind: 'HelmRepository', name: 'charts', namespace: 'flux-system' },
        driftMode: 'warn',
        failures: 3,
        history: [
          {
            status: 'deployed',
            chartName: 'web',
            chartVersion: '1.2.3',
            appVersion: '4',
            first: '2026-01-01T00:00:00Z',
            last: '2026-01-02T00:00:00Z',
          },
        ],
      },
    ],
    [
      'HelmRelease',
      { spec: { chartRef: { kind: 'OCIRepository', name: 'web' } } },
      {
        source: { kind: 'OCIRepository', name: 'web', namespace: 'apps' },
        remote: false,
        dependsOn: [],
        inventory: [],
        history: [],
      },
    ],
    [
      'HelmChart',
      { spec: { chart: 'web', version: '>=1', sourceRef: { kind: 'HelmRepository', name: 'charts' } } },
      {
        chart: { name: 'web', version: '>=1' },
        source: { kind: 'HelmRepository', name: 'charts', namespace: 'apps' },
      },
    ],
    [
      'GitRepository',
      {
        spec: { url: 'https://u:p@git.test/r?t=1', ref: { branch: 'main' } },
        status: {
          artifact: { revision: 'main@sha1:a', digest: 'sha256:b', lastUpdateTime: '2026-01-01T00:00:00Z' },
        },
      },
      {
        url: 'https://git.test/r',
        branch: 'main',
        artifact: { revision: 'main@sha1:a', digest: 'sha256:b', updated: '2026-01-01T00:00:00Z' },
      },
    ],
    [
      'HelmRepository',
      { spec: { type: 'oci', url: 'oci://ghcr.io/charts' } },
      { type: 'oci', url: 'oci://ghcr.io/charts' },
    ],
    [
      'ImagePolicy',
      { spec: { imageRepositoryRef: { name: 'web' } } },
      { source: { kind: 'ImageRepository', name: 'web', namespace: 'apps' } },
    ],
    [
      'FluxInstance',
      {
        metadata: {
          name: 'flux',
          namespace: 'flux-system',
          annotations: { 'fluxcd.controlplane.io/reconcile': 'disabled' },
        },
        spec: {
          sync: {
            kind: 'GitRepository',
            url: 'ssh://git@git.test/r',
            ref: 'refs/heads/main',
            path: 'clusters/main',
          },
        },
      },
      { suspended: true, url: 'ssh://git.test/r', branch: 'main', path: 'clusters/main' },
    ],
    [
      'ResourceSet',
      {
        spec: {
          dependsOn: [
            {
              apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
              kind: 'Kustomization',
              name: 'infra',
              namespace: 'flux-system',
            },
            {
              apiVersion: 'apiextensions.k8s.io/v1',
              kind: 'CustomResourceDefinition',
              name: 'wikis.example.test',
            },
          ],
        },
      },
      {
        dependsOn: [{ kind: 'Kustomization', name: 'infra', namespace: 'flux-system' }],
        requires: [
          { kind: 'CustomResourceDefinition', name: 'wikis.example.test', group: 'apiextensions.k8s.io' },
        ],
      },
    ],
  ])('%s %#', (kind, raw, expected) => {
    const isOperators = kind === 'FluxInstance' || kind === 'ResourceSet';
    const group = isOperators ? 'fluxcd.controlplane.io' : 'x.toolkit.fluxcd.io';

    expect(project(kind, group, raw)).toMatchObject({ kind, group, ...expected });
  });
});
