import { ToolError, errorText, toToolError } from '../errors.ts';
import type { Tool } from '../tool.ts';
import type { Answer, Call } from './call.ts';
import { serialise } from './cap.ts';
import { type Principal, scopeOf, visibleTools } from './policy/decide.ts';
import { type Egress, createEgress } from './egress.ts';
import { NOTHING_HIDDEN } from './namespace-mask.ts';
import {
  type ListedRunbook,
  READS_RUNBOOKS,
  type ResourceCall,
  listRunbooks,
  readRunbook,
} from './library.ts';
import { type PerformParts, perform } from './perform.ts';
import type { Run } from './run.ts';
import type { Policy } from './policy/policy.ts';
import type { Redactor } from './redaction/redact.ts';
import { newTouched } from './touched.ts';

/** What the gate needs from the composition root. */
export interface GateParts extends PerformParts {
  tools: readonly Tool[];
  policy: () => Policy;
}

/** The one path that every call takes, and the list of what a caller may call. */
export interface Gate {
  list(principal: Principal): readonly Tool[];
  call(call: Call): Promise<Answer>;
  /** The runbooks that the caller may read; as with tools, what is not allowed is not there. */
  runbooks(call: Omit<ResourceCall, 'uri'>): Promise<ListedRunbook[]>;
  /** One of them; judged, redacted and recorded like a call of the tool that looks them up. */
  readRunbook(call: ResourceCall): Promise<Answer>;
}

/** Builds the gate; it holds no state of its own between calls. */
export function createGate(parts: GateParts): Gate {
  const list = listingOf(parts);
  const answered = async (run: CallRun, work: Work): Promise<Answer> => {
    const listed = list(run.call.principal);
    const tool = listed.find(({ name }) => name === run.call.tool);
    const outcome = await outcomeOf(run, tool, () => work(tool, listed));
    record(run, outcome, parts);
    return outcome.answer;
  };
  return {
    list,
    call: (call) => {
      const run = newRun(call, parts);
      return answered(run, async (tool, listed) => {
        if (tool === undefined) throw unknownTool(call.tool, listed);
        return perform(run, tool, parts);
      });
    },
    runbooks: async (call) => {
      const run = newRun(runbookCall(call, parts), parts);
      const tool = list(call.principal).find(({ name }) => name === READS_RUNBOOKS);
      return tool ? egressOf(run, tool).value(await listRunbooks(run, parts.runbooks)) : [];
    },
    readRunbook: ({ uri, ...call }) => {
      const run = newRun(runbookCall(call, parts, { name: uri }), parts);
      return answered(run, () => readRunbook(run, uri, parts.runbooks));
    },
  };
}

type Work = (tool: Tool | undefined, listed: readonly Tool[]) => Promise<Record<string, unknown>>;

/** The tools that are of use to a caller: their upstreams are configured, and the policy allows something with them. */
function listingOf({ tools, policy, openCluster, openRepository }: GateParts): Gate['list'] {
  const configured = { cluster: openCluster !== undefined, repository: openRepository !== undefined };
  const usable = tools.filter(({ upstreams }) => upstreams.every((upstream) => configured[upstream]));
  const usableNames = usable.map(({ name }) => name);
  return (principal) => {
    const names = new Set(visibleTools(policy(), principal, usableNames));
    return usable.filter(({ name }) => names.has(name));
  };
}

function newRun(call: Call, parts: GateParts): CallRun {
  return { call, policy: parts.policy(), touched: newTouched(), redactor: parts.createRedactor() };
}

function runbookCall(call: Omit<ResourceCall, 'uri'>, { deadline }: GateParts, given?: object): Call {
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(deadline)]);
  return { ...call, signal, tool: READS_RUNBOOKS, arguments: given, progress: () => undefined };
}

interface CallRun extends Run {
  redactor: Redactor;
}

interface Outcome {
  answer: Answer;
  error?: ToolError;
  sanitised: number;
  redacted: Record<string, number>;
}

async function outcomeOf(
  run: CallRun,
  tool: Tool | undefined,
  work: () => Promise<Record<string, unknown>>,
): Promise<Outcome> {
  try {
    const answer = await work();
    const egress = egressOf(run, tool);
    const shown = egress.value(answer);
    const redacted = run.redactor.counts();
    const data = withCounts(shown, redacted);
    const { bytes } = scopeOf(run.policy, run.call.principal, run.call.tool).limits;
    return { answer: { text: serialise(data, bytes), data }, sanitised: egress.sanitised(), redacted };
  } catch (thrown) {
    const error = toToolError(thrown);
    const egress = egressOf(run, tool);
    const answer = { text: egress.text(errorText(error)), failed: tool ? 'tool' : 'unknown_tool' } as const;
    return { answer, error, sanitised: egress.sanitised(), redacted: run.redactor.counts() };
  }
}

/** What a denied caller asked for is no secret to that caller; of all else, a hidden namespace stays hidden. */
function egressOf({ call, policy, redactor, touched, denial }: CallRun, tool: Tool | undefined): Egress {
  if (tool === undefined) return createEgress(redactor, NOTHING_HIDDEN);
  const { everything, reaches } = scopeOf(policy, call.principal, tool.name);
  const asked: unknown[] = denial ? Object.values(call.arguments ?? {}) : [];
  const hides = (namespace: string): boolean =>
    !everything && !reaches(namespace) && !asked.includes(namespace);
  return createEgress(redactor, { known: touched.hiddenNamespaces, hides });
}

/** A reader should know that something was taken out, and by which rule. */
function withCounts(
  data: Record<string, unknown>,
  redacted: Record<string, number>,
): Record<string, unknown> {
  return Object.keys(redacted).length > 0 ? { ...data, redacted } : data;
}

function unknownTool(name: string, listed: readonly Tool[]): ToolError {
  const names = listed.map((tool) => tool.name).join(', ');
  return new ToolError(
    'not_found',
    `there is no tool named ${JSON.stringify(name.slice(0, 80))}`,
    `Tools: ${names}.`,
  );
}

function record(run: CallRun, { answer, error, sanitised, redacted }: Outcome, parts: GateParts): void {
  parts.audit.append({
    auditID: run.auditID,
    proposal: run.proposal,
    principal: run.call.principal,
    client: run.call.client,
    tool: run.call.tool,
    arguments: run.call.arguments,
    touched: [...run.touched.seen.values()],
    decision: run.denial !== undefined || answer.failed === 'unknown_tool' ? 'deny' : 'allow',
    rule: run.denial?.rule,
    reason: run.denial?.reason,
    policySha: run.policy.sha256,
    error: error && { code: error.code, message: error.message, cause: error.cause },
    bytes: Buffer.byteLength(answer.text),
    redactions: redacted,
    sanitised,
  });
}
