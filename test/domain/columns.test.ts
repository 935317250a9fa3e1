import { describe, expect, test } from 'vitest';

import { cellsOf, columnsOf } from '../../src/domain/columns.ts';
import { rawVolume } from '../cluster/crds/longhorn.ts';
import { rawReplicationSource } from '../cluster/crds/volsync.ts';
import { object } from '../support/objects.ts';
import { projected } from './health/upgrade-objects.ts';

const NOW = Date.parse('2026-03-14T10:00:00Z');

describe('the columns of a list', () => {
  test('are those of the kind', () => {
    const node = object('Node', undefined, 'worker-1', {
      unschedulable: true,
      controlPlane: false,
      kubelet: 'v1.36.2',
      osImage: 'Talos (v1.13.9)',
      conditions: [{ type: 'Ready', status: 'True' as const }],
    });

    expect(columnsOf({ kind: 'Node', group: '' })).toEqual(['status', 'controlPlane', 'kubelet', 'os']);
    expect(cellsOf(node as never, NOW)).toEqual([
      'Ready,SchedulingDisabled',
      false,
      'v1.36.2',
      'Talos (v1.13.9)',
    ]);
  });

  test('of a Plan do not call it upgraded', () => {
    const plan = object('Plan', 'system-upgrade', 'talos', {
      apiVersion: 'upgrade.cattle.io/v1',
      latestVersion: 'v1.13.9',
      applying: [],
      conditions: [{ type: 'Complete', status: 'True' as const, reason: 'Complete' }],
    });

    expect(columnsOf({ kind: 'Plan', group: 'upgrade.cattle.io' })).toEqual([
      'complete',
      'version',
      'applying',
    ]);
    expect(cellsOf(plan as never, NOW)).toEqual(['True: Complete', 'v1.13.9', null]);
  });

  test('tell how a volume stands and how old a backup is, not merely that they exist', () => {
    const volume = projected(rawVolume('pvc-1', '2026-03-14T00:00:00Z'));
    const source = projected(rawReplicationSource('2026-03-14T01:00:00Z'));

    expect(columnsOf({ kind: 'Volume', group: 'longhorn.io' })).toEqual(['status', 'state', 'node', 'claim']);
    expect(cellsOf(volume, NOW)).toEqual(['healthy', 'attached', 'worker-1', 'apps/data']);
    expect(columnsOf({ kind: 'ReplicationSource', group: 'volsync.backube' })).toEqual([
      'status',
      'lastSync',
      'schedule',
      'claim',
    ]);
    expect(cellsOf(source, NOW)).toEqual(['Successful', '9h', '0 3 * * *', 'data']);
  });

  test.each([
    ['Node', 'longhorn.io', 'longhorn.io/v1beta2'],
    ['Event', 'events.k8s.io', 'events.k8s.io/v1'],
    ['Service', 'serving.knative.dev', 'serving.knative.dev/v1'],
  ])('of a namesake %s in %s are its status', (kind, group, apiVersion) => {
    const namesake = object(kind, 'default', 'one', {
      apiVersion,
      conditions: [{ type: 'Ready', status: 'False' as const, reason: 'Broken' }],
    });

    expect(columnsOf({ kind, group })).toEqual(['status']);
    expect(cellsOf(namesake as never, NOW)).toEqual(['NotReady: Broken']);
  });
});
