import { expect, test } from 'vitest';

import { type Sight, scanSecrets } from '#domain/hygiene/scan.ts';
import type { Commit, RepositoryReader, TreeFile } from '#domain/repository/port.ts';

const SECRET = 'kind: Secret\nstringData:\n  password: h8Kq2Zz9wQ4v\n';

function file(path: string, text: string): TreeFile {
  return { path, mode: '100644', id: text, size: text.length };
}

/** Trees by commit, newest first; ids are contents. */
function repositoryOf(trees: Record<string, Record<string, string>>): RepositoryReader {
  const tree = (sha: string): Record<string, string> => trees[sha] ?? {};
  const commits = Object.keys(trees).map((sha): Commit => ({
    sha,
    author: 'sam',
    when: '2026-01-01T00:00:00Z',
    subject: sha,
  }));
  return {
    history: async () => commits,
    list: async (sha: string) => Object.entries(tree(sha)).map(([path, text]) => file(path, text)),
    read: async (sha: string, path: string) => {
      const text = tree(sha)[path] ?? '';
      return { ...file(path, text), content: new TextEncoder().encode(text) };
    },
  } as unknown as RepositoryReader;
}

const TREES = {
  c3: { 'README.md': 'x' },
  c2: { 'README.md': 'x', 'apps/db.yaml': SECRET },
  c1: { 'README.md': 'x', 'apps/db.yaml': SECRET, 'age.agekey': 'x' },
};
const ALL: Sight = { sees: () => true, clock: () => 0 };
const scan = (sight: Sight, history: boolean) =>
  scanSecrets(repositoryOf(TREES), sight, { commit: 'c3', history }, AbortSignal.timeout(5_000));

test('a secret that was removed is found in the history, with the newest commit that had it', async () => {
  const head = await scan(ALL, false);
  const past = await scan(ALL, true);

  expect(head.findings).toEqual([]);
  expect(past.findings.map(({ what, path, commit }) => [what, path, commit?.sha])).toEqual([
    ['KeyMaterial', 'age.agekey', 'c1'],
    ['PlainSecret', 'apps/db.yaml', 'c2'],
  ]);
  expect(past).toMatchObject({ commits: 3, isCut: false });
});

function version(note: string): Record<string, string> {
  return { 'apps/db.yaml': `${SECRET}# ${note}\n` };
}

test.for([
  { head: version('c'), expected: [[undefined, '; 2 older versions have it too']] },
  { head: {}, expected: [['c2', '; 1 older version has it too']] },
])('what many versions of a file have is one finding', async ({ head, expected }) => {
  const repository = repositoryOf({ c3: head, c2: version('b'), c1: version('a') });
  const question = { commit: 'c3', history: true };

  const { findings } = await scanSecrets(repository, ALL, question, AbortSignal.timeout(5_000));

  const told = findings.map(({ commit, why }) => [commit?.sha, /; .* it too$/.exec(why)?.[0]]);
  expect(told).toEqual(expected);
});

test('the history is left where time is up, and that is said', async () => {
  let now = 0;
  const slow = { sees: () => true, clock: () => (now += 10_000) };

  expect(await scan(slow, true)).toMatchObject({ commits: 2, isCut: true });
});

test('a file that may not be seen is not looked at', async () => {
  const { findings } = await scan({ ...ALL, sees: (path) => path !== 'apps/db.yaml' }, true);

  expect(findings.map(({ path }) => path)).toEqual(['age.agekey']);
});

test('a rule that names everything wants only what is marked; one of which most is encrypted wants all', async () => {
  const mac = 'a: ENC[x]\nsops:\n  mac: ENC[y]\n  age: []\n';
  const trees = {
    c3: {
      '.sops.yaml': 'creation_rules:\n  - path_regex: talos/.+\n  - path_regex: .*\\.yaml$\n',
      'talos/a.yaml': mac,
      'talos/b.yaml': 'a: plain\n',
      'apps/a.yaml': 'a: plain\n',
      'apps/b.sops.yaml': 'a: plain\n',
    },
  };

  const { findings } = await scanSecrets(
    repositoryOf(trees),
    ALL,
    { commit: 'c3', history: false },
    AbortSignal.timeout(5_000),
  );

  expect(findings.map(({ what, path }) => [what, path])).toEqual([
    ['NotEncrypted', 'apps/b.sops.yaml'],
    ['NotEncrypted', 'talos/b.yaml'],
  ]);
});
