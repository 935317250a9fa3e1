import { z } from 'zod';

import type { AcknowledgedSource } from '#domain/acknowledged/source.ts';
import type { ClusterReader } from '#domain/cluster.ts';
import type { DriftReader } from '#domain/drift/report.ts';
import type { EditReader } from '#domain/changes/hand-edits.ts';
import type { HygieneScanner } from '#domain/hygiene/scan.ts';
import type { Limits } from '#domain/limits.ts';
import type { Remember } from '#domain/memory.ts';
import type { Places } from '#domain/locate/places.ts';
import type { Change, OpenProposal, RepositoryReader } from '#domain/repository/port.ts';
import type { RunbookSource } from '#domain/runbooks/source.ts';

export { z };
export { ToolError } from './errors.ts';

/** What a call needs to exist: a tool whose upstream is not configured is not listed. */
export type Upstream = 'cluster' | 'repository';

/** An upstream that a tool may do without. */
export type OptionalUpstream = 'repository';

/** A repository that a tool can do without: its reader, or in words why there is none. */
export type OptionalRepository = { reader: RepositoryReader } | { missing: string };

/** What the policy judges before a call; a dimension that is left out is judged on what the call really touches. */
export interface Target {
  namespace?: string;
  kind?: string;
  path?: string;
}

/** One principal's powers as rules and lines, for `policy_explain`. */
export interface PolicyView {
  explain(question: { tool?: string; namespace?: string; kind?: string }): unknown;
}

/** What a read tool works with. `cluster` and `repo` hold only what the policy lets this caller see. */
export interface ReadContext {
  cluster: ClusterReader;
  /** Files as they may be shown: key material is absent, values of encrypted files and of Secrets are masked. */
  repo: RepositoryReader;
  /** The repository, of a tool that names it as optional; what it rejects with later is for the tool to take. */
  optionalRepo: OptionalRepository;
  /** The server's own branches on the remote. */
  proposals: { open: (signal: AbortSignal) => Promise<OpenProposal[]> };
  /** The cluster beside Git: needs both upstreams, and the rendering engine. */
  drift: DriftReader;
  /** Whether this caller may read logs there: another tool must not be a way around the rule for `log_tail`. */
  mayReadLog: (namespace: string) => boolean;
  /** What hands have changed on objects lately, by managedFields. */
  edits: EditReader;
  /** Looks for secrets in the files as they are committed; its findings hold none. */
  hygiene: HygieneScanner;
  runbooks: RunbookSource;
  /** Where live objects are written in Git. */
  places: Places;
  /** What the operator has acknowledged in the repository, as far as the caller may see that file. */
  acknowledged: AcknowledgedSource;
  /** Patterns of names of what should not be open to everybody. */
  accessTargets: readonly string[];
  /** True when the policy hides anything from this caller: what is not seen may still exist. */
  scoped: boolean;
  /** Upper bounds that the policy puts on this call. */
  limits: Limits;
  policy: PolicyView;
  /** What was worked out for the question before, while what it was worked out from is the same. */
  remember: Remember;
  now: () => number;
  signal: AbortSignal;
  progress: (done: number, total: number | undefined, message: string) => void;
}

/**
 * A read tool: name equal to its file's, description under 600 characters whose first sentence says when to reach for
 * it, strict input, the inner shape of its answer, and what the policy should judge before the call.
 */
export interface ReadTool<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  name: string;
  policy: 'read';
  title: string;
  description: string;
  upstreams: readonly Upstream[];
  /** Used where they are configured and can be opened; the tool is listed and answers without them too. */
  optional?: readonly OptionalUpstream[];
  input: I;
  output: O;
  /** Inputs that must parse; they are tests and documentation. */
  examples: readonly z.input<I>[];
  target?: (input: z.output<I>) => Target;
  handler: (input: z.output<I>, context: ReadContext) => Promise<z.input<O>>;
}

/** What a propose tool works with: the repository as committed, so that what is written back is what was read. */
export interface ProposeContext extends ReadContext {
  raw: RepositoryReader;
}

/** A change with its reason; the gate judges it, records the intent and pushes it, or shows it when `preview` is set. */
export interface Proposal {
  title: string;
  reason: string;
  preview: boolean;
  change: Change;
}

/**
 * A propose tool: `prepare` says what would change and writes nothing. There is no output to declare: the gate answers with
 * what became of the proposal, in one shape for all.
 */
export interface ProposeTool<I extends z.ZodObject = z.ZodObject> {
  name: string;
  policy: 'propose';
  title: string;
  description: string;
  upstreams: readonly Upstream[];
  input: I;
  examples: readonly z.input<I>[];
  prepare: (input: z.output<I>, context: ProposeContext) => Promise<Proposal>;
}

/** A read tool of any input and output, as the gate runs it. */
export type AnyReadTool = Omit<ReadTool, 'target' | 'handler'> & {
  target?: (input: never) => Target;
  handler: (input: never, context: ReadContext) => Promise<unknown>;
};

/** A propose tool of any input, as the gate runs it. */
export type AnyProposeTool = Omit<ProposeTool, 'prepare'> & {
  prepare: (input: never, context: ProposeContext) => Promise<Proposal>;
};

/** A tool of either class, as the catalog and the gate hold it. */
export type Tool = AnyReadTool | AnyProposeTool;

/** Declares a tool; the class in `policy` decides what its handler is handed. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(
  tool: ReadTool<I, O>,
): ReadTool<I, O>;
export function defineTool<I extends z.ZodObject>(tool: ProposeTool<I>): ProposeTool<I>;
export function defineTool(tool: unknown): unknown {
  return tool;
}
