import { type Principal, rulesFor } from './policy/decide.ts';
import { PROPOSAL_CAPS } from './policy/floor.ts';
import type { Policy } from './policy/policy.ts';

/** What the policy lets a caller propose with a tool, at most. */
export interface Bounds {
  maxFiles: number;
  maxChangedLines: number;
  perHour: number;
  open: number;
  branchPrefix: string;
  /** Globs under which files may be deleted. */
  deletable: readonly string[];
  /** The only branches a proposal may start from, where every rule that allows names one. */
  bases?: readonly string[];
}

const PREFIX = 'daytwo/';

/** Of several rules that allow, the most generous counts; what no rule bounds is bounded by the server itself. */
export function boundsFor(policy: Policy, principal: Principal, tool: string): Bounds {
  const allowing = rulesFor(policy, principal, tool).filter(({ effect }) => effect === 'allow');
  const most = (key: keyof typeof PROPOSAL_CAPS): number =>
    Math.max(...allowing.map(({ proposal }) => proposal?.[key] ?? PROPOSAL_CAPS[key]));
  const named = allowing.map(({ proposal }) => proposal?.base);
  return {
    maxFiles: most('maxFiles'),
    maxChangedLines: most('maxChangedLines'),
    perHour: most('perHour'),
    open: most('open'),
    branchPrefix: allowing.find(({ proposal }) => proposal?.branchPrefix)?.proposal?.branchPrefix ?? PREFIX,
    deletable: allowing.flatMap(({ proposal }) => proposal?.deletable ?? []),
    ...(named.every((base) => base !== undefined) && { bases: named }),
  };
}
