import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { fluxCrds } from './crds.ts';
import { describeCluster } from './describe-cluster.ts';
import type { Manifest } from './manifest.ts';
import {
  deploymentTree,
  gitRepository,
  helmRelease,
  kustomization,
  type KustomizationState,
  type LargeCluster,
  largeCluster,
  namespace,
  node,
  type NodeState,
  pod,
  type PodState,
  type ReleaseState,
  seedLarge,
  type SourceState,
  warning,
} from './seed.ts';

const SPACE = 'seeds';

/** As it goes over the wire: without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describeCluster('seeds', ({ admin }) => {
  beforeAll(async () => {
    await admin.create(namespace(SPACE));
  });

  async function stored(object: Manifest): Promise<Manifest> {
    await admin.createAll([object]);
    const result = await admin.get(object);
    await admin.remove(object);
    return result;
  }

  it.each<PodState>([
    'running',
    'crash-looping',
    'oom-killed',
    'image-pull',
    'config-error',
    'not-ready',
    'unschedulable',
    'init-crash-looping',
    'creating',
    'evicted',
    'succeeded',
  ])('a pod that is %s is one to the API server', async (state) => {
    const object = pod(`pod-${state}`, SPACE, { state });

    expect(await stored(object)).toMatchObject(plain({ spec: object.spec, status: object.status }) as object);
  });

  it.each<NodeState>(['ready', 'not-ready', 'lost', 'cordoned', 'memory-pressure'])(
    'a node that is %s is one to the API server',
    async (state) => {
      const object = node(`node-${state}`, { state });

      expect(await stored(object)).toMatchObject(plain({ status: object.status }) as object);
    },
  );

  it.each<KustomizationState>([
    'ready',
    'failed',
    'blocked',
    'suspended',
    'progressing',
    'stalled',
    'behind',
    'new',
  ])('a Kustomization that is %s keeps every field under the released schema', async (state) => {
    const inventory = [pod('p', SPACE), namespace('a')];
    const object = kustomization(`ks-${state}`, { state, namespace: SPACE, dependsOn: ['base'], inventory });

    expect(await stored(object)).toMatchObject(
      plain({ spec: object.spec, status: object.status ?? {} }) as object,
    );
  });

  it.each<ReleaseState>(['ready', 'failed', 'blocked', 'suspended', 'stalled', 'new'])(
    'a HelmRelease that is %s keeps every field under the released schema',
    async (state) => {
      const object = helmRelease(`hr-${state}`, { state, namespace: SPACE, dependsOn: ['base'] });

      expect(await stored(object)).toMatchObject(
        plain({ spec: object.spec, status: object.status ?? {} }) as object,
      );
    },
  );

  it.each<SourceState>(['ready', 'failed', 'suspended'])(
    'a GitRepository that is %s keeps every field under the released schema',
    async (state) => {
      const object = gitRepository(`git-${state}`, { state, namespace: SPACE });

      expect(await stored(object)).toMatchObject(
        plain({ spec: object.spec, status: object.status }) as object,
      );
    },
  );

  it('writes inventory ids as Flux does', () => {
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:thing' },
    };
    const object = kustomization('ids', { inventory: [role, pod('p', SPACE)] });

    expect(object.status?.['inventory']).toEqual({
      entries: [
        { id: '_system__thing_rbac.authorization.k8s.io_ClusterRole', v: 'v1' },
        { id: 'seeds_p__Pod', v: 'v1' },
      ],
    });
  });

  it('a Deployment owns its ReplicaSet, which owns its pods, and a crash shows in all counts', async () => {
    const tree = deploymentTree('web', SPACE, {
      replicas: 3,
      pods: [{ state: 'crash-looping' }],
      service: true,
    });

    const made = await admin.createAll(tree);

    const [deployment, set] = made;
    const pods = made.filter(({ kind }) => kind === 'Pod');
    expect(set?.metadata.ownerReferences?.[0]?.uid).toBe(deployment?.metadata.uid);
    expect(pods.map(({ metadata }) => metadata.ownerReferences?.[0]?.uid)).toEqual(
      Array(3).fill(set?.metadata.uid),
    );
    expect(deployment?.status).toMatchObject({ replicas: 3, readyReplicas: 2, unavailableReplicas: 1 });
    expect(deployment?.status?.['conditions']).toContainEqual(
      expect.objectContaining({ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }),
    );
    const slice = made.find(({ kind }) => kind === 'EndpointSlice');
    const endpoints = slice?.['endpoints'] as { conditions: { ready: boolean } }[];
    expect(endpoints.map(({ conditions }) => conditions.ready)).toEqual([false, true, true]);
  });

  it('a warning names what it is about', async () => {
    const object = warning(pod('sad', SPACE), 'BackOff', 'Back-off restarting failed container', {
      count: 12,
    });

    expect(await stored(object)).toMatchObject({
      involvedObject: { kind: 'Pod', namespace: SPACE, name: 'sad' },
      type: 'Warning',
      count: 12,
    });
  });
});

describe('a large cluster on paper', () => {
  it.each([
    { kustomizations: 300, failing: 6, pods: 500, crashing: 5 },
    { kustomizations: 2000, failing: 40, pods: 10_000, crashing: 50 },
    { kustomizations: 12, failing: 0, pods: 30, crashing: 0 },
  ])('has $kustomizations Kustomizations and $pods pods', (size) => {
    const { objects, failing, crashing } = largeCluster(size);

    const ids = objects.map(({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`);
    const count = (wanted: string) => objects.filter(({ kind }) => kind === wanted).length;
    expect({ kustomizations: count('Kustomization'), pods: count('Pod') }).toEqual({
      kustomizations: size.kustomizations,
      pods: size.pods,
    });
    expect({ failing: failing.length, crashing: crashing.length }).toEqual({
      failing: size.failing,
      crashing: size.crashing,
    });
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describeCluster('a large cluster', () => {
  let plane: ControlPlane;
  let large: LargeCluster;
  let seconds: number;

  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.admin.installCrds(await fluxCrds());
    const started = Date.now();
    large = await seedLarge(plane.admin);
    seconds = (Date.now() - started) / 1000;
  });
  afterAll(() => plane.stop());

  it('is there in well under 20 s', () => {
    expect(seconds).toBeLessThan(15);
  });

  it('has 300 Kustomizations, of which the 6 it names fail as it says', async () => {
    const all = await plane.admin.list('kustomize.toolkit.fluxcd.io/v1', 'Kustomization');

    const failing = all.filter((object) => conditionOf(object, 'Ready')?.status !== 'True');
    const found = failing.map((object) => ({
      namespace: object.metadata.namespace,
      name: object.metadata.name,
      reason: conditionOf(object, 'Ready')?.reason,
      message: conditionOf(object, 'Ready')?.message,
    }));
    expect(all).toHaveLength(300);
    expect(found).toHaveLength(6);
    expect(found).toEqual(large.failing);
    expect(new Set(found.map(({ message }) => message)).size).toBe(6);
  });

  it('has 500 pods in ReplicaSets of Deployments, of which the 5 it names crash as it says', async () => {
    const pods = await plane.admin.list('v1', 'Pod');

    const owned = pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'ReplicaSet');
    const crashing = pods.filter((object) => JSON.stringify(object.status).includes('CrashLoopBackOff'));
    expect(pods).toHaveLength(500);
    expect(owned).toHaveLength(500);
    expect(crashing).toHaveLength(5);
    expect(crashing.map(({ metadata }) => metadata.name).toSorted()).toEqual(
      large.crashing.map((each) => each.pod).toSorted(),
    );
    for (const { message } of large.crashing)
      expect(JSON.stringify(crashing)).toContain(JSON.stringify(message));
  });

  it('runs the controllers of Flux', async () => {
    const controllers = await plane.admin.list('apps/v1', 'Deployment', 'flux-system');

    expect(controllers.map(({ status }) => status?.['availableReplicas'])).toEqual([1, 1, 1, 1]);
  });
});

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

function conditionOf({ status }: Manifest, type: string): Condition | undefined {
  return (status?.['conditions'] as Condition[] | undefined)?.find((entry) => entry.type === type);
}
