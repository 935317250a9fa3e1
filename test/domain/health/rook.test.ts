import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';

import { rawCephCluster, rawCephPart } from '../../cluster/crds/rook.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, condition, findingsOf, workload } from './objects.ts';
import { projected } from './upgrade-objects.ts';

const CLUSTER = 'CephCluster/rook-ceph/rook-ceph';

const warn = {
  OSD_DOWN: { severity: 'HEALTH_WARN', message: '1 osds down' },
  MON_CLOCK_SKEW: { severity: 'HEALTH_WARN', message: 'clock skew detected on mon.b' },
};

const ceph = (health: string, minutes: number, details: object = warn): AnyObject =>
  projected(rawCephCluster(ago(1), { health, lastChanged: ago(minutes), details }));

const ROWS: FindingRow[] = [
  ...(
    [
      ['HEALTH_WARN', 14, 'progressing', 'CephHealthWarning'],
      ['HEALTH_WARN', 16, 'degraded', 'CephHealthWarning'],
      ['HEALTH_ERR', 4, 'degraded', 'CephHealthError'],
      ['HEALTH_ERR', 6, 'failed', 'CephHealthError'],
    ] as const
  ).map(([health, minutes, state, reason]): FindingRow => ({
    source: `rook types.go CephStatus.health: ${health} for ${minutes} minutes`,
    objects: [ceph(health, minutes)],
    state,
    ref: CLUSTER,
    reason,
    says: /OSD_DOWN 1 osds down; MON_CLOCK_SKEW/,
  })),
  {
    source: 'rook types.go ConditionFailure',
    objects: [
      projected(rawCephCluster(ago(1), {}, { phase: 'Failure', message: 'failed to create cluster' })),
    ],
    state: 'failed',
    ref: CLUSTER,
    reason: 'CephFailure',
    says: /failed to create cluster/,
  },
  {
    source: 'rook types.go lastChecked: six minutes ago',
    objects: [projected(rawCephCluster(ago(6)))],
    state: 'stale',
    ref: CLUSTER,
    reason: 'CephUnchecked',
    says: /HEALTH_OK\) has not been checked/,
  },
  ...(
    [
      [10, 'progressing'],
      [20, 'degraded'],
      [50, 'failed'],
    ] as const
  ).map(([minutes, state]): FindingRow => ({
    source: `rook types.go ConditionConnecting of a cluster for ${minutes} minutes`,
    objects: [
      projected(
        rawCephCluster(
          ago(1),
          { health: undefined, lastChecked: undefined },
          {
            phase: 'Connecting',
            conditions: [{ type: 'Connecting', status: 'True', lastTransitionTime: ago(minutes) }],
          },
        ),
      ),
    ],
    state,
    ref: CLUSTER,
    reason: 'CephNotReady',
    says: /is Connecting, not Ready/,
  })),
  ...['CephBlockPool', 'CephFilesystem', 'CephObjectStore'].map((kind): FindingRow => ({
    source: `rook types.go ${kind}: Failure`,
    objects: [projected(rawCephPart(kind, 'Failure'))],
    state: 'failed',
    ref: `${kind}/rook-ceph/main`,
    reason: 'CephFailure',
    says: /cannot set it up/,
  })),
  {
    source: 'rook types.go CephFilesystem: Progressing for 20 minutes',
    objects: [
      projected(
        rawCephPart('CephFilesystem', 'Progressing', [
          { type: 'Progressing', status: 'True', lastTransitionTime: ago(20) },
        ]),
      ),
    ],
    state: 'degraded',
    ref: 'CephFilesystem/rook-ceph/main',
    reason: 'CephNotReady',
    says: /is Progressing, not Ready/,
  },
];

describe('Rook', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it('is healthy where Ceph is', async () => {
    const objects = [projected(rawCephCluster(ago(1))), projected(rawCephPart('CephBlockPool', 'Ready'))];

    expect(await allSaid(objects)).toEqual([]);
  });

  it('names the errors before the warnings', async () => {
    const [finding] = await findingsOf([
      ceph('HEALTH_ERR', 10, { ...warn, OSD_FULL: { severity: 'HEALTH_ERR', message: '1 full osd(s)' } }),
    ]);

    expect(finding?.message).toMatch(/^HEALTH_ERR: OSD_FULL 1 full osd/);
  });

  it('folds what it last said under the operator that is down', async () => {
    const operator = workload('Deployment', 'rook-ceph-operator', {
      namespace: 'rook-ceph',
      available: 0,
      ready: 0,
      conditions: [
        condition('Available', 'False', 'MinimumReplicasUnavailable'),
        condition('Progressing', 'False', 'ProgressDeadlineExceeded'),
      ],
    });

    const findings = await findingsOf([projected(rawCephCluster(ago(40))), operator]);

    expect(findings).toMatchObject([{ ref: 'Deployment/rook-ceph/rook-ceph-operator', consequences: 1 }]);
  });
});
