import { describe, expect, it } from 'vitest';

import { parseAcknowledged } from '#domain/acknowledged/file.ts';
import { answerOf, type HealthAnswer } from '#domain/health/answer.ts';
import { judgeHealth } from '#domain/health/health.ts';
import { readWorld } from '#domain/health/world.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';

import { memoryCluster } from '../../support/memory-cluster.ts';
import {
  ago,
  crashing,
  deployed,
  findingsOf,
  kustomization,
  notReady,
  NOW,
  pod,
  unready,
  warning,
} from './objects.ts';

const PATH = 'docs/acknowledged-findings.yaml';
const SIGNAL = AbortSignal.timeout(10_000);

type Objects = (AnyObject | FluxObject)[];

const broken = (name: string): AnyObject[] =>
  deployed(name, 1, (at) => unready(at, 40, { containers: [crashing()] }));

/** Two Deployments that crash; a Kustomization waits for one of them. */
const CLUSTER: Objects = [
  ...broken('web'),
  ...broken('shop'),
  kustomization('web', {
    inventory: [{ kind: 'Deployment', namespace: 'apps', name: 'web', group: 'apps' }],
    ...notReady('HealthCheckFailed', 'timeout waiting for health checks'),
  }),
];

async function answer(objects: Objects, text: string, namespace?: string): Promise<HealthAnswer> {
  const acknowledged = parseAcknowledged(PATH, text);
  const { benign } = acknowledged;
  const world = await readWorld(memoryCluster({ objects }), {
    signal: SIGNAL,
    now: NOW,
    scoped: false,
    benign,
  });
  return answerOf(judgeHealth(world, { acknowledged, namespace }), world, { limit: 50 });
}

const entry = (until: string, match = '{kind: Deployment, name: web}'): string =>
  `acknowledged:\n  - match: ${match}\n    reason: known since spring\n    until: ${until}\n`;

const refsIn = ({ findings }: HealthAnswer): string[] => findings.map(({ ref }) => ref);

describe('acknowledged findings', () => {
  it('are counted by reason, with what they break, and not listed', async () => {
    const told = await answer(CLUSTER, entry('2026-03-14'));

    expect(refsIn(told)).toEqual(['Deployment/apps/shop']);
    expect(told.acknowledged).toEqual({ total: 1, reasons: { 'known since spring': 1 } });
    expect(told.total).toBe(1);
  });

  it('are named by their id', async () => {
    const [first] = await findingsOf(CLUSTER);
    const text = `acknowledged:\n  - id: "${first?.id}"\n    reason: r\n    until: 2026-04-01\n`;

    const told = await answer(CLUSTER, text);

    expect(refsIn(told)).not.toContain(first?.ref);
    expect(told.findings).toHaveLength(1);
  });

  it('leave a cluster healthy when there is nothing else', async () => {
    const told = await answer(CLUSTER, entry('2027-01-01', '{namespace: apps, reason: Crash*}'));

    expect(told.verdict).toBe('healthy');
    expect(told.acknowledged?.total).toBe(2);
    expect(told.components.rows.every(([, , failed, degraded]) => failed === 0 && degraded === 0)).toBe(true);
  });

  it.each([
    { what: 'another namespace', match: '{kind: Deployment, namespace: shop}' },
    { what: 'another reason', match: '{name: web, reason: OOMKilled}' },
    { what: 'a namespace, of what has none', match: '{namespace: "*", kind: Node}' },
  ])('fit only what is named: $what', async ({ match }) => {
    const told = await answer(CLUSTER, entry('2027-01-01', match));

    expect(told.acknowledged).toBeUndefined();
    expect(told.findings).toHaveLength(2);
  });

  it('come back when their day is over, and that is told once', async () => {
    const told = await answer(CLUSTER, entry('2026-03-13'));

    expect(refsIn(told)).toEqual(['Deployment/apps/web', 'Deployment/apps/shop', `File/${PATH}:2`]);
    expect(told.findings.at(-1)).toMatchObject({
      state: 'info',
      reason: 'AcknowledgementExpired',
      message: 'held until 2026-03-13 (known since spring): 1 of its findings listed again',
      git: { file: PATH, line: 2 },
    });
  });

  it('say so when an expired one fits nothing any more', async () => {
    const told = await answer([pod('web')], entry('2026-03-13'));

    expect(told.verdict).toBe('healthy');
    expect(told.findings.map(({ message }) => message)).toEqual([
      'held until 2026-03-13 (known since spring): nothing fits it any more: remove it',
    ]);
  });

  it('tell a mistake by file and line, and then acknowledge nothing', async () => {
    const told = await answer(CLUSTER, entry('someday'));

    expect(refsIn(told)).toEqual(['Deployment/apps/web', 'Deployment/apps/shop', `File/${PATH}:4`]);
    expect(told.findings.at(-1)).toMatchObject({ state: 'info', reason: 'AcknowledgementMistake' });
  });

  it('can still be asked for by id', async () => {
    const world = await readWorld(memoryCluster({ objects: CLUSTER }), {
      signal: SIGNAL,
      now: NOW,
      scoped: false,
    });
    const health = judgeHealth(world, { acknowledged: parseAcknowledged(PATH, entry('2027-01-01')) });
    const web = (await findingsOf(CLUSTER)).find(({ ref }) => ref === 'Deployment/apps/web');

    const told = answerOf(health, world, { limit: 50, finding: web?.id });

    expect(told.consequences?.rows).toContainEqual([
      'Kustomization/flux-system/web',
      'failed',
      'HealthCheckFailed',
    ]);
  });

  it('do not speak of the file when a namespace is asked for', async () => {
    const told = await answer(CLUSTER, entry('someday'), 'apps');

    expect(refsIn(told)).toEqual(['Deployment/apps/web', 'Deployment/apps/shop']);
  });
});

describe('warnings known to be harmless', () => {
  const odd = warning(pod('web'), 'Frobnication', 'queue is full, try again', { count: 40, first: ago(50) });

  it('are no findings', async () => {
    const before = await answer([pod('web'), odd], '');
    const after = await answer([pod('web'), odd], "benign:\n  - {reason: 'Frob*', message: '*try again'}\n");

    expect(refsIn(before)).toEqual(['Pod/apps/web']);
    expect(refsIn(after)).toEqual([]);
  });

  it('are no evidence either', async () => {
    const told = await answer([...broken('web'), odd], 'benign:\n  - {reason: Frobnication}\n');

    expect(JSON.stringify(told)).not.toContain('Frobnication');
  });
});
