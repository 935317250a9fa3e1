import { conditionOf } from '../../conditions.ts';
import { parseTime } from '../../duration.ts';
import { type ClusterObject, refOf } from '../../objects/meta.ts';
import type { Event } from '../../objects/platform.ts';
import type { Pod } from '../../objects/workload.ts';
import { byText, clip } from '../../text.ts';
import { isBenign } from '../benign.ts';
import { earliest, type Fault, faultOf, type Known, latest, minutesSince, type RuleSet } from '../fault.ts';
import { namedCauses } from '../named-causes.ts';
import type { World } from '../world.ts';
import { isRefusal } from './events.ts';
import { componentOf, FAILURES } from './warning-kinds.ts';

/** Warnings on objects that look well otherwise: those that name a failure, and those that keep coming. */
export const WARNINGS: RuleSet = {
  component: 'workload',
  checked: () => [],
  judge: (world, known) => {
    const byTarget = Map.groupBy(warned(world, known), ({ target }) => target);
    return [...byTarget].flatMap(([target, of]) => told(target, of, world) ?? []);
  },
};

/** A warning with the object that it is on, and the ref of what is to be blamed. */
interface Warned {
  event: Event;
  object: ClusterObject;
  target: string;
}

function warned(world: World, known: Known): Warned[] {
  return world.objects.Event.filter((event) => !isRefusal(event) && !isBenign(event)).flatMap((event) => {
    const object = world.byRef.get(refOf(event.regarding));
    if (object === undefined || !isOn(event, object) || hasEnded(object, world)) return [];
    const target = targetOf(object, world);
    return isGreen(target, known) && isGreen(refOf(object), known) ? [{ event, object, target }] : [];
  });
}

/** As with all events, those of a former object of the same name are not of this one. */
function isOn({ regarding: { uid } }: Event, object: ClusterObject): boolean {
  return uid === undefined || uid === object.uid || uid === object.name;
}

/** Flux's objects tell all that their events do; what has ended or goes away has no more to tell. */
function hasEnded(object: ClusterObject, world: World): boolean {
  const isOver = object.phase === 'Succeeded' || object.phase === 'Failed' || object.kind === 'Job';
  return isOver || object.deletion !== undefined || tellsByItself(refOf(object), world);
}

/** Alerts and Providers have no status: of what becomes of their notifications only events tell. */
function tellsByItself(ref: string, { verdicts }: World): boolean {
  const verdict = verdicts.get(ref);
  return verdict !== undefined && verdict.reason !== 'Static';
}

function targetOf(object: ClusterObject, world: World): string {
  if (object.kind === 'Pod') return world.ownerOf(object as Pod);
  const { owner, namespace } = object;
  return owner && object.kind === 'ReplicaSet' ? refOf({ ...owner, namespace }) : refOf(object);
}

function isGreen(ref: string, known: Known): boolean {
  return (known.get(ref) ?? []).every(({ state }) => state === 'info');
}

/** The most telling of an object's warnings, as a fault; undefined when they tell nothing of now. */
function told(target: string, warnings: readonly Warned[], world: World): Fault | undefined {
  const series = [...Map.groupBy(warnings, ({ event }) => event.reason)].map(([, of]) => seriesOf(of));
  const failure = FAILURES.flatMap(({ name, reason, times }) =>
    series
      .filter((one) => reason.test(one.reason) && one.count >= times && isNow(one, world))
      .map((one) => faultFrom(target, name, one, world)),
  )[0];
  if (failure) return failure;
  const recurring = series.filter((one) => recurs(one, world)).toSorted((a, b) => b.count - a.count)[0];
  return recurring && faultFrom(target, 'RecurringWarning', recurring, world);
}

/** Warnings of one reason on one target, those of several pods together. */
interface Series {
  reason: string;
  message: string;
  count: number;
  /** RFC 3339. */
  first: string;
  last: string;
  objects: readonly ClusterObject[];
}

function seriesOf(warnings: readonly Warned[]): Series {
  const events = warnings.map(({ event }) => event);
  const [newest] = events.toSorted(
    (a, b) => (parseTime(b.last) ?? 0) - (parseTime(a.last) ?? 0) || byText(a.message, b.message),
  );
  return {
    reason: newest?.reason ?? '',
    message: newest?.message ?? '',
    count: events.reduce((sum, { count }) => sum + count, 0),
    first: earliest(events.map(({ first }) => first)) ?? '',
    last: latest(events.map(({ last }) => last)) ?? '',
    objects: warnings.map(({ object }) => object),
  };
}

/** How long a failure counts without being repeated, in minutes. */
const RECENT = 15;

function isNow({ last, objects }: Series, { now }: World): boolean {
  const since = parseTime(last) ?? 0;
  return minutesSince(last, now) < RECENT && objects.some((object) => !isSettled(object, since));
}

/** Whether an object has come to a good end since a moment: what was warned of before that is history. */
function isSettled(object: ClusterObject, moment: number): boolean {
  if (object.kind === 'PersistentVolumeClaim' && object.phase === 'Bound')
    return !conditionOf(object, 'Resizing') && !conditionOf(object, 'FileSystemResizePending');
  const good = object.conditions.filter(({ type, status }) => status === 'True' && SETTLED.has(type));
  return good.some(({ since }) => (parseTime(since) ?? 0) >= moment);
}

const SETTLED: ReadonlySet<string> = new Set(['Ready', 'Available', 'Complete', 'Programmed']);

/** From so many times on, over so many minutes, a warning is none that passes by itself. */
const RECURS = { times: 10, minutes: 10 } as const;

/** Kubelet and other writers tell of a warning that goes on every five minutes only (client-go tools/record, spam filter). */
const TOLD_EVERY = 5;

/** It has come often, over a while, and by its own rhythm it has not stopped. */
function recurs({ count, first, last, objects }: Series, { now }: World): boolean {
  const span = minutesSince(first, now) - minutesSince(last, now);
  if (count < RECURS.times || span < RECURS.minutes) return false;
  const rhythm = Math.max(TOLD_EVERY, span / (count - 1));
  const isOver = minutesSince(last, now) > Math.min(2 * rhythm, 4 * RECENT);
  return !isOver && !objects.every((object) => hasOnlyStartedSlowly(object, first, last));
}

/** Warned from its start until it was ready, and not since. */
function hasOnlyStartedSlowly(object: ClusterObject, first: string, last: string): boolean {
  if (object.kind !== 'Pod') return false;
  const began = parseTime((object as Pod).started ?? object.created) ?? 0;
  return (parseTime(first) ?? 0) - began < 2 * 60_000 && isSettled(object, parseTime(last) ?? 0);
}

function faultFrom(target: string, rule: string, series: Series, world: World): Fault {
  const { reason, message, count, first, last, objects } = series;
  const minutes = Math.round(minutesSince(first, world.now) - minutesSince(last, world.now));
  const often = count === 1 ? 'warns' : `warns again and again, ×${count} in ${Math.max(1, minutes)} min`;
  const nodes = nodesOf(objects);
  const down = nodes.filter((name) => world.downNodes.has(name)).map((name) => refOf({ kind: 'Node', name }));
  const members = [...new Set(objects.map(refOf))].filter((ref) => ref !== target).toSorted(byText);
  return faultOf(
    {
      state: 'degraded',
      reason,
      message: clip(`${often}: ${message}`, 200),
      since: first,
      evidence: [{ path: `events[${reason}]`, value: clip(`×${count} ${message}`, 120) }],
      causes: [...namedCauses(message, world), ...down],
      ...(nodes.length > 0 && { nodes }),
    },
    { component: componentOf(target), rule, ref: target, members },
  );
}

/** Names of the nodes of the pods that warn: while one is down or upgraded, that explains it. */
function nodesOf(objects: readonly ClusterObject[]): string[] {
  const nodes = objects.flatMap((object) => (object.kind === 'Pod' ? ((object as Pod).node ?? []) : []));
  return [...new Set(nodes)].toSorted(byText);
}
