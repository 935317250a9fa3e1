import { conditionOf } from '../../conditions.ts';
import { refOf } from '../../objects/meta.ts';
import type { Event } from '../../objects/platform.ts';
import type { Workload } from '../../objects/workload.ts';
import { byText, clip } from '../../text.ts';
import { eventsOn } from '../events-on.ts';
import {
  firstFault,
  type Known,
  latest,
  minutesSince,
  raised,
  ripening,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import { isKnown } from '../known.ts';
import { admissionCause, namedCauses } from '../named-causes.ts';
import type { World } from '../world.ts';

/** Workloads by their own status; what their pods show is told before. */
const ROLLOUT_RULES: readonly Rule<Workload>[] = [
  {
    name: 'FailedCreate',
    source: 'kubernetes pkg/controller/deployment and replicaset, condition ReplicaFailure',
    judge: replicaFailure,
  },
  {
    name: 'FailedCreate',
    source: 'kubernetes pkg/controller/{statefulset,daemon}, event FailedCreate',
    judge: createEvent,
  },
  {
    name: 'ProgressDeadlineExceeded',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubeDeploymentRolloutStuck',
    judge: deadlineExceeded,
  },
  { name: 'Paused', source: 'kubernetes api/apps/v1 spec.paused', judge: paused },
  {
    name: 'RolloutStuck',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubeStatefulSetUpdateNotRolledOut',
    judge: revisionSplit,
  },
  {
    name: 'RolloutStuck',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubeDaemonSetRolloutStuck',
    judge: daemonOutdated,
  },
];

/** Asked only where the pods tell nothing: they are missing then. */
const SHORTAGE_RULES: readonly Rule<Workload>[] = [
  {
    name: 'Unavailable',
    source:
      'kubernetes-mixin alerts/apps_alerts.libsonnet KubeDeploymentReplicasMismatch, KubeStatefulSetReplicasMismatch',
    judge: unavailable,
  },
  {
    name: 'Misscheduled',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubeDaemonSetMisScheduled',
    judge: misscheduled,
  },
];

/** Workloads by their own status; ReplicaSets only where they stand alone. */
export const ROLLOUTS: RuleSet = {
  component: 'workload',
  checked: workloads,
  judge: (world, known) => workloads(world).flatMap((workload) => judgeWorkload(workload, world, known)),
};

function workloads({ objects }: World): Workload[] {
  const standalone = objects.ReplicaSet.filter(({ owner }) => owner === undefined);
  return [...objects.Deployment, ...objects.StatefulSet, ...objects.DaemonSet, ...standalone];
}

function judgeWorkload(workload: Workload, world: World, known: Known) {
  const ref = refOf(workload);
  if (workload.deletion) return [];
  const rules = isKnown(known, ref) ? ROLLOUT_RULES : [...ROLLOUT_RULES, ...SHORTAGE_RULES];
  return firstFault(rules, workload, { component: 'workload', ref }, world) ?? [];
}

function replicaFailure(workload: Workload, world: World): Symptom | undefined {
  const failure = conditionOf(workload, 'ReplicaFailure');
  if (failure?.status !== 'True') return undefined;
  return creationFault(failure.message ?? '', failure.since, 'conditions[ReplicaFailure]', world);
}

/** Events outlast their cause: without missing pods they are history. */
function createEvent(workload: Workload, world: World): Symptom | undefined {
  if (workload.kind === 'Deployment' || workload.current >= workload.desired) return undefined;
  const event: Event | undefined = eventsOn(workload, world, ['FailedCreate'])[0];
  return event && creationFault(event.message, event.first, 'events[FailedCreate]', world);
}

function creationFault(text: string, since: string | undefined, path: string, world: World): Symptom {
  return {
    state: raised(since, world.now, 15),
    message: `pods cannot be created: ${admissionCause(text) ?? clip(text, 160)}`,
    since,
    evidence: [{ path, value: clip(text, 200) }],
    causes: namedCauses(text, world),
  };
}

function deadlineExceeded(workload: Workload, world: World): Symptom | undefined {
  const progress = conditionOf(workload, 'Progressing');
  if (progress?.status !== 'False' || progress.reason !== 'ProgressDeadlineExceeded') return undefined;
  return {
    state: raised(progress.since, world.now, 15),
    message: `the rollout is stuck: ${workload.updated} of ${workload.desired} pods updated, ${workload.available} available`,
    since: progress.since,
    evidence: [
      { path: 'conditions[Progressing]', value: clip(progress.message ?? 'ProgressDeadlineExceeded', 140) },
    ],
  };
}

function paused(workload: Workload): Symptom | undefined {
  if (!workload.paused) return undefined;
  return { state: 'info', message: `paused: ${workload.updated} of ${workload.desired} pods updated` };
}

/** An update takes pod after pod: it is stuck when none has been renewed for this long, in minutes. */
const STUCK = 15;

function revisionSplit(workload: Workload, world: World): Symptom | undefined {
  if (workload.kind !== 'StatefulSet' || workload.desired === 0) return undefined;
  if (workload.updateRevision === undefined || workload.updateRevision === workload.currentRevision)
    return undefined;
  const wanted = workload.desired - (workload.partition ?? 0);
  if (workload.updated >= wanted) return undefined;
  const message = `${workload.updated} of ${wanted} pods are at the new revision`;
  if (workload.strategy === 'OnDelete')
    return { state: 'info', message: `${message}; the others wait to be deleted by hand` };
  const since = lastActivity(workload, world);
  return {
    state: ripening(since, world.now, STUCK),
    message: `the rollout does not go on: ${message}`,
    since,
    evidence: revisionProof(workload),
  };
}

function revisionProof({ currentRevision, updateRevision }: Workload) {
  return [{ path: 'status.updateRevision', value: `${updateRevision}, current ${currentRevision}` }];
}

function daemonOutdated(workload: Workload, world: World): Symptom | undefined {
  if (
    workload.kind !== 'DaemonSet' ||
    workload.updated >= workload.desired ||
    workload.current < workload.desired
  )
    return undefined;
  const message = `${workload.updated} of ${workload.desired} pods are updated`;
  if (workload.strategy === 'OnDelete')
    return { state: 'info', message: `${message}; the others wait to be deleted by hand` };
  const since = lastActivity(workload, world);
  return {
    state: ripening(since, world.now, STUCK),
    message: `the rollout does not go on: ${message}`,
    since,
  };
}

function lastActivity(workload: Workload, world: World): string {
  const pods = world.podsByOwner.get(refOf(workload)) ?? [];
  return latest(pods.map(({ created }) => created)) ?? workload.created;
}

/** How long the controller may take to make pods, in minutes. */
const CREATION = 2;

function unavailable(workload: Workload, world: World): Symptom | undefined {
  if (workload.available >= workload.desired) return undefined;
  const since =
    conditionOf(workload, 'Available')?.status === 'False'
      ? conditionOf(workload, 'Available')?.since
      : undefined;
  const quiet = since ?? lastActivity(workload, world);
  return {
    state:
      isUnderWay(workload) || minutesSince(quiet, world.now) < CREATION
        ? 'progressing'
        : raised(quiet, world.now, 15),
    message: `${workload.available} of ${workload.desired} pods available, ${workload.current} exist`,
    since: quiet,
    evidence: [
      {
        path: 'status',
        value: `desired ${workload.desired}, current ${workload.current}, ready ${workload.ready}, available ${workload.available}`,
      },
    ],
    causes: evictingNodes(workload, world),
  };
}

/** The nodes that have put its pods out. */
function evictingNodes(workload: Workload, world: World): string[] {
  const evicted = (world.podsByOwner.get(refOf(workload)) ?? []).filter(
    ({ phase, reason }) => phase === 'Failed' && reason === 'Evicted',
  );
  return [...new Set(evicted.flatMap(({ node }) => node ?? []))]
    .toSorted(byText)
    .map((name) => refOf({ kind: 'Node', name }));
}

function isUnderWay(workload: Workload): boolean {
  const progress = conditionOf(workload, 'Progressing');
  return progress?.status === 'True' && progress.reason !== 'NewReplicaSetAvailable';
}

function misscheduled(workload: Workload): Symptom | undefined {
  if ((workload.misscheduled ?? 0) === 0) return undefined;
  return { state: 'info', message: `${workload.misscheduled} pods run on nodes that it no longer selects` };
}
