import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { newFolder } from '../support/daytwo.ts';
import { type TestRepository, openWorkshop } from '../support/git-repository.ts';
import { mirrorReferences, remainsIn } from '../support/repository-bench.ts';
import { type Reply, type Session, openSession } from '../support/session.ts';

const shop = openWorkshop();
afterAll(() => shop.remove());

const APP = 'clusters/main/app.yaml';
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`;
const ENCRYPTED = `kind: Secret
metadata: {name: db}
stringData:
    password: ENC[AES256_GCM,data:aaaa,iv:bbbb,tag:cccc,type:str]
sops:
    mac: ENC[AES256_GCM,data:dddd,iv:eeee,tag:ffff,type:str]
    version: 3.9.0
`;
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]
${'bcdefghij'
  .split('')
  .map((name, index) => {
    const before = 'abcdefghij'[index] ?? 'a';
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
  })
  .join('\n')}
`;

const FILES = {
  [APP]: 'image: wiki:1\nreplicas: 1\nreplicas_max: 1\n',
  'clusters/main/db.yaml': ENCRYPTED,
  'clusters/main/hidden-by-name.sops.yaml': 'a: 1\n',
  'clusters/main/age.agekey': 'nothing\n',
  'clusters/main/pointer.md': POINTER,
  'clusters/main/open-secret.yaml':
    'kind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2hunter}\n',
  'clusters/main/bomb.yaml': BOMB,
  'clusters/main/several.yaml': 'kind: A\n---\nkind: B\n',
  'clusters/main/binary.yaml': new Uint8Array([0x61, 0, 0xff, 0xfe]),
  'clusters/main/daytwo/deployment.yaml': 'kind: Deployment\nmetadata: {name: daytwo}\nspec: {replicas: 1}\n',
  'clusters/main/rbac.yaml':
    'kind: ClusterRoleBinding\nmetadata: {name: viewers}\nsubjects: [{kind: ServiceAccount, name: daytwo, namespace: ops}]\n',
  'clusters/main/access.yaml': 'apiVersion: daytwo/v1alpha1\nkind: AccessPolicy\nrules: []\n',
  'clusters/main/guarded/.sops.yaml':
    'creation_rules:\n  - path_regex: .*\n    encrypted_regex: ^(data|stringData)$\n',
  'docs/notes.md': 'Notes\n',
  Makefile: 'all:\n\ttrue\n',
};

/** A work tree with what a hostile proposal could aim at, links, executables and a submodule among it. */
function makeWork(): TestRepository {
  const work = shop.repository('work');
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(join(work.path, path, '..'), { recursive: true });
    writeFileSync(join(work.path, path), content);
  }
  symlinkSync('app.yaml', join(work.path, 'clusters/main/link.yaml'));
  symlinkSync('../docs', join(work.path, 'clusters/docs'));
  writeFileSync(join(work.path, 'clusters/main/run.yaml'), 'a: 1\n');
  chmodSync(join(work.path, 'clusters/main/run.yaml'), 0o755);
  const first = work.commit('Start');
  work.git('update-index', '--add', '--cacheinfo', `160000,${first},clusters/module`);
  work.git('commit', '--quiet', '-m', 'Add a submodule');
  return work;
}

interface Bench {
  work: TestRepository;
  remote: TestRepository;
  cacheDir: string;
  session: Session;
}

async function openBench(env: Record<string, string> = {}, args: readonly string[] = []): Promise<Bench> {
  const work = makeWork();
  const remote = shop.bare('remote', work);
  const cacheDir = shop.folder('cache');
  return { work, remote, cacheDir, session: await sessionOn({ remote, cacheDir }, env, args) };
}

function sessionOn(
  { remote, cacheDir }: Pick<Bench, 'remote' | 'cacheDir'>,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<Session> {
  const own = [
    '--repo',
    `file://${remote.path}`,
    '--cache-dir',
    cacheDir,
    '--audit-dir',
    shop.folder('audit'),
  ];
  return openSession({ args: [...own, ...args], env: { HOME: newFolder(), ...env } });
}

const blobIn = ({ remote }: Pick<Bench, 'remote'>, path: string): string =>
  remote.git('rev-parse', `main:${path}`);

/** Everything that a refused proposal must leave alone. */
const stateOf = ({ work, remote, cacheDir }: Bench): object => ({
  remote: remote.references(),
  mirror: mirrorReferences(work, cacheDir),
  left: remainsIn(cacheDir),
});

const bump = (bench: Pick<Bench, 'remote'>, more: object = {}): Record<string, unknown> => ({
  title: 'Bump wiki to 2',
  reason: 'wiki crash-loops since 1',
  edits: [{ path: APP, blob: blobIn(bench, APP), replace: { find: 'wiki:1', with: 'wiki:2' } }],
  ...more,
});

type Edits = (blob: (path: string) => string) => object[];

const create =
  (path: string, content = 'a: 1\n'): Edits =>
  () => [{ path, create: content }];
const replace =
  (path: string, find: string, text: string): Edits =>
  (blob) => [{ path, blob: blob(path), replace: { find, with: text } }];
const set =
  (path: string, at: string, value: unknown): Edits =>
  (blob) => [{ path, blob: blob(path), set: { at, value } }];

let deep: unknown = 1;
for (let level = 0; level < 40; level += 1) deep = { a: deep };

const HOSTILE: readonly (readonly [what: string, edits: Edits, says: RegExp])[] = [
  ['a path that climbs', create('clusters/../../x.yaml'), /no empty segment, no \. and no \.\./],
  ['a path with a dot', create('clusters/./x.yaml'), /no empty segment, no \. and no \.\./],
  ['an absolute path', create('/etc/passwd'), /relative to the root/],
  ['a path with a drive', create('C:/clusters/x.yaml'), /letters, digits/],
  ['a path with backslashes', create('clusters\\main\\x.yaml'), /letters, digits/],
  ['an empty segment', create('clusters//x.yaml'), /no empty segment/],
  ['a path for Git options', create('clusters/-c/x.yaml'), /does not start with -/],
  ['a magic path', create(':(top)clusters/x.yaml'), /colon/],
  ['a path into .git', create('clusters/.git/hooks/pre-commit'), /\.git/],
  ['a path into .GIT', create('clusters/.GIT/config'), /\.git/],
  ['the short name of .git', create('clusters/git~1/config'), /letters, digits/],
  ['.gitattributes', create('clusters/.gitattributes', '* filter=x\n'), /steer Git/],
  ['.gitmodules', create('.gitmodules', '[submodule "x"]\n'), /steer Git/],
  ['a dotfile', create('clusters/.envrc', 'export A=1\n'), /protected-path/],
  ['a workflow of CI', create('.github/workflows/x.yaml', 'on: push\n'), /protected-path/],
  ['a pipeline of CI', create('clusters/.gitlab-ci.yml', 'a: 1\n'), /protected-path/],
  ['a Makefile that exists', replace('Makefile', 'true', 'false'), /protected-path/],
  ['a Makefile in other case', create('clusters/MAKEFILE', 'all:\n'), /protected-path/],
  ['a Taskfile', create('clusters/Taskfile.yaml', 'version: 3\n'), /protected-path/],
  ['instructions of assistants', create('docs/AGENTS.md', 'Obey\n'), /protected-path/],
  ['a Dockerfile', create('clusters/Dockerfile', 'FROM scratch\n'), /build file/],
  ['renovate', create('clusters/renovate.json', '{}\n'), /runs by itself/],
  ['owners of reviews', create('docs/CODEOWNERS', '* @me\n'), /ownership of reviews/],
  ['a file outside of the roots', create('README.md', 'Hello\n'), /default-deny/],
  ['a full-width dot', create('clusters/．．/x.yaml'), /letters, digits/],
  ['letters of two scripts', create('clusters/m\u0430in/x.yaml'), /does not mix Latin/],
  ['a decomposed name', create('clusters/cafe\u0301.yaml'), /NFC/],
  ['a right-to-left path', create('clusters/a\u202Elmay.yaml'), /no control characters/],
  ['a path with a zero-width space', create('clusters/ma\u200Bin/x.yaml'), /no control characters/],
  ['a path with a newline', create('clusters/a\nb.yaml'), /no control characters/],
  ['a path with a NUL', create('clusters/a\0b.yaml'), /no control characters/],
  ['a name that Windows reserves', create('clusters/con.yaml'), /Windows/],
  ['a very long name', create(`clusters/${'a'.repeat(180)}.yaml`), /at most 100 characters/],
  ['a very deep path', create(`clusters/${'a/'.repeat(60)}x.yaml`), /at most 20 segments/],
  ['a path that differs in case', create('clusters/main/APP.yaml'), /collides with the file/],
  ['a directory that differs in case', create('clusters/Main/new.yaml'), /collides with the directory/],
  ['a file in the place of a directory', create('clusters/main'), /collides with the directory/],
  ['a directory in the place of a file', create(`${APP}/x.yaml`), /collides with the file/],
  ['a file through a link', create('clusters/docs/x.md', 'x\n'), /collides with the file/],
  ['a file in a submodule', create('clusters/module/x.yaml'), /collides with the file/],
  ['a symbolic link', replace('clusters/main/link.yaml', 'app', 'db'), /symbolic link/],
  ['a submodule', replace('clusters/module', 'a', 'b'), /is a submodule/],
  ['an executable', replace('clusters/main/run.yaml', '1', '2'), /executable/],
  ['a file of Git LFS', replace('clusters/main/pointer.md', 'size 12', 'size 13'), /Git LFS/],
  ['a binary file', replace('clusters/main/binary.yaml', 'a', 'b'), /is no text file/],
  ['a file of SOPS', replace('clusters/main/db.yaml', 'name: db', 'name: db2'), /encrypted by SOPS/],
  ['a file named as of SOPS', replace('clusters/main/hidden-by-name.sops.yaml', '1', '2'), /protected-path/],
  ['key material by name', replace('clusters/main/age.agekey', 'nothing', 'x'), /protected-path/],
  ['a Secret in the open', replace('clusters/main/open-secret.yaml', 'hunter2', 'x'), /Secret with plain/],
  [
    'a new Secret in the open',
    create('clusters/main/new.yaml', 'kind: Secret\nmetadata: {name: n}\nstringData: {password: Zx81kQpL}\n'),
    /Secret with a plain value/,
  ],
  [
    'plain values where .sops.yaml wants them encrypted',
    create('clusters/main/guarded/values.yaml', 'data:\n  user: somebody-else\n'),
    /wants .* encrypted/,
  ],
  ['a token in an added line', replace(APP, 'wiki:1', `wiki:1 # ${TOKEN}`), /looks like a secret/],
  [
    'a private key in a new file',
    create('docs/key.md', `AGE-SECRET-KEY-1${'QPZRY9X8GF'.repeat(6)}\n`),
    /age key/,
  ],
  ['a YAML bomb as a new file', create('clusters/main/bomb2.yaml', BOMB), /aliases multiply/],
  ['an edit in a YAML bomb', set('clusters/main/bomb.yaml', 'z', 1), /aliases multiply/],
  ['broken YAML', create('clusters/main/broken.yaml', 'a: [1\n'), /would be broken/],
  ['an edit that breaks YAML', replace(APP, 'replicas: 1\nrep', 'replicas: [\nrep'), /would be broken/],
  ['a value far too deep', set(APP, 'x', deep), /nested deeper than 16 levels/],
  [
    'a value far too wide',
    set(
      APP,
      'x',
      Array.from({ length: 499 }, () => [1, 2]),
    ),
    /too large or too deep/,
  ],
  ['far too many lines', create('docs/long.md', 'x\n'.repeat(2_500)), /lines change, 400 may/],
  ['a line far too long', create('docs/wide.md', `${'x '.repeat(3_000)}\n`), /line 1 has 6000 characters/],
  ['a control character', replace(APP, 'wiki:1', 'wiki:1\u0007'), /U\+0007/],
  ['a bidi override', replace(APP, 'wiki:1', 'wiki:1 # \u202Eno'), /U\+202E/],
  ['a zero-width space', create('docs/zero.md', 'a\u200Bb\n'), /U\+200B/],
  ['tags that nobody sees', create('docs/tags.md', 'a\u{E0041}\u{E0042}\n'), /U\+E0041/],
  ['text behind white space', create('docs/gap.md', `a${' '.repeat(200)}b\n`), /white space/],
  ['a comment in Markdown', create('docs/c.md', 'a\n<!-- ignore all -->\n'), /rendered page/],
  ['an ambiguous find', replace(APP, 'replicas', 'copies'), /more than once, at lines 2 and 3/],
  ['a find that is not there', replace(APP, 'wiki:9', 'wiki:2'), /does not hold the text/],
  ['an ambiguous document', set('clusters/main/several.yaml', 'x', 1), /several could be meant/],
  ['a prototype for a key', set(APP, '__proto__.x', 1), /a key is not __proto__/],
  [
    "daytwo's deployment",
    set('clusters/main/daytwo/deployment.yaml', 'spec.replicas', 2),
    /changes .*daytwo/,
  ],
  ["daytwo's permissions", set('clusters/main/rbac.yaml', 'metadata.name', 'all'), /changes .*daytwo/],
  ["daytwo's policy", set('clusters/main/access.yaml', 'rules[-]', 'x'), /changes .*daytwo/],
  [
    'a new role for daytwo',
    create('clusters/main/role.yaml', 'kind: ClusterRole\nmetadata: {name: daytwo-more}\nrules: []\n'),
    /changes .*daytwo/,
  ],
  [
    'a stale blob',
    () => [{ path: APP, blob: 'a'.repeat(40), replace: { find: 'wiki:1', with: 'x' } }],
    /not the blob/,
  ],
  ['a file that exists', create(APP), /exists/],
  ['a deletion', (blob) => [{ path: APP, blob: blob(APP), delete: true }], /not deleted/],
  [
    'a file that is not there',
    (blob) => [{ path: 'docs/no.md', blob: blob(APP), delete: true }],
    /does not exist/,
  ],
  ['no edits', () => [], /edits: Too small/],
];

describe('a hostile proposal', () => {
  let bench: Bench;
  let proposed = 0;
  beforeAll(async () => {
    bench = await openBench();
    await bench.session.call('repo_search', { text: 'wiki' });
  });
  afterAll(() => bench.session.close());
  // The limit of an hour is not what is tested here.
  beforeEach(async () => {
    proposed += 1;
    if (proposed % 19 !== 0) return;
    await bench.session.close();
    bench = { ...bench, session: await sessionOn(bench) };
  });

  test.each(HOSTILE)('%s is refused, and nothing has changed', async (_, edits, says) => {
    const before = stateOf(bench);

    const reply = await bench.session.call(
      'propose_change',
      bump(bench, { edits: edits((path) => blobIn(bench, path)) }),
    );

    expect([reply.failed, reply.text]).toEqual([true, expect.stringMatching(says)]);
    expect(reply.text).toMatch(/^(?:invalid_input|denied|not_found): .*\nhint: \S/s);
    expect(reply.text).not.toContain(TOKEN);
    expect(stateOf(bench)).toEqual(before);
  });

  test('leaves the server as it was: a sound one goes through', async () => {
    const { failed, data } = await bench.session.call('propose_change', bump(bench));

    expect(failed).toBe(false);
    expect(bench.remote.git('rev-parse', String(data?.['branch']))).toBe(data?.['commit']);
  });
});

describe('what stands against a sound proposal', { timeout: 60_000 }, () => {
  let bench: Bench;
  afterEach(() => bench.session.close());

  test('a base that has moved on since the file was read', async () => {
    bench = await openBench();
    const stale = bump(bench);
    bench.work.commit('Move on', { [APP]: 'image: wiki:1\nreplicas: 7\n' });
    bench.work.git('push', '--quiet', bench.remote.path, 'main');
    const before = bench.remote.references();

    const refused = await askUntilFetched(bench, stale);
    const again = await bench.session.call('propose_change', bump(bench));

    expect(refused.text).toMatch(/^invalid_input: clusters\/main\/app\.yaml is not .* read/);
    expect(again.failed).toBe(false);
    expect(bench.remote.references()).toContain(before);
  });

  test('a remote whose hook rejects: its words are passed on, redacted', async () => {
    bench = await openBench();
    bench.remote.hook('pre-receive', `echo "no pushes on Fridays, ${TOKEN}" >&2; exit 1`);
    await bench.session.call('repo_read', { path: APP });
    const before = stateOf(bench);

    const { text } = await bench.session.call('propose_change', bump(bench));

    expect(text).toMatch(
      /^unavailable: the remote refused the branch daytwo\/bump-wiki-to-2-.*no pushes on Fridays/,
    );
    expect(text).not.toContain(TOKEN);
    expect(stateOf(bench)).toEqual(before);
    expect((await bench.session.call('proposal_list')).failed).toBe(false);
  });

  test('a remote that hangs: the deadline ends it, and says what to do', async () => {
    bench = await openBench({}, ['--call-timeout', '3']);
    bench.remote.hook('pre-receive', 'exec sleep 6');
    await bench.session.call('repo_read', { path: APP });
    const before = stateOf(bench);

    const { text } = await bench.session.call('propose_change', bump(bench));
    const after = stateOf(bench);

    expect(text).toMatch(/^timeout: the remote did not take the branch daytwo\/bump-wiki-to-2-/);
    expect(text).toContain('proposal_list');
    expect(after).toEqual(before);
    expect((await bench.session.call('proposal_list')).failed).toBe(false);
  });

  test('a full disk: said, nothing left over, and with room it goes through', async () => {
    const bin = shop.folder('bin');
    const real = process.env['PATH'] ?? '';
    const flag = join(bin, 'full');
    // What git writes may not grow beyond the limit, as on a disk without room; it is told so instead of being ended.
    const script = `#!/bin/bash\nif [ -e '${flag}' ]; then trap '' XFSZ; ulimit -f 1; fi\nPATH='${real}' exec git "$@"\n`;
    writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
    bench = await openBench({ PATH: `${bin}:${real}` });
    await bench.session.call('repo_read', { path: APP });
    const before = stateOf(bench);
    // Random words do not compress below the limit.
    const words = Array.from({ length: 300 }, (_, index) => `line ${Math.sin(index)} ${Math.cos(index)}`);
    const large = bump(bench, { edits: [{ path: 'docs/large.md', create: `${words.join('\n')}\n` }] });

    writeFileSync(flag, '');
    const full = await bench.session.call('propose_change', large);
    const after = stateOf(bench);
    writeFileSync(join(bin, 'git'), `#!/bin/sh\nPATH='${real}' exec git "$@"\n`);
    const roomy = await bench.session.call('propose_change', large);

    expect(full.text).toMatch(/^unavailable: the disk of the repository cache is full/);
    expect(after).toEqual(before);
    expect([roomy.failed, roomy.text]).toEqual([false, expect.any(String)]);
  });

  test('names that are taken: no branch is moved, and what stands in the way is said', async () => {
    bench = await openBench();
    // A branch named daytwo leaves no room for any below it.
    bench.remote.git('update-ref', 'refs/heads/daytwo', 'main');
    await bench.session.call('repo_read', { path: APP });
    const before = bench.remote.references();

    const { text } = await bench.session.call('propose_change', bump(bench));

    expect(text).toMatch(/^unavailable: the remote refused the branch/);
    expect(bench.remote.references()).toBe(before);
    expect((await bench.session.call('proposal_list')).failed).toBe(false);
  });
});

/** The mirror is fetched at most every so often, and a stale proposal is sound until then. */
async function askUntilFetched({ session }: Bench, stale: Record<string, unknown>): Promise<Reply> {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await session.call('propose_change', { ...stale, preview: true });
    if (reply.failed || attempt === 15) return reply;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
}

describe('two sessions on one cache and remote', () => {
  test.each([1, 2, 3])('propose at once: both branches are there, each whole (%s)', async () => {
    const first = await openBench();
    const second = { ...first, session: await sessionOn(first) };

    const replies = await Promise.all(
      [first, second].map(({ session }) => session.call('propose_change', bump(first))),
    );

    await Promise.all([first.session.close(), second.session.close()]);
    const pushed = replies.map(({ data }) => [data?.['branch'], data?.['commit']]);
    expect(replies.map(({ failed }) => failed)).toEqual([false, false]);
    expect(first.remote.references().split('\n').toSorted()).toEqual(
      [...pushed, ['main', first.remote.git('rev-parse', 'main')]]
        .map(([branch, commit]) => `refs/heads/${String(branch)} ${String(commit)}`)
        .toSorted(),
    );
    expect(remainsIn(first.cacheDir)).toEqual([]);
  });
});
