#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { type Logger, pino } from 'pino';
import { config as configureZod } from 'zod';

import { KIND_NAMES, neededPermissions } from '#domain/access.ts';

import packageJson from '../package.json' with { type: 'json' };
import type { KubernetesCluster } from './adapters/kubernetes/cluster.ts';
import { readPolicy, validatePolicy } from './cli/policy.ts';
import { type Commands, createProgram } from './cli/program.ts';
import type { RecoverParts } from './cli/recover.ts';
import { repositoryOptions } from './cli/repository-options.ts';
import { serve } from './cli/serve.ts';
import { clusterConfigured } from './cli/upstreams.ts';
import { type Config, ConfigError } from './config.ts';
import { ToolError, errorText, toToolError } from './errors.ts';
import { type Cluster, type OpenedHere, openRendering } from './rendering.ts';
import { createAudit } from './gate/audit/audit.ts';
import { openAuditLog } from './gate/audit/file.ts';
import { visibleTools } from './gate/policy/decide.ts';
import type { Policy } from './gate/policy/policy.ts';
import { PolicyError } from './gate/policy/policy.ts';
import type { ReadContext } from './tool.ts';
import { type Redactor, createRedactor } from './gate/redaction/redact.ts';
import { TOOL_NAMES } from './tool-names.ts';

/** Most schemas are used once or twice in a process: to generate code for them costs more than it saves. */
configureZod({ jitless: true });

const KNOWN = { tools: TOOL_NAMES, kinds: KIND_NAMES };
const surroundings = { environment: process.env, home: homedir() };
const stop = new AbortController();

/** Own credentials, as far as they are known by now: what egress masks wherever it turns up. */
const credentials = new Set<string>();
const newRedactor = (): Redactor => createRedactor({ literals: () => [...credentials] });

const commands: Commands = {
  serve: async (config) => {
    const policy = policyOf(config);
    const logger = loggerOf(config);
    const { audit, auditFile } = auditOf(config, logger);
    const openRepo = config.repo === undefined ? undefined : once(() => openRepository(config));
    const openCluster = clusterConfigured(config, surroundings)
      ? once(() => openReader(config, policy))
      : undefined;
    const openSources = once(async () => (await import('./sources.ts')).sourcesOf(config, openRepo));
    if (openRepo) void recover(config, { audit, auditFile, open: openRepo }, logger);
    return serve({
      callTimeout: config.callTimeout,
      accessTargets: config.accessTargets,
      policy,
      logger,
      openSources,
      preload: async () => Promise.all([openCluster?.(), (await openSources()).preload()]),
      ...(openCluster && { openCluster }),
      ...(openRepo && {
        openRepository: openRepo,
        openRendering: once(() => openRendering(openRepo, openCluster)),
      }),
      audit,
      createRedactor: newRedactor,
      version: packageJson.version,
      stdin: process.stdin,
      stdout: process.stdout,
      stop: stop.signal,
    });
  },
  doctor: async (config) =>
    (await import('./cli/doctor.ts')).doctor({
      loadPolicy: () => policyOf(config),
      openCluster: (policy) => openLive(config, logsAllowed(policy)),
      needed: async (cluster, signal, policy) =>
        neededPermissions((await cluster.discover(signal)).kinds, { logs: logsAllowed(policy) }),
      auditDir: config.auditDir,
      ...(config.repo !== undefined && {
        repository: { open: () => openRepository(config), author: config.gitAuthor, now: Date.now },
      }),
      signal: stop.signal,
      print,
    }),
  rbac: async (config, { discover }) => {
    const logs = logsAllowed(policyOf(config));
    const cluster = discover ? await openLive(config, logs) : undefined;
    const served = (await cluster?.discover(stop.signal))?.kinds;
    const { rbacText } = await import('./cli/rbac.ts');
    print(rbacText({ logs, apiGroups: config.apiGroups, served }).trimEnd());
    return 0;
  },
  snapshot: async (config, file) => {
    if (existsSync(file))
      throw new ToolError('invalid_input', `${file} exists`, 'Name a file that does not exist yet.');
    const { recordSnapshot } = await import('./adapters/snapshot.ts');
    const cluster = await openLive(config, false);
    const recording: unknown = JSON.parse(await recordSnapshot(cluster, stop.signal));
    const text = `${JSON.stringify(newRedactor().value(recording), undefined, 1)}\n`;
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    print(
      `${file}: ${Math.ceil(Buffer.byteLength(text) / 1024)} KB. Redacted, but read it before you share it.`,
    );
    return 0;
  },
  policyValidate: async (config, file) => validatePolicy(file ?? policyFile(config), KNOWN, print),
};

async function openReader(config: Config, policy: Policy): Promise<Cluster> {
  if (config.snapshot === undefined) return openLive(config, logsAllowed(policy));
  const { openSnapshot } = await import('./adapters/snapshot.ts');
  return openSnapshot(readFileSync(config.snapshot, 'utf8'), { file: config.snapshot, now: Date.now });
}

async function openRepository(config: Config): Promise<OpenedHere> {
  const { openRepository: open } = await import('./adapters/git/open.ts');
  const redactor = newRedactor();
  const followers = new Set<ReadContext['progress']>();
  const repository = await open({
    ...repositoryOptions(config),
    progress: (...step) => followers.forEach((follower) => follower(...step)),
    environment: process.env,
    now: Date.now,
    redact: (text) => redactor.text(text),
  });
  const follow = (progress: ReadContext['progress']): (() => void) => {
    followers.add(progress);
    return () => void followers.delete(progress);
  };
  return { ...repository, roots: config.proposalRoots, follow };
}

/** Looks what became of proposals whose process was killed; a start waits for it as little as an answer does. */
async function recover(
  { auditDir }: Config,
  own: Pick<RecoverParts, 'audit' | 'auditFile' | 'open'>,
  logger: Logger,
): Promise<void> {
  const { recoverProposals } = await import('./cli/recover.ts');
  const { signal } = stop;
  const wait = (milliseconds: number): Promise<unknown> =>
    pause(milliseconds, undefined, { signal, ref: false });
  await recoverProposals({ ...own, auditDir, isRunning, now: Date.now, pause: wait, signal }).catch(
    (error: unknown) => logger.warn({ err: error }, 'unfinished proposals could not be looked up'),
  );
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function auditOf(config: Config, logger: Logger): Pick<RecoverParts, 'audit' | 'auditFile'> {
  const log = openAuditLog(config.auditDir, { now: Date.now(), pid: process.pid });
  const redactor = newRedactor();
  const audit = createAudit({
    ...log,
    clock: Date.now,
    id: randomUUID,
    redact: (text) => redactor.text(text),
    onFailure: (error) => logger.error({ err: error }, 'the audit log cannot be written'),
  });
  return { audit, auditFile: log.file };
}

/** The client is loaded on first use: it costs more than everything else together. */
async function openLive(config: Config, logs: boolean): Promise<KubernetesCluster> {
  const { createKubernetesCluster } = await import('./adapters/kubernetes/cluster.ts');
  const redactor = newRedactor();
  return createKubernetesCluster({
    kubeconfig: config.kubeconfig,
    context: config.context,
    logs,
    extraGroups: config.apiGroups,
    redact: (text: string) => redactor.text(text),
    onCredentials: (secrets: readonly string[]) => secrets.forEach((secret) => credentials.add(secret)),
    userAgent: `daytwo/${packageJson.version}`,
  });
}

function policyOf(config: Config): Policy {
  return readPolicy(policyFile(config), KNOWN);
}

function policyFile(config: Config): string {
  return config.policy ?? join(import.meta.dirname, '../policy/policy.yaml');
}

/** Reading logs is opt-in all the way down: without a rule neither role nor transport lets it through. */
function logsAllowed(policy: Policy | undefined): boolean {
  if (policy === undefined) return false;
  return policy.principals.some((principal) => visibleTools(policy, principal, ['log_tail']).length > 0);
}

function loggerOf({ logLevel }: Config): Logger {
  return pino({ level: logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
}

/** A value opened once, and again after a failure. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof PolicyError) return error.message;
  const known = toToolError(error);
  return known.code === 'internal' && error instanceof Error
    ? (error.stack ?? error.message)
    : errorText(known);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
try {
  await createProgram(commands, packageJson.version, process.env).parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
process.exit();
