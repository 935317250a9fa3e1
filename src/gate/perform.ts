import { DEFAULT_TARGETS } from '#domain/access-audit/targets.ts';
import type { ClusterReader } from '#domain/cluster.ts';
import type { Remember } from '#domain/memory.ts';
import type { ProposalWriter, RepositoryReader } from '#domain/repository/port.ts';
import type { RunbookSource } from '#domain/runbooks/source.ts';

import { ToolError, toToolError } from '../errors.ts';
import type { ReadContext, Tool } from '../tool.ts';
import type { Audit } from './audit/audit.ts';
import { assertModest } from './count.ts';
import { type Envelope, envelopeOf, hiddenOf, repositoryOf, sameRepository } from './envelope.ts';
import { inputProblem } from './input-problem.ts';
import { explain } from './policy/explain.ts';
import { propose, proposalReader } from './propose.ts';
import type { RateLimiter } from './rate-limits.ts';
import type { Redactor } from './redaction/redact.ts';
import { type Run, demand } from './run.ts';
import { type RepositoryUse, seenRepository } from './seen-repository.ts';
import { type AcknowledgedFile, seenAcknowledged } from './seen-acknowledged.ts';
import { seenRunbooks } from './seen-runbooks.ts';
import { type SeenCluster, type Sight, absent, seenCluster, sightOf } from './sight.ts';

/** A repository that is open: its two halves, and the directories that proposals may change. */
export interface OpenRepository {
  reader: RepositoryReader;
  writer: ProposalWriter;
  roots: readonly string[];
  /** Tells a call how far a long first fetch has come; the answer ends that. */
  follow: (progress: ReadContext['progress']) => () => void;
}

/** What running a tool needs beyond the call. */
export interface PerformParts {
  /** Absent when none is configured. Rejects with a ToolError. */
  openCluster?: () => Promise<ClusterReader>;
  openRepository?: () => Promise<OpenRepository>;
  runbooks: RunbookSource;
  /** Absent when no repository is configured. */
  acknowledged?: AcknowledgedFile;
  /** Absent for the usual ones. */
  accessTargets?: readonly string[];
  audit: Audit;
  rateLimiter: RateLimiter;
  createRedactor: () => Redactor;
  remember: Remember;
  now: () => number;
  /** Milliseconds. */
  deadline: number;
}

/**
 * count → parse → decide → run with a deadline → decide on what was really touched → validate → envelope.
 * Throws a ToolError, or whatever the handler threw.
 */
export async function perform(run: Run, tool: Tool, parts: PerformParts): Promise<Record<string, unknown>> {
  assertModest(run.call.arguments);
  const input = parseInput(tool, run.call.arguments);
  demand(run, tool.policy === 'read' ? (tool.target?.(input as never) ?? {}) : {});
  const signal = AbortSignal.any([run.call.signal, AbortSignal.timeout(parts.deadline)]);
  return untilAborted(run, answer(run, tool, input, { ...parts, signal }), signal, parts.deadline);
}

type RunParts = PerformParts & { signal: AbortSignal };

async function answer(
  run: Run,
  tool: Tool,
  input: object,
  parts: RunParts,
): Promise<Record<string, unknown>> {
  const sight = sightOf(run);
  const upstreams = await openUpstreams(run, tool, sight, parts);
  const unfollow = upstreams.repository?.follow(run.call.progress);
  try {
    const body = await bodyOf(run, tool, input, { ...upstreams, sight, parts });
    await upstreams.seen?.finish();
    assertTouchedAllowed(run, sight);
    return enveloped(body, await envelopeFor(run, upstreams, parts));
  } finally {
    unfollow?.();
  }
}

/** What a tool left unchecked of itself stands before what could not be read. */
function enveloped(body: Record<string, unknown>, envelope: Envelope): Record<string, unknown> {
  const own: unknown = body['unchecked'];
  const unchecked = [...(Array.isArray(own) ? (own as unknown[]) : []), ...(envelope.unchecked ?? [])];
  return { ...body, ...envelope, ...(unchecked.length > 0 && { unchecked }) };
}

interface Upstreams {
  seen?: SeenCluster;
  identity?: ClusterReader['identity'];
  repository?: OpenRepository;
  use?: RepositoryUse;
  /** Why an optional repository is not there. */
  missing?: string;
}

async function openUpstreams(run: Run, tool: Tool, sight: Sight, parts: RunParts): Promise<Upstreams> {
  const cluster = tool.upstreams.includes('cluster') ? await parts.openCluster?.() : undefined;
  const isOptional = tool.policy === 'read' && tool.optional?.includes('repository') === true;
  const { repository, missing } = isOptional
    ? await openOptional(parts)
    : { repository: tool.upstreams.includes('repository') ? await parts.openRepository?.() : undefined };
  return {
    ...(missing !== undefined && { missing }),
    ...(cluster && { seen: seenCluster(cluster, sight, run, parts.signal), identity: cluster.identity }),
    ...(repository && { repository, use: seenRepository(repository.reader, sight.files, run.touched) }),
  };
}

/** Does not fail with what a tool can do without. */
async function openOptional({
  openRepository,
  signal,
}: RunParts): Promise<Pick<Upstreams, 'repository' | 'missing'>> {
  if (openRepository === undefined) return { missing: 'no repository is configured' };
  try {
    return { repository: await openRepository() };
  } catch (error) {
    signal.throwIfAborted();
    return { missing: toToolError(error).message };
  }
}

type Bodied = Upstreams & { sight: Sight; parts: RunParts };

async function bodyOf(run: Run, tool: Tool, input: object, made: Bodied): Promise<Record<string, unknown>> {
  const context = contextOf(run, made);
  if (tool.policy === 'read') return tool.output.parse(await tool.handler(input as never, context));
  if (made.repository === undefined) throw new Error(`${tool.name} needs a repository`);
  const { reader, writer, roots } = made.repository;
  const demandPath = made.sight.files.demand;
  const raw = { ...context, raw: proposalReader(reader, demandPath) };
  return propose(run, tool, input, raw, { ...made.parts, reader, writer, roots, demandPath });
}

function contextOf(run: Run, { seen, use, missing, repository, sight, parts }: Bodied): ReadContext {
  return {
    cluster: seen?.cluster ?? absent('cluster'),
    repo: use?.reader ?? absent('repository'),
    optionalRepo: use ? { reader: use.reader } : { missing: missing ?? 'the tool does not ask for it' },
    proposals: repository?.writer ?? absent('repository'),
    runbooks: seenRunbooks(parts.runbooks, sight.files),
    acknowledged: seenAcknowledged(parts.acknowledged, sight.files),
    accessTargets: parts.accessTargets ?? DEFAULT_TARGETS,
    scoped: !sight.everything,
    limits: sight.limits,
    policy: { explain: (question) => explain(run.policy, run.call.principal, question) },
    remember: parts.remember,
    now: parts.now,
    signal: parts.signal,
    progress: run.call.progress,
  };
}

async function envelopeFor(run: Run, upstreams: Upstreams, parts: RunParts): Promise<Envelope> {
  const { seen, identity, repository, use } = upstreams;
  const source = await seen?.source;
  const configured = source?.url === undefined ? undefined : await configuredUrl(parts);
  const isOther = configured !== undefined && !sameRepository(source?.url ?? '', configured);
  const shown = source && { text: source.text, isOther };
  return {
    ...(identity ? envelopeOf(identity, shown, run.touched) : hiddenOf(run.touched)),
    ...(repository && repositoryOf(repository.reader.identity, use?.head(), source?.url)),
  };
}

const REPOSITORY_PATIENCE = 1_000;

/** The URL of the configured repository, to compare; an answer does not wait for it or fail with it. */
async function configuredUrl({ openRepository }: RunParts): Promise<string | undefined> {
  if (openRepository === undefined) return undefined;
  const patience = new Promise<undefined>((resolve) =>
    setTimeout(resolve, REPOSITORY_PATIENCE, undefined).unref(),
  );
  const opened = openRepository().then(({ reader }) => reader.identity.url);
  return Promise.race([opened.catch(() => undefined), patience]);
}

function parseInput(tool: Tool, raw: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(raw ?? {});
  if (parsed.success) return parsed.data;
  throw inputProblem(parsed.error, Object.keys(tool.input.shape));
}

/** The second decision, on what the call really read rather than on what it asked for. */
function assertTouchedAllowed(run: Run, sight: Sight): void {
  for (const { kind, namespace } of run.touched.seen.values()) {
    if (!sight.allows(kind, namespace)) sight.demand(kind, namespace, namespace === undefined);
  }
}

/** How long a push that was called off may take to find out what became of it, milliseconds. */
const LAST_LOOK = 10_000;

/** Once an intent is recorded, what became of it is worth waiting for. */
async function untilAborted<T>(
  run: Run,
  work: Promise<T>,
  signal: AbortSignal,
  deadline: number,
): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const giveUp = (): void => aborted.reject(tooLate(run, deadline));
  let lastLook: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    if (run.proposal === undefined) giveUp();
    else lastLook = setTimeout(giveUp, LAST_LOOK);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return Promise.race([work, aborted.promise]).finally(() => {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(lastLook);
  });
}

function tooLate({ proposal }: Run, deadline: number): ToolError {
  return new ToolError(
    'timeout',
    `no answer within ${deadline / 1000} s, or the client cancelled`,
    proposal === undefined
      ? 'Narrow the question to a namespace or a kind; run `daytwo doctor` if the cluster is slow.'
      : `The branch ${proposal.branch} may still appear: look with proposal_list before you propose the same again.`,
  );
}
