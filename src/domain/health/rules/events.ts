import { conditionOf } from '../../conditions.ts';
import { type ClusterObject, refOf } from '../../objects/meta.ts';
import type { Event } from '../../objects/platform.ts';
import type { Job } from '../../objects/workload.ts';
import { byText, clip } from '../../text.ts';
import { type Fault, faultOf, type Known, minutesSince, type RuleSet } from '../fault.ts';
import { isKnown } from '../known.ts';
import { admissionCause, namedCauses } from '../named-causes.ts';
import type { World } from '../world.ts';
import { isWhole } from './pods.ts';

/** How long a refused creation counts without being repeated, in minutes. */
const RECENT = 15;

/** Events that are findings by themselves: creations that are refused where nothing else tells of it. */
export const EVENTS: RuleSet = {
  component: 'workload',
  checked: () => [],
  judge: (world, known) => {
    const refused = world.objects.Event.filter(
      (event) => isRefusal(event) && minutesSince(event.last, world.now) < RECENT,
    );
    const byTarget = Map.groupBy(refused, (event) => targetOf(event, world) ?? '');
    byTarget.delete('');
    return [...byTarget]
      .filter(([ref]) => !isTold(ref, world, known))
      .map(([ref, events]) => refusal(ref, events, world));
  },
};

/** A creation that the API server refused: judged by itself. */
export function isRefusal({ reason, message }: Event): boolean {
  return (
    reason === 'FailedCreate' || /failed calling webhook|exceeded quota|violates PodSecurity/i.test(message)
  );
}

/** The object to blame: of a ReplicaSet or Job its owner; undefined when it is gone. */
function targetOf({ regarding }: Event, world: World): string | undefined {
  const object = world.byRef.get(refOf(regarding));
  if (object === undefined) return undefined;
  const { owner, namespace } = object;
  return owner && (object.kind === 'ReplicaSet' || object.kind === 'Job')
    ? refOf({ ...owner, namespace })
    : refOf(object);
}

function isTold(ref: string, world: World, known: Known): boolean {
  return isKnown(known, ref) || hasGoneThrough(world.byRef.get(ref));
}

/** Events outlast their cause: a workload that is whole, a Job that runs or has completed, got what it wanted. */
function hasGoneThrough(object: ClusterObject | undefined): boolean {
  if (object?.kind !== 'Job') return isWhole(object);
  return (object as Job).active > 0 || conditionOf(object, 'Complete')?.status === 'True';
}

function refusal(ref: string, events: readonly Event[], world: World): Fault {
  const newest = events.toSorted((a, b) => byText(b.last, a.last) || byText(a.message, b.message))[0];
  const text = newest?.message ?? '';
  return faultOf(
    {
      state: 'degraded',
      message: clip(`what it creates is refused: ${admissionCause(text) ?? text}`, 200),
      since: newest?.first,
      evidence: [{ path: `events[${newest?.reason}]`, value: clip(text, 160) }],
      causes: namedCauses(text, world),
    },
    { component: 'workload', rule: 'FailedCreate', ref },
  );
}
