import { describe, expect, test } from 'vitest';

import { disabledAnswer } from '#domain/disabled/answer.ts';
import { judgeServices } from '#domain/disabled/judge.ts';
import { disabledServices } from '#domain/disabled/services.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { Workload } from '#domain/objects/workload.ts';

import { flux } from '../flux/objects.ts';

const NOW = Date.parse('2026-04-01T12:00:00Z');
const ROOT = 'clusters/main/kubernetes';
const KS =
  'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: NAME}\nspec: {path: ./x}\n';

/** A category with one service in force and `recipes` as the test has it. */
function repository(more: Record<string, string> = {}): Map<string, string> {
  return new Map(
    Object.entries({
      [`${ROOT}/apps/kustomization.yaml`]:
        'resources:\n  - wiki/ks.yaml\n  # - recipes/ks.yaml  # Disabled: nobody cooks\n',
      [`${ROOT}/apps/wiki/ks.yaml`]: KS.replace('NAME', 'wiki'),
      [`${ROOT}/apps/recipes/ks.yaml`]: KS.replace('NAME', 'recipes'),
      'docs/disabled-services-decision-log.md': logOf(
        '| `apps/recipes/ks.yaml` | retire | nobody cooks | sam | 2026-01-01 | 2026-06-01 |',
      ),
      ...more,
    }),
  );
}

function logOf(...rows: string[]): string {
  return [
    '# Log',
    '',
    '| Service | Decision | Reason | Reviewer | Date | Revisit by |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const problemsIn = (
  files: Map<string, string>,
  live?: readonly FluxObject[],
  workloads: readonly Workload[] = [],
): Record<string, readonly string[]> =>
  Object.fromEntries(
    judgeServices(disabledServices(files), live && { flux: live, workloads }, NOW).map(
      ({ service, problems }) => [service.replace(`${ROOT}/`, ''), problems],
    ),
  );

test('a service whose comment, row and directory agree has no problem', () => {
  expect(problemsIn(repository())).toEqual({ 'apps/recipes': [] });
});

const LOG = 'docs/disabled-services-decision-log.md';
const CATEGORY = `${ROOT}/apps/kustomization.yaml`;

describe('what does not agree', () => {
  test.each<{ what: string; files: Record<string, string>; problems: Record<string, string[]> }>([
    {
      what: 'a comment without a row',
      files: { [LOG]: logOf() },
      problems: { 'apps/recipes': ['undocumented: no row in the decision log'] },
    },
    {
      what: 'a comment without a reason, in another spacing',
      files: { [CATEGORY]: 'resources:\n  - wiki/ks.yaml\n  #- ./recipes/ks.yaml\n' },
      problems: { 'apps/recipes': ['the comment gives no reason'] },
    },
    {
      what: 'a row without a comment',
      files: { [CATEGORY]: 'resources:\n  - wiki/ks.yaml\n  - recipes/ks.yaml\n' },
      problems: { 'apps/recipes': ['documented as disabled, but no entry is commented out'] },
    },
    {
      what: 'a row for what is gone',
      files: {
        [LOG]: logOf(
          '| `apps/recipes/ks.yaml` | retire | a | sam | 2026-01-01 | 2026-06-01 |',
          '| `apps/blog/ks.yaml` | remove | b | sam | 2026-01-01 | |',
        ),
      },
      problems: { 'apps/blog': ['documented, but gone: the directory is not there'], 'apps/recipes': [] },
    },
    {
      what: 'an unknown decision, and a date that is none',
      files: { [LOG]: logOf('| apps/recipes | maybe | a | sam | 2026-01-01 | soon |') },
      problems: { 'apps/recipes': ['unknown decision maybe', 'revisit by soon: no date'] },
    },
    {
      what: 'remove, while the directory is there',
      files: { [LOG]: logOf('| apps/recipes/ks.yaml | remove | a | sam | 2026-01-01 | 2026-06-01 |') },
      problems: { 'apps/recipes': ['to be removed, and the directory is still there'] },
    },
    {
      what: 'a review that is overdue',
      files: { [LOG]: logOf('| apps/recipes/ks.yaml | retire | a | sam | 2026-01-01 | 2026-03-30 |') },
      problems: { 'apps/recipes': ['its review is overdue since 2026-03-30'] },
    },
    {
      what: 'a directory that nothing lists',
      files: { [`${ROOT}/apps/blog/ks.yaml`]: KS.replace('NAME', 'blog') },
      problems: { 'apps/blog': ['undocumented: no row in the decision log'], 'apps/recipes': [] },
    },
    {
      what: 'a check that still asks for it',
      files: {
        [`${ROOT}/apps/gatus/app/gatus-config.yaml`]:
          'endpoints:\n  - name: recipes\n    url: http://recipes.recipes.svc.cluster.local\n',
      },
      problems: {
        'apps/recipes': [`disabled, but still probed: ${ROOT}/apps/gatus/app/gatus-config.yaml:3`],
      },
    },
  ])('$what', ({ files, problems }) => {
    expect(problemsIn(repository(files))).toEqual(problems);
  });

  test('what still runs', () => {
    const running = flux('Kustomization/flux-system/recipes', { path: `./${ROOT}/apps/recipes/app` });
    const other = flux('Kustomization/flux-system/wiki', { path: `./${ROOT}/apps/wiki/app` });

    expect(problemsIn(repository(), [running, other])).toEqual({
      'apps/recipes': ['disabled, but running: Kustomization/flux-system/recipes'],
    });
  });
});

function workload(name: string, of: string, current: number): Workload {
  const labels = { 'helm.toolkit.fluxcd.io/name': of };
  return { kind: 'Deployment', name, namespace: 'apps', current, labels } as unknown as Workload;
}

test('what pruning left behind is still running; what is scaled to zero, or of another, is not', () => {
  const workloads = [
    workload('left', 'recipes', 1),
    workload('idle', 'recipes', 0),
    workload('wiki', 'wiki', 2),
  ];

  expect(problemsIn(repository(), [], workloads)).toEqual({
    'apps/recipes': ['disabled, but running: Deployment/apps/left'],
  });
});

test('a part of a service that is commented out is no service, nor is what is no manifest', () => {
  const files = repository({
    [`${ROOT}/apps/wiki/app/kustomization.yaml`]:
      'resources:\n  - hr.yaml\n  # - route.yaml\n  # - ../vars.sops.env\n',
    [`${ROOT}/apps/wiki/app/route.yaml`]: 'kind: HTTPRoute\n',
  });

  expect(disabledServices(files).map(({ service }) => service)).toEqual([`${ROOT}/apps/recipes`]);
});

test('a Probe in any file still asks for it', () => {
  const files = repository({
    [`${ROOT}/system/edge/app/targets.yaml`]:
      'kind: Probe\nspec:\n  targets:\n    - https://recipes.example.test\n',
  });

  expect(problemsIn(files)).toEqual({
    'apps/recipes': [`disabled, but still probed: ${ROOT}/system/edge/app/targets.yaml:4`],
  });
});

test('an entry under patches, or prose, is no service', () => {
  const files = repository({
    [CATEGORY]:
      'resources:\n  - wiki/ks.yaml\n  # - recipes/ks.yaml  # nobody\n  # see the log - it says why\npatches:\n  # - path: a/b.yaml\n',
  });

  expect(disabledServices(files).map(({ service }) => service)).toEqual([`${ROOT}/apps/recipes`]);
});

test('the answer puts what is wrong first, and says what was not looked at', () => {
  const files = repository({ [`${ROOT}/apps/blog/ks.yaml`]: KS.replace('NAME', 'blog') });

  const answer = disabledAnswer(judgeServices(disabledServices(files), undefined, NOW), {
    limit: 10,
    unchecked: 'no cluster',
  });

  expect(answer.verdict).toBe('disagrees');
  expect(answer.summary).toEqual([
    '2 disabled services, 1 with a problem',
    'not checked against what runs: no cluster',
  ]);
  expect(answer.services.rows.map(([service]) => service)).toEqual([
    `${ROOT}/apps/blog`,
    `${ROOT}/apps/recipes`,
  ]);
});
