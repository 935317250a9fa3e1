import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';

import {
  cnpgCondition,
  rawPostgresBackup,
  rawPostgresCluster,
  rawScheduledBackup,
} from '../../cluster/crds/cnpg.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, crashing, findingsOf, pod } from './objects.ts';
import { projected } from './upgrade-objects.ts';

const CLUSTER = 'Cluster/apps/db';
const BACKUP = 'Backup.postgresql.cnpg.io/apps/db-2';
const SCHEDULE = 'ScheduledBackup/apps/db-daily';
const DAY = 24 * 60;

const cluster = (status: Record<string, unknown> = {}, shape = {}): AnyObject =>
  projected(rawPostgresCluster(ago(600), { status, ...shape }), 30 * DAY);

const backup = (name: string, minutes: number, status = {}): AnyObject =>
  projected(rawPostgresBackup(name, ago(minutes), status), minutes);

const scheduled = (spec = {}): AnyObject => projected(rawScheduledBackup(spec), 30 * DAY);

const conditions = (type: string, reason: string, message: string): object[] => [
  cnpgCondition('Ready', 'True', ago(600), 'ClusterIsReady'),
  cnpgCondition(type, 'False', ago(20), reason, message),
];

const notReady = (minutes: number) => ({
  phase: 'Waiting for the instances to become active',
  readyInstances: 0,
  conditions: [cnpgCondition('Ready', 'False', ago(minutes), 'ClusterIsNotReady')],
});

const ROWS: FindingRow[] = [
  ...['Cluster is unrecoverable and needs manual intervention', 'Not enough disk space'].map(
    (phase): FindingRow => ({
      source: `cloudnative-pg cluster_types.go: ${phase}`,
      objects: [cluster({ phase })],
      state: 'failed',
      ref: CLUSTER,
      reason: 'ClusterBroken',
      says: new RegExp(phase),
    }),
  ),
  {
    source: 'cloudnative-pg cluster_types.go: currentPrimaryFailingSinceTimestamp',
    objects: [cluster({ currentPrimaryFailingSinceTimestamp: ago(3) })],
    state: 'failed',
    ref: CLUSTER,
    reason: 'PrimaryFailing',
    says: /primary db-1 is failing/,
  },
  {
    source: 'cloudnative-pg cluster_types.go: two of three ready',
    objects: [cluster({ readyInstances: 2 })],
    state: 'degraded',
    ref: CLUSTER,
    reason: 'InstancesMissing',
    says: /2 of 3 instances are ready/,
  },
  ...(
    [
      [10, 'progressing'],
      [20, 'degraded'],
      [50, 'failed'],
    ] as const
  ).map(([minutes, state]): FindingRow => ({
    source: `cloudnative-pg cluster_types.go: none ready for ${minutes} minutes`,
    objects: [cluster(notReady(minutes))],
    state,
    ref: CLUSTER,
    reason: 'InstancesMissing',
    says: /0 of 3 instances are ready/,
  })),
  ...(
    [
      [10, 'progressing'],
      [16, 'degraded'],
      [90, 'degraded'],
    ] as const
  ).map(([minutes, state]): FindingRow => ({
    source: `cloudnative-pg cluster_types.go: switchover for ${minutes} minutes`,
    objects: [
      cluster({
        phase: 'Switchover in progress',
        targetPrimary: 'db-2',
        targetPrimaryTimestamp: ago(minutes),
      }),
    ],
    state,
    ref: CLUSTER,
    reason: 'ClusterInTransition',
    says: /switching from db-1 to db-2/,
  })),
  {
    source: 'cloudnative-pg cluster_types.go: upgrade for 20 minutes',
    objects: [
      cluster({
        phase: 'Upgrading cluster',
        phaseReason: 'restarting db-2',
        conditions: [cnpgCondition('Ready', 'False', ago(20), 'ClusterIsNotReady')],
      }),
    ],
    state: 'degraded',
    ref: CLUSTER,
    reason: 'ClusterInTransition',
    says: /Upgrading cluster: restarting db-2/,
  },
  {
    source: 'cloudnative-pg cluster_types.go: unusablePVC',
    objects: [cluster({ unusablePVC: ['db-3'] })],
    state: 'degraded',
    ref: CLUSTER,
    reason: 'UnusableClaims',
    says: /no instance uses: db-3/,
  },
  {
    source: 'cloudnative-pg cluster_types.go: danglingPVC',
    objects: [cluster({ danglingPVC: ['db-3'] })],
    state: 'info',
    ref: CLUSTER,
    reason: 'UnusableClaims',
    says: /no instance uses: db-3/,
  },
  {
    source: 'cloudnative-pg scheduledbackup_types.go spec.cluster: a Cluster that does not exist',
    objects: [scheduled()],
    state: 'failed',
    ref: SCHEDULE,
    reason: 'ClusterMissing',
    says: /there is nothing to back up: Cluster db does not exist/,
  },
  {
    source: 'cloudnative-pg pkg/utils: hibernation',
    objects: [cluster({ readyInstances: 0 }, { metadata: { annotations: { 'cnpg.io/hibernation': 'on' } } })],
    state: 'suspended',
    ref: CLUSTER,
    reason: 'Hibernated',
    says: /hibernated/,
  },
  {
    source: 'cloudnative-pg cluster_types.go: ContinuousArchiving=False',
    objects: [
      cluster({ conditions: conditions('ContinuousArchiving', 'ContinuousArchivingFailing', 'exit 4') }),
    ],
    state: 'degraded',
    ref: CLUSTER,
    reason: 'ContinuousArchivingFailing',
    says: /WAL is not archived: exit 4/,
  },
  {
    source: 'cloudnative-pg cluster_types.go: LastBackupSucceeded=False, the Backup gone',
    objects: [cluster({ conditions: conditions('LastBackupSucceeded', 'LastBackupFailed', 'AccessDenied') })],
    state: 'degraded',
    ref: CLUSTER,
    reason: 'LastBackupFailed',
    says: /last backup failed: AccessDenied/,
  },
  {
    source: 'cloudnative-pg backup_types.go: failed',
    objects: [
      cluster(),
      backup('db-1', 600),
      backup('db-2', 60, { phase: 'failed', error: 'exit status 1' }),
    ],
    state: 'failed',
    ref: BACKUP,
    reason: 'BackupFailed',
    says: /last backup of db failed: exit status 1/,
  },
  {
    source: 'cloudnative-pg backup_types.go: walArchivingFailing',
    objects: [cluster(), backup('db-2', 60, { phase: 'walArchivingFailing' })],
    state: 'failed',
    ref: BACKUP,
    reason: 'walArchivingFailing',
    says: /last backup of db failed: walArchivingFailing/,
  },
  {
    source: 'cloudnative-pg scheduledbackup_types.go: the second time has passed, seconds first',
    objects: [cluster({ lastSuccessfulBackup: ago(3 * DAY) }), scheduled()],
    state: 'degraded',
    ref: SCHEDULE,
    reason: 'BackupOverdue',
    says: /db was last backed up 3d ago, schedule 0 0 2/,
  },
  {
    source: 'cloudnative-pg scheduledbackup_types.go: a cron of five fields',
    objects: [cluster(), scheduled({ schedule: '0 2 * * *' })],
    state: 'failed',
    ref: SCHEDULE,
    reason: 'ScheduleUnreadable',
    says: /schedule 0 2 \* \* \* cannot be read/,
  },
  {
    source: 'cloudnative-pg scheduledbackup_types.go: suspend',
    objects: [cluster(), scheduled({ suspend: true })],
    state: 'suspended',
    ref: SCHEDULE,
    reason: 'ScheduleSuspended',
    says: /suspended/,
  },
];

describe('CloudNativePG', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[what: string, objects: AnyObject[]]>([
    ['a cluster backed up last night', [cluster(), scheduled(), backup('db-1', 600)]],
    [
      'a failure that was made good',
      [cluster(), backup('db-1', DAY, { phase: 'failed' }), backup('db-2', 60)],
    ],
    [
      'a backup under way after a good one',
      [cluster(), backup('db-1', 600), backup('db-2', 1, { phase: 'running', stoppedAt: undefined })],
    ],
  ])('%s is healthy', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it('tells of a failed backup once: the Cluster that says so follows it', async () => {
    const findings = await findingsOf([
      cluster({
        lastSuccessfulBackup: ago(3 * DAY),
        conditions: conditions('LastBackupSucceeded', 'LastBackupFailed', 'AccessDenied'),
      }),
      backup('db-2', 60, { phase: 'failed', error: 'AccessDenied' }),
      scheduled(),
    ]);

    expect(findings).toMatchObject([{ ref: BACKUP, reason: 'BackupFailed', consequences: 2 }]);
  });

  it('blames the database that is down for its backups', async () => {
    const findings = await findingsOf([
      cluster({ phase: 'Cluster is unrecoverable and needs manual intervention' }),
      backup('db-2', 60, { phase: 'failed', error: 'no primary' }),
    ]);

    expect(findings).toMatchObject([{ ref: CLUSTER, reason: 'ClusterBroken', consequences: 1 }]);
  });

  it('is told by its pod where that says more', async () => {
    const instance = pod('db-1', {
      owner: { kind: 'Cluster', name: 'db', group: 'postgresql.cnpg.io', namespace: 'apps' },
      containers: [crashing()],
    });

    const findings = await findingsOf([cluster({ readyInstances: 2 }), instance]);

    expect(findings).toMatchObject([{ ref: CLUSTER, reason: 'CrashLoopBackOff', consequences: 0 }]);
    expect(findings[0]?.evidence.map(({ path }) => path)).toContain('InstancesMissing');
  });

  it('is read without the names of credentials', () => {
    const read = [cluster(), backup('db-1', 600)];

    expect(JSON.stringify(read)).not.toMatch(/hunter2|s3:/);
    expect(read[0]).toMatchObject({
      kind: 'Cluster',
      instances: 3,
      ready: 3,
      backsUp: true,
      hibernated: false,
    });
  });
});
