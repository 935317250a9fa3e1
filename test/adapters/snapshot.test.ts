import { describe, expect, test } from 'vitest';

import { openSnapshot, recordSnapshot } from '../../src/adapters/snapshot.ts';
import { shiftTimes } from '../../src/adapters/snapshot-times.ts';
import { projectorOf } from '../../src/adapters/kubernetes/project/index.ts';
import type { ClusterObject } from '../../src/domain/objects/meta.ts';
import type { Event } from '../../src/domain/objects/platform.ts';
import { memoryCluster, servedKind } from '../support/memory-cluster.ts';

const RECORDED = Date.parse('2026-03-01T12:00:00Z');
const LATER = Date.parse('2026-05-11T08:30:00Z');
const signal = new AbortController().signal;
const file = '/somewhere/home.json';

function object(kind: string, apiVersion: string, raw: object): ClusterObject {
  const metadata = { name: 'x', namespace: 'apps', uid: 'u', creationTimestamp: '2026-03-01T11:00:00Z' };
  return projectorOf(servedKind(kind, apiVersion, true), (value) =>
    typeof value === 'string' ? value : undefined,
  )({ metadata, ...raw });
}

const pod = object('Pod', 'v1', { status: { phase: 'Running', startTime: '2026-03-01T11:59:00.250Z' } });
const kustomization = object('Kustomization', 'kustomize.toolkit.fluxcd.io/v1', {
  metadata: {
    name: 'apps',
    namespace: 'flux-system',
    uid: 'k',
    annotations: { 'reconcile.fluxcd.io/requestedAt': '2026-03-01T11:30:00.123456789Z' },
  },
  status: { lastHandledReconcileAt: '2026-03-01T11:30:00.123456789Z' },
});
const certificate = object('Certificate', 'cert-manager.io/v1', {});
const event = object('Event', 'v1', {
  type: 'Normal',
  reason: 'Started',
  lastTimestamp: '2026-03-01T11:58:00Z',
  involvedObject: { kind: 'Pod', name: 'x', namespace: 'apps' },
}) as Event;

async function recorded(): Promise<string> {
  const cluster = memoryCluster({
    objects: [pod, kustomization, certificate, event],
    states: { Node: 'unknown', Ingress: 'absent' },
    logs: { 'apps/x': ['hello'] },
  });
  return recordSnapshot(cluster, signal, () => RECORDED);
}

async function served(now = () => LATER) {
  return openSnapshot(await recorded(), { file, now });
}

describe('a recording served in place of a cluster', () => {
  test('says what it is', async () => {
    const { identity } = await served();

    expect(identity).toEqual({
      context: 'memory',
      server: 'home.json',
      recorded: '2026-03-01T12:00:00.000Z',
    });
  });

  test('lists what was there, as old as it was', async () => {
    const cluster = await served();

    const pods = await cluster.list('Pod', signal);

    expect(pods).toMatchObject({ kind: 'Pod', state: 'current', asOf: LATER });
    // Recorded an hour after its creation and a minute after its start.
    expect(pods.items).toMatchObject([
      { name: 'x', created: '2026-05-11T07:30:00Z', started: '2026-05-11T08:29:00.250Z' },
    ]);
  });

  test('stays as old while the clock goes on', async () => {
    let clock = LATER;
    const cluster = await served(() => clock);
    await cluster.list('Pod', signal);
    clock += 3_600_000;

    const { items } = await cluster.list('Pod', signal);

    expect(items).toMatchObject([{ created: '2026-05-11T08:30:00Z' }]);
  });

  test('keeps what could not be read and what was not served', async () => {
    const cluster = await served();

    const listings = [await cluster.list('Node', signal), await cluster.list('Ingress', signal)];

    expect(listings).toMatchObject([{ state: 'unknown', why: 'forbidden' }, { state: 'absent' }]);
  });

  test('lists Flux, with requests that stay equal to what was handled', async () => {
    const cluster = await served();

    const [listing] = await cluster.listFlux(signal);

    const [found] = listing?.items ?? [];
    expect(found?.annotations['reconcile.fluxcd.io/requestedAt']).toBe('2026-05-11T08:00:00.123456789Z');
    expect(found?.lastHandledReconcileAt).toBe('2026-05-11T08:00:00.123456789Z');
  });

  test.each([
    ['Pod', 'v1', 1],
    ['Kustomization', 'kustomize.toolkit.fluxcd.io/v1', 1],
    ['Certificate', 'cert-manager.io/v1', 1],
  ])('finds any %s by namespace', async (kind, apiVersion, expected) => {
    const cluster = await served();
    const namespace = kind === 'Kustomization' ? 'flux-system' : 'apps';

    const here = await cluster.listAny(servedKind(kind, apiVersion, true), namespace, signal);
    const elsewhere = await cluster.listAny(servedKind(kind, apiVersion, true), 'elsewhere', signal);

    expect([here.items.length, elsewhere.items.length]).toEqual([expected, 0]);
  });

  test('gives one object, and none that is not there', async () => {
    const cluster = await served();
    const kind = servedKind('Pod', 'v1', true);

    const found = await cluster.get(kind, 'apps', 'x', signal);

    expect(found).toMatchObject({ kind: 'Pod', phase: 'Running' });
    await expect(cluster.get(kind, 'apps', 'y', signal)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('answers for events, and says that it has no logs', async () => {
    const cluster = await served();
    const log = { namespace: 'apps', pod: 'x', previous: false, tailLines: 1, limitBytes: 1 };

    const events = await cluster.events({ kind: 'Pod', type: 'Normal' }, signal);
    const warnings = await cluster.events({ type: 'Warning' }, signal);

    expect(events.items).toMatchObject([{ reason: 'Started', last: '2026-05-11T08:28:00Z' }]);
    expect(warnings.items).toEqual([]);
    await expect(cluster.log(log, signal)).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('live'),
    });
  });

  test('of an older daytwo, a kind known since is absent where it was not served, else unknown', async () => {
    const recording = JSON.parse(await recorded()) as {
      known: Record<string, unknown>;
      discovery: { kinds: { kind: string }[] };
    };
    delete recording.known['Plan'];
    delete recording.known['TalosUpgrade'];
    recording.discovery.kinds = recording.discovery.kinds.filter(({ kind }) => kind !== 'TalosUpgrade');
    const cluster = openSnapshot(JSON.stringify(recording), { file, now: () => LATER });

    const states = [await cluster.list('Plan', signal), await cluster.list('TalosUpgrade', signal)];

    expect(states.map(({ state }) => state)).toEqual(['unknown', 'absent']);
  });

  test('a kind that is not part of it is unknown, not absent', async () => {
    const cluster = await served();

    const listing = await cluster.listAny(servedKind('Widget', 'example.test/v1', true), undefined, signal);

    expect(listing).toMatchObject({ state: 'unknown', items: [] });
  });
});

describe('a file that is no recording', () => {
  test.each([
    ['not JSON', () => 'hello', 'it is not JSON'],
    ['another document', () => '{}', 'format'],
    ['another version', (good: string) => good.replace('snapshot/v1', 'snapshot/v9'), 'format'],
    ['a broken time', (good: string) => good.replace('2026-03-01T12:00:00.000Z', 'yesterday'), 'recorded'],
    [
      'a broken object',
      (good: string) => good.replace('"uid": "u"', '"uid": 7'),
      /known\.Pod\.items\.0\.uid|events\.items\.0\.uid/,
    ],
    ['an unknown field', (good: string) => good.replace('"flux"', '"flocks"'), 'flux'],
  ])('%s', async (_, spoil, expected) => {
    const text = spoil(await recorded());

    const open = () => openSnapshot(text, { file, now: () => LATER });

    expect(open).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(expected) }),
    );
    expect(open).toThrow(file);
  });
});

test.each([
  ['2026-03-01T12:00:00Z', '2026-03-01T13:00:00Z'],
  ['2026-03-01T23:30:00.123456789Z', '2026-03-02T00:30:00.123456789Z'],
  ['2026-03-01T12:00:00+02:00', '2026-03-01T11:00:00Z'],
  ['2026-13-41T12:00:00Z', '2026-13-41T12:00:00Z'],
  ['at 2026-03-01T12:00:00Z it broke', 'at 2026-03-01T12:00:00Z it broke'],
  ['2026-03-01', '2026-03-01'],
])('an hour after %s is %s', (before, after) => {
  expect(shiftTimes({ at: [before] }, 3_600)).toEqual({ at: [after] });
});
