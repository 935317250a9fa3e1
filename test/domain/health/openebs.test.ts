import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';
import { parseQuantity } from '#domain/quantity.ts';

import {
  rawDiskPool,
  rawLvmNode,
  rawLvmVolume,
  rawZfsNode,
  rawZfsVolume,
} from '../../cluster/crds/openebs.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { deadNode, findingsOf, node, unready } from './objects.ts';
import { claim, volume } from './platform-objects.ts';
import { projected } from './upgrade-objects.ts';

const hostpath = (): AnyObject =>
  volume('pvc-1', {
    driver: 'local',
    nodes: ['host-1'],
    annotations: { 'pv.kubernetes.io/provisioned-by': 'openebs.io/local' },
  });

const host = (): AnyObject => node('worker-1', { labels: { 'kubernetes.io/hostname': 'host-1' } });

const LVM_NODE = 'LVMNode/openebs/worker-1';
const POOL = 'DiskPool/openebs/pool-1';

const ROWS: FindingRow[] = [
  {
    source: 'dynamic-localpv-provisioner nodeAffinity: a node that is gone',
    objects: [hostpath(), node('worker-2')],
    state: 'failed',
    ref: 'PersistentVolume/pvc-1',
    reason: 'VolumeNodeGone',
    says: /data is on host-1, which does not exist/,
  },
  {
    source: 'lvm-localpv lvmvolume.go: Failed',
    objects: [
      projected(
        rawLvmVolume('pvc-1', {
          state: 'Failed',
          error: { code: 'InsufficientCapacity', message: 'vg0 is full' },
        }),
      ),
    ],
    state: 'failed',
    ref: 'LVMVolume/openebs/pvc-1',
    reason: 'InsufficientCapacity',
    says: /could not be made in vg0 on worker-1: InsufficientCapacity: vg0 is full/,
  },
  {
    source: 'lvm-localpv lvmvolume.go: Internal',
    objects: [
      projected(rawLvmVolume('pvc-1', { state: 'Failed', error: { code: 'Internal', message: 'lvcreate' } })),
    ],
    state: 'failed',
    ref: 'LVMVolume/openebs/pvc-1',
    reason: 'Internal',
    says: /Internal: lvcreate/,
  },
  {
    source: 'lvm-localpv lvmvolume.go: Pending for 6 minutes',
    objects: [projected(rawLvmVolume('pvc-1', { state: 'Pending' }), 6)],
    state: 'degraded',
    ref: 'LVMVolume/openebs/pvc-1',
    reason: 'LocalVolumePending',
    says: /not yet made in vg0 on worker-1/,
  },
  {
    source: 'zfs-localpv zfsvolume.go: Failed, which gives no reason',
    objects: [projected(rawZfsVolume('pvc-1', { state: 'Failed' }))],
    state: 'failed',
    ref: 'ZFSVolume/openebs/pvc-1',
    reason: 'LocalVolumeFailed',
    says: /in tank on worker-1: no reason given/,
  },
  ...(
    [
      [3, 'progressing'],
      [6, 'degraded'],
      [16, 'failed'],
    ] as const
  ).map(([minutes, state]): FindingRow => ({
    source: `zfs-localpv zfsvolume.go: Pending for ${minutes} minutes`,
    objects: [projected(rawZfsVolume('pvc-1', { state: 'Pending' }), minutes)],
    state,
    ref: 'ZFSVolume/openebs/pvc-1',
    reason: 'LocalVolumePending',
    says: /not yet made in tank/,
  })),
  {
    source: 'lvm-localpv lvmnode.go: missingPvCount',
    objects: [projected(rawLvmNode('worker-1', [{ missingPvCount: 1 }]))],
    state: 'failed',
    ref: LVM_NODE,
    reason: 'PhysicalVolumeMissing',
    says: /vg0 on worker-1 lacks 1/,
  },
  {
    source: 'lvm-localpv lvmnode.go: a group 85 % full',
    objects: [projected(rawLvmNode('worker-1', [{ size: '100Gi', free: '15Gi' }]))],
    state: 'degraded',
    ref: LVM_NODE,
    reason: 'PoolAlmostFull',
    says: /vg0 on worker-1 is 85 % full/,
  },
  {
    source: 'lvm-localpv lvmnode.go: a thin pool 90 % full',
    objects: [
      projected(
        rawLvmNode('worker-1', [
          { size: '100Gi', free: '5Gi', thinPools: [{ name: 'thin', size: '90Gi', free: '9Gi' }] },
        ]),
      ),
    ],
    state: 'degraded',
    ref: LVM_NODE,
    reason: 'PoolAlmostFull',
    says: /vg0\/thin on worker-1 is 90 % full/,
  },
  {
    source: 'zfs-localpv zfsnode.go: a pool 85 % full',
    objects: [projected(rawZfsNode('worker-1', { used: '85Gi', free: '15Gi' }))],
    state: 'degraded',
    ref: 'ZFSNode/openebs/worker-1',
    reason: 'PoolAlmostFull',
    says: /tank on worker-1 is 85 % full/,
  },
  ...(
    [
      ['Degraded', 'degraded'],
      ['Faulted', 'failed'],
      ['Unknown', 'failed'],
    ] as const
  ).map(([status, state]): FindingRow => ({
    source: `mayastor-control-plane diskpool: ${status}`,
    objects: [projected(rawDiskPool('pool-1', { pool_status: status }))],
    state,
    ref: POOL,
    reason: `DiskPool${status}`,
    says: /pool on worker-1 is/,
  })),
  {
    source: 'mayastor-control-plane diskpool: Creating for 6 minutes',
    objects: [projected(rawDiskPool('pool-1', { cr_state: 'Creating', pool_status: 'Unknown' }), 6)],
    state: 'degraded',
    ref: POOL,
    reason: 'DiskPoolCreating',
    says: /not yet made/,
  },
  {
    source: 'mayastor-control-plane diskpool: 81 % used',
    objects: [projected(rawDiskPool('pool-1', { used: 81_000_000_000 }))],
    state: 'degraded',
    ref: POOL,
    reason: 'PoolAlmostFull',
    says: /81 % full/,
  },
];

describe('OpenEBS', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[what: string, objects: AnyObject[]]>([
    ['a hostpath volume on a node known by its hostname', [hostpath(), host()]],
    ['an LVM volume', [projected(rawLvmVolume('pvc-1'))]],
    ['a ZFS volume', [projected(rawZfsVolume('pvc-1'))]],
    [
      'a volume group given to a thin pool that is half empty',
      [
        projected(
          rawLvmNode('worker-1', [
            { size: '100Gi', free: '1Gi', thinPools: [{ name: 'thin', size: '99Gi', free: '50Gi' }] },
          ]),
        ),
      ],
    ],
    [
      'a ZFS pool of a version that does not say what is used',
      [projected(rawZfsNode('worker-1', { free: '1Gi' }))],
    ],
    ['a pool of Mayastor', [projected(rawDiskPool('pool-1'))]],
  ])('%s is healthy', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it('folds local volumes, their pods and pools under the node that is down', async () => {
    const down = { ...deadNode('worker-1'), labels: { 'kubernetes.io/hostname': 'host-1' } };
    const objects = [
      down,
      hostpath(),
      claim('data', { volume: 'pvc-1' }),
      unready('web', 30, { claims: ['data'], node: 'worker-1' }),
      projected(rawDiskPool('pool-1', { pool_status: 'Unknown' })),
    ];

    const findings = await findingsOf(objects);

    expect(findings).toMatchObject([{ ref: 'Node/worker-1', consequences: 3 }]);
  });

  it('blames a volume whose node is gone for the pod that waits for it', async () => {
    const waiting = unready('web', 30, { claims: ['data'], node: 'worker-2' });

    const findings = await findingsOf([
      hostpath(),
      node('worker-2'),
      claim('data', { volume: 'pvc-1' }),
      waiting,
    ]);

    expect(findings).toMatchObject([{ ref: 'PersistentVolume/pvc-1', consequences: 1 }]);
  });

  it('is read without where a key lies', () => {
    const read = projected(rawZfsVolume('pvc-1'));

    expect(JSON.stringify(read)).not.toContain('hunter2');
    expect(read).toMatchObject({ kind: 'ZFSVolume', node: 'worker-1', pool: 'tank', state: 'Ready' });
  });
});

it.each([
  ['10Gi', 10_737_418_240],
  ['1.5G', 1_500_000_000],
  ['128974848', 128_974_848],
  ['500m', 0.5],
  ['1e3', 1_000],
  ['1E', 1e18],
  ['', undefined],
  ['10 Gi', undefined],
  ['10Zi', undefined],
])('the quantity %j is %j (apimachinery api/resource/quantity.go)', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});
