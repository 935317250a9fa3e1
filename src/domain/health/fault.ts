import { parseTime } from '../duration.ts';
import type { Evidence, NextCall, State } from '../finding.ts';
import type { ClusterObject } from '../objects/meta.ts';
import { byText } from '../text.ts';
import type { z } from 'zod';
import type { World } from './world.ts';

/** The parts of a cluster by which findings are counted. */
export type Component =
  | 'node'
  | 'control-plane'
  | 'cni'
  | 'storage'
  | 'flux'
  | 'certificate'
  | 'network'
  | 'workload'
  | 'job'
  | 'scaling'
  | 'deletion'
  | 'monitoring'
  | 'database'
  | 'other'
  | 'backup'
  | 'upgrade';

export type Proof = z.infer<typeof Evidence>;

export type Next = z.infer<typeof NextCall>;

/** What one rule saw on one object. */
export interface Symptom {
  state: State;
  message: string;
  /** Where it is more telling than the name of the rule. */
  reason?: string;
  /** RFC 3339. */
  since?: string;
  evidence?: Proof[];
  /** Refs of objects that explain it, if they are at fault themselves; most likely first. */
  causes?: string[];
  next?: Next;
  /** Where it stands in the repository. */
  git?: { file: string; line: number };
  /**
   * Names of the nodes on which it shows, if an upgrade of just these explains it; of an upgrade under way, the nodes it
   * is working on.
   */
  nodes?: string[];
  /** True for what explains nothing else, such as a version that differs. */
  inert?: boolean;
}

/** One row of a rule table. The first that gives a symptom is the one that counts. */
export interface Rule<T> {
  /** Stands for the reason, and is part of the finding's id. */
  name: string;
  /** Upstream project and file, or the project's documentation, that it re-states. */
  source: string;
  judge: (subject: T, world: World) => Symptom | undefined;
}

/** A symptom with the object it is blamed on. */
export interface Fault extends Symptom {
  component: Component;
  rule: string;
  reason: string;
  evidence: Proof[];
  causes: string[];
  ref: string;
  /** Refs of the objects on which it shows, such as the pods of a Deployment: part of it rather than consequences. */
  members: string[];
  /** Ref of the upgrade under way that explains it. */
  expectedBy?: string;
}

/** Faults by ref, as far as they are known when a later set of rules is asked. */
export type Known = ReadonlyMap<string, readonly Fault[]>;

/** The rules of one part of a cluster. */
export interface RuleSet {
  component: Component;
  /** The objects that it counts as looked at. */
  checked: (world: World) => readonly ClusterObject[];
  judge: (world: World, known: Known) => Fault[];
}

/** The first rule that fits, as a fault of `ref`; undefined when none does. */
export function firstFault<T>(
  rules: readonly Rule<T>[],
  subject: T,
  { component, ref }: Pick<Fault, 'component' | 'ref'>,
  world: World,
): Fault | undefined {
  for (const rule of rules) {
    const symptom = rule.judge(subject, world);
    if (symptom) return faultOf(symptom, { component, ref, rule: rule.name });
  }
  return undefined;
}

/** A symptom blamed on an object. */
export function faultOf(
  symptom: Symptom,
  blame: Pick<Fault, 'component' | 'ref' | 'rule'> & { members?: string[] },
): Fault {
  return {
    ...symptom,
    ...blame,
    reason: symptom.reason ?? blame.rule,
    evidence: symptom.evidence ?? [],
    causes: symptom.causes ?? [],
    members: blame.members ?? [],
  };
}

const MINUTE = 60_000;

/** Minutes since an RFC 3339 time; 0 when it is not known. */
export function minutesSince(time: string | undefined, now: number): number {
  const at = parseTime(time);
  return at === undefined ? 0 : (now - at) / MINUTE;
}

/** A fault at once, failed when it has lasted: durations raise, they never hide. */
export function raised(since: string | undefined, now: number, minutes: number): State {
  return minutesSince(since, now) >= minutes ? 'failed' : 'degraded';
}

/** A transition that passes by itself: progressing until its time is up, failed at three times that. */
export function ripening(since: string | undefined, now: number, minutes: number): State {
  const age = minutesSince(since, now);
  if (age < minutes) return 'progressing';
  return age < 3 * minutes ? 'degraded' : 'failed';
}

/** The earliest of some RFC 3339 times; undefined when none is known. */
export function earliest(times: readonly (string | undefined)[]): string | undefined {
  return sorted(times)[0];
}

/** The latest of some RFC 3339 times; undefined when none is known. */
export function latest(times: readonly (string | undefined)[]): string | undefined {
  return sorted(times).at(-1);
}

function sorted(times: readonly (string | undefined)[]): string[] {
  return times
    .filter((time) => time !== undefined)
    .toSorted((a, b) => (parseTime(a) ?? 0) - (parseTime(b) ?? 0) || byText(a, b));
}
