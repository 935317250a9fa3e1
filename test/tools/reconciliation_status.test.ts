import { describe, expect, test } from 'vitest';

import type { ListingState } from '#domain/cluster.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { ReadContext, z } from '#tool';

import tool from '../../tools/reconciliation_status.ts';
import {
  blockedCondition,
  broken,
  controller,
  flux,
  minutesAgo,
  NOW,
  ready,
  shuffled,
  waitingFor,
} from '../domain/flux/objects.ts';
import { fluxKustomization } from '../domain/locate/files.ts';
import { placesIn } from '../support/places.ts';
import { readContext } from '../support/context.ts';
import { memoryCluster, servedKind } from '../support/memory-cluster.ts';

interface World {
  objects: readonly (AnyObject | FluxObject)[];
  states?: Record<string, ListingState>;
  scoped?: boolean;
  places?: ReadContext['places'];
}

const GIT = servedKind('GitRepository', 'source.toolkit.fluxcd.io/v1', true);

function contextOf({ scoped = false, places, ...content }: World): ReadContext {
  return readContext(memoryCluster({ ...content, served: [GIT] }), NOW, {
    scoped,
    ...(places && { places }),
  });
}

async function ask(
  world: World,
  input: z.input<typeof tool.input> = {},
): Promise<z.output<typeof tool.output>> {
  return tool.output.parse(await tool.handler(tool.input.parse(input), contextOf(world)));
}

type Problem = Record<string, unknown>;

function problemsIn({ problems }: z.output<typeof tool.output>): Problem[] {
  return problems.rows.map((row) =>
    Object.fromEntries(row.map((cell, index) => [problems.columns[index], cell])),
  );
}

const controllers = ['source', 'kustomize', 'helm'].map((name) => controller(`${name}-controller`));
const source = { kind: 'GitRepository', namespace: 'flux-system', name: 'cluster' };
const git = flux('GitRepository/flux-system/cluster', { artifact: { revision: 'main@sha1:1a2b3c4d5e6f' } });
const entry = flux('Kustomization/flux-system/flux-system', {
  source,
  lastAppliedRevision: 'main@sha1:1a2b3c4d5e6f',
});
const healthy = [...controllers, git, entry];

/** 300 Kustomizations: 6 fail with long messages, 60 wait for them, ten each. */
const DAMAGED = [
  ...healthy,
  ...Array.from({ length: 6 }, (_, index) =>
    broken(`Kustomization/flux-system/failing-${index}`, {
      conditions: [
        ready(
          'False',
          'BuildFailed',
          `kustomize build failed: ${'accumulating resources: '.repeat(40)}no such file ${index}.yaml`,
        ),
      ],
    }),
  ),
  ...Array.from({ length: 60 }, (_, index) =>
    waitingFor(`Kustomization/flux-system/waiting-${index}`, `failing-${index % 6}`),
  ),
  ...Array.from({ length: 233 }, (_, index) => flux(`Kustomization/flux-system/fine-${index}`)),
];

describe('when nothing is wrong', () => {
  test('the answer is three lines and totals', async () => {
    const answer = await ask({ objects: healthy });

    expect(answer).toEqual({
      verdict: 'reconciled',
      summary: [
        'All 2 Flux objects are reconciled.',
        'Flux controllers seen: 3.',
        'The cluster follows GitRepository/flux-system/cluster at main@1a2b3c4d.',
      ],
      totals: {
        columns: ['kind', 'total', 'ready'],
        rows: [
          ['GitRepository', 1, 1],
          ['Kustomization', 1, 1],
        ],
      },
      problems: { columns: expect.any(Array) as string[], rows: [], total: 0, shown: 0 },
    });
  });

  test('suspended objects are listed, and nothing is failing', async () => {
    const answer = await ask({ objects: [...healthy, flux('HelmRelease/apps/wiki', { suspended: true })] });

    expect(answer.verdict).toBe('reconciled');
    expect(answer.summary[0]).toBe('Of 3 Flux objects: 1 suspended, 2 reconciled.');
    expect(problemsIn(answer)).toMatchObject([
      { ref: 'HelmRelease/apps/wiki', state: 'suspended', age: null },
    ]);
  });
});

describe('300 Kustomizations, six of them failing', () => {
  test('are told in under 4 KB, all six with their cause and what they block', async () => {
    const answer = await ask({ objects: DAMAGED });

    const problems = problemsIn(answer);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(3_700);
    expect(answer.verdict).toBe('failing');
    expect(answer.summary[0]).toBe('Of 301 Flux objects: 6 failing, 60 waiting, 235 reconciled.');
    expect(problems.map(({ ref, blocks }) => [ref, blocks])).toEqual(
      Array.from({ length: 6 }, (_, index) => [`Kustomization/flux-system/failing-${index}`, 10]),
    );
    expect(problems.every(({ reason }) => reason === 'BuildFailed')).toBe(true);
    expect(problems.map(({ message }) => String(message).slice(-18))).toEqual(
      Array.from({ length: 6 }, (_, index) => ` no such file ${index}.yaml`.slice(-18)),
    );
    expect(answer.totals.rows).toContainEqual(['Kustomization', 300, 6, 60, 234]);
  });

  test('have room for file, line and last commit of each', async () => {
    const files = DAMAGED.filter(({ kind }) => kind === 'Kustomization').map(({ name }): [string, string] => [
      `clusters/main/kubernetes/applications/${name}/ks.yaml`,
      fluxKustomization(name, `./clusters/main/kubernetes/applications/${name}/app`),
    ]);
    const places = await placesIn(Object.fromEntries(files));

    const answer = await ask({ objects: DAMAGED, places });

    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(4_000);
    expect(problemsIn(answer).map(({ git: at }) => at)).toEqual(
      Array.from(
        { length: 6 },
        (_, index) =>
          `clusters/main/kubernetes/applications/failing-${index}/ks.yaml:1 (0123456789ab renovate[bot], 2026-03-14T05:11Z)`,
      ),
    );
  });

  test('are the same in any order', async () => {
    const first = await ask({ objects: DAMAGED });

    const others = await Promise.all([1, 2, 3].map((seed) => ask({ objects: shuffled(DAMAGED, seed) })));

    for (const other of others) expect(other).toEqual(first);
  });

  test('can be paged through when those that wait are asked for', async () => {
    const refs: unknown[] = [];
    let cursor: string | undefined;
    do {
      const answer = await ask({ objects: DAMAGED }, { state: 'blocked', limit: 25, cursor });
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(8_000);
      refs.push(...problemsIn(answer).map(({ ref }) => ref));
      cursor = answer.problems.cursor;
    } while (cursor !== undefined);

    expect(new Set(refs).size).toBe(60);
    expect(refs.length).toBe(60);
  });
});

describe('folding', () => {
  test('a controller that is down is one row above all it left stale', async () => {
    const old = { history: [{ last: minutesAgo(90) }] };
    const stale = Array.from({ length: 40 }, (_, index) => flux(`Kustomization/a/k${index}`, old));
    const down = controller('kustomize-controller', { available: 0 });

    const answer = await ask({ objects: [controllers[0] ?? down, down, git, ...stale] });

    expect(answer.verdict).toBe('failing');
    expect(problemsIn(answer)).toMatchObject([
      { ref: 'Deployment/flux-system/kustomize-controller', reason: 'ControllerDown', blocks: 40 },
    ]);
  });

  test('a controller that is down is told before anything is stale', async () => {
    const down = controller('kustomize-controller', { available: 0 });

    const answer = await ask({ objects: [controllers[0] ?? down, down, git, entry] });

    expect([answer.verdict, answer.problems.total]).toEqual(['failing', 1]);
  });

  test('a missing dependency is a row, roots come first, a suspended root counts what it blocks', async () => {
    const answer = await ask({
      objects: [
        ...healthy,
        waitingFor('Kustomization/a/first', 'gone'),
        flux('Kustomization/a/idle', { suspended: true, conditions: [] }),
        waitingFor('Kustomization/a/second', 'idle'),
        flux('HelmRelease/a/slow', { conditions: [ready('Unknown', 'Progressing', 'upgrading')] }),
      ],
    });

    expect(problemsIn(answer).map(({ ref, state, blocks }) => [ref, state, blocks])).toEqual([
      ['Kustomization/a/gone', 'failed', 1],
      ['Kustomization/a/idle', 'suspended', 1],
      ['HelmRelease/a/slow', 'progressing', 0],
    ]);
  });

  test('a failure that another causes is still listed, behind it and with its cause', async () => {
    const answer = await ask({
      objects: [
        ...healthy,
        flux('HelmRelease/a/app', { conditions: [ready('False', 'UpgradeFailed', 'timed out')] }),
        flux('Kustomization/a/all', {
          wait: true,
          inventory: [{ kind: 'HelmRelease', namespace: 'a', name: 'app' }],
          conditions: [ready('False', 'HealthCheckFailed', 'timeout')],
        }),
      ],
    });

    expect(problemsIn(answer)).toMatchObject([
      { ref: 'HelmRelease/a/app', causedBy: null, blocks: 1, blocked: 'Kustomization/a/all', age: '30m' },
      { ref: 'Kustomization/a/all', causedBy: 'HelmRelease/a/app', blocks: 0 },
    ]);
  });

  test('a request that no controller handles is told though the object is ready', async () => {
    const annotations = { 'reconcile.fluxcd.io/requestedAt': minutesAgo(12) };

    const answer = await ask({ objects: [...healthy, flux('Kustomization/a/x', { annotations })] });

    expect(answer.verdict).toBe('waiting');
    expect(problemsIn(answer)).toMatchObject([{ state: 'ready', reason: 'RequestPending', age: '12m' }]);
  });
});

describe('filters', () => {
  const objects = [
    ...healthy,
    broken('Kustomization/infra/storage'),
    flux('Kustomization/apps/wiki', {
      dependsOn: [{ namespace: 'infra', name: 'storage' }],
      conditions: [blockedCondition],
    }),
    flux('HelmRelease/apps/wiki'),
  ];

  test.each([
    [{ namespace: 'infra' }, ['Kustomization/infra/storage'], 1],
    [{ namespace: 'apps' }, ['Kustomization/apps/wiki'], 2],
    [{ name: 'stor' }, ['Kustomization/infra/storage'], 1],
    [{ kind: 'HelmRelease' }, [], 1],
    [{ kind: 'helmreleases' }, [], 1],
    [{ state: 'blocked' as const }, ['Kustomization/apps/wiki'], 5],
    [{ state: 'ready' as const, namespace: 'apps' }, ['HelmRelease/apps/wiki'], 2],
    [{ state: 'stalled' as const }, [], 5],
  ])('%j', async (filter, refs, counted) => {
    const answer = await ask({ objects }, filter);

    const total = answer.totals.rows.reduce((sum, row) => sum + Number(row[1]), 0);
    expect(problemsIn(answer).map(({ ref }) => ref)).toEqual(refs);
    expect(total).toBe(counted);
  });

  test('a cause outside the filter is named beside what it blocks', async () => {
    const answer = await ask({ objects }, { namespace: 'apps' });

    expect(problemsIn(answer)).toMatchObject([{ causedBy: 'Kustomization/infra/storage' }]);
  });

  test('a kind that is not of Flux is refused with those that are', async () => {
    const refusal = ask({ objects }, { kind: 'Pod' });

    await expect(refusal).rejects.toMatchObject({
      code: 'invalid_input',
      hint: expect.stringContaining('GitRepository, HelmRelease, Kustomization') as string,
    });
  });

  test('nothing matches: nothing is judged', async () => {
    const answer = await ask({ objects }, { name: 'no-such-name' });

    expect([answer.verdict, answer.problems.total]).toEqual(['absent', 0]);
  });
});

describe('what cannot be seen', () => {
  test('a cluster without Flux says so', async () => {
    const answer = await ask({ objects: [], states: { GitRepository: 'absent' } });

    expect(answer.verdict).toBe('absent');
    expect(answer.summary).toEqual([
      'This cluster serves no Flux kind: Flux is not installed, or its CRDs are gone.',
    ]);
  });

  test.each(['unknown', 'stale'] as const)('a listing that is %s leaves the verdict open', async (state) => {
    const answer = await ask({ objects: healthy, states: { Kustomization: state } });

    expect(answer.verdict).toBe('unknown');
    expect(answer.summary[1]).toMatch(/^Not fully read: Kustomization \(.+\)\.$/);
  });

  test('a failure that is known outweighs a kind that is not', async () => {
    const answer = await ask({
      objects: [...healthy, broken('Kustomization/a/bad')],
      states: { GitRepository: 'unknown' },
    });

    expect(answer.verdict).toBe('failing');
    expect(problemsIn(answer).map(({ ref }) => ref)).toEqual(['Kustomization/a/bad']);
  });

  test('controllers that cannot be read are neither missing nor seen', async () => {
    const old = flux('Kustomization/a/old', { history: [{ last: minutesAgo(90) }] });

    const answer = await ask({ objects: [git, old], states: { Deployment: 'unknown' } });

    expect(problemsIn(answer)).toMatchObject([
      { ref: 'Kustomization/a/old', state: 'stale', causedBy: null },
    ]);
    expect(answer.summary).toContain('No Flux controller could be seen.');
  });

  test('a cause that the policy hides shows as hidden', async () => {
    const dependsOn = [{ namespace: 'private', name: 'vault' }];
    const top = flux('Kustomization/a/top', { dependsOn, conditions: [blockedCondition] });

    const answer = await ask({ objects: [top], scoped: true });

    expect(problemsIn(answer)).toMatchObject([{ ref: 'Kustomization/hidden', state: 'unknown', blocks: 1 }]);
    expect(JSON.stringify(answer)).not.toMatch(/private|vault/);
  });
});
