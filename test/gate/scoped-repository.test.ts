import { defineTool, z } from '#tool';
import type { FluxObject } from '#domain/objects/flux.ts';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { repositoryOf } from '../../src/gate/envelope.ts';
import { object } from '../support/objects.ts';
import { type RepositoryBench, openRepositoryBench } from '../support/repository-bench.ts';

const AGE = `AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN'.repeat(3)}`;
const SOPS = `apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  password: ENC[AES256_GCM,data:marker,iv:aaaa,tag:bbbb,type:str]
  port_unencrypted: marker
sops:
  mac: ENC[AES256_GCM,data:cccc,iv:dddd,tag:eeee,type:str]
  version: 3.9.0
`;
const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: web
stringData:
  password: marker-of-web
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  note: marker in the open
`;

const FILES = {
  'docs/notes.md': 'a marker in a note\n',
  'clusters/db.sops.yaml': SOPS,
  'clusters/web.yaml': SECRET,
  'clusters/age.agekey': `# marker\n${AGE}\n`,
  'clusters/innocent.txt': `marker ${AGE}\n`,
  'clusters/kubeconfig': 'marker\n',
  'clusters/.env': 'TOKEN=marker\n',
  'private/diary.md': 'a marker in a diary\n',
};

const RULES = [
  '{id: read, effect: allow, tools: ["repo_*"], paths: ["docs/**", "clusters/**"], reason: r}',
  '{id: tell, effect: allow, tools: [policy_explain], reason: r}',
].join(', ');

let bench: RepositoryBench;
let narrow: RepositoryBench;
beforeAll(async () => {
  bench = await openRepositoryBench({ files: FILES });
  narrow = await openRepositoryBench({ files: FILES, rules: RULES });
});
afterAll(() => {
  bench.close();
  narrow.close();
});

const rowsOf = (data: Record<string, unknown> | undefined): unknown[] =>
  (data?.['results'] as { rows: unknown[] } | undefined)?.rows ?? [];

describe('searching', () => {
  test('finds what may be shown, and nothing of keys, encrypted values and Secrets', async () => {
    const { data, text } = await bench.ask('repo_search', { text: 'marker' });

    expect(rowsOf(data)).toEqual([
      ['clusters/web.yaml', 13, 'note: marker in the open'],
      ['docs/notes.md', 1, 'a marker in a note'],
      ['private/diary.md', 1, 'a marker in a diary'],
    ]);
    expect(text).not.toMatch(/agekey|AGE-SECRET|kubeconfig|\.env|marker-of-web/);
  });

  test('counts what was kept back', async () => {
    const all = await bench.ask('repo_search', { text: 'marker' });
    const scoped = await narrow.ask('repo_search', { text: 'marker' });

    expect(all.data?.['hidden']).toEqual({ File: 3 });
    expect(scoped.data?.['hidden']).toEqual({ File: 4 });
  });

  test('finds nothing that the policy does not let the caller read', async () => {
    const { data, text } = await narrow.ask('repo_search', { text: 'marker' });

    expect(rowsOf(data)).toHaveLength(2);
    expect(text).not.toContain('diary');
  });

  test('by structure shows the manifest of a Secret without its values', async () => {
    const { data, text } = await bench.ask('repo_search', { kind: 'Secret' });

    expect(rowsOf(data)).toEqual([
      ['clusters/db.sops.yaml', 1, 'Secret', null, 'db', null],
      ['clusters/web.yaml', 1, 'Secret', null, 'web', null],
    ]);
    expect(text).not.toContain('marker');
  });
});

describe('reading', () => {
  test('masks the values of an encrypted file, lines and keys stay', async () => {
    const { data } = await bench.ask('repo_read', { path: 'clusters/db.sops.yaml' });

    const text = String(data?.['text']);
    expect(text.split('\n')).toHaveLength(SOPS.split('\n').length);
    expect(text).toMatch(/^ {2}password: .?\[(?:not shown|redacted:secret)\]/m);
    expect(text).not.toMatch(/marker|AES256/);
  });

  test('masks a Secret, and shows what stands beside it', async () => {
    const { data } = await bench.ask('repo_read', { path: 'clusters/web.yaml' });

    expect(data?.['text']).toContain('note: marker in the open');
    expect(data?.['text']).not.toContain('marker-of-web');
  });

  test.each(['clusters/age.agekey', 'clusters/innocent.txt', 'clusters/kubeconfig', 'clusters/.env'])(
    'refuses key material, which no policy can open: %s',
    async (path) => {
      const { text, failed } = await bench.ask('repo_read', { path });

      expect(failed).toBe('tool');
      expect(text).toMatch(/^denied: .* holds key material and is never shown/);
      expect(text).not.toMatch(/marker|AGE-SECRET/);
    },
  );

  test('refuses a path that no rule allows, whether it exists or not, and records the denial', async () => {
    const there = await narrow.ask('repo_read', { path: 'private/diary.md' });
    const nowhere = await narrow.ask('repo_read', { path: 'private/other.md' });

    expect(there.text.replace('diary', 'other')).toBe(nowhere.text);
    expect(there.text).toMatch(/^denied: denied by builtin:default-deny/);
    expect(narrow.records().at(-1)).toMatchObject({ decision: 'deny', rule: 'builtin:default-deny' });
  });

  test('history of a path that no rule allows is refused too', async () => {
    const { text } = await narrow.ask('repo_history', { path: 'private/diary.md' });

    expect(text).toMatch(/^denied/);
  });
});

function flux(kind: string, group: string, extra: Partial<FluxObject>): FluxObject {
  return {
    ...object(kind, 'flux-system', 'cluster'),
    apiVersion: `${group}/v1`,
    group,
    suspended: false,
    dependsOn: [],
    healthChecks: [],
    remote: false,
    inventory: [],
    history: [],
    ...extra,
  };
}

/** A Kustomization that applies itself from a Git source. */
function following(url: string): FluxObject[] {
  return [
    flux('Kustomization', 'kustomize.toolkit.fluxcd.io', {
      source: { kind: 'GitRepository', name: 'cluster', namespace: 'flux-system' },
    }),
    flux('GitRepository', 'source.toolkit.fluxcd.io', { url, branch: 'main' }),
  ];
}

const join = defineTool({
  name: 'repo_join',
  policy: 'read',
  title: 'Join',
  description: 'Use in tests.',
  upstreams: ['cluster', 'repository'],
  input: z.strictObject({}),
  output: z.strictObject({ head: z.string() }),
  examples: [{}],
  handler: async (_, { repo, signal }) => ({ head: (await repo.head(signal)).commit.sha }),
});

describe('the envelope', () => {
  test('warns when the cluster follows another repository', async () => {
    const url = 'https://git.example.test/else/where.git';
    const made = await openRepositoryBench({
      files: FILES,
      tools: [join],
      cluster: { objects: following(url) },
    });

    const { data } = await made.ask('repo_join');

    const head = made.remote.git('rev-parse', 'main');
    made.close();
    expect(data).toMatchObject({
      head,
      cluster: { source: `${url} main` },
      repository: {
        base: 'main',
        commit: head,
        warning: `the cluster follows another repository: ${url}`,
      },
    });
  });

  test('warns of that in an answer about the cluster alone: its runbooks are of the configured one', async () => {
    const url = 'https://git.example.test/else/where.git';
    const made = await openRepositoryBench({ files: FILES, cluster: { objects: following(url) } });

    const { data } = await made.ask('reconciliation_status');

    made.close();
    expect(data).toMatchObject({
      cluster: { warning: 'it follows another repository than the configured one' },
    });
  });

  test.each<[string, string, boolean]>([
    ['https://git.example.test/home/cluster', 'https://git.example.test/home/cluster.git', true],
    ['ssh://git@git.example.test/home/cluster', 'https://git.example.test/home/cluster', true],
    ['git@git.example.test:home/cluster.git', 'https://git.example.test/home/cluster/', true],
    ['ssh://git@git.example.test:2222/home/cluster', 'git@git.example.test:home/cluster', true],
    ['https://git.example.test/Home/Cluster', 'https://git.example.test/home/cluster', true],
    ['https://git.example.test/home/other', 'https://git.example.test/home/cluster', false],
    ['https://mirror.example.test/home/cluster', 'https://git.example.test/home/cluster', false],
  ])('%s followed and %s configured: the same is %s', (followed, url, same) => {
    const { repository } = repositoryOf({ url, base: 'main' }, undefined, followed);

    expect(repository?.warning === undefined).toBe(same);
  });

  test('says of a head how fresh it is, and what an operator has not pushed', () => {
    const commit = { sha: 'a'.repeat(40), author: 'Sam', when: '2026-03-01T08:00:00Z', subject: 'Start' };
    const head = { commit, fetched: 0, stale: 'the remote cannot be reached', unpushed: 2 };

    expect(repositoryOf({ url: '/srv/repo', base: 'main' }, head, undefined)).toEqual({
      repository: {
        url: '/srv/repo',
        base: 'main',
        commit: commit.sha,
        fetched: '1970-01-01T00:00:00.000Z',
        stale: 'the remote cannot be reached',
        unpushed: 2,
      },
    });
  });
});
