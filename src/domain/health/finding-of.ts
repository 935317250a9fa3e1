import { createHash } from 'node:crypto';

import { parseTime } from '../duration.ts';
import type { Finding } from '../finding.ts';
import type { Event } from '../objects/platform.ts';
import { byText, clip } from '../text.ts';
import { eventsOn } from './events-on.ts';
import type { Fault, Next, Proof } from './fault.ts';
import { minutesSince } from './fault.ts';
import type { Root } from './roll-up.ts';
import type { World } from './world.ts';

/** Most facts that a finding carries. */
const EVIDENCE = 4;

/** A root as the answer tells it; `id` stays the same while the same rule blames the same object. */
export function findingOf(root: Root, world: World): Finding {
  const { fault, ref, state, consequences } = root;
  return {
    id: idOf(fault),
    state,
    component: fault.component,
    ref,
    reason: fault.reason,
    message: clip(messageOf(root), 240),
    ...(fault.since !== undefined && { since: fault.since }),
    evidence: evidenceOf(root, world),
    consequences: consequences.length,
    ...(fault.git && { git: fault.git }),
    next: fault.next ?? nextFor(fault),
  };
}

/** The stable id of a fault: 8 hexadecimal digits. */
export function idOf({ component, rule, ref }: Pick<Fault, 'component' | 'rule' | 'ref'>): string {
  return createHash('sha256').update([component, rule, ref].join('\0')).digest('hex').slice(0, 8);
}

function messageOf({ fault, state, consequences }: Root): string {
  if (fault.state !== 'suspended' || state === 'suspended') return fault.message;
  return `suspended, and ${consequences.length} objects wait for it: ${fault.message}`;
}

function evidenceOf({ fault, also }: Root, world: World): Proof[] {
  const others = also.map(({ reason, message }) => ({ path: reason, value: clip(message, 100) }));
  const known = [...fault.evidence, ...others];
  return [...known, ...eventProofs(fault, known, world)].slice(0, EVIDENCE);
}

/** How long a warning counts as recent, in minutes: events are kept for about an hour. */
const RECENT = 60;

const EVENTS = 2;

/** Events that say no more than the states they go with. */
const ECHOES: ReadonlySet<string> = new Set(['BackOff', 'Failed', 'FailedScheduling', 'FailedSync']);

/** Recent warnings on the object and its members, by reason, newest first. */
function eventProofs({ ref, members }: Fault, known: readonly Proof[], world: World): Proof[] {
  const events = [ref, ...members]
    .flatMap((one) => {
      const object = world.byRef.get(one);
      return object ? eventsOn(object, world) : [];
    })
    .filter(({ reason, last }) => !ECHOES.has(reason) && minutesSince(last, world.now) < RECENT);
  const byReason = Map.groupBy(events, ({ reason }) => reason);
  return [...byReason.values()]
    .map(proofOf)
    .filter(({ path }) => !known.some((proof) => proof.path === path))
    .slice(0, EVENTS);
}

function proofOf(events: readonly Event[]): Proof {
  const count = events.reduce((sum, event) => sum + event.count, 0);
  const newest = events.toSorted(
    (a, b) => (parseTime(b.last) ?? 0) - (parseTime(a.last) ?? 0) || byText(a.message, b.message),
  )[0];
  return { path: `events[${newest?.reason}]`, value: clip(`×${count} ${newest?.message ?? ''}`, 120) };
}

function nextFor({ component, ref }: Pick<Fault, 'component' | 'ref'>): Next {
  if (component === 'upgrade') return { tool: 'upgrade_status', arguments: {} };
  const [kind = '', ...rest] = ref.split('/');
  const name = rest.at(-1) ?? '';
  return { tool: 'resource_get', arguments: { kind, ...(rest.length > 1 && { namespace: rest[0] }), name } };
}
