import { describe, expect, it } from 'vitest';

import type { ClusterReader, ListingState, ServedKind } from '#domain/cluster.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { Claim } from '#domain/objects/platform.ts';
import type { Cell } from '#domain/table.ts';
import { ToolError, type z } from '#tool';

import tool from '../../tools/backup_status.ts';
import {
  cnpgCondition,
  rawPostgresBackup,
  rawPostgresCluster,
  rawScheduledBackup,
} from '../cluster/crds/cnpg.ts';
import {
  rawBackupTarget,
  rawLonghornBackup,
  rawRecurringJob,
  rawSetting,
  rawVolume,
} from '../cluster/crds/longhorn.ts';
import { rawSnapshot } from '../cluster/crds/snapshots.ts';
import {
  rawReplicationDestination,
  rawReplicationSource,
  type ReplicationShape,
  statusAt,
  synchronizing,
} from '../cluster/crds/volsync.ts';
import { ago, cronJob, NOW } from '../domain/health/objects.ts';
import { claim, volume } from '../domain/health/platform-objects.ts';
import { projected } from '../domain/health/upgrade-objects.ts';
import { readContext } from '../support/context.ts';
import { memoryCluster } from '../support/memory-cluster.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

type Answer = z.output<typeof tool.output>;

interface Setup {
  served?: readonly ServedKind[];
  discover?: ClusterReader['discover'];
  states?: Record<string, ListingState>;
  scoped?: boolean;
}

async function ask(
  objects: readonly AnyObject[],
  input: z.input<typeof tool.input> = {},
  { states, served, discover, scoped = false }: Setup = {},
): Promise<Answer> {
  const cluster = { ...memoryCluster({ objects, states, served }), ...(discover && { discover }) };
  const context = readContext(cluster, NOW, { scoped });
  return tool.output.parse(await tool.handler(tool.input.parse(input), context));
}

function rowsOf({ backups: { columns, rows } }: Answer): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

/** A claim named `name` and its VolSync source, synchronized so many minutes ago. */
function volsync(
  name: string,
  minutes: number,
  shape: ReplicationShape = {},
  created = 90 * DAY,
): AnyObject[] {
  return [claim(name), projected(rawReplicationSource(ago(minutes), { claim: name, ...shape }), created)];
}

/** Claim `data` on Longhorn volume `pvc-1`, backed up every day at three, last so many minutes ago. */
function longhorn(minutes: number, volumeStatus = {}, backupStatus = {}): AnyObject[] {
  return [
    claim('data', { volume: 'pv-data' }),
    volume('pv-data', { driver: 'driver.longhorn.io', handle: 'pvc-1' }),
    projected(rawVolume('pvc-1', ago(600), { status: volumeStatus })),
    projected(rawRecurringJob('daily', '0 3 * * *')),
    projected(rawLonghornBackup('backup-1', 'pvc-1', ago(minutes), backupStatus)),
  ];
}

/** The database `db`, backed up every day at two, last so many minutes ago. */
function database(minutes: number, shape = {}): AnyObject[] {
  return [
    projected(rawPostgresCluster(ago(minutes), shape), 90 * DAY),
    projected(rawScheduledBackup(), 90 * DAY),
  ];
}

const failedStatus = statusAt(ago(3 * DAY), {
  latestMoverStatus: { result: 'Failed', logs: 'Fatal: repository is already locked' },
  conditions: [synchronizing('True', 'SyncInProgress', ago(40))],
});

interface Row {
  what: string;
  objects: AnyObject[];
  row: Record<string, Cell>;
  why?: RegExp;
}

const ROWS: Row[] = [
  {
    what: 'a source of last night is good',
    objects: volsync('data', 9 * HOUR),
    row: {
      state: 'good',
      subject: 'PersistentVolumeClaim/apps/data',
      method: 'VolSync restic',
      newest: '9h',
      schedule: '0 3 * * *',
      by: 'ReplicationSource/apps/data',
      why: null,
    },
  },
  {
    what: 'a source past its second start is overdue',
    objects: volsync('data', 58 * HOUR),
    row: { state: 'overdue', newest: '2d10h' },
    why: /last synchronized 2d10h ago/,
  },
  {
    what: 'a mover that fails is told by its own words, with the age of what is good',
    objects: volsync('data', 0, { status: failedStatus }),
    row: { state: 'failing', newest: '3d' },
    why: /repository is already locked; last synchronized 3d ago/,
  },
  {
    what: 'a source that never came to an end is no backup, however new',
    objects: volsync('data', 0, { status: { lastSyncStartTime: ago(2) } }, 5),
    row: { state: 'never', newest: null },
    why: /not yet synchronized/,
  },
  {
    what: 'a paused source counts by the age of what it made: still good',
    objects: volsync('data', 9 * HOUR, { paused: true }),
    row: { state: 'good', newest: '9h' },
  },
  {
    what: 'a paused source counts by the age of what it made: overdue',
    objects: volsync('data', 30 * DAY, { paused: true }),
    row: { state: 'overdue', newest: '30d' },
    why: /paused/,
  },
  {
    what: 'a source of a claim that does not exist backs up nothing',
    objects: volsync('data', 9 * HOUR).slice(1),
    row: { state: 'failing', subject: 'PersistentVolumeClaim/apps/data' },
    why: /claim does not exist/,
  },
  {
    what: 'Longhorn of last night is good',
    objects: longhorn(9 * HOUR),
    row: {
      state: 'good',
      method: 'Longhorn',
      newest: '9h',
      by: 'RecurringJob/longhorn-system/daily',
      why: null,
    },
  },
  {
    what: 'Longhorn past its second start is overdue',
    objects: longhorn(58 * HOUR),
    row: { state: 'overdue', newest: '2d10h' },
  },
  {
    what: 'a detached volume is left alone by Longhorn and loses nothing',
    objects: longhorn(58 * HOUR, { state: 'detached', robustness: 'unknown' }),
    row: { state: 'good', newest: '2d10h' },
  },
  {
    what: 'a detached volume is not left alone where jobs run on it all the same',
    objects: [
      ...longhorn(58 * HOUR, { state: 'detached', robustness: 'unknown' }),
      projected(rawSetting('allow-recurring-job-while-volume-detached', 'true')),
    ],
    row: { state: 'overdue', newest: '2d10h' },
  },
  {
    what: 'the last backup of Longhorn failed',
    objects: [
      ...longhorn(33 * HOUR),
      projected(
        rawLonghornBackup('backup-2', 'pvc-1', ago(9 * HOUR), { state: 'Error', error: 'AccessDenied' }),
      ),
    ],
    row: { state: 'failing', newest: '33h' },
    why: /backup-2: AccessDenied; newest good 33h ago/,
  },
  {
    what: 'a RecurringJob that has made no backup yet',
    objects: longhorn(0).slice(0, 4),
    row: { state: 'never', newest: null },
  },
  {
    what: 'an old backup of Longhorn that nothing renews protects no more',
    objects: longhorn(9 * HOUR).filter(({ kind }) => kind !== 'RecurringJob'),
    row: { state: 'unprotected', newest: '9h' },
    why: /no RecurringJob/,
  },
  {
    what: 'nothing at all',
    objects: [claim('data')],
    row: { state: 'unprotected', method: 'none', newest: null, by: null },
    why: /nothing backs it up/,
  },
  {
    what: 'a snapshot beside the data is no backup',
    objects: [
      claim('data'),
      projected(rawSnapshot('nightly', { readyToUse: true, creationTime: ago(9 * HOUR) })),
    ],
    row: { state: 'unprotected', method: 'snapshot only' },
    why: /snapshot beside it is of 9h ago/,
  },
  {
    what: 'a database of last night is good',
    objects: database(10 * HOUR),
    row: {
      state: 'good',
      subject: 'Cluster/apps/db',
      method: 'CloudNativePG',
      newest: '10h',
      by: 'ScheduledBackup/apps/db-daily',
    },
  },
  {
    what: 'a database past its second start is overdue',
    objects: database(3 * DAY),
    row: { state: 'overdue', newest: '3d' },
  },
  {
    what: 'a database that sleeps is not overdue',
    objects: database(3 * DAY, { metadata: { annotations: { 'cnpg.io/hibernation': 'on' } } }),
    row: { state: 'good', newest: '3d' },
  },
  {
    what: 'a database whose schedule names its time zone',
    // 22:00 in Honolulu is 08:00 UTC: due on the 13th and the 14th, in UTC only on the 13th.
    objects: [
      projected(rawPostgresCluster(ago(30 * HOUR)), 90 * DAY),
      projected(rawScheduledBackup({ schedule: 'CRON_TZ=Pacific/Honolulu 0 0 22 * * *' }), 90 * DAY),
    ],
    row: { state: 'overdue', newest: '30h' },
  },
  {
    what: 'a database whose last backup failed',
    objects: [
      ...database(33 * HOUR),
      projected(rawPostgresBackup('db-2', ago(10 * HOUR), { phase: 'failed', error: 'exit status 1' })),
    ],
    row: { state: 'failing', newest: '33h' },
    why: /db-2: exit status 1/,
  },
  {
    what: 'a database whose WAL is not archived',
    objects: database(10 * HOUR, {
      status: { conditions: [cnpgCondition('ContinuousArchiving', 'False', ago(9), 'Failing', 'exit 4')] },
    }),
    row: { state: 'failing' },
    why: /WAL is not archived: exit 4/,
  },
  {
    what: 'a database without a place for backups',
    objects: [
      projected(rawPostgresCluster('', { spec: { backup: {} }, status: { lastSuccessfulBackup: '' } })),
    ],
    row: { state: 'unprotected', newest: null },
    why: /names no place/,
  },
  {
    what: 'a database that nothing backs up regularly',
    objects: database(10 * HOUR).slice(0, 1),
    row: { state: 'unprotected', newest: '10h' },
    why: /no active ScheduledBackup/,
  },
];

describe('a row', () => {
  it.each(ROWS)('$what', async ({ objects, row, why }) => {
    const answer = await ask(objects);

    expect(rowsOf(answer)).toEqual([expect.objectContaining(row)]);
    expect(String(rowsOf(answer)[0]?.['why'])).toMatch(why ?? /./);
  });

  it('stands for each way in which a volume is backed up', async () => {
    const source = projected(rawReplicationSource(ago(58 * HOUR)), 90 * DAY);

    const answer = await ask([...longhorn(9 * HOUR), source]);

    expect(rowsOf(answer).map(({ method, state }) => [method, state])).toEqual([
      ['VolSync restic', 'overdue'],
      ['Longhorn', 'good'],
    ]);
  });
});

describe('restore drills', () => {
  const drill = (minutes: number): AnyObject => projected(rawReplicationDestination(ago(minutes)), 400 * DAY);

  it('stand beside the backup that they prove, and are counted by themselves', async () => {
    const answer = await ask([...volsync('data', 9 * HOUR), ...volsync('more', 9 * HOUR), drill(13 * DAY)]);

    expect(answer.verdict).toBe('good');
    expect(answer.summary).toContain('restore drills: 1 of 1 good; 1 of 2 backed-up volumes have none');
    expect(rowsOf(answer).find(({ method }) => method === 'restore drill restic')).toMatchObject({
      state: 'good',
      subject: 'PersistentVolumeClaim/apps/data',
      newest: '13d',
      by: 'ReplicationDestination/apps/data-restore-drill',
    });
    expect(answer.totals).toEqual({
      columns: ['what', 'total', 'failing', 'never', 'overdue', 'unprotected', 'unknown', 'good'],
      rows: [
        ['volumes', 2, 0, 0, 0, 0, 0, 2],
        ['drills', 1, 0, 0, 0, 0, 0, 1],
      ],
    });
  });

  it('of months ago put what they prove at risk', async () => {
    const answer = await ask([...volsync('data', 9 * HOUR), drill(90 * DAY)]);

    expect(answer.verdict).toBe('at-risk');
    expect(rowsOf(answer)[0]).toMatchObject({
      state: 'overdue',
      method: 'restore drill restic',
      newest: '90d',
    });
  });

  it.each([
    ['of yesterday', { lastSuccessful: ago(DAY), lastScheduled: ago(DAY + 5) }, 'good'],
    ['that failed last', { lastSuccessful: ago(3 * DAY), lastScheduled: ago(DAY) }, 'failing'],
    [
      'that has not run for long',
      { lastSuccessful: ago(30 * DAY), lastScheduled: ago(30 * DAY + 5) },
      'overdue',
    ],
    ['that never succeeded', { lastSuccessful: undefined }, 'never'],
  ])('as a CronJob %s: %#', async (_what, job, state) => {
    const answer = await ask([
      cronJob('db-restore-drill', { schedule: '0 5 * * *', created: ago(90 * DAY), ...job }),
    ]);

    expect(rowsOf(answer)).toMatchObject([{ state, subject: 'CronJob/apps/db-restore-drill' }]);
  });

  it('keep the time zone of their CronJob', async () => {
    // 22:00 in Honolulu is 08:00 UTC: two starts since the 13th at 06:00, in UTC one.
    const job = { schedule: '0 22 * * *', lastSuccessful: ago(30 * HOUR), lastScheduled: ago(30 * HOUR + 5) };
    const abroad = { ...job, timeZone: 'Pacific/Honolulu' };

    expect(rowsOf(await ask([cronJob('db-restore-drill', job)]))).toMatchObject([{ state: 'good' }]);
    expect(rowsOf(await ask([cronJob('db-restore-drill', abroad)]))).toMatchObject([{ state: 'overdue' }]);
  });

  it('are no destination that restored once', async () => {
    const bootstrap = rawReplicationDestination(ago(300 * DAY), {
      name: 'data-bootstrap',
      trigger: { manual: 'restore-once' },
    });

    expect(rowsOf(await ask([projected(bootstrap)]))).toEqual([]);
  });
});

describe('a claim that needs no backup', () => {
  it.each<[why: string, claim: Partial<Claim>, driver?: string]>([
    ['made by VolSync', { owner: { kind: 'ReplicationSource', name: 'data', group: 'volsync.backube' } }],
    ['made by VolSync', { labels: { 'volsync.backube/cleanup': '1' } }],
    ['of a database', { labels: { 'cnpg.io/cluster': 'db' } }],
    ['of a pod, ephemeral', { owner: { kind: 'Pod', name: 'web' } }],
    ['marked as not to be backed up', { annotations: { 'k8up.io/backup': 'false' } }],
    ['marked as not to be backed up', { labels: { 'velero.io/exclude-from-backup': 'true' } }],
    ['marked as not to be backed up', { labels: { 'example.test/backup': 'none' } }],
    ['data outside the cluster', {}, 'nfs.csi.k8s.io'],
    ['not bound', { phase: 'Pending' }],
  ])('%s: %j', async (why, extra, driver = 'local') => {
    const answer = await ask([claim('cache', { volume: 'pv-1', ...extra }), volume('pv-1', { driver })]);

    expect(rowsOf(answer)).toEqual([]);
    expect(answer).toMatchObject({ verdict: 'nothing', leftOut: { rows: [[why, 1]] } });
  });

  it('is listed all the same where something backs it up', async () => {
    const [, source] = volsync('cache', 58 * HOUR);

    const answer = await ask([
      claim('cache', { annotations: { 'k8up.io/backup': 'false' } }),
      source as AnyObject,
    ]);

    expect(rowsOf(answer)).toMatchObject([{ state: 'overdue' }]);
  });
});

describe('what cannot be seen', () => {
  it.each(['ReplicationSource', 'Volume', 'RecurringJob', 'Backup.longhorn.io'])(
    'makes a claim unknown rather than unprotected: %s',
    async (kind) => {
      const answer = await ask([claim('data')], {}, { states: { [kind]: 'unknown' } });

      expect(answer.verdict).toBe('unknown');
      expect(rowsOf(answer)).toMatchObject([{ state: 'unknown', why: `${kind} could not be read` }]);
      expect(answer.summary).toContain(`could not be read: ${kind}`);
    },
  );

  it('may be what another system backs up', async () => {
    const served: ServedKind[] = [
      {
        kind: 'SnapshotPolicy',
        group: 'kopiur.home-operations.com',
        version: 'v1',
        plural: 'x',
        namespaced: true,
        listable: true,
      },
    ];
    const answer = await ask([claim('data'), ...volsync('more', 9 * HOUR)], {}, { served });

    expect(answer.verdict).toBe('unknown');
    expect(rowsOf(answer)[0]).toMatchObject({ state: 'unknown', why: 'kopiur may back it up: not read' });
    expect(answer.summary).toContain('backups that are not read: those of kopiur');
  });

  it('is everything else where nothing tells what the cluster serves', async () => {
    const answer = await ask(
      [claim('data')],
      {},
      {
        discover: async () => {
          throw new ToolError('unavailable', 'no discovery', 'Wait.');
        },
      },
    );

    expect(rowsOf(answer)).toMatchObject([{ state: 'unknown', why: 'API discovery could not be read' }]);
  });

  it('may be what the policy hides', async () => {
    const answer = await ask([claim('data')], {}, { scoped: true });

    expect(rowsOf(answer)).toMatchObject([{ state: 'unknown', why: 'the policy may hide what backs it up' }]);
  });

  it('is not what a cluster does not serve', async () => {
    const states = { ReplicationSource: 'absent', Volume: 'absent', RecurringJob: 'absent' } as const;

    expect(rowsOf(await ask([claim('data')], {}, { states }))).toMatchObject([{ state: 'unprotected' }]);
  });

  it('keeps a good answer from being sure', async () => {
    const answer = await ask(volsync('data', 9 * HOUR), {}, { states: { Cluster: 'unknown' } });

    expect(answer.verdict).toBe('unknown');
  });
});

describe('the answer', () => {
  const mixed = [
    ...volsync('bad', 0, { status: failedStatus }),
    ...volsync('late', 58 * HOUR),
    ...volsync('fine', 9 * HOUR),
    claim('bare'),
    claim('elsewhere', { namespace: 'other' }),
    ...database(10 * HOUR),
  ];

  it('begins with the worst, and leads on', async () => {
    const answer = await ask(mixed);

    expect(rowsOf(answer).map(({ state, subject }) => `${state} ${subject}`)).toEqual([
      'failing PersistentVolumeClaim/apps/bad',
      'overdue PersistentVolumeClaim/apps/late',
      'unprotected PersistentVolumeClaim/apps/bare',
      'unprotected PersistentVolumeClaim/other/elsewhere',
      'good Cluster/apps/db',
      'good PersistentVolumeClaim/apps/fine',
    ]);
    expect(answer.summary[0]).toBe('1 failing, 1 overdue, 2 unprotected; 2 of 6 good');
    expect(answer.next).toEqual([
      { tool: 'health_summary', arguments: { component: 'backup' } },
      { tool: 'resource_get', arguments: { kind: 'ReplicationSource', namespace: 'apps', name: 'bad' } },
    ]);
  });

  it('is narrowed by namespace as a whole, and by state in its rows alone', async () => {
    const other = await ask(mixed, { namespace: 'other' });
    const overdue = await ask(mixed, { state: 'overdue' });

    expect(other.totals.rows).toEqual([['volumes', 1, 0, 0, 0, 1, 0, 0]]);
    expect(rowsOf(overdue)).toMatchObject([{ subject: 'PersistentVolumeClaim/apps/late' }]);
    expect(overdue.totals.rows[0]).toEqual(['volumes', 5, 1, 0, 1, 2, 0, 1]);
  });

  it('says where backups cannot go', async () => {
    const away = await ask([projected(rawBackupTarget({ available: false }))]);
    const none = await ask([projected(rawBackupTarget({ available: false }, ''))]);

    expect(away.summary).toContain('not available: BackupTarget/longhorn-system/default');
    expect(none.summary).toContain('Longhorn has no backup target');
  });

  it('is at most 4 KB for 200 volumes, and the pages hold every row once', async () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      index % 3 === 0
        ? [claim(`volume-${index}`)]
        : volsync(
            `volume-${index}`,
            index % 3 === 1 ? 58 * HOUR : 0,
            index % 3 === 1 ? {} : { status: failedStatus },
          ),
    ).flat();

    const first = await ask(many);
    const subjects = rowsOf(first).map(({ subject }) => subject);
    let { cursor } = first.backups;
    while (cursor !== undefined) {
      const page = await ask(many, { cursor });
      subjects.push(...rowsOf(page).map(({ subject }) => subject));
      cursor = page.backups.cursor;
    }

    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThanOrEqual(4_096);
    expect(first.backups).toMatchObject({ total: 200 });
    expect(first.backups.cut).toMatch(/narrow by namespace or state/);
    expect(new Set(subjects).size).toBe(200);
    expect(subjects).toHaveLength(200);
  });

  it('says so when there is nothing to back up', async () => {
    expect(await ask([])).toEqual({
      verdict: 'nothing',
      summary: ['nothing here ought to be backed up, or nothing is seen'],
      totals: { columns: expect.any(Array) as string[], rows: [] },
      backups: { columns: expect.any(Array) as string[], rows: [], total: 0, shown: 0 },
      next: [],
    });
  });
});
