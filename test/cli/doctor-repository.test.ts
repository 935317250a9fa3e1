import { rmSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openRepository } from '../../src/adapters/git/open.ts';
import { runsOnPush } from '../../src/cli/doctor-ci.ts';
import { checkPreviewsInCluster, makesPreviews } from '../../src/cli/doctor-previews.ts';
import { verdictsOnRepository } from '../../src/cli/doctor-repository.ts';
import { verdictText } from '../../src/cli/verdict.ts';
import { type Files, type TestRepository, openWorkshop, type Workshop } from '../support/git-repository.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { object } from '../support/objects.ts';

let workshop: Workshop;

beforeAll(() => {
  workshop = openWorkshop();
});
afterAll(() => workshop.remove());

const PROVIDER = (type: string): string => `apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: {name: previews}
spec: {type: ${type}, url: https://git.example.test/owner/cluster}
`;

/** What doctor prints on a repository, by check. */
async function examine(
  repository: Pick<TestRepository, 'path'>,
  { author, later = 0, cacheDir }: { author?: string; later?: number; cacheDir?: string } = {},
): Promise<Record<string, string>> {
  const opened = openRepository({
    repository: repository.path,
    base: 'main',
    cacheDir: cacheDir ?? workshop.folder('cache'),
    environment: process.env,
    now: Date.now,
    redact: (text) => text,
    fetchEvery: 0,
  });
  const lines: Record<string, string> = {};
  const parts = { open: () => opened, author, now: () => Date.now() + later };
  for await (const verdict of verdictsOnRepository(parts, AbortSignal.timeout(20_000)))
    lines[verdict.check] = verdictText(verdict);
  return lines;
}

function holding(files: Files, subject = 'Start'): TestRepository {
  const repository = workshop.repository('cluster');
  repository.commit(subject, files);
  return repository;
}

describe('doctor on a repository', () => {
  test('says what is read, by whom proposals are, and that rights to push are not known', async () => {
    const repository = holding({ 'apps/web.yaml': 'kind: Deployment\n' }, 'Add web');
    const before = repository.references();
    const sha = repository.git('rev-parse', '--short=12', 'HEAD');

    const lines = await examine(repository, { later: 3_000 });

    expect(lines).toEqual({
      repository: expect.stringMatching(
        new RegExp(`^ok    repository: .*, main at ${sha} "Add web", fetched [34] s ago$`),
      ),
      'author of proposals':
        'ok    author of proposals: the default, daytwo <daytwo@localhost>; --git-author names another',
      pushing:
        'ok    pushing: where branches go answers; whether it takes them is not known before the first proposal, since nothing is pushed to find out',
      'pipelines on push': 'ok    pipelines on push: none known that a branch under daytwo/ starts',
      'previews in the repository': 'ok    previews in the repository: none known',
      'key material in the repository': 'ok    key material in the repository: none recognised',
    });
    expect(repository.references()).toBe(before);
  });

  test('names the author that is configured', async () => {
    const lines = await examine(holding({ a: 'b' }), { author: 'Sam <sam@example.test>' });

    expect(lines['author of proposals']).toBe('ok    author of proposals: Sam <sam@example.test>');
  });

  test('names pipelines, previews and keys, and shows none of what stands in them', async () => {
    const secret = `AGE-SECRET-KEY-1${'QPZRY9X8GF'.repeat(5)}`;
    const repository = holding({
      '.github/workflows/all.yaml': 'on: [push]\njobs: {}\n',
      '.github/workflows/main.yaml': 'on: {push: {branches: [main]}}\njobs: {}\n',
      'apps/.gitlab-ci.yml': 'not at the root\n',
      '.woodpecker/test.yaml': 'steps: []\n',
      Jenkinsfile: 'pipeline {}\n',
      'previews/provider.yaml': PROVIDER('GitHubPullRequest'),
      'age.agekey': secret,
      'docs/notes.md': `The key is ${secret}.\n`,
      'talos/talsecret.sops.yaml': 'cluster: ENC[AES256_GCM,data:a]\nsops:\n  mac: ENC[AES256_GCM,data:b]\n',
    });

    const lines = await examine(repository);

    const all = Object.values(lines).join('\n');
    expect(lines['pipelines on push']).toMatch(
      /^WARN  pipelines on push: a pushed branch can start \.github\/workflows\/all\.yaml, \.woodpecker\/test\.yaml, Jenkinsfile\n {6}They run/,
    );
    expect(lines['previews in the repository']).toMatch(/^WARN .* by previews\/provider\.yaml\n/);
    expect(lines['key material in the repository']).toMatch(
      /^WARN {2}key material in the repository: by name or content: age\.agekey, docs\/notes\.md\n {6}.*Rotate/,
    );
    expect(all).not.toContain('AGE-SECRET');
  });

  test('lets no name or subject steer the terminal', async () => {
    const lines = await examine(holding({ 'e\u001b[2Jvil.pem': 'x' }, 'Clean \u001b[2J up'));

    const all = Object.values(lines).join('\n');
    expect(all).not.toContain('\u001b');
    expect(all).toContain('Clean [U+001B][2J up');
    expect(all).toContain('e[U+001B][2Jvil.pem');
  });

  test('says that the remote is gone, and that the mirror serves on', async () => {
    const bare = workshop.bare('remote', holding({ a: 'b' }));
    const clone = workshop.clone('clone', bare);
    const cacheDir = workshop.folder('cache');
    const before = await examine(clone, { cacheDir });
    rmSync(bare.path, { recursive: true });

    const after = await examine(clone, { cacheDir });

    expect(before['repository']).toMatch(/^ok /);
    expect(before['pushing']).toMatch(/^ok /);
    expect(after['repository']).toMatch(/^WARN  .*\n {6}The remote cannot be asked: .+ Reading goes on/);
    expect(after['pushing']).toMatch(/^WARN  .*\n {6}.*can be previewed, not pushed/);
    expect(after['pipelines on push']).toMatch(/^ok /);
  });

  test('fails where there is no repository', async () => {
    const lines = await examine({ path: workshop.folder('empty') });

    expect(Object.keys(lines)).toEqual(['repository']);
    expect(lines['repository']).toMatch(/^FAIL {2}repository: .+\n {6}\S/);
  });
});

describe('a workflow that a branch under daytwo/ starts', () => {
  test.each<[boolean, string]>([
    [true, 'on: push'],
    [true, 'on: [pull_request, push]'],
    [true, 'on: create'],
    [true, 'on: {push: }'],
    [true, 'on: {push: {paths: [apps/**]}}'],
    [true, 'on: {push: {branches: ["**"]}}'],
    [true, 'on: {push: {branches: "daytwo/**"}}'],
    [true, 'on: {push: {branches: [main, daytwo/*]}}'],
    [true, 'on: {push: {branches: ["!main", "**"]}}'],
    [true, 'on: {push: {branches: ["day+wo/**"]}}'],
    [true, 'on: {push: {branches-ignore: [main]}}'],
    [true, 'on: {push: {branches: [main], tags: ["**"]}, create: }'],
    [true, 'on: ['],
    [false, 'on: workflow_dispatch'],
    [false, 'on: [pull_request]'],
    [false, 'on: {schedule: [{cron: "0 0 * * *"}]}'],
    [false, 'on: {push: {branches: [main]}}'],
    [false, 'on: {push: {branches: ["*"]}}'],
    [false, 'on: {push: {branches: ["**", "!daytwo/**"]}}'],
    [false, 'on: {push: {branches-ignore: [daytwo/**]}}'],
    [false, 'on: {push: {tags: [v*]}}'],
  ])('%s: %s', (runs, text) => {
    expect(runsOnPush('.github/workflows/ci.yaml', text)).toBe(runs);
  });
});

const applicationSet = (generators: string): string =>
  `kind: ApplicationSet\nspec:\n  generators: ${generators}\n  template: {}\n`;

describe('manifests that make previews', () => {
  test.each<[boolean, string]>([
    [true, PROVIDER('GitLabMergeRequest')],
    [true, PROVIDER('GiteaBranch')],
    [false, PROVIDER('Static')],
    [false, PROVIDER('OCIArtifactTag')],
    [true, `kind: Namespace\n---\n${PROVIDER('AzureDevOpsPullRequest')}`],
    [true, applicationSet('[{pullRequest: {github: {}}}]')],
    [true, applicationSet('[{matrix: {generators: [{list: {}}, {pullRequest: {}}]}}]')],
    [true, applicationSet('[{scmProvider: {github: {allBranches: true}}}]')],
    [false, applicationSet('[{scmProvider: {github: {}}}, {clusters: {}}]')],
    [false, 'kind: ConfigMap\ndata: {text: "ApplicationSet with pullRequest: generators"}\n'],
    [true, '{{ if .x }}\nkind: ResourceSetInputProvider\nspec: {type: GitHubPullRequest}\n{{ end }}\n'],
  ])('%s: %s', (makes, text) => {
    expect(makesPreviews(text)).toBe(makes);
  });

  test('are looked for in the cluster by kind, since their specs are not read', async () => {
    const provider = object('ResourceSetInputProvider', 'flux-system', 'previews', {
      apiVersion: 'fluxcd.controlplane.io/v1',
    });
    const served = {
      kind: 'ResourceSetInputProvider',
      group: 'fluxcd.controlplane.io',
      version: 'v1',
      plural: 'resourcesetinputproviders',
      namespaced: true,
      listable: true,
    };
    const signal = AbortSignal.timeout(5_000);

    const found = await checkPreviewsInCluster(memoryCluster({ objects: [provider] as never }), signal);
    const unreadable = await checkPreviewsInCluster(
      memoryCluster({ objects: [], served: [served], states: { ResourceSetInputProvider: 'unknown' } }),
      signal,
    );
    const none = await checkPreviewsInCluster(memoryCluster({ objects: [] }), signal);

    expect(found).toMatchObject([
      {
        verdict: 'warn',
        detail: expect.stringContaining('ResourceSetInputProvider/flux-system/previews') as string,
      },
    ]);
    expect(unreadable).toMatchObject([
      { verdict: 'warn', detail: 'not known, cannot be read: ResourceSetInputProvider' },
    ]);
    expect(none).toEqual([]);
  });
});
