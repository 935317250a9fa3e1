import { describe, expect, test } from 'vitest';

import type { DriftQuestion, DriftReport, ObjectDrift } from '#domain/drift/report.ts';
import type { Blob, RepositoryReader } from '#domain/repository/port.ts';
import type { ReadContext, z } from '#tool';

import tool from '../../tools/drift_diff.ts';
import { applier, drift, field, report } from '../domain/drift/objects.ts';
import { NOW, flux } from '../domain/flux/objects.ts';
import { readContext } from '../support/context.ts';
import { memoryCluster } from '../support/memory-cluster.ts';

const APPS = 'Kustomization/flux-system/apps';
const FILE = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wiki}\nspec:\n  replicas: 2\n';

const scaled = drift('Deployment/apps/wiki', {
  state: 'drifted',
  health: 'in progress',
  fields: [field('.spec.replicas', { live: '5', git: '2', value: 5, when: 'by 2026-05-09T11:00:00Z' })],
});

type Answer = z.output<typeof tool.output>;

function contextOf(made: DriftReport, asked: DriftQuestion[] = []): ReadContext {
  const apps = ['flux-system/apps', 'other/apps', 'flux-system/base'].map((name) =>
    flux(`Kustomization/${name}`),
  );
  return readContext(memoryCluster({ objects: apps }), NOW, {
    repo: REPOSITORY as RepositoryReader,
    drift: {
      compare: async (question) => {
        asked.push(question);
        return made;
      },
    },
  });
}

const REPOSITORY: Pick<RepositoryReader, 'head' | 'resolve' | 'read'> = {
  head: async () => ({ commit: commit('head'), fetched: NOW }),
  resolve: async (revision) => commit(revision),
  read: async (_, path): Promise<Blob> => ({
    path,
    id: 'b10b',
    mode: '100644',
    size: FILE.length,
    content: new TextEncoder().encode(FILE),
  }),
};

function commit(name: string): Awaited<ReturnType<RepositoryReader['resolve']>> {
  return { sha: `sha of ${name}`, author: 'Ada', when: '2026-05-09T00:00:00Z', subject: 'x' };
}

async function ask(
  made: DriftReport,
  input: z.input<typeof tool.input> = {},
  asked: DriftQuestion[] = [],
): Promise<Answer> {
  return tool.output.parse(await tool.handler(tool.input.parse(input), contextOf(made, asked)));
}

function rowsIn({ columns, rows }: Answer['drift']): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(row.map((cell, at) => [columns[at], cell])));
}

describe('what is asked for', () => {
  test.each<[DriftQuestion, z.input<typeof tool.input>]>([
    [{ at: 'applied' }, {}],
    [{ at: 'applied', only: ['Kustomization/flux-system/base'] }, { kustomization: 'base' }],
    [{ at: 'applied', only: [APPS, 'Kustomization/other/apps'] }, { kustomization: 'apps' }],
    [{ at: 'applied', only: ['Kustomization/other/apps'] }, { kustomization: 'other/apps' }],
    [{ at: { commit: 'sha of head' } }, { against: 'head' }],
    [{ at: { commit: 'sha of daytwo/x' } }, { against: 'daytwo/x' }],
  ])('%j', async (question, input) => {
    const asked: DriftQuestion[] = [];

    await ask(report([drift('Deployment/apps/wiki')]), input, asked);

    expect(asked).toEqual([question]);
  });

  test('a Kustomization that is not there is not found, with the nearest name', async () => {
    await expect(ask(report([]), { kustomization: 'bsae' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean base?',
    });
  });

  test('an object that nothing applies is not found, rather than clean', async () => {
    await expect(ask(report([scaled]), { kind: 'Deployment', name: 'wikki' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean wiki?',
    });
  });

  test('where a Kustomization could not be rendered, what is not found is not known', async () => {
    const failed = applier({ status: 'failed', reason: 'no such file', objects: 0 });

    const answer = await ask(report([], [failed]), { name: 'wiki' });

    expect(answer.verdict).toBe('unverifiable');
    expect(answer.summary).toContain(`not compared: ${APPS} (no such file)`);
  });

  test('a namespace counts among its own objects', async () => {
    const objects = [drift('Namespace//apps', { name: 'apps', state: 'deleted' }), drift('Service/web/x')];

    const answer = await ask(report(objects), { namespace: 'apps' });

    expect(answer.summary).toEqual(['1 objects of 1 Kustomizations and releases: 1 deleted']);
  });
});

describe('what is answered', () => {
  test('a change by hand with who, when, where and what becomes of it', async () => {
    const answer = await ask(report([scaled, drift('Service/apps/wiki')]));

    expect(answer).toMatchObject({
      verdict: 'drifted',
      summary: ['2 objects of 1 Kustomizations and releases: 1 clean, 1 drifted'],
      unverifiable: [],
    });
    expect(rowsIn(answer.drift)).toEqual([
      {
        object: 'Deployment/apps/wiki',
        is: 'drifted',
        health: 'in progress',
        head: null,
        field: '.spec.replicas',
        live: '5',
        git: '2',
        by: 'kubectl edit',
        when: 'by 2026-05-09T11:00:00Z',
        fate: 'reverted',
        why: 'at 2026-05-09T12:09:00Z, or when asked to',
        place: 'apps/wiki.yaml:5',
      },
    ]);
    expect(rowsIn(answer.appliers)).toEqual([
      {
        kustomization: APPS,
        rendered: 'ok',
        objects: 2,
        clean: 1,
        drifted: 1,
        deleted: 0,
        extra: 0,
        pending: 0,
        missing: 0,
        unverifiable: 0,
        ahead: 0,
      },
    ]);
    expect(answer.adopt).toMatchObject([{ edit: { set: { at: 'spec.replicas', value: 5 } } }]);
  });

  test('nothing is adopted of what Git, an autoscaler or another revision has changed', async () => {
    const fields = [
      field('.spec.replicas', { live: '5', git: '2', value: 5, isBenign: true }),
      field('.spec.paused', { live: 'true', value: true, isPending: true }),
    ];
    const drifted = { ...scaled, fields };

    expect(await ask(report([drifted]))).not.toHaveProperty('adopt');
    expect(await ask(report([scaled]), { against: 'head' })).not.toHaveProperty('adopt');
  });

  test.each<[Answer['verdict'], Partial<ObjectDrift>]>([
    ['clean', {}],
    ['drifted', { state: 'deleted' }],
    ['drifted', { state: 'extra' }],
    ['pending', { state: 'extra', isPending: true }],
    ['pending', { state: 'missing' }],
    ['pending', { isPending: true }],
    ['unverifiable', { state: 'unverifiable', why: 'forbidden' }],
  ])('the verdict is %s with %j', async (verdict, more) => {
    expect((await ask(report([drift('Deployment/apps/wiki', more)]))).verdict).toBe(verdict);
  });

  test('an object asked for by name has its row when nothing differs, with how it fares and what the head wants', async () => {
    const well = drift('Deployment/apps/wiki', { health: 'Available=False', isPending: true });

    const answer = await ask(report([well]), { name: 'wiki' });

    expect(rowsIn(answer.drift)).toMatchObject([{ is: 'clean', health: 'Available=False', head: 'ahead' }]);
  });

  test('a change of an autoscaler is told only where the object is asked for by name', async () => {
    const fields = [field('.spec.replicas', { isBenign: true, who: 'the HorizontalPodAutoscaler' })];
    const made = report([drift('Deployment/apps/wiki', { fields })]);

    expect(rowsIn((await ask(made)).drift)).toEqual([]);
    expect(rowsIn((await ask(made, { name: 'wiki' })).drift)).toMatchObject([
      { is: 'clean', by: 'the HorizontalPodAutoscaler' },
    ]);
  });

  test('every reason why something could not be compared is counted', async () => {
    const objects = Array.from({ length: 30 }, (_, at) =>
      drift(`Secret/apps/s${at}`, { state: 'unverifiable', why: `reason ${Math.min(at, 9)}` }),
    );

    const { unverifiable } = await ask(report(objects));

    expect(unverifiable[0]).toEqual({
      why: 'reason 9',
      count: 21,
      objects: 'Secret/apps/s9, Secret/apps/s10 and 19 more',
    });
    expect(unverifiable.reduce((sum, { count }) => sum + count, 0)).toBe(30);
    expect(unverifiable).toHaveLength(7);
  });

  test('a cursor leads through all of it, each answer under 8 KB however bad things are', async () => {
    const long = 'a-name-of-some-length-that-helm-has-made';
    const objects = Array.from({ length: 400 }, (_, at) =>
      drift(`Deployment/${long}/${long}-${at}`, {
        by: `Kustomization/flux-system/${long}-${at % 40}`,
        state: at % 3 === 0 ? 'unverifiable' : 'drifted',
        isPending: true,
        why: `reason ${at % 20}: ${'it cannot be compared because '.repeat(20)}`,
        place: { file: `clusters/main/kubernetes/apps/${long}/${at}/deployment.yaml`, line: 1 },
        fields:
          at % 3 === 0
            ? []
            : [
                field('.spec.template.spec.containers[name="app"].replicas', {
                  live: '5',
                  git: '2',
                  value: 5,
                }),
              ],
      }),
    );
    const failed = Array.from({ length: 40 }, (_, at) =>
      applier({
        ref: `Kustomization/flux-system/${long}-x${at}`,
        status: 'failed',
        objects: 0,
        reason: 'no such file '.repeat(40),
      }),
    );
    const seen = new Set<unknown>();

    let cursor: string | undefined;
    do {
      const answer: Answer = await ask(report(objects, failed), {
        limit: 200,
        ...(cursor !== undefined && { cursor }),
      });
      for (const { object } of rowsIn(answer.drift)) seen.add(object);
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(7_600);
      ({ cursor } = answer.drift);
    } while (cursor !== undefined);

    expect(seen.size).toBe(266);
  });
});
