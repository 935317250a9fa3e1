import { CAPS, isProtectedPath, isSealedKind } from './floor.ts';
import type { Limits } from '#domain/limits.ts';
import { PROPOSE_PREFIX } from './checks.ts';
import { globMatches } from '#domain/glob.ts';
import type { NameSet, Rule, ToolSet } from './rules.ts';
import { candidatesOf } from './subjects.ts';
import type { Subject } from './subjects.ts';
import type { Policy } from './policy.ts';

/** A recognised caller. */
export interface Principal {
  id: string;
  roles: readonly string[];
}

/**
 * What is asked. It is about one object when `kind` and either `namespace` or `clusterScoped` are given, about one file
 * when `path` is; with less it asks whether there is anything the tool may touch, and what is touched in the end is to
 * be asked again.
 */
export interface Question {
  tool: string;
  namespace?: string;
  kind?: string;
  clusterScoped?: boolean;
  path?: string;
}

/** An answer with its rule; `line` is absent for built-in rules, whose names start with `builtin:`. */
export interface Decision {
  effect: 'allow' | 'deny';
  rule: string;
  line?: number;
  reason: string;
  limits: Limits;
}

/** What one caller may see with one tool; `limits` hold for anything in it. */
export interface Scope {
  /** Nothing but the sealed kinds is hidden. */
  everything: boolean;
  /** Whether there may be anything to see in a namespace. */
  reaches: (namespace: string) => boolean;
  /** `namespace` is undefined for a cluster-scoped object; ask for a Namespace object with its own name. */
  allows: (kind: string, namespace: string | undefined) => boolean;
  limits: Limits;
}

/** The caller by what is known of the connection, or undefined for a stranger. */
export function identify(policy: Policy, peer: { transport: 'stdio' | 'http' }): Principal | undefined {
  return policy.principals.find(({ transport }) => transport === peer.transport);
}

/** Default deny, deny wins, order is irrelevant; no allow reaches below the floor. */
export function decide(policy: Policy, principal: Principal | undefined, question: Question): Decision {
  if (!principal) return builtin('unknown-caller', 'the policy names no principal for this connection');
  const rules = rulesFor(policy, principal, question.tool);
  const candidates = candidatesOf(policy.rules, question);
  const decisions = candidates.map((subject) => judge(policy, rules, question.tool, subject));
  const allowed = decisions.filter(({ effect }) => effect === 'allow');
  const [first = decisions[0]] = allowed;
  if (!first || first.rule === DEFAULT_DENY) return defaultDeny(question.tool, question);
  return allowed.length > 1 ? { ...first, limits: tightest(allowed) } : first;
}

/** What the caller may see with the tool, as a predicate that remembers its answers. */
export function scopeOf(policy: Policy, principal: Principal | undefined, tool: string): Scope {
  const rules = principal ? rulesFor(policy, principal, tool) : [];
  const decisions = candidatesOf(policy.rules, {})
    .filter(({ path }) => path === undefined)
    .map((subject) => judge(policy, rules, tool, subject));
  const allows = remembered((kind, namespace) => {
    return judge(policy, rules, tool, { kind, namespace }).effect === 'allow';
  });
  const reaches = remembered((_any, namespace) => {
    return decide(policy, principal, { tool, namespace }).effect === 'allow';
  });
  return {
    reaches: (namespace) => reaches('', namespace),
    everything: decisions.every(({ effect }) => effect === 'allow'),
    allows,
    limits: tightest(decisions.filter(({ effect }) => effect === 'allow')),
  };
}

/** The tools the caller may use for at least something, in the order given. */
export function visibleTools(
  policy: Policy,
  principal: Principal | undefined,
  tools: readonly string[],
): string[] {
  return tools.filter((tool) => decide(policy, principal, { tool }).effect === 'allow');
}

/** A denial in words: rule, place, version, hash and reason, and that it is final. */
export function denialText(policy: Policy, decision: Decision): string {
  const place = decision.line === undefined ? policy.file : `${policy.file}:${decision.line}`;
  return (
    `denied by ${decision.rule} (${place}, version ${policy.version}, sha256 ${policy.shortSha}): ${decision.reason}. ` +
    'Do not retry or work around this; only the operator can change the policy.'
  );
}

/** The rules that speak to this caller and this tool. */
export function rulesFor(policy: Policy, principal: Principal, tool: string): Rule[] {
  return policy.rules.filter(
    (rule) =>
      (!rule.roles || principal.roles.some((role) => rule.roles?.has(role))) &&
      (!rule.tools || names(rule.tools, tool)),
  );
}

/** True when the rule's dimensions, its roles aside, take the subject in. */
export function covers(rule: Rule, { kind, namespace, path }: Subject): boolean {
  if (rule.kinds && !holds(rule.kinds, kind?.toLowerCase())) return false;
  if (rule.namespaces && !holds(rule.namespaces, namespace)) return false;
  if (rule.paths && !(path !== undefined && rule.paths.some((glob) => globMatches(glob, path)))) return false;
  const bounds = rule.proposal?.paths;
  return !bounds || path === undefined || bounds.some((glob) => globMatches(glob, path));
}

/** A written deny comes before the floor only because it says more: its line and its reason. */
function judge(policy: Policy, rules: readonly Rule[], tool: string, subject: Subject): Decision {
  const matching = rules.filter((rule) => covers(rule, subject));
  const denying = matching.find(({ effect }) => effect === 'deny');
  if (denying) return { ...named(denying), limits: CAPS };
  const floor = floorProblem(policy, tool, subject);
  if (floor) return floor;
  const [first] = matching;
  if (!first) return defaultDeny(tool, subject);
  return { ...named(first), limits: mostGenerous(matching) };
}

function named({ id, line, effect, reason }: Rule): Omit<Decision, 'limits'> {
  return { effect, rule: id, line, reason };
}

function floorProblem(policy: Policy, tool: string, { kind, path }: Subject): Decision | undefined {
  if (kind !== undefined && isSealedKind(kind)) return builtin('sealed-kind', `${kind} is never readable`);
  if (path === undefined || !tool.startsWith(PROPOSE_PREFIX)) return undefined;
  if (!isProtectedPath(path, policy.protectedPaths)) return undefined;
  return builtin('protected-path', `no proposal may touch ${path}`);
}

function builtin(rule: string, reason: string): Decision {
  return { effect: 'deny', rule: `builtin:${rule}`, reason, limits: CAPS };
}

const DEFAULT_DENY = 'builtin:default-deny';

function defaultDeny(tool: string, { kind, namespace, path }: Subject): Decision {
  const about = [path, kind, namespace && `namespace ${namespace}`].filter(Boolean).join(', ');
  return builtin('default-deny', `no rule allows ${tool}${about && ` on ${about}`}`);
}

function names(tools: ToolSet, tool: string): boolean {
  return tools.any || tools.names.has(tool) || tools.prefixes.some((prefix) => tool.startsWith(prefix));
}

/** What has no name (a cluster-scoped object has no namespace) is held by `*` alone. */
function holds(set: NameSet, name: string | undefined): boolean {
  if (name === undefined) return set.any;
  return (set.any || set.include.has(name)) && !set.exclude.has(name);
}

function mostGenerous(rules: readonly Rule[]): Limits {
  return limitsBy((key) => Math.max(...rules.map(({ limits }) => limits[key] ?? CAPS[key])));
}

function tightest(decisions: readonly Decision[]): Limits {
  return limitsBy((key) => Math.min(CAPS[key], ...decisions.map(({ limits }) => limits[key])));
}

function limitsBy(pick: (key: keyof Limits) => number): Limits {
  return { tailLines: pick('tailLines'), rows: pick('rows'), bytes: pick('bytes') };
}

const REMEMBERED = 10_000;

function remembered(
  ask: (kind: string, namespace: string | undefined) => boolean,
): (kind: string, namespace: string | undefined) => boolean {
  const answers = new Map<string, Map<string | undefined, boolean>>();
  let size = 0;
  return (kind, namespace) => {
    const known = answers.get(kind)?.get(namespace);
    if (known !== undefined) return known;
    const answer = ask(kind, namespace);
    if (size >= REMEMBERED) return answer;
    const byNamespace = answers.get(kind) ?? new Map<string | undefined, boolean>();
    answers.set(kind, byNamespace.set(namespace, answer));
    size += 1;
    return answer;
  };
}
