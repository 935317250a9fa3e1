import { conditionOf } from '../../conditions.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { versionOn } from '../../upgrades/node-versions.ts';
import { applyingNodes, nodeOfJob } from '../../upgrades/plan-jobs.ts';
import { aheadOf, worstStep } from '../../upgrades/steps.ts';
import { earliest, minutesSince, type Rule, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';
import type { PlanSubject } from './plan-subject.ts';

/** What a Plan asks for against what nodes run: asked before what it is doing. */
export const TARGET_RULES: readonly Rule<PlanSubject>[] = [
  { name: 'UnsupportedStep', source: 'siderolabs/talos pkg/machinery/compatibility', judge: unsupported },
  {
    name: 'StalePin',
    source: 'system-upgrade-controller pkg/upgrade/plan SelectConcurrentNodes',
    judge: stale,
  },
];

/** What a Plan that is through has really done: Complete=True alone proves nothing. */
export const OUTCOME_RULES: readonly Rule<PlanSubject>[] = [
  {
    name: 'PlanWithoutEffect',
    source: 'system-upgrade-controller pkg/upgrade/handle_batch.go: a node is marked when its Job ends',
    judge: withoutEffect,
  },
  {
    name: 'PlanPassedOver',
    source:
      'system-upgrade-controller pkg/upgrade/plan SelectConcurrentNodes, asked anew when a node changes',
    judge: passedOver,
  },
  {
    name: 'GateClosed',
    source: 'system-upgrade-controller pkg/upgrade/handle_upgrade.go: Complete when no node is selected',
    judge: gateClosed,
  },
];

function unsupported({ plan, match }: PlanSubject): Symptom | undefined {
  const { subject, latestVersion } = plan;
  const step = subject && latestVersion && worstStep(subject, latestVersion, match.behind);
  if (!step || (step.verdict !== 'no' && step.verdict !== 'warn')) return undefined;
  return {
    state: step.verdict === 'no' ? 'failed' : 'degraded',
    message: `from ${step.from} on ${nameSome(step.nodes, 3)} to ${latestVersion}: ${step.why}`,
    evidence: [{ path: 'status.latestVersion', value: latestVersion ?? '' }],
  };
}

function stale({ plan, match }: PlanSubject): Symptom | undefined {
  const { subject, latestVersion } = plan;
  const [ahead] = subject && latestVersion ? aheadOf(subject, latestVersion, match.behind) : [];
  if (subject === undefined || ahead === undefined) return undefined;
  const isDue = match.due.includes(ahead.node);
  return {
    state: isDue ? 'failed' : 'degraded',
    message: `${isDue ? 'sets' : 'would set'} ${ahead.node.name} back from ${versionOn(ahead, subject)} to ${latestVersion}${isDue ? '' : ' as soon as it matches'}: the pin is older than what runs`,
    evidence: [{ path: 'status.latestVersion', value: latestVersion ?? '' }],
  };
}

function withoutEffect({ plan, match, jobs, working }: PlanSubject): Symptom | undefined {
  const { subject, latestVersion } = plan;
  const done = new Set(match.done.map(({ name }) => name));
  const old = match.behind.filter(({ node }) => done.has(node.name) && !working.includes(node.name));
  const [first] = old;
  if (subject === undefined || first === undefined) return undefined;
  const names = old.map(({ node }) => node.name).toSorted(byText);
  const own = jobs.filter((job) => names.includes(nodeOfJob(job) ?? ''));
  return {
    state: 'failed',
    message: `Complete=True and ${nameSome(names, 3)} marked as done, but it runs ${versionOn(first, subject)}, not ${latestVersion}`,
    since: earliest(own.map(({ completed }) => completed)),
    evidence: [
      {
        path: `Node/${first.node.name} labels[plan.upgrade.cattle.io/${plan.name}]`,
        value: plan.latestHash ?? '',
      },
    ],
  };
}

/** In minutes: its controller looks at a new node at once. */
const NOTICE = 5;

/** A node that came or was let through the gate since: Complete=True is of before, and its controller has not acted. */
function passedOver({ plan, match, working }: PlanSubject, world: World): Symptom | undefined {
  if (conditionOf(plan, 'Complete')?.status !== 'True' || working.length > 0) return undefined;
  const due = new Set(match.due.map(({ name }) => name));
  // A node that another Plan is at work on has its turn later.
  const taken = new Set(world.objects.Plan.flatMap((one) => applyingNodes(one, world.objects.Node)));
  const left = match.behind.filter(({ node }) => due.has(node.name) && !taken.has(node.name));
  if (left.length === 0) return undefined;
  const isNew = left.every(({ node }) => minutesSince(node.created, world.now) < NOTICE);
  const names = left.map(({ node }) => node.name).toSorted(byText);
  return {
    state: isNew ? 'progressing' : 'degraded',
    message: `Complete=True, but its selector picks ${nameSome(names, 3)}, not at ${plan.latestVersion}: its controller has not acted`,
    evidence: [{ path: 'conditions[Complete]', value: 'True, and nodes are selected' }],
    causes: operatorRefs('Plan', world),
  };
}

/** What Complete=True over no node means, and what would open it. */
const CLOSED = {
  gate: (what: string) => `no node has ${what}`,
  'no node features': (what: string) => `no node has labels ${what}: Node Feature Discovery is not at work`,
  'talos first': (what: string) => `no node has ${what}: Talos comes first`,
  selector: (what: string) => `what needs it does not match ${what}`,
} as const;

/** Complete=True over no node is not an upgrade: the gate is closed, which is how a Plan rests. */
function gateClosed(subject: PlanSubject): Symptom | undefined {
  const { plan, match } = subject;
  if (match.closed === undefined || conditionOf(plan, 'Complete')?.status !== 'True') return undefined;
  const { why, what } = match.closed;
  const names = match.behind.map(({ node }) => node.name).toSorted(byText);
  const isBlind = why === 'no node features';
  return {
    state: isBlind ? 'degraded' : 'info',
    reason: isBlind ? 'NoNodeFeatures' : 'GateClosed',
    message: clip(
      `gate closed: ${CLOSED[why](what)}; not at ${plan.latestVersion}: ${nameSome(names, 3)}`,
      220,
    ),
    evidence: [{ path: 'conditions[Complete]', value: 'True, and no node is selected' }],
  };
}
