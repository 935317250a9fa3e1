import type { ClusterReader } from '#domain/cluster.ts';
import type { Remember } from '#domain/memory.ts';
import type { DesiredState } from '#domain/desired/desired.ts';
import type { DriftReader } from '#domain/drift/report.ts';
import type { PlaceSource } from '#domain/locate/source.ts';
import type { ProposalWriter, RepositoryReader } from '#domain/repository/port.ts';
import type { RunbookSource } from '#domain/runbooks/source.ts';

import { ToolError, toToolError } from '../errors.ts';
import type { ReadContext, Tool } from '../tool.ts';
import type { Audit } from './audit/audit.ts';
import { contextOf } from './context.ts';
import { assertModest } from './count.ts';
import { type Envelope, envelopeOf, hiddenOf, repositoryOf } from './envelope.ts';
import { follows } from './follows.ts';
import { inputProblem } from './input-problem.ts';
import { propose, proposalReader } from './propose.ts';
import type { RateLimiter } from './rate-limits.ts';
import type { Redactor } from './redaction/redact.ts';
import { type Run, demand } from './run.ts';
import { type RepositoryUse, seenRepository } from './seen-repository.ts';
import type { MaybeLive } from './seen-edits.ts';
import type { AcknowledgedFile } from './seen-acknowledged.ts';
import { type FollowedSource, type SeenCluster, type Sight, seenCluster, sightOf } from './sight.ts';

/** A repository that is open: its two halves, and the directories that proposals may change. */
export interface OpenRepository {
  reader: RepositoryReader;
  writer: ProposalWriter;
  roots: readonly string[];
  /** Tells a call how far a long first fetch has come; the answer ends that. */
  follow: (progress: ReadContext['progress']) => () => void;
}

/** What Git wants, rendered as Flux would, and the cluster beside it. */
export interface Rendering {
  desired: DesiredState;
  drift: DriftReader;
}

/** What running a tool needs beyond the call. */
export interface PerformParts {
  /** Absent when none is configured. Rejects with a ToolError. */
  openCluster?: () => Promise<MaybeLive>;
  openRepository?: () => Promise<OpenRepository>;
  /** Absent without a repository. Rejects with a ToolError. */
  openRendering?: () => Promise<Rendering>;
  runbooks: RunbookSource;
  /** Absent when no repository is configured. */
  places?: PlaceSource;
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

export type RunParts = PerformParts & { signal: AbortSignal };

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

/** What was opened for one call. */
export interface Upstreams {
  seen?: SeenCluster;
  /** The cluster as it is. */
  whole?: MaybeLive;
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
    ...(cluster && {
      seen: seenCluster(cluster, sight, run, parts.signal),
      whole: cluster,
      identity: cluster.identity,
    }),
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

/** Everything that a tool's context is made of. */
export type Bodied = Upstreams & { sight: Sight; parts: RunParts };

async function bodyOf(run: Run, tool: Tool, input: object, made: Bodied): Promise<Record<string, unknown>> {
  const context = contextOf(run, made);
  if (tool.policy === 'read') return tool.output.parse(await tool.handler(input as never, context));
  if (made.repository === undefined) throw new Error(`${tool.name} needs a repository`);
  const { reader, writer, roots } = made.repository;
  const demandPath = made.sight.files.demand;
  const raw = { ...context, raw: proposalReader(reader, demandPath) };
  return propose(run, tool, input, raw, { ...made.parts, reader, writer, roots, demandPath });
}

async function envelopeFor(run: Run, upstreams: Upstreams, parts: RunParts): Promise<Envelope> {
  const { seen, identity, repository, use } = upstreams;
  const source = await seen?.source;
  const isOther = source?.url !== undefined && (await followsAnother(source, parts));
  const shown = source && { text: source.text, isOther };
  return {
    ...(identity ? envelopeOf(identity, shown, run.touched) : hiddenOf(run.touched)),
    ...(repository &&
      repositoryOf(repository.reader.identity, use?.head(), isOther ? source.url : undefined)),
  };
}

const REPOSITORY_PATIENCE = 1_000;

/** Whether the cluster follows another repository than the configured one; an answer neither waits long for this nor fails with it. */
async function followsAnother(
  source: FollowedSource,
  { openRepository, signal }: RunParts,
): Promise<boolean> {
  if (openRepository === undefined) return false;
  const patience = new Promise<true>((resolve) => setTimeout(resolve, REPOSITORY_PATIENCE, true).unref());
  const followed = openRepository().then(({ reader }) => follows(source, reader, signal));
  return !(await Promise.race([followed.catch(() => true), patience]));
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
