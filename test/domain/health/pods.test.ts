import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';
import type { Pod } from '#domain/objects/workload.ts';

import {
  ago,
  condition,
  container,
  crashing,
  deployed,
  findingsOf,
  healthOf,
  node,
  pod,
  unready,
  waiting,
  warning,
} from './objects.ts';

interface Row {
  source: string;
  pod: Pod;
  others?: AnyObject[];
  state: string;
  reason: string;
  says: RegExp;
}

const creating = (minutes: number): Pod => ({
  ...unready('p', minutes, { phase: 'Pending', containers: [waiting('ContainerCreating')] }),
});

const unscheduled = (message: string, minutes = 2, reason = 'Unschedulable'): Pod =>
  pod('p', {
    phase: 'Pending',
    node: undefined,
    containers: [waiting('ContainerCreating')],
    conditions: [condition('PodScheduled', 'False', reason, message, minutes)],
  });

const pulling = (message: string, reason = 'ImagePullBackOff'): Pod =>
  unready('p', 3, { phase: 'Pending', containers: [waiting(reason, message)] });

const ROWS: Row[] = [
  {
    source: 'kubernetes-mixin KubePodCrashLooping: application error',
    pod: unready('p', 5, { containers: [crashing()] }),
    state: 'degraded',
    reason: 'CrashLoopBackOff',
    says: /container app crash-loops: exit 1 \(application error\), 12 restarts/,
  },
  {
    source: 'kubernetes-mixin KubePodCrashLooping: for 15m',
    pod: unready('p', 16, { containers: [crashing()] }),
    state: 'failed',
    reason: 'CrashLoopBackOff',
    says: /crash-loops/,
  },
  {
    source: 'kubernetes-mixin KubePodCrashLooping: init container',
    pod: unready('p', 5, {
      phase: 'Pending',
      containers: [crashing({ name: 'migrate', role: 'init' }), waiting('PodInitializing')],
    }),
    state: 'degraded',
    reason: 'CrashLoopBackOff',
    says: /init container migrate crash-loops/,
  },
  {
    source: 'kubernetes-mixin KubePodCrashLooping: sidecar',
    pod: unready('p', 5, { containers: [crashing({ name: 'proxy', role: 'sidecar' }), container()] }),
    state: 'degraded',
    reason: 'CrashLoopBackOff',
    says: /sidecar container proxy crash-loops/,
  },
  {
    source: 'kubelet back-off: between two crashes the container runs',
    pod: pod('p', {
      containers: [
        container({
          restarts: 6,
          running: ago(0.2),
          last: { exitCode: 127, reason: 'Error', started: ago(4), finished: ago(3) },
        }),
      ],
    }),
    state: 'failed',
    reason: 'CrashLoopBackOff',
    says: /exit 127 \(command not found\), 6 restarts/,
  },
  {
    source: 'kubelet kills for a liveness probe: the exit code alone does not tell it',
    pod: pod('p', {
      containers: [
        container({
          restarts: 6,
          running: ago(2),
          last: { exitCode: 143, reason: 'Error', started: ago(6), finished: ago(2) },
        }),
      ],
    }),
    others: [warning(pod('p'), 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 503')],
    state: 'failed',
    reason: 'CrashLoopBackOff',
    says: /exit 143 \(terminated\), 6 restarts; Liveness probe failed: HTTP probe failed with statuscode: 503$/,
  },
  {
    source: 'kubelet reason OOMKilled in a crash loop',
    pod: unready('p', 5, {
      containers: [
        crashing({ memoryLimit: '64Mi', last: { exitCode: 137, reason: 'OOMKilled', finished: ago(1) } }),
      ],
    }),
    state: 'degraded',
    reason: 'CrashLoopBackOff',
    says: /killed for memory at its limit of 64Mi/,
  },
  {
    source: 'kubelet reason OOMKilled',
    pod: pod('p', {
      containers: [
        container({
          restarts: 1,
          running: ago(4),
          memoryLimit: '1Gi',
          last: { exitCode: 137, reason: 'OOMKilled', started: ago(900), finished: ago(4) },
        }),
      ],
    }),
    state: 'degraded',
    reason: 'OOMKilled',
    says: /container app was killed for memory at its limit of 1Gi, 1 restarts/,
  },
  ...[
    [
      'not found',
      'failed to resolve reference "r.test/app:9": r.test/app:9: not found',
      /image or tag not found/,
    ],
    [
      'unauthorized',
      'pull access denied, repository does not exist or may require authorization',
      /unauthorized/,
    ],
    [
      'rate limit',
      '429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
      /limits the rate/,
    ],
    ['DNS', 'dial tcp: lookup r.test on 10.96.0.10:53: no such host', /does not resolve/],
    [
      'x509',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      /not trusted/,
    ],
    ['unreachable', 'dial tcp 192.0.2.1:443: i/o timeout', /cannot be reached/],
    ['platform', 'no match for platform in manifest: not found', /architecture/],
  ].map(([what, message, says]): Row => ({
    source: `kubelet images/types.go: ${String(what)}`,
    pod: pulling(`Back-off pulling image "r.test/app:9": ErrImagePull: ${String(message)}`),
    state: 'degraded',
    reason: 'ImagePullBackOff',
    says: says as RegExp,
  })),
  {
    source: 'kubelet images/types.go: the cause is only in the event',
    pod: pulling('Back-off pulling image "r.test/app:9"'),
    others: [warning(pod('p'), 'Failed', 'Failed to pull image "r.test/app:9": manifest unknown')],
    state: 'degraded',
    reason: 'ImagePullBackOff',
    says: /image or tag not found/,
  },
  {
    source: 'kubelet images/types.go: InvalidImageName',
    pod: pulling("couldn't parse image name", 'InvalidImageName'),
    state: 'degraded',
    reason: 'ImagePullBackOff',
    says: /name of the image is invalid/,
  },
  {
    source: 'kubelet images/types.go: ErrImageNeverPull',
    pod: pulling('Container image is not present with pull policy of Never', 'ErrImageNeverPull'),
    state: 'degraded',
    reason: 'ImagePullBackOff',
    says: /policy is Never/,
  },
  {
    source: 'kuberuntime CreateContainerConfigError: ConfigMap',
    pod: pulling('configmap "app-config" not found', 'CreateContainerConfigError'),
    state: 'degraded',
    reason: 'CreateContainerConfigError',
    says: /ConfigMap app-config does not exist/,
  },
  {
    source: 'kuberuntime CreateContainerConfigError: Secret key',
    pod: pulling("couldn't find key password in Secret apps/db", 'CreateContainerConfigError'),
    state: 'degraded',
    reason: 'CreateContainerConfigError',
    says: /key password is missing in Secret db/,
  },
  {
    source: 'kuberuntime RunContainerError',
    pod: pulling('exec: "serve": executable file not found in $PATH', 'RunContainerError'),
    state: 'degraded',
    reason: 'RunContainerError',
    says: /executable file not found/,
  },
  ...[
    [
      'resources',
      '0/3 nodes are available: 3 Insufficient cpu, 2 Insufficient memory.',
      /not enough cpu, memory/,
    ],
    [
      'taint',
      '0/1 nodes are available: 1 node(s) had untolerated taint(s) {gpu: true}.',
      /taint gpu is not tolerated/,
    ],
    [
      'selector',
      "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
      /affinity or selector/,
    ],
    [
      'volume',
      '0/3 nodes are available: 3 node(s) had volume node affinity conflict.',
      /volume is bound to a node/,
    ],
    [
      'volume, newer',
      "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity.",
      /volume is bound to a node/,
    ],
    [
      'claim',
      '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      /claim is not bound/,
    ],
    [
      'anti-affinity',
      "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.",
      /anti-affinity/,
    ],
    [
      'ports',
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
      /host port is taken/,
    ],
    ['pods', '0/1 nodes are available: 1 Too many pods.', /maximum of pods/],
    ['cordoned', '0/1 nodes are available: 1 node(s) were unschedulable.', /nodes are cordoned/],
  ].map(([what, message, says]): Row => ({
    source: `kubernetes scheduler plugins: ${String(what)}`,
    pod: unscheduled(String(message)),
    state: 'degraded',
    reason: 'Unschedulable',
    says: says as RegExp,
  })),
  {
    source: 'kubernetes scheduler: for 5m',
    pod: unscheduled('0/3 nodes are available: 3 Insufficient cpu.', 6),
    state: 'failed',
    reason: 'Unschedulable',
    says: /not enough cpu$/,
  },
  {
    source: 'kubernetes scheduler: it has not looked at the pod',
    pod: pod('p', { phase: 'Pending', node: undefined, containers: [], conditions: [], created: ago(6) }),
    state: 'degraded',
    reason: 'NotScheduled',
    says: /no scheduler has looked at it/,
  },
  {
    source: 'kubelet FailedMount of a missing Secret is a config error at once',
    pod: creating(1),
    others: [
      warning(pod('p'), 'FailedMount', 'MountVolume.SetUp failed for volume "c" : secret "tls" not found'),
    ],
    state: 'degraded',
    reason: 'MissingConfig',
    says: /Secret tls does not exist/,
  },
  {
    source: 'attachdetach FailedAttachVolume: after 5m',
    pod: creating(6),
    others: [warning(pod('p'), 'FailedAttachVolume', 'Multi-Attach error for volume "pv-1"')],
    state: 'degraded',
    reason: 'FailedAttachVolume',
    says: /Multi-Attach error/,
  },
  {
    source: 'kubelet FailedCreatePodSandBox',
    pod: creating(2),
    others: [warning(pod('p'), 'FailedCreatePodSandBox', 'plugin type="cilium-cni" failed (add)')],
    state: 'degraded',
    reason: 'FailedCreatePodSandBox',
    says: /no sandbox on node worker-1: plugin type="cilium-cni" failed/,
  },
  {
    source: 'kubernetes-mixin KubeContainerWaiting',
    pod: creating(7),
    state: 'degraded',
    reason: 'ContainerCreating',
    says: /containers are not created on node worker-1/,
  },
  {
    source: 'kubernetes-mixin KubePodNotReady: probe',
    pod: unready('p', 7, { containers: [container({ ready: false })] }),
    others: [
      warning(pod('p'), 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
    ],
    state: 'degraded',
    reason: 'NotReady',
    says: /not ready: container app; Readiness probe failed: HTTP probe failed with statuscode: 503/,
  },
  {
    source: 'kubernetes-mixin KubePodNotReady: readiness gate, for 15m',
    pod: pod('p', {
      readinessGates: ['target-health.example.test/lb'],
      conditions: [
        condition('Ready', 'False', 'ReadinessGatesNotReady', 'corresponding condition does not exist', 20),
      ],
    }),
    state: 'failed',
    reason: 'NotReady',
    says: /readiness gate target-health\.example\.test\/lb/,
  },
  {
    source: 'kstatus deviation: phase Failed is a failure',
    pod: pod('p', {
      phase: 'Failed',
      containers: [
        container({ ready: false, running: undefined, terminated: { exitCode: 3, reason: 'Error' } }),
      ],
    }),
    state: 'failed',
    reason: 'PodFailed',
    says: /exit 3 \(Error\)/,
  },
];

describe('a pod that fails', () => {
  it.each(ROWS)('$source', async ({ pod: failing, others = [], state, reason, says }) => {
    const findings = await findingsOf([failing, ...others]);

    expect(findings.map(({ ref }) => ref)).toEqual(['Pod/apps/p']);
    expect(findings[0]).toMatchObject({ state, reason });
    expect(findings[0]?.message).toMatch(says);
  });
});

describe('what passes by itself', () => {
  it.each([
    { what: 'containers are being created', pod: creating(2) },
    { what: 'a volume is being attached', pod: creating(2), event: 'FailedAttachVolume' },
    { what: 'the scheduler has just begun', pod: unscheduled('3 Insufficient cpu', 0.1) },
    {
      what: 'a container warms up',
      pod: unready('p', 2, { containers: [container({ ready: false, running: ago(2) })] }),
    },
    {
      what: 'an init container runs',
      pod: unready('p', 8, {
        phase: 'Pending',
        containers: [
          container({ name: 'wait', role: 'init', ready: false, running: ago(8) }),
          waiting('PodInitializing'),
        ],
      }),
    },
  ])('$what: progressing, counted, no finding', async ({ pod: starting, event }) => {
    const health = await healthOf([
      starting,
      ...(event ? [warning(starting, event, 'attachment is under way')] : []),
    ]);

    expect(health.verdict).toBe('healthy');
    expect(health.counts).toMatchObject([{ component: 'workload', checked: 1, progressing: 1, failed: 0 }]);
  });
});

describe('the owner is told, not the pods', () => {
  it('makes one finding of five crashing pods, with the pods as evidence', async () => {
    const findings = await findingsOf(
      deployed('web', 5, (name) => unready(name, 5, { containers: [crashing()] })),
    );

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      ref: 'Deployment/apps/web',
      consequences: 0,
      message: '5 of 5 pods: container app crash-loops: exit 1 (application error), 12 restarts',
    });
    expect(findings[0]?.evidence[0]).toEqual({
      path: 'pods',
      value: 'web-7d9f-0, web-7d9f-1, web-7d9f-2 and 2 more',
    });
  });

  it('tells the first symptom of the table when the pods of one owner differ', async () => {
    const objects = deployed('web', 3, (name) =>
      name.endsWith('-2') ? unready(name, 40, { containers: [container({ ready: false })] }) : pod(name),
    );
    const other = deployed('web', 3, (name) =>
      name.endsWith('-1') ? unready(name, 5, { containers: [crashing()] }) : pod(name),
    );
    const mixed = objects.map((one) =>
      one.name === 'web-7d9f-1' ? (other.find(({ name }) => name === one.name) ?? one) : one,
    );

    const findings = await findingsOf(mixed);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ reason: 'CrashLoopBackOff', state: 'failed' });
    expect(findings[0]?.message).toMatch(/^2 of 3 pods/);
  });

  it('tells a static pod by itself: the Node that owns it did not make it crash', async () => {
    const owner = { kind: 'Node', name: 'worker-1' };

    const findings = await findingsOf([unready('etcd-worker-1', 5, { owner, containers: [crashing()] })]);

    expect(findings.map(({ ref }) => ref)).toEqual(['Pod/apps/etcd-worker-1']);
  });

  it('finds the Deployment by the pod-template hash when ReplicaSets cannot be read', async () => {
    const objects = deployed('web', 1, (name) =>
      unready(name, 5, { containers: [crashing()], labels: { 'pod-template-hash': '7d9f' } }),
    ).filter(({ kind }) => kind !== 'ReplicaSet');

    const findings = await findingsOf(objects, { states: { ReplicaSet: 'unknown' } });

    expect(findings.map(({ ref }) => ref)).toEqual(['Deployment/apps/web']);
  });
});

const evicted = (name: string): Pod =>
  pod(name, {
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
    containers: [],
  });

describe('evicted pods', () => {
  it('are told by their node when nothing replaced them (kubelet eviction)', async () => {
    const findings = await findingsOf([evicted('a'), evicted('b')]);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ ref: 'Node/worker-1', reason: 'Evicted', state: 'degraded' });
    expect(findings[0]?.message).toContain('low on resource: memory');
  });

  it('explain why their Deployment lacks pods', async () => {
    const objects = deployed('web', 1, evicted, { available: 0 });

    const findings = await findingsOf([node('worker-1'), ...objects]);

    expect(findings).toMatchObject([{ ref: 'Node/worker-1', reason: 'Evicted', consequences: 1 }]);
  });

  it('are history when their Deployment is whole again', async () => {
    const objects = deployed('web', 1, (name) => pod(name));
    const old: Pod = {
      ...evicted('web-7d9f-old'),
      owner: { kind: 'ReplicaSet', name: 'web-7d9f', namespace: 'apps' },
    };

    expect(await findingsOf([...objects, old])).toEqual([]);
  });
});
