import { join } from 'node:path';

import pLimit from 'p-limit';

import { pause } from '../cluster/api.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds } from '../cluster/crds.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { grant } from '../cluster/rbac.ts';
import { deploymentTree, gitRepository, kustomization } from '../cluster/seed.ts';
import { openWorkshop } from '../support/git-repository.ts';
import { type Peer, startPeer } from './peer.ts';
import { rawLists, REST_MS } from './measure.ts';
import { measureRender, type RenderFigures, took } from './render.ts';

const root = join(import.meta.dirname, '../..');

/** Rendering and drift of one repository. Times are in milliseconds, memory in MB. */
export interface RenderedFigures {
  kustomizations: number;
  objects: number;
  render: RenderFigures;
  /** drift_diff of everything, from a server that was asked once before for something else. */
  drift: { first: number[]; repeated: number[]; bytes: number };
  /** Lists of the same kinds with their managedFields. */
  raw: number[];
  /** While drift_diff was under way for the first time: the longest ping, and the longest health_summary; that beside nothing. */
  beside: { ping: number[]; busy: number[]; quiet: number[] };
  memory: number;
}

const KUSTOMIZATIONS = 50;
/** Of each Kustomization: so many Deployments with a Service and three ConfigMaps each. */
const APPS = 4;
const USER = 'daytwo';

/** Measures on a control plane and a repository of its own, both gone afterwards. */
export async function measureRendered(runs: number, say: (text: string) => void): Promise<RenderedFigures> {
  const shop = openWorkshop();
  const plane = await startControlPlane();
  try {
    const files = filesOf();
    const work = shop.repository('work');
    const commit = work.commit('Start', files);
    const remote = shop.bare('remote', work);
    say(`seeding ${KUSTOMIZATIONS} Kustomizations and ${KUSTOMIZATIONS * APPS * 5} objects`);
    const objects = await seed(plane, commit);
    const args = [
      join(root, 'dist/main.js'),
      '--kubeconfig',
      plane.kubeconfig(USER),
      '--repo',
      `file://${remote.path}`,
    ];
    const start = (): Promise<Peer> =>
      startPeer({
        args: [...args, '--cache-dir', shop.folder('cache'), '--audit-dir', shop.folder('audit')],
      });
    say('rendering');
    const render = await measureRender(2 * runs, say);
    say(`drift, ${runs} times`);
    const measured = await measureDrift(plane, start, runs);
    return { kustomizations: KUSTOMIZATIONS, objects, render, ...measured };
  } finally {
    await plane.stop();
    shop.remove();
  }
}

const KINDS = [
  '/apis/apps/v1/deployments',
  '/api/v1/services',
  '/api/v1/configmaps',
  '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations',
];

async function measureDrift(
  plane: ControlPlane,
  start: () => Promise<Peer>,
  runs: number,
): Promise<Pick<RenderedFigures, 'drift' | 'raw' | 'beside' | 'memory'>> {
  const drift = { first: [] as number[], repeated: [] as number[], bytes: 0 };
  const beside = { ping: [] as number[], busy: [] as number[], quiet: [] as number[] };
  const raw: number[] = [];
  let memory = 0;
  for (let index = 0; index < runs; index += 1) {
    const peer = await start();
    await peer.call('health_summary');
    raw.push((await rawLists(plane, KINDS)).ms);
    drift.first.push((await peer.call('drift_diff')).ms);
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const { ms, bytes } = await peer.call('drift_diff');
      drift.repeated.push(ms);
      drift.bytes = bytes;
    }
    await pause(REST_MS);
    memory = Math.max(memory, peer.memory());
    await peer.stop();
    await measureBeside(await start(), beside);
  }
  return { drift, raw, beside, memory };
}

async function measureBeside(peer: Peer, beside: RenderedFigures['beside']): Promise<void> {
  await peer.call('health_summary');
  const quiet = await longest(peer, () => Promise.resolve());
  const busy = await longest(peer, async () => void (await peer.call('drift_diff')));
  beside.quiet.push(quiet.health);
  beside.busy.push(busy.health);
  beside.ping.push(busy.ping);
  await peer.stop();
}

/** Pings and asks for health again and again while something is under way, at least five times. */
async function longest(peer: Peer, work: () => Promise<void>): Promise<{ ping: number; health: number }> {
  const state = { isDone: false };
  const working = work().finally(() => {
    state.isDone = true;
  });
  const worst = { ping: 0, health: 0 };
  for (let count = 0; count < 5 || !state.isDone; count += 1) {
    worst.ping = Math.max(worst.ping, await took(() => peer.ping()));
    worst.health = Math.max(worst.health, (await peer.call('health_summary')).ms);
  }
  await working;
  return worst;
}

function pathOf(index: number): string {
  return `apps/group-${String(index).padStart(2, '0')}`;
}

function objectsOf(index: number): Manifest[] {
  const namespace = `group-${String(index).padStart(2, '0')}`;
  return Array.from({ length: APPS }, (_, app) => `app-${app}`).flatMap((name) => [
    ...deploymentTree(name, namespace, { replicas: 2, service: true, image: `registry.test/${name}:1.0.0` })
      .filter(({ kind }) => kind === 'Deployment' || kind === 'Service')
      .map(({ apiVersion, kind, spec }): Manifest => ({
        apiVersion,
        kind,
        metadata: { name, namespace },
        spec,
      })),
    ...['a', 'b', 'c'].map((part): Manifest => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-${part}`, namespace },
      data: { mode: part, host: `${name}.example.test` },
    })),
  ]);
}

function filesOf(): Record<string, string> {
  const files: Record<string, string> = {};
  for (let index = 0; index < KUSTOMIZATIONS; index += 1) {
    const objects = objectsOf(index);
    for (const [at, object] of objects.entries())
      files[`${pathOf(index)}/object-${at}.yaml`] = JSON.stringify(object);
    const resources = objects.map((_, at) => `object-${at}.yaml`);
    files[`${pathOf(index)}/kustomization.yaml`] = JSON.stringify({ resources });
  }
  return files;
}

async function seed({ admin }: ControlPlane, commit: string): Promise<number> {
  await admin.installCrds(await fluxCrds());
  await grant(admin, USER, [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]);
  const limit = pLimit(16);
  const revision = `main@sha1:${commit}`;
  const names = Array.from(
    { length: KUSTOMIZATIONS },
    (_, index) => `group-${String(index).padStart(2, '0')}`,
  );
  for (const name of ['flux-system', ...names])
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const applied = names.flatMap((name, index) => objectsOf(index).map((object) => labelled(object, name)));
  await Promise.all(applied.map((object) => limit(() => admin.apply(object, 'kustomize-controller'))));
  await admin.createAll([
    gitRepository('cluster', { revision }),
    ...names.map((name, index) =>
      kustomization(name, { revision, path: `./${pathOf(index)}`, inventory: objectsOf(index), wait: false }),
    ),
  ]);
  return applied.length;
}

function labelled(object: Manifest, name: string): Manifest {
  const labels = {
    'kustomize.toolkit.fluxcd.io/name': name,
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  };
  return { ...object, metadata: { ...object.metadata, labels } };
}
