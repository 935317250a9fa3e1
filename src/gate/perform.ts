import type { ClusterReader } from '#domain/cluster.ts';
import type { Limits } from '#domain/limits.ts';
import { syncSourceOf } from '#domain/flux/sync-source.ts';

import { ToolError } from '../errors.ts';
import type { ReadContext, Tool } from '../tool.ts';
import type { Call } from './call.ts';
import { assertModest } from './count.ts';
import { type Decision, type Question, decide, denialText, scopeOf } from './policy/decide.ts';
import { envelopeOf } from './envelope.ts';
import { explain } from './policy/explain.ts';
import { inputProblem } from './input-problem.ts';
import type { Policy } from './policy/policy.ts';
import { namespaceMask } from './namespace-mask.ts';
import { type Masking, type Visibility, scopedCluster } from './scoped-cluster.ts';
import { type Touched, newTouched } from './touched.ts';

/** One call under one version of the policy, with the record of what it read. */
export interface Run {
  call: Call;
  policy: Policy;
  touched: Touched;
  /** The decision that ended the call, if one did. */
  denial?: Decision;
}

/** What running a tool needs beyond the call. */
export interface PerformParts {
  openCluster?: () => Promise<ClusterReader>;
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
  assertAllowed(run, tool, tool.target?.(input as never) ?? {});
  const signal = AbortSignal.any([run.call.signal, AbortSignal.timeout(parts.deadline)]);
  return untilAborted(answer(run, tool, input, { ...parts, signal }), signal, parts.deadline);
}

type RunParts = PerformParts & { signal: AbortSignal };

async function answer(
  run: Run,
  tool: Tool,
  input: object,
  parts: RunParts,
): Promise<Record<string, unknown>> {
  const scope = sightOf(run, tool);
  const cluster = tool.upstreams.includes('cluster') ? await parts.openCluster?.() : undefined;
  const source = cluster && sourceOf(cluster, scope, parts.signal);
  const masking = cluster && maskingOf(cluster, scope, run.touched, parts.signal);
  const sight = cluster ? scopedCluster(cluster, scope, run.touched, masking) : noCluster;
  const body = await tool.handler(input as never, contextOf(run, scope, sight, parts));
  if (!scope.everything) await masking?.();
  assertTouchedAllowed(run, scope);
  const envelope = cluster ? envelopeOf(cluster.identity, await source, run.touched) : {};
  return { ...tool.output.parse(body), ...envelope };
}

type Sight = Visibility & { limits: Limits };

function sightOf(run: Run, tool: Tool): Sight {
  return {
    ...scopeOf(run.policy, run.call.principal, tool.name),
    demand: (kind, namespace, clusterScoped) => assertAllowed(run, tool, { kind, namespace, clusterScoped }),
  };
}

function contextOf(run: Run, scope: Sight, cluster: ClusterReader, parts: RunParts): ReadContext {
  return {
    cluster,
    scoped: !scope.everything,
    limits: scope.limits,
    policy: { explain: (question) => explain(run.policy, run.call.principal, question) },
    now: parts.now,
    signal: parts.signal,
    progress: run.call.progress,
  };
}

/** Stands in for a tool without a cluster: touching it is a fault of the tool, not of the operator. */
const noCluster = new Proxy({} as ClusterReader, {
  get: (_target, property) => {
    throw new Error(`a tool without the cluster upstream read cluster.${String(property)}`);
  },
});

const SOURCE_PATIENCE = 1_000;

/**
 * What the cluster follows, for the envelope; an answer does not wait for it, fail with it, nor count what it read as its
 * own.
 */
async function sourceOf(
  cluster: ClusterReader,
  scope: Sight,
  signal: AbortSignal,
): Promise<string | undefined> {
  const visible = scopedCluster(cluster, scope, newTouched());
  const patience = new Promise<[]>((resolve) => setTimeout(resolve, SOURCE_PATIENCE, []).unref());
  const listings = await Promise.race([visible.listFlux(signal).catch(() => []), patience]);
  const source = syncSourceOf(listings.flatMap(({ items }) => items));
  return source && [source.url ?? source.ref, source.branch].filter(Boolean).join(' ');
}

/** Masks texts as they are read, and once only asks which namespaces are hidden. */
function maskingOf(cluster: ClusterReader, scope: Sight, touched: Touched, signal: AbortSignal): Masking {
  let mask: ReturnType<Masking> | undefined;
  const hides = (namespace: string): boolean => !scope.reaches(namespace);
  const make = async (): ReturnType<Masking> => {
    await noteHiddenNamespaces(cluster, scope, touched, signal);
    return namespaceMask({ known: touched.hiddenNamespaces, hides });
  };
  return () => (mask ??= make());
}

/** A namespace without a single readable object would otherwise stay unknown to the mask. */
async function noteHiddenNamespaces(
  cluster: ClusterReader,
  scope: Sight,
  touched: Touched,
  signal: AbortSignal,
): Promise<void> {
  for (const { name } of (await cluster.list('Namespace', signal)).items) {
    if (!scope.reaches(name)) touched.hiddenNamespaces.add(name);
  }
}

function parseInput(tool: Tool, raw: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(raw ?? {});
  if (parsed.success) return parsed.data;
  throw inputProblem(parsed.error, Object.keys(tool.input.shape));
}

function assertAllowed(run: Run, tool: Tool, question: Omit<Question, 'tool'>): void {
  const decision = decide(run.policy, run.call.principal, { tool: tool.name, ...question });
  if (decision.effect === 'allow') return;
  run.denial = decision;
  throw new ToolError(
    'denied',
    denialText(run.policy, decision),
    'policy_explain says what you may do here.',
  );
}

/** The second decision, on what the call really read rather than on what it asked for. */
function assertTouchedAllowed(run: Run, scope: Sight): void {
  for (const { kind, namespace } of run.touched.seen.values()) {
    if (!scope.allows(kind, namespace)) scope.demand(kind, namespace, namespace === undefined);
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal, deadline: number): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(
      new ToolError(
        'timeout',
        `no answer within ${deadline / 1000} s, or the client cancelled`,
        'Narrow the question to a namespace or a kind; run `daytwo doctor` if the cluster is slow.',
      ),
    );
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return Promise.race([work, aborted.promise]).finally(() => {
    signal.removeEventListener('abort', onAbort);
  });
}
