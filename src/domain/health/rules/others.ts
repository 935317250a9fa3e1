import { conditionOf } from '../../conditions.ts';
import type { State } from '../../finding.ts';
import { type ClusterObject, type Condition, refOf } from '../../objects/meta.ts';
import { clip } from '../../text.ts';
import { firstFault, minutesSince, ripening, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { hasStatus } from '../other-kinds.ts';
import type { World } from '../world.ts';

const GENERIC = 'cli-utils pkg/kstatus/status/generic.go';
const PROPOSED = 'kubernetes api-conventions, typical status properties, and conditions in common use';

/** What a kind that nobody foresaw says in the words that all kinds share. */
const OTHER_RULES: readonly Rule<ClusterObject>[] = [
  { name: 'Stalled', source: `${GENERIC} ConditionStalled`, judge: stalled },
  { name: 'Reconciling', source: `${GENERIC} checkGeneration, ConditionReconciling`, judge: reconciling },
  { name: 'SaysFailed', source: PROPOSED, judge: saysBad },
  {
    name: 'NotReady',
    source: `${GENERIC} checkReadyCondition; Ready=False is a failure when it lasts`,
    judge: notGood,
  },
  { name: 'PhaseFailed', source: PROPOSED, judge: failedPhase },
];

/** Kinds without rules of their own: soberly, and unknown where an object says nothing while its like do. */
export const OTHERS: RuleSet = {
  component: 'other',
  checked: (world) => judged(world).flat(),
  judge: (world) => judged(world).flatMap((objects) => objects.flatMap((object) => faultOf(object, world))),
};

/** Objects by kind; kinds of which not one object has a status are configuration, and told as unchecked. */
function judged({ others }: World): (readonly ClusterObject[])[] {
  return others.map(({ items }) => items).filter((items) => items.some(hasStatus));
}

function faultOf(object: ClusterObject, world: World) {
  if (object.deletion) return [];
  const rules = hasStatus(object) ? OTHER_RULES : SILENT_RULES;
  return firstFault(rules, object, { component: 'other', ref: refOf(object) }, world) ?? [];
}

/** In minutes. */
const LONG = 15;

function stalled(object: ClusterObject): Symptom | undefined {
  const condition = conditionOf(object, 'Stalled');
  return condition?.status === 'True' ? told('failed', condition) : undefined;
}

function reconciling(object: ClusterObject, { now }: World): Symptom | undefined {
  const condition = conditionOf(object, 'Reconciling');
  if (condition?.status === 'True') return told(ripening(condition.since, now, LONG), condition);
  const { generation, observedGeneration } = object;
  if (observedGeneration === undefined || generation === undefined || observedGeneration >= generation)
    return undefined;
  return {
    state: 'progressing',
    message: 'its newest spec has not been looked at yet',
    evidence: [{ path: 'status.observedGeneration', value: `${observedGeneration} of ${generation}` }],
  };
}

/** Conditions that are bad when True, and how bad. */
const BAD: Readonly<Record<string, State>> = {
  Failed: 'failed',
  Error: 'failed',
  Degraded: 'degraded',
  Conflict: 'degraded',
};

function saysBad({ conditions }: ClusterObject): Symptom | undefined {
  const bad = conditions.find(({ type, status }) => status === 'True' && Object.hasOwn(BAD, type));
  return bad && told(BAD[bad.type] ?? 'degraded', bad);
}

/** Conditions that are good when True, most telling first. */
const GOOD = ['Ready', 'Available', 'Healthy', 'Synced', 'Accepted', 'Programmed'] as const;

function notGood(object: ClusterObject, { now }: World): Symptom | undefined {
  for (const type of GOOD) {
    const condition = conditionOf(object, type);
    if (condition === undefined || condition.status === 'True') continue;
    const since = condition.since ?? object.created;
    return told(minutesSince(since, now) >= LONG ? 'degraded' : 'progressing', { ...condition, since });
  }
  return undefined;
}

function told(state: State, { type, status, reason, message, since }: Condition): Symptom {
  return {
    state,
    message: clip(`${type} is ${status}: ${message ?? reason ?? 'it does not say why'}`, 200),
    since,
    evidence: [{ path: `conditions[${type}]`, value: `${status} ${reason ?? ''}`.trim() }],
  };
}

function failedPhase({ phase }: ClusterObject): Symptom | undefined {
  if (phase !== 'Failed' && phase !== 'Error') return undefined;
  return {
    state: 'failed',
    message: `its phase is ${phase}`,
    evidence: [{ path: 'status.phase', value: phase }],
  };
}

/** For an object that says nothing at all. */
const SILENT_RULES: readonly Rule<ClusterObject>[] = [
  {
    name: 'NoStatus',
    source: `${GENERIC} takes it for current; here it is unknown`,
    judge: ({ created }, { now }) => ({
      state: minutesSince(created, now) >= LONG ? 'unknown' : 'progressing',
      message: 'no controller has written a status, as it has for others of its kind',
      since: created,
    }),
  },
];
