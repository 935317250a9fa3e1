import { ToolError, errorText, toToolError } from '../errors.ts';
import type { Tool } from '../tool.ts';
import type { Answer, Call } from './call.ts';
import { serialise } from './cap.ts';
import { type Principal, scopeOf, visibleTools } from './policy/decide.ts';
import { type Egress, createEgress } from './egress.ts';
import { NOTHING_HIDDEN } from './namespace-mask.ts';
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
}

/** Builds the gate; it holds no state of its own between calls. */
export function createGate(parts: GateParts): Gate {
  const configured = {
    cluster: parts.openCluster !== undefined,
    repository: parts.openRepository !== undefined,
  };
  const usable = parts.tools.filter((tool) => tool.upstreams.every((upstream) => configured[upstream]));
  const list = (principal: Principal): readonly Tool[] => {
    const names = new Set(
      visibleTools(
        parts.policy(),
        principal,
        usable.map(({ name }) => name),
      ),
    );
    return usable.filter(({ name }) => names.has(name));
  };
  return {
    list,
    call: async (call) => {
      const run: CallRun = {
        call,
        policy: parts.policy(),
        touched: newTouched(),
        redactor: parts.createRedactor(),
      };
      const outcome = await outcomeOf(run, list(call.principal), parts);
      record(run, outcome, parts);
      return outcome.answer;
    },
  };
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

async function outcomeOf(run: CallRun, listed: readonly Tool[], parts: GateParts): Promise<Outcome> {
  const tool = listed.find(({ name }) => name === run.call.tool);
  try {
    if (tool === undefined) throw unknownTool(run.call.tool, listed);
    const answer = await perform(run, tool, parts);
    const egress = egressOf(run, tool);
    const shown = egress.value(answer);
    const redacted = run.redactor.counts();
    const data = withCounts(shown, redacted);
    const { bytes } = scopeOf(run.policy, run.call.principal, tool.name).limits;
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
