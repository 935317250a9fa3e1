import { isDrill, syncOf, type SyncPhase } from '../../backups/replication.ts';
import type { State } from '../../finding.ts';
import { type ClusterObject, refOf } from '../../objects/meta.ts';
import type { KopiaMaintenance, Replication } from '../../objects/volsync.ts';
import { byText } from '../../text.ts';
import { lateness } from '../../backups/verdict.ts';
import { type Fault, faultOf, firstFault, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

const MACHINE = 'backube/volsync internal/controller/statemachine/machine.go';

/** What each phase of a replication is to health; the words are the phase's own. */
const PHASES: Readonly<Record<SyncPhase, { state: State; reason: string; source: string } | undefined>> = {
  unreadable: { state: 'failed', reason: 'ScheduleUnreadable', source: `${MACHINE} getSchedule` },
  failing: {
    state: 'failed',
    reason: 'MoverFailed',
    source: 'backube/volsync api/v1alpha1 MoverResultFailed',
  },
  overdue: { state: 'failed', reason: 'SyncOverdue', source: `${MACHINE} pastScheduleDeadline` },
  never: {
    state: 'failed',
    reason: 'NeverSynced',
    source: `${MACHINE} Run, SetOutOfSync before the first sync`,
  },
  slow: { state: 'degraded', reason: 'SyncSlow', source: `${MACHINE} lastSyncStartTime` },
  first: { state: 'progressing', reason: 'FirstSync', source: `${MACHINE} doInitialState` },
  pending: { state: 'progressing', reason: 'ManualSync', source: `${MACHINE} shouldSync` },
  paused: { state: 'suspended', reason: 'SyncPaused', source: 'backube/volsync api/v1alpha1 spec.paused' },
  good: undefined,
};

/** Replications by what they are about; the first that fits is told before how the synchronization goes. */
const SUBJECT_RULES: readonly Rule<Replication>[] = [
  {
    name: 'SourceMissing',
    source: 'backube/volsync api/v1alpha1/replicationsource_types.go spec.sourcePVC',
    judge: sourceMissing,
  },
];

/** Maintenance of Kopia repositories, by the fork of VolSync. */
const MAINTENANCE_RULES: readonly Rule<KopiaMaintenance>[] = [
  {
    name: 'MaintenanceFailing',
    source: 'perfectra1n/volsync api/v1alpha1 KopiaMaintenanceStatus.maintenanceFailures',
    judge: maintenanceFailing,
  },
];

/** VolSync: sources, destinations (restore drills among them) and maintenance. */
export const VOLSYNC: RuleSet = {
  component: 'backup',
  checked: ({ objects }) => [...replicationsOf(objects), ...objects.KopiaMaintenance],
  judge: (world) => {
    const owned = ownedBy(world);
    return [
      ...replicationsOf(world.objects)
        .filter(({ deletion }) => deletion === undefined)
        .flatMap((one) => judgeReplication(one, owned.get(refOf(one)) ?? [], world) ?? []),
      ...world.objects.KopiaMaintenance.flatMap(
        (one) => firstFault(MAINTENANCE_RULES, one, { component: 'backup', ref: refOf(one) }, world) ?? [],
      ),
    ];
  },
};

function replicationsOf({ ReplicationSource, ReplicationDestination }: World['objects']): Replication[] {
  return [...ReplicationSource, ...ReplicationDestination];
}

/** Refs of the Jobs, claims and snapshots that VolSync made, by the ref of what it made them for. */
function ownedBy({ objects }: World): Map<string, string[]> {
  const made: readonly ClusterObject[] = [
    ...objects.VolumeSnapshot,
    ...objects.PersistentVolumeClaim,
    ...objects.Job,
  ].filter(({ owner }) => owner?.group === 'volsync.backube');
  const groups = Map.groupBy(made, ({ owner, namespace }) => (owner ? refOf({ ...owner, namespace }) : ''));
  return new Map([...groups].map(([ref, objects_]) => [ref, objects_.map(refOf).toSorted(byText)]));
}

function judgeReplication(one: Replication, made: readonly string[], world: World): Fault | undefined {
  const blame = { component: 'backup', ref: refOf(one) } as const;
  const subject = one.paused ? undefined : firstFault(SUBJECT_RULES, one, blame, world);
  if (subject) return subject;
  const { phase, why, since } = syncOf(one, world.now);
  const rule = PHASES[phase];
  if (rule === undefined) return undefined;
  const symptom: Symptom = {
    state: rule.state,
    message: `${isDrill(one) ? 'restore drill: ' : ''}${why}`,
    since,
    evidence: proofs(one),
    causes: causesOf(one, phase, made, world),
  };
  return faultOf(symptom, {
    ...blame,
    rule: rule.reason,
    members: one.claim === undefined ? [] : [claimRef(one)],
  });
}

function claimRef({ namespace, claim = '' }: Replication): string {
  return refOf({ kind: 'PersistentVolumeClaim', namespace, name: claim });
}

function proofs({ mover, lastSync, nextSync, result }: Replication) {
  return [
    { path: 'status.lastSyncTime', value: lastSync ?? 'never' },
    ...(result === undefined ? [] : [{ path: 'status.latestMoverStatus.result', value: result }]),
    ...(nextSync === undefined ? [] : [{ path: 'status.nextSyncTime', value: nextSync }]),
    ...(mover === undefined ? [] : [{ path: 'spec', value: mover }]),
  ];
}

/** A mover that failed says why itself; one that did not come so far waits for what was made for it. */
function causesOf(one: Replication, phase: SyncPhase, made: readonly string[], world: World): string[] {
  const claims = one.kind === 'ReplicationSource' && one.claim !== undefined ? [claimRef(one)] : [];
  const waits =
    phase === 'failing' && one.result === 'Failed' ? made.filter((ref) => !ref.startsWith('Job/')) : made;
  return phase === 'paused' ? [] : [...waits, ...claims, ...operatorRefs(one.kind, world)];
}

function sourceMissing(one: Replication, world: World): Symptom | undefined {
  if (one.kind !== 'ReplicationSource' || one.claim === undefined) return undefined;
  if (!world.sees('PersistentVolumeClaim', one.namespace) || world.byRef.has(claimRef(one))) return undefined;
  return {
    state: 'failed',
    message: `there is nothing to back up: claim ${one.claim} does not exist`,
    since: one.lastSync ?? one.created,
    evidence: [{ path: 'spec.sourcePVC', value: one.claim }, ...proofs(one).slice(0, 1)],
  };
}

function maintenanceFailing(one: KopiaMaintenance, world: World): Symptom | undefined {
  const { failures, lastRun, schedule, suspended, created } = one;
  if (suspended) return { state: 'suspended', message: 'suspended', since: lastRun };
  const isLate = schedule !== undefined && lateness({ schedule }, lastRun ?? created, world.now) === 'late';
  if (failures === 0 && !isLate) return undefined;
  return {
    state: 'degraded',
    message:
      failures > 0
        ? `maintenance failed ${failures} times`
        : `no maintenance for more than a period of ${schedule}`,
    since: lastRun ?? created,
    evidence: [{ path: 'status.lastMaintenanceTime', value: lastRun ?? 'never' }],
    causes: operatorRefs('KopiaMaintenance', world),
  };
}
