import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';

import { rawSnapshot, rawSnapshotClass } from '../../cluster/crds/snapshots.ts';
import {
  rawKopiaMaintenance,
  rawReplicationDestination,
  rawReplicationSource,
  type ReplicationShape,
  statusAt,
  synchronizing,
} from '../../cluster/crds/volsync.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, condition, container, findingsOf, job, pod, waiting, workload } from './objects.ts';
import { claim } from './platform-objects.ts';
import { projected } from './upgrade-objects.ts';

const SOURCE = 'ReplicationSource/apps/data';
const HOUR = 60;
const DAY = 24 * HOUR;

/** A source with its claim, synchronized so many minutes ago and made so many minutes ago. */
function source(minutes: number, shape: ReplicationShape = {}, created = 90 * DAY): AnyObject[] {
  return [claim('data'), projected(rawReplicationSource(ago(minutes), shape), created)];
}

const drill = (minutes: number): AnyObject[] => [
  projected(rawReplicationDestination(ago(minutes)), 400 * DAY),
];

const never = { latestMoverStatus: undefined, lastSyncTime: undefined, lastSyncDuration: undefined };

const syncing = (started: number): object[] => [
  synchronizing('True', 'SyncInProgress', ago(started), 'Synchronization in-progress'),
];

const failed = statusAt(ago(3 * DAY), {
  latestMoverStatus: {
    result: 'Failed',
    logs: 'starting\nrepo is locked\nFatal: unable to create lock in backend: repository is already locked',
  },
  lastSyncStartTime: ago(40),
  conditions: syncing(40),
});

const owner = { kind: 'ReplicationSource', name: 'data', group: 'volsync.backube', namespace: 'apps' };

const byVolsync = {
  ownerReferences: [
    {
      apiVersion: 'volsync.backube/v1alpha1',
      kind: 'ReplicationSource',
      name: 'data',
      uid: 'x',
      controller: true,
    },
  ],
};

const ROWS: FindingRow[] = [
  {
    source: 'volsync MoverResultFailed under Synchronizing=True',
    objects: source(3 * DAY, { status: failed }),
    state: 'failed',
    ref: SOURCE,
    reason: 'MoverFailed',
    says: /repository is already locked; last synchronized 3d ago/,
  },
  {
    source: 'volsync machine.go setConditionError',
    objects: source(9 * HOUR, {
      status: statusAt(ago(9 * HOUR), {
        conditions: [synchronizing('False', 'Error', ago(5), 'secrets "data-restic" not found')],
      }),
    }),
    state: 'failed',
    ref: SOURCE,
    reason: 'MoverFailed',
    says: /secrets "data-restic" not found; last synchronized 9h ago/,
  },
  {
    source: 'volsync machine.go pastScheduleDeadline: 58 hours of a daily schedule',
    // Of the 12th at 02:00: due at 03:00 of the 12th, and again on the 13th.
    objects: source(58 * HOUR),
    state: 'failed',
    ref: SOURCE,
    reason: 'SyncOverdue',
    says: /last synchronized 2d10h ago, schedule 0 3/,
  },
  {
    source: 'volsync machine.go: never synchronized, a period after it was made',
    objects: source(
      0,
      {
        status: {
          ...statusAt(ago(0)),
          ...never,
          conditions: syncing(2 * DAY),
          lastSyncStartTime: ago(2 * DAY),
        },
      },
      2 * DAY,
    ),
    state: 'failed',
    ref: SOURCE,
    reason: 'NeverSynced',
    says: /never synchronized, schedule 0 3/,
  },
  {
    source: 'volsync machine.go: the first synchronization is under way',
    objects: source(0, { status: { ...never, lastSyncStartTime: ago(5), conditions: syncing(5) } }, 5),
    state: 'progressing',
    ref: SOURCE,
    reason: 'FirstSync',
    says: /not yet synchronized for the first time/,
  },
  {
    source: 'volsync machine.go lastSyncStartTime: longer than an hour',
    objects: source(9 * HOUR, {
      status: statusAt(ago(9 * HOUR), { lastSyncStartTime: ago(61), conditions: syncing(61) }),
    }),
    state: 'degraded',
    ref: SOURCE,
    reason: 'SyncSlow',
    says: /longer than usual/,
  },
  {
    source: 'volsync machine.go getSchedule: a schedule that is none',
    objects: source(9 * HOUR, { trigger: { schedule: '99 3 * * *' } }),
    state: 'failed',
    ref: SOURCE,
    reason: 'ScheduleUnreadable',
    says: /schedule 99 3/,
  },
  {
    source: 'volsync spec.paused',
    objects: source(30 * DAY, { paused: true }),
    state: 'suspended',
    ref: SOURCE,
    reason: 'SyncPaused',
    says: /paused, last synchronized 30d ago/,
  },
  {
    source: 'volsync machine.go shouldSync: asked for by hand',
    objects: source(9 * HOUR, {
      trigger: { manual: 'before-upgrade' },
      status: statusAt(ago(9 * HOUR), { lastManualSync: 'first' }),
    }),
    state: 'progressing',
    ref: SOURCE,
    reason: 'ManualSync',
    says: /asked for by hand/,
  },
  ...[{}, { manual: 'restore-once' }].map((trigger): FindingRow => ({
    source: `volsync machine.go shouldSync, trigger ${JSON.stringify(trigger)}: nobody has begun in two hours`,
    objects: source(0, { trigger, status: {} }, 2 * HOUR),
    state: 'failed',
    ref: SOURCE,
    reason: 'NeverSynced',
    says: /never synchronized, and not even begun/,
  })),
  {
    source: 'volsync spec.sourcePVC: a claim that is gone',
    objects: source(9 * HOUR).slice(1),
    state: 'failed',
    ref: SOURCE,
    reason: 'SourceMissing',
    says: /claim data does not exist/,
  },
  {
    source: 'volsync machine.go pastScheduleDeadline: a monthly drill of three months ago',
    objects: drill(90 * DAY),
    state: 'failed',
    ref: 'ReplicationDestination/apps/data-restore-drill',
    reason: 'SyncOverdue',
    says: /restore drill: last synchronized 90d ago, schedule 0 4 1/,
  },
  {
    source: 'perfectra1n/volsync KopiaMaintenance: failures',
    objects: [projected(rawKopiaMaintenance(ago(9 * HOUR), 3))],
    state: 'degraded',
    ref: 'KopiaMaintenance/apps/daily',
    reason: 'MaintenanceFailing',
    says: /failed 3 times/,
  },
  {
    source: 'perfectra1n/volsync KopiaMaintenance: suspend',
    objects: [
      projected({
        ...rawKopiaMaintenance(ago(9 * HOUR)),
        spec: { suspend: true, trigger: { schedule: '0 5 * * *' } },
      }),
    ],
    state: 'suspended',
    ref: 'KopiaMaintenance/apps/daily',
    reason: 'MaintenanceFailing',
    says: /^suspended$/,
  },
  {
    source: 'perfectra1n/volsync KopiaMaintenance: late',
    objects: [projected(rawKopiaMaintenance(ago(3 * DAY)))],
    state: 'degraded',
    ref: 'KopiaMaintenance/apps/daily',
    reason: 'MaintenanceFailing',
    says: /for more than a period of 0 5/,
  },
];

describe('VolSync', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[what: string, objects: AnyObject[]]>([
    ['a backup of last night', source(9 * HOUR)],
    ['one that was missed once and may still be made up for', source(33 * HOUR)],
    [
      'an hour of synchronizing where the last one took half an hour',
      source(9 * HOUR, {
        status: statusAt(ago(9 * HOUR), {
          lastSyncStartTime: ago(80),
          lastSyncDuration: '30m0s',
          conditions: syncing(80),
        }),
      }),
    ],
    [
      'one that waits for the next request by hand, however old',
      source(300 * DAY, {
        trigger: { manual: 'before-upgrade' },
        status: statusAt(ago(300 * DAY), {
          lastManualSync: 'before-upgrade',
          conditions: [synchronizing('False', 'WaitingForManual', ago(300 * DAY))],
        }),
      }),
    ],
    [
      'Syncthing, which synchronizes for ever',
      source(0, {
        mover: 'syncthing',
        trigger: {},
        status: { ...never, lastSyncStartTime: ago(90 * DAY), conditions: syncing(90 * DAY) },
      }),
    ],
    ['a drill of two weeks ago', drill(13 * DAY)],
    ['maintenance of last night', [projected(rawKopiaMaintenance(ago(7 * HOUR)))]],
  ])('%s is healthy', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it.each(['restic', 'kopia', 'rclone', 'rsync', 'rsyncTLS', 'external'])(
    'judges a source of %s alike',
    async (mover) => {
      const findings = await findingsOf(source(58 * HOUR, { mover }));

      expect(findings).toMatchObject([{ ref: SOURCE, reason: 'SyncOverdue' }]);
      expect(findings[0]?.evidence).toContainEqual({ path: 'spec', value: mover });
    },
  );

  it('tells of a mover by its own words, and folds its failed Job', async () => {
    const mover = job('volsync-src-data', {
      owner,
      completed: undefined,
      succeeded: 0,
      failed: 9,
      conditions: [
        condition('Failed', 'True', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', 5),
      ],
    });

    const findings = await findingsOf([...source(3 * DAY, { status: failed }), mover]);

    expect(findings).toMatchObject([{ ref: SOURCE, reason: 'MoverFailed', consequences: 1 }]);
  });

  it('blames what keeps a mover from starting', async () => {
    const mover = job('volsync-src-data', {
      owner,
      completed: undefined,
      succeeded: 0,
      active: 1,
      conditions: [],
    });
    const starting = pod('volsync-src-data-x', {
      phase: 'Pending',
      owner: { kind: 'Job', name: 'volsync-src-data' },
      containers: [waiting('CreateContainerConfigError', 'secret "data-restic" not found')],
    });

    const findings = await findingsOf([...source(58 * HOUR), mover, starting]);

    expect(findings).toMatchObject([{ ref: 'Job/apps/volsync-src-data', consequences: 1 }]);
    expect(findings[0]?.message).toContain('data-restic');
  });

  it('blames the snapshot that it waits for', async () => {
    const snapshot = rawSnapshot(
      'volsync-data-src',
      { error: { message: 'driver does not answer' } },
      byVolsync,
    );

    const findings = await findingsOf([
      ...source(58 * HOUR),
      projected(snapshot),
      projected(rawSnapshotClass()),
    ]);

    expect(findings).toMatchObject([{ ref: 'VolumeSnapshot/apps/volsync-data-src', consequences: 1 }]);
  });

  it('blames its operator when that is down', async () => {
    const operator = workload('Deployment', 'volsync', {
      namespace: 'volsync-system',
      available: 0,
      ready: 0,
      conditions: [
        condition('Available', 'False', 'MinimumReplicasUnavailable'),
        condition('Progressing', 'False', 'ProgressDeadlineExceeded'),
      ],
    });

    const findings = await findingsOf([...source(58 * HOUR), ...drill(90 * DAY), operator]);

    expect(findings).toMatchObject([{ ref: 'Deployment/volsync-system/volsync', consequences: 2 }]);
  });

  it('is read with its mover, and without the names of its secrets', () => {
    const read = projected(rawReplicationSource(ago(60), { mover: 'kopia' }));

    expect(JSON.stringify(read)).not.toContain('hunter2');
    expect(read).toMatchObject({
      mover: 'kopia',
      claim: 'data',
      schedule: '0 3 * * *',
      result: 'Successful',
    });
  });
});

describe('snapshots', () => {
  const rows: FindingRow[] = [
    {
      source: 'external-snapshotter VolumeSnapshotStatus.error for 5 minutes',
      objects: [
        projected(rawSnapshot('nightly', { error: { message: 'no space' } }), 5),
        projected(rawSnapshotClass()),
      ],
      state: 'degraded',
      ref: 'VolumeSnapshot/apps/nightly',
      reason: 'SnapshotFailed',
      says: /cannot be taken: no space/,
    },
    {
      source: 'external-snapshotter VolumeSnapshotStatus.error for 20 minutes',
      objects: [
        projected(rawSnapshot('nightly', { error: { message: 'no space' } }), 20),
        projected(rawSnapshotClass()),
      ],
      state: 'failed',
      ref: 'VolumeSnapshot/apps/nightly',
      reason: 'SnapshotFailed',
      says: /cannot be taken: no space/,
    },
    {
      source: 'external-snapshotter readyToUse=false for 14 minutes',
      objects: [projected(rawSnapshot('nightly', { readyToUse: false }), 14), projected(rawSnapshotClass())],
      state: 'progressing',
      ref: 'VolumeSnapshot/apps/nightly',
      reason: 'SnapshotNotReady',
      says: /not yet taken/,
    },
    {
      source: 'external-snapshotter readyToUse=false for 16 minutes',
      objects: [
        projected(rawSnapshot('nightly', { readyToUse: false, creationTime: ago(15) }), 16),
        projected(rawSnapshotClass()),
      ],
      state: 'degraded',
      ref: 'VolumeSnapshot/apps/nightly',
      reason: 'SnapshotNotReady',
      says: /taken, but not yet ready/,
    },
    {
      source: 'external-snapshotter volumeSnapshotClassName: a class that is none',
      objects: [projected(rawSnapshot('nightly', {}), 1)],
      state: 'failed',
      ref: 'VolumeSnapshot/apps/nightly',
      reason: 'SnapshotClassMissing',
      says: /class fast does not exist/,
    },
  ];

  it.each(rows)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it('that are ready are healthy', async () => {
    const ready = projected(rawSnapshot('nightly', { readyToUse: true, creationTime: ago(600) }));

    expect(await allSaid([ready])).toEqual([]);
  });
});

it('a mover whose pod crashes by itself is told by its pod', async () => {
  const mover = job('volsync-src-data', {
    owner,
    completed: undefined,
    succeeded: 0,
    active: 1,
    conditions: [],
  });
  const image = pod('volsync-src-data-x', {
    phase: 'Pending',
    owner: { kind: 'Job', name: 'volsync-src-data' },
    containers: [
      container({
        ready: false,
        running: undefined,
        waiting: { reason: 'ErrImagePull', message: 'not found' },
      }),
    ],
  });

  const findings = await findingsOf([...source(58 * HOUR), mover, image]);

  expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
    ['Job/apps/volsync-src-data', 1],
  ]);
});
