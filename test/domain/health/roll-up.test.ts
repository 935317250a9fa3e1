import { describe, expect, it } from 'vitest';

import { faultOf } from '#domain/health/fault.ts';
import { rollUp } from '#domain/health/roll-up.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';

import {
  ago,
  answerFor,
  condition,
  container,
  crashing,
  deadNode,
  deployed,
  findingsOf,
  healthOf,
  kustomization,
  meta,
  node,
  notReady,
  pod,
  unready,
  waiting,
  warning,
  workload,
} from './objects.ts';
import {
  apiService,
  attachment,
  autoscaler,
  budget,
  claim,
  ingress,
  ingressClass,
  namespace,
  pendingClaim,
  service,
  slice,
  storageClass,
  webhook,
} from './platform-objects.ts';

type Objects = (AnyObject | FluxObject)[];

const crash = (name: string, replicas = 1, ns = 'apps'): AnyObject[] =>
  deployed(name, replicas, (at) => unready(at, 5, { containers: [crashing()] }), { namespace: ns });

const WEB: ObjectRef = { kind: 'Deployment', namespace: 'apps', name: 'web', group: 'apps' };

const healthCheckFailed = (
  refs: ObjectRef[],
  text = 'timeout waiting for health checks',
): Partial<FluxObject> => ({
  inventory: refs,
  ...notReady('HealthCheckFailed', text),
});

const waitsOn = (name: string, ...on: string[]): FluxObject =>
  kustomization(name, {
    dependsOn: on.map((one) => ({ namespace: 'flux-system', name: one })),
    ...notReady('DependencyNotReady', `dependency 'flux-system/${on[0]}' is not ready`),
  });

const release = (name: string, extra: Partial<FluxObject>): FluxObject => ({
  ...kustomization(name),
  ...meta('HelmRelease', name, 'apps'),
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  group: 'helm.toolkit.fluxcd.io',
  history: [],
  ...extra,
});

const gitRepository = (extra: Partial<FluxObject>): FluxObject => ({
  ...kustomization('cluster'),
  ...meta('GitRepository', 'cluster', 'flux-system'),
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  group: 'source.toolkit.fluxcd.io',
  history: [],
  ...extra,
});

const unscheduled = (at: string, message = 'pod has unbound immediate PersistentVolumeClaims') =>
  pod(at, {
    phase: 'Pending',
    node: undefined,
    claims: ['data'],
    conditions: [condition('PodScheduled', 'False', 'Unschedulable', message, 8)],
  });

interface Scenario {
  what: string;
  objects: Objects;
  /** Refs of the findings with the number of their consequences. */
  roots: [string, number][];
}

const WEBHOOK_TEXT =
  'Internal error occurred: failed calling webhook "check.example.test": no endpoints available for service "hook"';

const SCENARIOS: Scenario[] = [
  {
    what: 'a crashing Deployment, the Kustomization whose health check names it, and all that depends on that',
    objects: [
      ...crash('web'),
      kustomization(
        'web',
        healthCheckFailed(
          [WEB],
          "health check failed after 30s: timeout waiting for: [Deployment/apps/web status: 'InProgress']",
        ),
      ),
      waitsOn('shop', 'web'),
      waitsOn('shop-admin', 'shop'),
    ],
    roots: [['Deployment/apps/web', 3]],
  },
  {
    what: 'the same where only the inventory tells which Deployment it is',
    objects: [...crash('web'), kustomization('web', healthCheckFailed([WEB]))],
    roots: [['Deployment/apps/web', 1]],
  },
  {
    what: 'a HelmRelease that waited in vain between them, joined by labels',
    objects: [
      ...crash('web').map((one) =>
        one.kind === 'Deployment'
          ? {
              ...one,
              labels: { 'helm.toolkit.fluxcd.io/name': 'web', 'helm.toolkit.fluxcd.io/namespace': 'apps' },
            }
          : one,
      ),
      release(
        'web',
        notReady(
          'UpgradeFailed',
          'Helm upgrade failed for release apps/web: timed out waiting for the condition',
        ),
      ),
      kustomization('apps', healthCheckFailed([{ kind: 'HelmRelease', namespace: 'apps', name: 'web' }])),
    ],
    roots: [['Deployment/apps/web', 2]],
  },
  {
    what: 'a dead node and the workloads whose pods were on it',
    objects: [
      deadNode('worker-1'),
      node('worker-2'),
      ...deployed('web', 2, (at) => unready(at, 20)),
      ...deployed('shop', 1, (at) => unready(at, 20, { containers: [crashing()] })),
      workload('DaemonSet', 'agent', { desired: 2, available: 1, current: 2 }),
      unready('agent-1', 20, { owner: { kind: 'DaemonSet', name: 'agent', namespace: 'apps' } }),
    ],
    roots: [['Node/worker-1', 3]],
  },
  {
    what: 'a claim that is not bound, the pod that waits for it, its workload and its Kustomization',
    objects: [
      storageClass(),
      pendingClaim('data', ago(8)),
      ...deployed('web', 1, unscheduled),
      kustomization('web', healthCheckFailed([WEB])),
    ],
    roots: [['PersistentVolumeClaim/apps/data', 2]],
  },
  {
    what: 'a failing source and the Kustomizations that never got an artifact',
    objects: [
      gitRepository(
        notReady('GitOperationFailed', 'failed to checkout and determine revision: authentication required'),
      ),
      ...['a', 'b'].map((name) =>
        kustomization(name, {
          source: { kind: 'GitRepository', name: 'cluster' },
          ...notReady('ArtifactFailed', "GitRepository 'cluster' is not ready"),
        }),
      ),
    ],
    roots: [['GitRepository/flux-system/cluster', 2]],
  },
  {
    what: 'a crashing Flux controller and the objects that it no longer reconciles',
    objects: [
      ...crash('kustomize-controller', 1, 'flux-system'),
      ...['a', 'b', 'c'].map((name) => kustomization(name, { history: [{ last: ago(60) }] })),
    ],
    roots: [['Deployment/flux-system/kustomize-controller', 3]],
  },
  {
    what: 'a Flux controller scaled to zero',
    objects: [
      workload('Deployment', 'kustomize-controller', { namespace: 'flux-system', desired: 0 }),
      kustomization('a', { history: [{ last: ago(60) }] }),
    ],
    roots: [['Deployment/flux-system/kustomize-controller', 1]],
  },
  {
    what: 'a crashing Deployment, its Service, its Ingress and its budget',
    objects: [
      ...crash('web', 2),
      service('web'),
      slice('web', 0, 2),
      ingressClass(),
      ingress('web', 'web'),
      budget({ disruptionsAllowed: 0, currentHealthy: 0 }),
    ],
    roots: [['Deployment/apps/web', 3]],
  },
  {
    what: 'a webhook whose Deployment crashes, and what it keeps from being created or applied',
    objects: [
      webhook(),
      ...crash('hook', 1, 'hooks'),
      service('hook', { namespace: 'hooks' }),
      slice('hook', 0, 1, 'hooks'),
      workload('Deployment', 'web', {
        desired: 2,
        available: 0,
        current: 0,
        conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', WEBHOOK_TEXT)],
      }),
      kustomization(
        'web',
        notReady(
          'ReconciliationFailed',
          `Deployment/apps/web dry-run failed (InternalError): ${WEBHOOK_TEXT}`,
        ),
      ),
    ],
    roots: [['Deployment/hooks/hook', 4]],
  },
  {
    what: 'metrics that are not served because their Deployment crashes, and the autoscaler that needs them',
    objects: [
      apiService({
        conditions: [
          condition(
            'Available',
            'False',
            'MissingEndpoints',
            'endpoints for service/metrics-server have no addresses',
          ),
        ],
      }),
      ...crash('metrics-server', 1, 'kube-system'),
      service('metrics-server', { namespace: 'kube-system' }),
      slice('metrics-server', 0, 1, 'kube-system'),
      autoscaler({
        conditions: [
          condition(
            'ScalingActive',
            'False',
            'FailedGetResourceMetric',
            'unable to get resource metric cpu: the server could not find the requested resource (get pods.metrics.k8s.io)',
          ),
        ],
      }),
    ],
    roots: [['Deployment/kube-system/metrics-server', 3]],
  },
  {
    what: 'an API of metrics that is not served, and an autoscaler in the words of the resource metrics client',
    objects: [
      apiService({ conditions: [condition('Available', 'False', 'ServiceNotFound', 'no service')] }),
      autoscaler({
        conditions: [
          condition(
            'ScalingActive',
            'False',
            'FailedGetResourceMetric',
            'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)',
          ),
        ],
      }),
    ],
    roots: [['APIService/v1beta1.metrics.k8s.io', 1]],
  },
  {
    what: 'a claim that lost its volume, and the pod that finds no node because of it',
    objects: [
      claim('data', { phase: 'Lost' }),
      ...deployed('web', 1, (at) =>
        unscheduled(at, 'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv-data"'),
      ),
    ],
    roots: [['PersistentVolumeClaim/apps/data', 1]],
  },
  {
    what: 'a volume that is attached to a dead node without an error, and the pod that waits for it elsewhere',
    objects: [
      deadNode('worker-1'),
      node('worker-2'),
      claim('data'),
      attachment('stale'),
      ...deployed('web', 1, (at) =>
        unready(at, 20, {
          phase: 'Pending',
          node: 'worker-2',
          claims: ['data'],
          containers: [waiting('ContainerCreating')],
        }),
      ),
      warning(pod('web-7d9f-0'), 'FailedAttachVolume', 'Multi-Attach error for volume "pv-data"'),
    ],
    roots: [['Node/worker-1', 1]],
  },
  {
    what: 'a namespace that does not go away, and what fails in it',
    objects: [
      namespace('apps', {
        phase: 'Terminating',
        deletion: { since: ago(60), graceSeconds: 0, finalizers: ['kubernetes'] },
      }),
      ...crash('web'),
    ],
    roots: [['Namespace/apps', 1]],
  },
  {
    what: 'a dependency that does not exist',
    objects: [waitsOn('a', 'gone'), waitsOn('b', 'gone')],
    roots: [['Kustomization/flux-system/gone', 2]],
  },
  {
    what: 'a volume that stays attached to a dead node, and the pod that waits for it elsewhere',
    objects: [
      deadNode('worker-1'),
      node('worker-2'),
      claim('data'),
      attachment('stale', { error: { message: 'node is not reachable', time: ago(20) } }),
      ...deployed('web', 1, (at) =>
        unready(at, 20, {
          phase: 'Pending',
          node: 'worker-2',
          claims: ['data'],
          containers: [waiting('ContainerCreating')],
        }),
      ),
      warning(pod('web-7d9f-0'), 'FailedAttachVolume', 'Multi-Attach error for volume "pv-data"'),
    ],
    roots: [['Node/worker-1', 2]],
  },
  {
    what: 'a dead node and the pod on it that cannot be deleted',
    objects: [
      deadNode('worker-1'),
      pod('web-1', { deletion: { since: ago(30), graceSeconds: 30, finalizers: [] } }),
    ],
    roots: [['Node/worker-1', 1]],
  },
  {
    what: 'a Flux controller that is down and the Kustomization that waits for its finalizer',
    objects: [
      ...crash('kustomize-controller', 1, 'flux-system'),
      kustomization('old', {
        deletion: { since: ago(30), graceSeconds: 0, finalizers: ['finalizers.fluxcd.io'] },
      }),
    ],
    roots: [['Deployment/flux-system/kustomize-controller', 1]],
  },
  {
    what: 'of two crashing Deployments the one that the failed health check names',
    objects: [
      ...crash('admin'),
      ...crash('web'),
      kustomization(
        'web',
        healthCheckFailed(
          [{ ...WEB, name: 'admin' }, WEB],
          "health check failed after 30s: timeout waiting for: [Deployment/apps/web status: 'InProgress']",
        ),
      ),
    ],
    roots: [
      ['Deployment/apps/web', 1],
      ['Deployment/apps/admin', 0],
    ],
  },
  {
    what: 'a webhook whose Deployment is scaled to zero: nothing below it is at fault',
    objects: [
      webhook(),
      workload('Deployment', 'hook', { namespace: 'hooks', desired: 0 }),
      service('hook', { namespace: 'hooks' }),
      slice('hook', 0, 0, 'hooks'),
    ],
    roots: [['ValidatingWebhookConfiguration/checks', 0]],
  },
];

/** A generator of numbers in [0, 1) (mulberry32): the same order for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.trunc(state + 0x6d2b79f5);
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const more = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((more ^ (more >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const next = random(seed);
  return items
    .map((item) => ({ item, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

describe('one cause is one finding', () => {
  it.each(SCENARIOS)('$what', async ({ objects, roots }) => {
    const findings = await findingsOf(objects);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual(roots);
  });

  it.each([1, 2, 3, 4, 5])(
    'gives the same answer in whatever order objects are listed (seed %i)',
    async (seed) => {
      const all = SCENARIOS.filter((_, index) => [1, 3, 5, 8, 9].includes(index)).flatMap(
        ({ objects }) => objects,
      );
      const distinct = [...new Map(all.map((one) => [one.uid, one])).values()];

      const straight = await answerFor(distinct);
      const mixed = await answerFor(shuffled(distinct, seed));

      expect(mixed).toEqual(straight);
    },
  );
});

const fault = (name: string, ...causes: string[]) =>
  faultOf(
    { state: 'failed', message: '', causes: causes.map((cause) => `Pod/apps/${cause}`) },
    { component: 'workload', rule: 'x', ref: `Pod/apps/${name}` },
  );

const suspended = (name: string): FluxObject =>
  kustomization(name, { suspended: true, ...notReady('HealthCheckFailed', 'left over') });

describe('what is not a consequence stands by itself', () => {
  it('keeps a failed build beside a crashing Deployment of the same Kustomization', async () => {
    const findings = await findingsOf([
      ...crash('web'),
      kustomization('web', {
        inventory: [WEB],
        ...notReady('BuildFailed', 'kustomize build failed: no such file'),
      }),
    ]);

    expect(findings.map(({ ref }) => ref).toSorted()).toEqual([
      'Deployment/apps/web',
      'Kustomization/flux-system/web',
    ]);
  });

  it('keeps a release that failed to render beside its crashing Deployment', async () => {
    const findings = await findingsOf([
      ...crash('web'),
      release('web', {
        inventory: [WEB],
        ...notReady('UpgradeFailed', 'Helm upgrade failed: YAML parse error on templates/x.yaml'),
      }),
    ]);

    expect(findings).toHaveLength(2);
  });

  it('does not blame what Flux never waits for', async () => {
    const dead = { kind: 'Service', namespace: 'apps', name: 'web' };

    const findings = await findingsOf([
      service('web'),
      slice('web', 0),
      kustomization('web', healthCheckFailed([dead])),
    ]);

    expect(findings.map(({ ref }) => ref)).toEqual(['Kustomization/flux-system/web', 'Service/apps/web']);
  });

  it('keeps the pods that crash by themselves apart from those on a dead node', async () => {
    const objects = deployed('web', 3, (at) =>
      unready(at, 20, at.endsWith('-0') ? { node: 'worker-2', containers: [crashing()] } : {}),
    );

    const findings = await findingsOf([deadNode('worker-1'), node('worker-2'), ...objects]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['Node/worker-1', 1],
      ['Deployment/apps/web', 0],
    ]);
    expect(findings[1]?.message).toMatch(/^1 of 3 pods: container app crash-loops/);
  });

  it('does not let a rollout under way excuse a failed health check', async () => {
    const rolling = workload('Deployment', 'web', {
      desired: 2,
      available: 1,
      conditions: [condition('Progressing', 'True', 'ReplicaSetUpdated', '', 3)],
    });

    const findings = await findingsOf([rolling, kustomization('web', healthCheckFailed([WEB]))]);

    expect(findings.map(({ ref, state }) => [ref, state])).toEqual([
      ['Kustomization/flux-system/web', 'failed'],
    ]);
  });

  it('lets a claim being bound excuse the pod that waits for it', async () => {
    const health = await healthOf([
      storageClass(),
      pendingClaim('data', ago(2)),
      ...deployed('web', 1, unscheduled),
    ]);

    expect(health.verdict).toBe('healthy');
    expect(health.counts.map(({ component, progressing }) => [component, progressing])).toEqual([
      ['storage', 1],
      ['workload', 1],
    ]);
  });

  it('tells a suspended object once others wait for it, and lists it as suspended where none does', async () => {
    const answer = await answerFor([
      suspended('base'),
      suspended('alone'),
      waitsOn('a', 'base'),
      waitsOn('b', 'base'),
    ]);

    expect(answer.findings.map(({ ref, state, consequences }) => [ref, state, consequences])).toEqual([
      ['Kustomization/flux-system/base', 'blocked', 2],
    ]);
    expect(answer.suspended).toEqual({
      total: 2,
      names: 'Kustomization/flux-system/alone, Kustomization/flux-system/base',
    });
    expect(answer.verdict).toBe('degraded');
  });

  it('does not let a suspended child excuse a failed health check', async () => {
    const child = { kind: 'HelmRelease', namespace: 'apps', name: 'web' };

    const findings = await findingsOf([
      release('web', { suspended: true }),
      kustomization('web', healthCheckFailed([child])),
    ]);

    expect(findings.map(({ ref }) => ref)).toEqual(['Kustomization/flux-system/web']);
  });

  it('ends at a cycle of causes, with one root', () => {
    const roots = rollUp([fault('c', 'a'), fault('a', 'b'), fault('b', 'c'), fault('d', 'a', 'd')]);

    expect(roots.map(({ ref, consequences }) => [ref, consequences.map((one) => one.ref)])).toEqual([
      ['Pod/apps/c', ['Pod/apps/a', 'Pod/apps/b', 'Pod/apps/d']],
    ]);
  });

  it('ends at a cycle of dependencies, with one root', async () => {
    const findings = await findingsOf([waitsOn('a', 'b'), waitsOn('b', 'c'), waitsOn('c', 'a')]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['Kustomization/flux-system/a', 2],
    ]);
  });
});

describe('evidence', () => {
  it('folds recent warnings of the object and its pods, counted by reason', async () => {
    const objects = crash('web', 2);
    const pods = objects.filter(({ kind }) => kind === 'Pod');
    const events = pods.map((one) =>
      warning(one, 'Unhealthy', 'Liveness probe failed: connection refused', { count: 7 }),
    );

    const findings = await findingsOf([...objects, ...events]);

    expect(findings).toHaveLength(1);
    expect(findings[0]?.evidence.at(-1)).toEqual({
      path: 'events[Unhealthy]',
      value: '×14 Liveness probe failed: connection refused',
    });
  });

  it('leaves out warnings older than an hour', async () => {
    const dead = deadNode('worker-1');

    const findings = await findingsOf([
      dead,
      warning(dead, 'ImageGCFailed', 'long ago', { last: ago(61) }),
      warning(dead, 'SystemOOM', 'just now', { last: ago(59) }),
    ]);

    expect(findings[0]?.evidence.map(({ path }) => path)).toEqual(['conditions[Ready]', 'events[SystemOOM]']);
  });

  it('tells a refused creation once', async () => {
    const short = workload('StatefulSet', 'db', { desired: 2, current: 1, available: 1 });

    const findings = await findingsOf([short, warning(short, 'FailedCreate', 'exceeded quota: small')]);

    expect(findings[0]?.evidence.map(({ path }) => path)).toEqual(['events[FailedCreate]']);
  });

  it('tells a rollout past its deadline rather than the pod that is just being created', async () => {
    const [deployment, ...others] = deployed('web', 1, (at) =>
      unready(at, 1, { phase: 'Pending', containers: [waiting('ContainerCreating')] }),
    );
    const stuck = {
      ...deployment,
      conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out', 20)],
    };

    const findings = await findingsOf([stuck as AnyObject, ...others]);

    expect(findings.map(({ reason, state }) => [reason, state])).toEqual([
      ['ProgressDeadlineExceeded', 'failed'],
    ]);
  });

  it('leaves out the warnings of a former pod of the same name', async () => {
    const failing = unready('db-0', 5, { containers: [crashing()] });

    const findings = await findingsOf([
      failing,
      warning({ ...failing, uid: 'former' }, 'FailedMount', 'secret not found'),
    ]);

    expect(JSON.stringify(findings)).not.toContain('FailedMount');
  });

  it('takes events of a node, which carry its name for a uid (kubelet)', async () => {
    const dead = deadNode('worker-1');

    const findings = await findingsOf([
      dead,
      warning({ ...dead, uid: 'worker-1' }, 'ContainerGCFailed', 'rpc error'),
    ]);

    expect(findings[0]?.evidence.map(({ path }) => path)).toContain('events[ContainerGCFailed]');
  });

  it('tells a stuck rollout with the crash that causes it', async () => {
    const [deployment, ...others] = deployed('web', 1, (at) => unready(at, 20, { containers: [crashing()] }));
    const stuck = {
      ...deployment,
      conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out', 2)],
    };

    const findings = await findingsOf([stuck as AnyObject, ...others]);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      ref: 'Deployment/apps/web',
      reason: 'CrashLoopBackOff',
      state: 'failed',
    });
    expect(findings[0]?.evidence.map(({ path }) => path)).toContain('ProgressDeadlineExceeded');
  });

  it('names the volume that is still attached elsewhere', async () => {
    const starting = unready('db-0', 9, {
      phase: 'Pending',
      claims: ['data'],
      node: 'worker-2',
      containers: [waiting('ContainerCreating')],
    });

    const findings = await findingsOf([
      node('worker-1'),
      node('worker-2'),
      claim('data'),
      attachment('stale'),
      starting,
      warning(starting, 'FailedAttachVolume', 'Multi-Attach error for volume "pv-data"'),
    ]);

    expect(findings[0]?.message).toBe('its volume pv-data is still attached to node worker-1');
  });
});

const failing = (name: string): AnyObject[] =>
  deployed(name, 1, (at) => unready(at, 20, { containers: [crashing()] }));

describe('order', () => {
  it('puts failed before degraded, lower layers first, then what breaks most, then refs', async () => {
    const findings = await findingsOf([
      ...failing('b'),
      ...failing('a'),
      ...failing('c'),
      service('c'),
      slice('c', 0, 1),
      ...crash('young'),
      deadNode('worker-9', 20),
      kustomization('broken', notReady('BuildFailed', 'no')),
      unready('warm', 7, { containers: [container({ ready: false })] }),
    ]);

    expect(findings.map(({ ref, state }) => `${state} ${ref}`)).toEqual([
      'failed Node/worker-9',
      'failed Kustomization/flux-system/broken',
      'failed Deployment/apps/c',
      'failed Deployment/apps/a',
      'failed Deployment/apps/b',
      'degraded Deployment/apps/young',
      'degraded Pod/apps/warm',
    ]);
  });
});
