import { conditionOf } from '../../conditions.ts';
import { type ObjectRef, refOf } from '../../objects/meta.ts';
import type { Pod } from '../../objects/workload.ts';
import { clip } from '../../text.ts';
import { minutesSince, raised, ripening, type Rule, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';

/** A pod that finds no node. Pods behind a scheduling gate wait on purpose. */
export const SCHEDULING_RULES: readonly Rule<Pod>[] = [
  {
    name: 'Unschedulable',
    source: 'kubernetes pkg/scheduler/framework/plugins, condition PodScheduled',
    judge: unschedulable,
  },
  {
    name: 'NotScheduled',
    source: 'kubernetes pkg/scheduler: it sets PodScheduled on every pod it has looked at',
    judge: overlooked,
  },
];

type Suspects = (pod: Pod, world: World) => string[];

/** What the scheduler's plugins say, in our words, and which objects it may be due to. */
const CAUSES: readonly {
  pattern: RegExp;
  words: (found: readonly string[]) => string;
  suspects?: Suspects;
}[] = [
  {
    pattern: /unbound immediate PersistentVolumeClaims/,
    words: () => 'its claim is not bound',
    suspects: claimsOf,
  },
  {
    pattern: /persistentvolumeclaim "([^"]+)" not found/,
    words: ([, name]) => `claim ${name} does not exist`,
    suspects: claimsOf,
  },
  {
    pattern: /bound to non-existent (?:persistentvolume|pv\(s\))/,
    words: () => 'the volume of its claim no longer exists',
    suspects: claimsOf,
  },
  {
    pattern: /persistentvolumeclaim "([^"]+)" is being deleted/,
    words: ([, name]) => `claim ${name} is being deleted`,
    suspects: claimsOf,
  },
  {
    pattern: /volume node affinity conflict|PersistentVolume's node affinity/,
    words: () => 'its volume is bound to a node that does not take it',
    suspects: downNodesOf,
  },
  {
    pattern: /binding volumes|available persistent volumes to bind/,
    words: () => 'its volume cannot be bound',
    suspects: claimsOf,
  },
  {
    pattern: /untolerated taint\(?s?\)? \{?(node\.kubernetes\.io\/(?:unreachable|not-ready)[^}]*)/,
    words: () => 'nodes are not ready',
    suspects: downNodesOf,
  },
  {
    pattern: /untolerated taint\(?s?\)?,? ?(?:\{([^}:]+)[^}]*\})?/,
    words: ([, taint]) => `taint ${taint ?? 'of the nodes'} is not tolerated`,
  },
  { pattern: /Insufficient ([\w./-]+)/g, words: (found) => `not enough ${found.slice(1).join(', ')}` },
  { pattern: /Too many pods/, words: () => 'the nodes hold their maximum of pods' },
  { pattern: /anti-affinity/, words: () => 'pod anti-affinity leaves no node' },
  {
    pattern: /(?<!anti-)(?<!volume )node affinity\/selector|didn't match pod affinity/,
    words: () => 'no node matches its affinity or selector',
  },
  { pattern: /topology spread/, words: () => 'topology spread leaves no node' },
  { pattern: /free ports/, words: () => 'its host port is taken' },
  { pattern: /were unschedulable/, words: () => 'nodes are cordoned' },
];

/** Younger than this, in minutes, is not yet a fault (15 s, kstatus ScheduleWindow in cli-utils pkg/kstatus/status/core.go). */
const SCHEDULE_WINDOW = 0.25;

function unschedulable(pod: Pod, world: World): Symptom | undefined {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason === 'SchedulingGated') return undefined;
  const text = scheduled.message ?? '';
  const fitting = CAUSES.map((cause) => ({ ...cause, found: findAll(cause.pattern, text) })).filter(
    ({ found }) => found.length > 0,
  );
  const words = [...new Set(fitting.map(({ words: say, found }) => say(found)))].slice(0, 3);
  const since = scheduled.since ?? pod.created;
  const settling = minutesSince(since, world.now) < SCHEDULE_WINDOW;
  return {
    state: settling ? 'progressing' : raised(since, world.now, 5),
    message: `no node takes it: ${words.join('; ') || clip(text || 'the scheduler gives no reason', 140)}`,
    since,
    evidence: [{ path: 'conditions[PodScheduled]', value: clip(text, 140) }],
    causes: [...new Set(fitting.flatMap(({ suspects }) => suspects?.(pod, world) ?? []))],
  };
}

function overlooked(pod: Pod, world: World): Symptom | undefined {
  if (pod.phase !== 'Pending' || pod.node !== undefined || conditionOf(pod, 'PodScheduled')) return undefined;
  return {
    state: ripening(pod.created, world.now, 5),
    message: 'no scheduler has looked at it',
    since: pod.created,
  };
}

/** The whole match and its groups; for a global pattern the distinct first groups of all matches. */
function findAll(pattern: RegExp, text: string): string[] {
  if (!pattern.global) return [...(pattern.exec(text) ?? [])];
  const groups = [...text.matchAll(pattern)].map(([, group = '']) => group.replace(/\.$/, ''));
  return groups.length > 0 ? [text, ...new Set(groups)] : [];
}

/** Refs of the claims a pod mounts. */
export function claimsOf(pod: Pod): string[] {
  return pod.claims.map((name) => refOf(claimRef(pod, name)));
}

function claimRef({ namespace }: Pod, name: string): ObjectRef {
  return { kind: 'PersistentVolumeClaim', namespace, name };
}

const NAMED_NODES = 5;

/** A few of the nodes that are not ready: which of them would have taken the pod is not known. */
function downNodesOf(_pod: Pod, world: World): string[] {
  return [...world.downNodes]
    .toSorted()
    .slice(0, NAMED_NODES)
    .map((name) => refOf({ kind: 'Node', name }));
}
