import { describe, expect, it } from 'vitest';

import type { ListingState } from '#domain/cluster.ts';
import { readWorld } from '#domain/health/world.ts';
import { createMemory } from '#domain/memory.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { ClusterObject, Condition } from '#domain/objects/meta.ts';

import { memoryCluster, servedKind } from '../../support/memory-cluster.ts';
import { asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import {
  ago,
  answerFor,
  condition,
  findingsOf,
  healthOf,
  kustomization,
  meta,
  notReady,
  NOW,
  pod,
} from './objects.ts';
import { crd } from './platform-objects.ts';

const WIDGETS = servedKind('Widget', 'example.test/v1', true);

/** An object of a kind that has no rules of its own. */
function widget(name: string, extra: Partial<ClusterObject> = {}): ClusterObject {
  return { ...meta('Widget', name, 'apps'), apiVersion: 'example.test/v1', ...extra };
}

const ready = condition('Ready', 'True', 'AllGood');
const said = (...conditions: Condition[]): AnyObject[] => [widget('sick', { conditions })];

type Row = Omit<FindingRow, 'ref'>;

const KSTATUS = 'cli-utils pkg/kstatus/status';

const ROWS: Row[] = [
  {
    source: `${KSTATUS} Stalled`,
    objects: said(ready, condition('Stalled', 'True', 'BadSpec', 'spec.size is negative')),
    state: 'failed',
    reason: 'Stalled',
    says: /Stalled is True: spec.size is negative/,
  },
  {
    source: `${KSTATUS} Reconciling`,
    objects: said(
      condition('Reconciling', 'True', 'Progressing', 'building', 3),
      condition('Ready', 'False'),
    ),
    state: 'progressing',
    reason: 'Reconciling',
    says: /building/,
  },
  {
    source: `${KSTATUS} Reconciling, for an hour`,
    objects: said(condition('Reconciling', 'True', 'Progressing', 'building', 60)),
    state: 'failed',
    reason: 'Reconciling',
    says: /building/,
  },
  {
    source: `${KSTATUS} observedGeneration behind`,
    objects: [widget('sick', { conditions: [ready], generation: 3, observedGeneration: 2 })],
    state: 'progressing',
    reason: 'Reconciling',
    says: /newest spec has not been looked at/,
  },
  {
    source: 'Ready=False older than 15 minutes, which kstatus takes for under way',
    objects: said(condition('Ready', 'False', 'NoBackend', 'backend is gone', 20)),
    state: 'degraded',
    reason: 'NotReady',
    says: /Ready is False: backend is gone/,
  },
  {
    source: 'Ready=False for five minutes',
    objects: said(condition('Ready', 'False', 'NoBackend', 'backend is gone', 5)),
    state: 'progressing',
    reason: 'NotReady',
    says: /backend is gone/,
  },
  {
    source: 'Ready=Unknown is not healthy',
    objects: said(condition('Ready', 'Unknown', 'Lost', 'no answer', 20)),
    state: 'degraded',
    reason: 'NotReady',
    says: /Ready is Unknown: no answer/,
  },
  ...['Available', 'Healthy', 'Synced', 'Accepted', 'Programmed'].map((type): Row => ({
    source: `${type}=False, which kstatus passes over`,
    objects: said(condition(type, 'False', 'Broken', 'it does not work', 20)),
    state: 'degraded',
    reason: 'NotReady',
    says: new RegExp(`${type} is False`),
  })),
  ...(['Degraded', 'Conflict'] as const).map((type): Row => ({
    source: `${type}=True, which kstatus passes over`,
    objects: said(ready, condition(type, 'True', 'Broken', 'it half works', 2)),
    state: 'degraded',
    reason: 'SaysFailed',
    says: new RegExp(`${type} is True: it half works`),
  })),
  ...(['Failed', 'Error'] as const).map((type): Row => ({
    source: `${type}=True, which kstatus passes over`,
    objects: said(condition(type, 'True', 'Broken', 'it gave up', 2)),
    state: 'failed',
    reason: 'SaysFailed',
    says: new RegExp(`${type} is True: it gave up`),
  })),
  {
    source: 'a phase that says so',
    objects: [widget('sick', { phase: 'Failed' })],
    state: 'failed',
    reason: 'PhaseFailed',
    says: /its phase is Failed/,
  },
  {
    source: 'no status, where others of the kind have one: unknown, which kstatus takes for current',
    objects: [widget('well', { conditions: [ready] }), widget('sick')],
    state: 'unknown',
    reason: 'NoStatus',
    says: /no controller has written a status/,
  },
  {
    source: 'deletion that does not go on',
    objects: [
      widget('sick', {
        conditions: [ready],
        deletion: { since: ago(30), graceSeconds: 0, finalizers: ['example.test/keep'] },
      }),
    ],
    state: 'degraded',
    reason: 'Terminating',
    says: /waits for example.test\/keep/,
  },
];

describe('kinds without rules of their own', () => {
  it.each(ROWS)('$source', async (row) => {
    const found = await firstFinding({ ...row, ref: 'Widget/apps/sick', objects: row.objects }, [WIDGETS]);

    expect(found).toMatchObject(asTold({ ...row, ref: 'Widget/apps/sick' }));
  });

  it('say nothing while all is well', async () => {
    const objects = [
      widget('a', { conditions: [ready, condition('Degraded', 'False'), condition('Paused', 'False')] }),
      widget('b', { conditions: [condition('Initialized', 'True')], generation: 2, observedGeneration: 2 }),
      widget('c', { phase: 'Active', conditions: [condition('Frozen', 'True')] }),
    ];

    const health = await healthOf(objects, { served: [WIDGETS] });

    expect([health.verdict, health.roots]).toEqual(['healthy', []]);
    expect(health.counts).toContainEqual(expect.objectContaining({ component: 'other', checked: 3 }));
  });

  it('are not judged, and named, where not one object has a status', async () => {
    const { findings, unchecked } = await answerFor([widget('a'), widget('b')], {}, { served: [WIDGETS] });

    expect(findings).toEqual([]);
    expect(unchecked).toContainEqual({
      what: 'Widget',
      why: 'not one of the objects carries a status that could be judged',
    });
  });

  it('are named where their group is not read', async () => {
    const { unchecked } = await answerFor([crd(), crd({ group: 'odd.test', defines: 'Odd' })]);

    expect(unchecked).toContainEqual({
      what: 'kinds of example.test, odd.test',
      why: 'read only when --api-groups names their API group',
    });
  });

  it.each([
    ['unknown', 'unknown'],
    ['stale', 'unknown'],
    ['absent', 'healthy'],
  ] as const satisfies [ListingState, string][])(
    'make the verdict of a listing that is %s %s',
    async (state, verdict) => {
      const health = await healthOf([widget('a', { conditions: [ready] }), pod('web')], {
        served: [WIDGETS],
        states: { Widget: state },
      });

      expect(health.verdict).toBe(verdict);
    },
  );

  it('explain what Flux waits for', async () => {
    const objects = [
      ...said(condition('Ready', 'False', 'NoBackend', 'backend is gone', 20)),
      kustomization(
        'apps',
        notReady('HealthCheckFailed', "timeout waiting for: [Widget/apps/sick status: 'InProgress']"),
      ),
    ];

    const findings = await findingsOf(objects, { served: [WIDGETS] });

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([['Widget/apps/sick', 1]]);
  });

  it('keep a name of their own beside a known kind of the same name', async () => {
    const cluster = {
      ...meta('Cluster', 'edge', 'fleet'),
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      conditions: [condition('Ready', 'False', 'ScalingUp', 'waiting for machines', 90)],
    };

    const findings = await findingsOf([cluster], {
      served: [servedKind('Cluster', 'cluster.x-k8s.io/v1beta1', true)],
    });

    expect(findings.map(({ ref, next }) => [ref, next?.arguments['kind']])).toEqual([
      ['Cluster.cluster.x-k8s.io/fleet/edge', 'Cluster.cluster.x-k8s.io'],
    ]);
  });

  it('give the same world while nothing has changed', async () => {
    const cluster = memoryCluster({ objects: [], served: [WIDGETS] });
    const items = [widget('a', { conditions: [ready] })];
    const listOthers = async () => [{ kind: 'Widget', state: 'current' as const, items, asOf: 0 }];
    const reading = { signal: AbortSignal.timeout(5_000), now: NOW, scoped: false, remember: createMemory() };

    const first = await readWorld({ ...cluster, listOthers }, reading);
    const again = await readWorld({ ...cluster, listOthers }, reading);

    expect(again).toBe(first);
  });
});
