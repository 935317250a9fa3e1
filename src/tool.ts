import { z } from 'zod';

import type { ClusterReader } from '#domain/cluster.ts';
import type { Limits } from '#domain/limits.ts';

export { z };
export { ToolError } from './errors.ts';

/** What a call needs to exist: a tool whose upstream is not configured is not listed. */
export type Upstream = 'cluster';

/** What the policy judges before a call; a dimension that is left out is judged on what the call really touches. */
export interface Target {
  namespace?: string;
  kind?: string;
}

/** One principal's powers as rules and lines, for `policy_explain`. */
export interface PolicyView {
  explain(question: { tool?: string; namespace?: string; kind?: string }): unknown;
}

/** What a read tool works with. `cluster` holds only what the policy lets this caller see; time is a function. */
export interface ReadContext {
  cluster: ClusterReader;
  /** True when the policy hides anything from this caller: what is not seen may still exist. */
  scoped: boolean;
  /** Upper bounds that the policy puts on this call. */
  limits: Limits;
  policy: PolicyView;
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
  input: I;
  output: O;
  /** Inputs that must parse; they are tests and documentation. */
  examples: readonly z.input<I>[];
  target?: (input: z.output<I>) => Target;
  handler: (input: z.output<I>, context: ReadContext) => Promise<z.input<O>>;
}

/** A tool of either class, as the catalog and the gate hold it. */
export type Tool = Omit<ReadTool, 'target' | 'handler'> & {
  target?: (input: never) => Target;
  handler: (input: never, context: ReadContext) => Promise<unknown>;
};

/** Declares a tool; the class in `policy` decides what its handler is handed. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(
  tool: ReadTool<I, O>,
): ReadTool<I, O> {
  return tool;
}
