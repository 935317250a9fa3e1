import { createMemory } from '#domain/memory.ts';

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { createDesiredState } from '#domain/desired/desired-state.ts';
import type { Engine } from '#domain/desired/engine.ts';
import type { PlaceSource } from '#domain/locate/source.ts';

import { type OpenedRepository, openRepository } from '../../src/adapters/git/open.ts';
import { createPlaceSource } from '../../src/adapters/places.ts';
import { CATALOG } from '../../src/catalog.ts';
import { createAudit } from '../../src/gate/audit/audit.ts';
import { type AuditLog, openAuditLog } from '../../src/gate/audit/file.ts';
import type { Answer } from '../../src/gate/call.ts';
import { createGate } from '../../src/gate/gate.ts';
import type { Rendering } from '../../src/gate/perform.ts';
import { absent } from '../../src/gate/sight.ts';
import { identify } from '../../src/gate/policy/decide.ts';
import { loadPolicy } from '../../src/gate/policy/policy.ts';
import { createRateLimiter } from '../../src/gate/rate-limits.ts';
import { createRedactor } from '../../src/gate/redaction/redact.ts';
import type { Tool } from '../../src/tool.ts';
import { NO_RUNBOOKS } from './context.ts';
import { type Files, type TestRepository, type Workshop, openWorkshop } from './git-repository.ts';
import { type MemoryClusterContent, memoryCluster } from './memory-cluster.ts';

/** The gate over a real remote and a memory cluster, with a real audit log. */
export interface RepositoryBench {
  shop: Workshop;
  remote: TestRepository;
  /** What people commit to; `publish` pushes it. */
  work: TestRepository;
  cacheDir: string;
  log: AuditLog;
  ask: (tool: string, input?: object, signal?: AbortSignal) => Promise<Answer>;
  /** Commits to the remote's main as a person would. */
  publish: (subject: string, files: Files) => string;
  /** The id of a file at the head of the base branch. */
  blob: (path: string) => string;
  /** Audit records as objects. */
  records: () => AuditRecord[];
  /** References of the server's mirror. */
  mirrorReferences: () => string;
  close: () => void;
}

/** The part of an audit record that tests look at. */
export interface AuditRecord {
  auditID: string;
  stage: string;
  tool?: string;
  decision?: string;
  rule?: string;
  proposal?: { repository: string; branch: string; paths: string[]; commit?: string };
  result: { status: string };
}

export interface BenchSetup {
  files: Files;
  /** Rules of the policy in YAML flow form; everything is allowed when left out. */
  rules?: string;
  /** Whole text of a policy instead. */
  policy?: string;
  tools?: readonly Tool[];
  cluster?: MemoryClusterContent;
  roots?: readonly string[];
  /** Milliseconds of a call. */
  deadline?: number;
  /** Milliseconds of a push. */
  push?: number;
  /** Directories of commands that stand before the usual ones. */
  path?: string;
  /** Writes audit lines instead of the log. */
  write?: (line: string, durable: boolean) => void;
  now?: () => number;
  /** Instead of the index of the repository. */
  places?: PlaceSource;
  /** Renders what proposals would do; nothing renders when left out. */
  engine?: Engine;
}

const ROOTS = ['clusters', 'kubernetes', 'repositories', 'docs', 'runbooks'];

/** Opens the bench on a fresh remote that holds the files. */
export async function openRepositoryBench(setup: BenchSetup): Promise<RepositoryBench> {
  const shop = openWorkshop();
  const work = shop.repository('work');
  work.commit('Start', setup.files);
  const remote = shop.bare('remote', work);
  const cacheDir = shop.folder('cache');
  const log = openAuditLog(shop.folder('audit'), { now: Date.now(), pid: process.pid });
  const repository = await openFor(setup, remote, cacheDir);
  return {
    shop,
    remote,
    work,
    cacheDir,
    log,
    ask: asking(setup, log, repository),
    publish(subject, files) {
      const commit = work.commit(subject, files);
      work.git('push', '--quiet', remote.path, 'main');
      return commit;
    },
    blob: (path) => remote.git('rev-parse', `main:${path}`),
    records: () => recordsIn(log.file),
    mirrorReferences: () => mirrorReferences(work, cacheDir),
    close() {
      repository.close();
      shop.remove();
    },
  };
}

/** All audit records of a file. */
export function recordsIn(file: string): AuditRecord[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditRecord);
}

/** References of the one mirror in a cache; empty before it is made. */
export function mirrorReferences(work: TestRepository, cacheDir: string): string {
  const [folder] = readdirSync(cacheDir);
  if (folder === undefined) return '';
  return work.git('--git-dir', join(cacheDir, folder, 'mirror.git'), 'for-each-ref');
}

/** Lock files and scratch files that nobody holds any more. */
export function remainsIn(cacheDir: string): string[] {
  return readdirSync(cacheDir, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.lock$|\/index-|\/lock-|\/abandoned-/.test(file),
  );
}

function openFor(
  { path, push }: BenchSetup,
  remote: TestRepository,
  cacheDir: string,
): Promise<OpenedRepository> {
  return openRepository({
    repository: `file://${remote.path}`,
    cacheDir,
    author: { name: 'daytwo', email: 'daytwo@example.test' },
    environment: { PATH: [path, process.env['PATH']].filter(Boolean).join(':') },
    fetchEvery: 0,
    ...(push !== undefined && { limits: { push } }),
    now: Date.now,
    redact: (text) => text,
  });
}

function asking(setup: BenchSetup, log: AuditLog, repository: OpenedRepository): RepositoryBench['ask'] {
  const tools = [...Object.values(CATALOG), ...(setup.tools ?? [])];
  const policy = loadPolicy(setup.policy ?? policyText(setup.rules), 'policy.yaml', {
    tools: tools.map(({ name }) => name),
    kinds: ['Pod', 'Namespace', 'Secret'],
  });
  const principal = identify(policy, { transport: 'stdio' });
  if (principal === undefined) throw new Error('the policy knows nobody on stdio');
  let calls = 0;
  const id = (): string => `audit-${(calls += 1)}`;
  const write = setup.write ?? log.write;
  const gate = createGate({
    tools,
    policy: () => policy,
    openCluster: async () => memoryCluster(setup.cluster ?? { objects: [] }),
    openRepository: async () => ({
      ...repository,
      roots: setup.roots ?? ROOTS,
      follow: () => () => undefined,
    }),
    ...(setup.engine && { openRendering: renderingWith(setup.engine, repository) }),
    audit: createAudit({
      ...log,
      write,
      clock: Date.now,
      id,
      redact: (text) => text,
      onFailure: () => undefined,
    }),
    createRedactor,
    runbooks: NO_RUNBOOKS,
    places: setup.places ?? createPlaceSource({ openRepository: async () => repository.reader }),
    rateLimiter: createRateLimiter(setup.now ?? Date.now),
    remember: createMemory(),
    now: Date.now,
    deadline: setup.deadline ?? 20_000,
  });
  const none = new AbortController().signal;
  return (tool, input = {}, signal = none) =>
    gate.call({ principal, client: 'test', tool, arguments: input, signal, progress: () => undefined });
}

function renderingWith(engine: Engine, { reader }: OpenedRepository): () => Promise<Rendering> {
  const desired = createDesiredState({ repository: reader, engine });
  return async () => ({ desired, drift: absent('cluster') });
}

function policyText(rules = '{id: all, effect: allow, reason: a test may}'): string {
  return `
apiVersion: daytwo/v1alpha1
kind: AccessPolicy
metadata: {name: test, version: 1}
defaults: {effect: deny}
principals: [{id: local, match: {transport: stdio}}]
roles: {all: {members: [local]}}
rules: [${rules}]
`;
}
