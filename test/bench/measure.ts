import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { pause } from '../cluster/api.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { grant } from '../cluster/rbac.ts';
import { largeCluster, type LargeCluster, type LargeOptions } from '../cluster/seed.ts';
import { baseCrds } from '../e2e/faults/base.ts';
import { type ComponentCounts, componentsBeside } from './components.ts';
import { type Command, type Peer, startPeer, type Timed } from './peer.ts';
import { RAW_LISTS, type RawListed } from './raw-lists.ts';
import { rivalScript } from './rival.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Milliseconds of the same work done so many times: first a server is new, then it is asked again. */
export interface Answered {
  first: number[];
  repeated: number[];
  bytes: number;
  /** How many of what is broken the answer names, with the cause. */
  named: number;
  broken: number;
}

/** What was measured on one cluster. Times are in milliseconds, sizes in bytes, memory in MB. */
export interface Figures {
  kustomizations: number;
  pods: number;
  start: { daytwo: number[]; peer: number[] };
  tools: { daytwo: { bytes: number; count: number }; peer: { bytes: number; count: number } };
  status: Answered;
  health: Answered;
  /** Requests that reached the API server while both were asked again: for objects, and whether it still lives. */
  requests: { objects: number; alive: number };
  /** Lists of all kinds that `health_summary` reads, and of Kustomizations alone. */
  raw: { health: number[]; kustomizations: number[]; kinds: number; objects: number; bytes: number };
  peer: { pods: number[]; podsBytes: number; kustomizations: number[]; kustomizationsBytes: number };
  memory: { rest: number; busy: number; idle: number; peer: number };
}

const USER = 'daytwo';
const KUSTOMIZATIONS = '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations';
const CONCURRENCY = 6;

/** Between a client's start and its first question: nobody asks within the second. */
const ASKED_MS = 1_000;

/** As between two questions of a person. */
export const REST_MS = 3_000;

type Say = (text: string) => void;

/** Measures on a control plane of its own, which is gone afterwards. `runs` counts first answers; repeats are three times as many. */
export async function measure(
  {
    components,
    ...size
  }: Required<Pick<LargeOptions, 'kustomizations' | 'pods'>> & {
    components: ComponentCounts;
  },
  runs: number,
  say: Say,
) {
  const controlPlane = await startControlPlane({ audit: true });
  try {
    await controlPlane.admin.installCrds(await baseCrds());
    await grant(controlPlane.admin, USER, [
      { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
    ]);
    say(`seeding ${size.kustomizations} Kustomizations and ${size.pods} pods, and every component`);
    const large = largeCluster(size);
    await controlPlane.admin.createAll([...large.objects, ...componentsBeside(large.objects, components)]);
    return await measureOn(controlPlane, large, { ...size, runs, say });
  } finally {
    await controlPlane.stop();
  }
}

async function measureOn(
  controlPlane: ControlPlane,
  large: LargeCluster,
  { runs, say, ...size }: { kustomizations: number; pods: number; runs: number; say: Say },
): Promise<Figures> {
  const daytwo = daytwoCommand(controlPlane.kubeconfig(USER));
  const peer = peerCommand(controlPlane.kubeconfig('admin'), say);
  const paths = await pathsOfHealth(controlPlane, daytwo);
  say(`first answers, ${runs} times`);
  const first = await times(runs, () => firstOf(controlPlane, { daytwo, peer, paths }));
  say(`repeated answers, ${runs * 3} times`);
  const again = await repeatedOf(controlPlane, { daytwo, peer }, runs * 3);
  const of = <T>(pick: (one: (typeof first)[number]) => T): T[] => first.map(pick);
  return {
    ...size,
    start: { daytwo: of((one) => one.start.daytwo), peer: of((one) => one.start.peer) },
    tools: again.tools,
    status: {
      ...told(
        again.status,
        large.failing.map(({ name, message }) => [name, message]),
      ),
      first: of((one) => one.status),
      repeated: again.status.map(({ ms }) => ms),
    },
    health: {
      ...told(
        again.health,
        large.crashing.map(({ deployment, exitCode }) => [deployment, `exit ${exitCode}`]),
      ),
      first: of((one) => one.health),
      repeated: again.health.map(({ ms }) => ms),
    },
    requests: again.requests,
    raw: {
      health: of((one) => one.rawHealth.ms),
      kustomizations: of((one) => one.rawKustomizations.ms),
      kinds: paths.length,
      objects: first[0]?.rawHealth.objects ?? 0,
      bytes: first[0]?.rawHealth.bytes ?? 0,
    },
    peer: {
      pods: again.pods.map(({ ms }) => ms),
      podsBytes: again.pods[0]?.bytes ?? 0,
      kustomizations: again.resources.map(({ ms }) => ms),
      kustomizationsBytes: again.resources[0]?.bytes ?? 0,
    },
    memory: again.memory,
  };
}

/** The bundle, as it is published. */
function daytwoCommand(kubeconfig: string): Command {
  const auditDir = mkdtempSync(join(tmpdir(), 'daytwo-bench-'));
  return { args: [join(root, 'dist/main.js'), '--kubeconfig', kubeconfig, '--audit-dir', auditDir] };
}

/** kubernetes-mcp-server as npm starts it. */
function peerCommand(kubeconfig: string, say: Say): Command {
  return { args: [rivalScript(say), '--kubeconfig', kubeconfig, '--read-only'] };
}

/** What a first `health_summary` lists, as the API server's audit log has it, without paging. */
async function pathsOfHealth(controlPlane: ControlPlane, daytwo: Command): Promise<string[]> {
  const peer = await startPeer(daytwo);
  await peer.call('health_summary');
  await peer.stop();
  const entries = await controlPlane.auditEntries(USER);
  const lists = entries
    .filter(({ verb, code }) => verb === 'list' && code === 200)
    .map(({ uri }) => unpaged(uri));
  return [...new Set(lists)];
}

function unpaged(uri: string): string {
  const url = new URL(uri, 'https://server');
  for (const name of ['limit', 'continue']) url.searchParams.delete(name);
  return `${url.pathname}${url.search}`;
}

interface Servers {
  daytwo: Command;
  peer: Command;
}

/** One of each, one after the other: what else the machine does falls on all of them. */
async function firstOf(controlPlane: ControlPlane, { daytwo, peer, paths }: Servers & { paths: string[] }) {
  const rawKustomizations = await rawLists(controlPlane, [KUSTOMIZATIONS]);
  const status = await firstCall(daytwo, 'reconciliation_status');
  const rawHealth = await rawLists(controlPlane, paths);
  const health = await firstCall(daytwo, 'health_summary');
  const other = await startPeer(peer);
  await other.stop();
  return {
    rawKustomizations,
    rawHealth,
    status: status.ms,
    health: health.ms,
    start: { daytwo: status.started, peer: other.started },
  };
}

/** As a client does: it lists the tools when it starts, and asks when its user has. */
async function firstCall(command: Command, tool: string): Promise<{ started: number; ms: number }> {
  const peer = await startPeer(command);
  await peer.tools();
  await pause(ASKED_MS);
  const { ms } = await peer.call(tool);
  await peer.stop();
  return { started: peer.started, ms };
}

/** Lists paths in one process as new as a server that is asked for the first time. */
export async function rawLists({ endpoint }: ControlPlane, paths: readonly string[]): Promise<RawListed> {
  const { server, authority, tokens } = endpoint;
  const input = {
    server,
    ca: authority.certificate,
    token: tokens['admin'],
    paths,
    concurrency: CONCURRENCY,
  };
  const child = run(process.execPath, [RAW_LISTS]);
  child.child.stdin?.end(JSON.stringify(input));
  return JSON.parse((await child).stdout) as RawListed;
}

async function repeatedOf(controlPlane: ControlPlane, servers: Servers, count: number) {
  const [daytwo, peer] = [await startPeer(servers.daytwo), await startPeer(servers.peer)];
  const tools = { daytwo: await daytwo.tools(), peer: await peer.tools() };
  const idle = daytwo.memory();
  const ask = questions(daytwo, peer);
  await askAll(ask);
  await pause(REST_MS);
  const before = await controlPlane.auditEntries(USER);
  const answers = await times(count, () => askAll(ask));
  const sent = (await controlPlane.auditEntries(USER)).slice(before.length);
  const alive = sent.filter(({ uri }) => uri === '/version').length;
  const busy = daytwo.memory();
  await pause(REST_MS);
  const memory = { rest: daytwo.memory(), busy, idle, peer: peer.memory() };
  await Promise.all([daytwo.stop(), peer.stop()]);
  return {
    tools,
    requests: { objects: sent.length - alive, alive },
    memory,
    status: answers.map(({ status }) => status),
    health: answers.map(({ health }) => health),
    resources: answers.map(({ resources }) => resources),
    pods: answers.map(({ pods }) => pods),
  };
}

type Questions = Record<'status' | 'health' | 'resources' | 'pods', () => Promise<Timed>>;

function questions(daytwo: Peer, peer: Peer): Questions {
  const kustomizations = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' };
  return {
    status: () => daytwo.call('reconciliation_status'),
    resources: () => peer.call('resources_list', kustomizations),
    health: () => daytwo.call('health_summary'),
    pods: () => peer.call('pods_list'),
  };
}

async function askAll(ask: Questions): Promise<Record<keyof Questions, Timed>> {
  const status = await ask.status();
  const resources = await ask.resources();
  const health = await ask.health();
  const pods = await ask.pods();
  return { status, resources, health, pods };
}

/** Size of the last answer, and for how many of the broken it holds every word that is to be said of them. */
function told(answers: readonly Timed[], broken: readonly (readonly string[])[]) {
  const { bytes = 0, text = '' } = answers.at(-1) ?? {};
  const named = broken.filter((words) =>
    words.every((word) => text.includes(JSON.stringify(word).slice(1, -1))),
  );
  return { bytes, named: named.length, broken: broken.length };
}

async function times<T>(count: number, act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index++) results.push(await act());
  return results;
}
