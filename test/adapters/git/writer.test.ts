import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { OpenedRepository } from '../../../src/adapters/git/open.ts';
import type { Change, FileChange, PreparedChange } from '../../../src/domain/repository/port.ts';
import {
  type TestRepository,
  type Workshop,
  fingerprint,
  openWorkshop,
} from '../../support/git-repository.ts';
import { open, problemOf, signal } from './opened.ts';

const KEYGEN = 'ssh-keygen';
const AUTHOR = { name: 'daytwo', email: 'daytwo@example.test' };
const MESSAGE = 'fix(wiki): go back to 3.2.0\n\nIt crashes.\n\nDaytwo-Audit-Id: 01\nDaytwo-Principal: sam\n';
const LFS = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';

let shop: Workshop;
let work: TestRepository;
let base: string;

beforeAll(() => {
  shop = openWorkshop();
  work = shop.repository('work');
  symlinkSync('README.md', join(work.path, 'link.md'));
  base = work.commit('Lay out the cluster', {
    'README.md': '# Home\n',
    'apps/wiki.yaml': 'image: wiki:3.3.0\nreplicas: 1\n',
    'apps/old.yaml': 'gone: soon\n',
    'Docs/Grüße (alt).md': 'Hallo\r\nWelt',
    'big.bin': 'x'.repeat(5_000_001),
    'model.bin': LFS,
    'vault.bin': '\0GITCRYPT\0abc',
    'run.sh': 'true\n',
    '.gitattributes': '* text=auto eol=crlf -diff filter=upper\n',
  });
  work.git('update-index', '--chmod=+x', 'run.sh');
  work.git('update-index', '--add', '--cacheinfo', `160000,${base},module`);
  work.git('commit', '--quiet', '-m', 'Add odd modes');
  base = work.git('rev-parse', 'HEAD');
});
afterAll(() => shop.remove());

let remote: TestRepository;
let cacheDir: string;
let opened: OpenedRepository;
async function openFresh(): Promise<() => void> {
  remote = shop.bare('remote', work);
  cacheDir = shop.folder('cache');
  const fresh = await open({ repository: `file://${remote.path}`, cacheDir, author: AUTHOR });
  opened = fresh;
  return () => fresh.close();
}

const idOf = (path: string): string => work.git('rev-parse', `${base}:${path}`);

function edit(path: string, content: string | null): FileChange {
  return { path, content: content === null ? null : Buffer.from(content), was: idOf(path) };
}

function create(path: string, content = 'new\n'): FileChange {
  return { path, content: Buffer.from(content), was: null };
}

function changeFrom(commit: string): Change {
  return { base: commit, files: [create('a.md')] };
}

function prepareFix(): Promise<PreparedChange> {
  const files = [edit('apps/wiki.yaml', 'image: wiki:3.2.0\nreplicas: 1\n')];
  return opened.writer.prepare({ base, files }, signal);
}

function referencesOf(repository: TestRepository): string {
  return repository.references();
}

describe('prepare', () => {
  beforeAll(openFresh);

  test('answers what Git sees: an edit, a new file, a deleted one', async () => {
    const files = [
      edit('apps/wiki.yaml', 'image: wiki:3.2.0\nreplicas: 1\n'),
      create('docs.d/incidents/2026-03-14.md', 'It crashed.'),
      edit('apps/old.yaml', null),
    ];

    const prepared = await opened.writer.prepare({ base, files }, signal);

    expect(prepared.paths).toEqual(['apps/old.yaml', 'apps/wiki.yaml', 'docs.d/incidents/2026-03-14.md']);
    expect(prepared.changedLines).toBe(4);
    expect(prepared.diff).toContain('-image: wiki:3.3.0\n+image: wiki:3.2.0\n replicas: 1\n');
    expect(prepared.diff).toContain('+It crashed.\n\\ No newline at end of file\n');
    expect(prepared.diff).toContain('deleted file mode 100644');
  });

  test('changes no reference, here or there, and leaves no file behind but objects', async () => {
    await opened.reader.head(signal);
    const [folder] = fingerprint(cacheDir).filter((line) => / directory /.test(line));
    const before = fingerprint(cacheDir).filter((line) => !/\/objects[ /]/.test(line));
    const references = referencesOf(remote);

    await prepareFix();

    const after = fingerprint(cacheDir).filter((line) => !/\/objects[ /]/.test(line));
    expect(folder).toBeDefined();
    expect(after.map(withoutTime)).toEqual(before.map(withoutTime));
    expect(referencesOf(remote)).toBe(references);
  });

  test('keeps bytes as they are, whatever attributes ask for, and known paths beyond ASCII', async () => {
    const prepared = await opened.writer.prepare(
      { base, files: [edit('Docs/Grüße (alt).md', 'Hallo\r\nWelt\nund mehr\r\n')] },
      signal,
    );
    const pushed = await opened.writer.push(prepared, 'daytwo/bytes-1', MESSAGE, signal);

    const content = execFileSync('git', ['cat-file', 'blob', `${pushed.commit}:Docs/Grüße (alt).md`], {
      cwd: remote.path,
    });
    expect(content.toString()).toBe('Hallo\r\nWelt\nund mehr\r\n');
    expect(prepared.diff).toContain('+und mehr\r\n');
  });

  test('a file may be empty', async () => {
    const prepared = await opened.writer.prepare({ base, files: [create('empty.md', '')] }, signal);

    expect([prepared.paths, prepared.changedLines]).toEqual([['empty.md'], 0]);
  });

  test('a new file may lie in a directory whose name it could not have', async () => {
    const spaced = work.commit('Add a directory with a space', { 'my docs/a.md': 'a\n' });
    work.git('push', '--quiet', remote.path, 'main');

    const prepared = await opened.writer.prepare({ base: spaced, files: [create('my docs/b.md')] }, signal);

    work.git('reset', '--quiet', '--hard', base);
    expect(prepared.paths).toEqual(['my docs/b.md']);
  });

  test.each([
    '',
    '.',
    '..',
    '../outside',
    'apps/../../outside',
    'apps/./x',
    '/etc/passwd',
    'apps//x',
    'apps/',
    '-rf',
    'apps/--help',
    '.git/config',
    'apps/.git/hooks/post-checkout',
    'apps/.GIT/config',
    'git~1/config',
    '.git./config',
    '.g\u200Cit/config',
    'a b.md',
    'a(1).md',
    'tab\there',
    'line\nbreak',
    'nul\0byte',
    'quote".md',
    String.raw`back\slash`,
    'colon:c.md',
    'star*.md',
    'Gru\u0308n.md',
    'grün.md',
    '\u202Etxt.md',
    'trailing.',
    'a'.repeat(201),
    `${'a/'.repeat(100)}b`,
  ])('a new file %j is refused', async (path) => {
    const problem = await problemOf(opened.writer.prepare({ base, files: [create(path)] }, signal));

    expect(problem.code).toBe('invalid_input');
  });

  test.each<[string, () => FileChange[], string]>([
    ['no file', () => [], 'no files'],
    ['one file twice', () => [create('a'), create('a')], 'changed twice'],
    ['nothing new', () => [edit('README.md', '# Home\n')], 'the same as before'],
    ['a new file that exists', () => [create('README.md')], 'exists already'],
    [
      'a file that was another',
      () => [{ ...edit('README.md', 'x'), was: idOf('run.sh') }],
      'not what was read',
    ],
    ['a file that does not exist', () => [{ ...create('nope'), was: idOf('run.sh') }], 'not in the base'],
    ['deleting what is not there', () => [{ path: 'nope', content: null, was: null }], 'does not exist'],
    ['a symbolic link', () => [edit('link.md', 'x')], 'a symbolic link'],
    ['a submodule', () => [{ ...create('module'), was: base }], 'a submodule'],
    ['deleting a submodule', () => [{ path: 'module', content: null, was: base }], 'a submodule'],
    ['an executable file', () => [edit('run.sh', 'false\n')], 'an executable file'],
    ['a pointer of LFS', () => [edit('model.bin', 'x')], 'Git LFS'],
    ['a new pointer of LFS', () => [create('new.bin', LFS)], 'Git LFS'],
    ['a file of git-crypt', () => [edit('vault.bin', 'x')], 'git-crypt'],
    ['a file over the bound', () => [edit('big.bin', 'x')], 'larger than 5 MB'],
    ['content over the bound', () => [create('new.bin', 'x'.repeat(5_000_001))], 'larger than 5 MB'],
    ['another case of a file', () => [create('readme.MD')], 'collides with the file README.md'],
    ['another case of a directory', () => [create('docs/a.md')], 'collides with the directory Docs'],
    ['a file for a directory', () => [create('apps')], 'collides with the directory apps'],
    ['a directory for a file', () => [create('README.md/a')], 'collides with the file README.md'],
    ['a directory for a submodule', () => [create('module/a')], 'collides with the file module'],
    ['a directory for a link', () => [create('link.md/a')], 'collides with the file link.md'],
    ['new ones in each other', () => [create('x'), create('x/y')], 'collides with the file x'],
    ['new ones that differ in case', () => [create('x/a'), create('X/b')], 'collides with the directory x'],
  ])('%s is refused', async (_, files, words) => {
    const references = referencesOf(remote);

    const problem = await problemOf(opened.writer.prepare({ base, files: files() }, signal));

    expect([problem.code, problem.message]).toEqual(['invalid_input', expect.stringContaining(words)]);
    expect(referencesOf(remote)).toBe(references);
  });

  test('a base that nobody has merged is refused, and one that is not there', async () => {
    work.git('checkout', '--quiet', '-b', 'unmerged');
    const side = work.commit('Not merged', { 'side.txt': 'x' });
    work.git('checkout', '--quiet', 'main');
    work.git('push', '--quiet', remote.path, 'unmerged');

    const unmerged = await problemOf(opened.writer.prepare(changeFrom(side), signal));
    const missing = await problemOf(opened.writer.prepare(changeFrom('f'.repeat(40)), signal));
    const branch = await problemOf(opened.writer.prepare(changeFrom('main'), signal));

    expect([unmerged.code, unmerged.message]).toEqual([
      'invalid_input',
      expect.stringContaining('not on main'),
    ]);
    expect([missing.code, branch.code]).toEqual(['not_found', 'not_found']);
  });
});

describe('push', () => {
  beforeEach(openFresh);

  test('creates one branch with one commit, as it was given', async () => {
    const prepared = await prepareFix();

    const pushed = await opened.writer.push(prepared, 'daytwo/wiki-1', MESSAGE, signal);

    const [format, commit] = ['%an <%ae> %cn <%ce>%n%P%n%T%n%B', pushed.commit];
    expect(remote.git('rev-parse', 'refs/heads/daytwo/wiki-1')).toBe(commit);
    expect(remote.git('log', '-1', `--format=${format}`, commit)).toBe(
      `daytwo <daytwo@example.test> daytwo <daytwo@example.test>\n${base}\n${prepared.tree}\n${MESSAGE}`,
    );
    expect(remote.git('log', '-1', '--format=%(trailers:key=Daytwo-Audit-Id,valueonly)', commit).trim()).toBe(
      '01',
    );
    expect(remote.git('rev-parse', 'main')).toBe(base);
  });

  test.each([
    'main',
    'daytwo/',
    'daytwo/Upper',
    'daytwo/a..b',
    'daytwo/a.lock',
    'daytwo/a/b',
    'daytwo/-a',
    'daytwo/a b',
    'daytwo/a:main',
    '+daytwo/a',
    'daytwo/a\nb',
    'refs/heads/main',
    `daytwo/${'a'.repeat(81)}`,
    'daytwo/a.',
  ])('a branch %j is refused', async (branch) => {
    const prepared = await prepareFix();
    const references = referencesOf(remote);

    const problem = await problemOf(opened.writer.push(prepared, branch, MESSAGE, signal));

    expect(problem.code).toBe('invalid_input');
    expect(referencesOf(remote)).toBe(references);
  });

  test('never moves a branch', async () => {
    const prepared = await prepareFix();
    work.git('push', '--quiet', remote.path, 'main:refs/heads/daytwo/wiki-1');

    const problem = await problemOf(opened.writer.push(prepared, 'daytwo/wiki-1', MESSAGE, signal));

    expect([problem.code, problem.message]).toEqual([
      'unavailable',
      expect.stringContaining('exists already'),
    ]);
    expect(remote.git('rev-parse', 'daytwo/wiki-1')).toBe(base);
  });

  test('two at once: both succeed under two names, one fails cleanly under one', async () => {
    const prepared = await prepareFix();
    const other = await opened.writer.prepare({ base, files: [create('other.md')] }, signal);

    const two = await Promise.allSettled([
      opened.writer.push(prepared, 'daytwo/one', MESSAGE, signal),
      opened.writer.push(other, 'daytwo/two', MESSAGE, signal),
    ]);
    const same = await Promise.allSettled([
      opened.writer.push(prepared, 'daytwo/same', MESSAGE, signal),
      opened.writer.push(other, 'daytwo/same', MESSAGE, signal),
    ]);

    const won = same.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.commit] : []));
    const lost = same.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(two.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(won).toEqual([remote.git('rev-parse', 'daytwo/same')]);
    expect(lost).toEqual([expect.objectContaining({ code: 'unavailable' })]);
  });

  test('a remote that rejects: its words, nothing else', async () => {
    const prepared = await prepareFix();
    const references = referencesOf(remote);
    remote.hook(
      'pre-receive',
      'echo "branches are made by hand here, see https://sam:hunter2@wiki.test" >&2; exit 1',
    );

    const problem = await problemOf(opened.writer.push(prepared, 'daytwo/wiki-1', MESSAGE, signal));

    expect(problem.code).toBe('unavailable');
    expect(problem.message).toContain('pre-receive hook declined');
    expect(problem.message).toContain('branches are made by hand here, see https://wiki.test');
    expect(referencesOf(remote)).toBe(references);
    expect(await opened.writer.branchState('daytwo/wiki-1', undefined, signal)).toEqual({ state: 'absent' });
  });

  test('a remote that hangs before it takes the branch: a time-out that says what is not known', async () => {
    const hasty = await open({
      repository: `file://${remote.path}`,
      cacheDir,
      author: AUTHOR,
      limits: { push: 700 },
    });
    const prepared = await hasty.writer.prepare({ base, files: [create('a.md')] }, signal);
    remote.hook('pre-receive', 'exec sleep 4');

    const problem = await problemOf(hasty.writer.push(prepared, 'daytwo/slow', MESSAGE, signal));

    hasty.close();
    expect([problem.code, problem.message]).toEqual(['timeout', expect.stringContaining('was not there')]);
    expect(problem.hint).toContain('proposal_list');
  });

  test('a remote that hangs after it took the branch: the branch is there, and that is said', async () => {
    const hasty = await open({
      repository: `file://${remote.path}`,
      cacheDir,
      author: AUTHOR,
      limits: { push: 700 },
    });
    const prepared = await hasty.writer.prepare({ base, files: [create('a.md')] }, signal);
    remote.hook('post-receive', 'exec sleep 4');

    const pushed = await hasty.writer.push(prepared, 'daytwo/slow', MESSAGE, signal);

    hasty.close();
    expect(remote.git('rev-parse', 'daytwo/slow')).toBe(pushed.commit);
  });

  test('a remote that is gone: what is not known is said', async () => {
    const prepared = await prepareFix();
    const gone = await open({ repository: `file://${remote.path}`, cacheDir, author: AUTHOR });
    execFileSync('mv', [remote.path, `${remote.path}.away`]);

    const problem = await problemOf(gone.writer.push(prepared, 'daytwo/wiki-1', MESSAGE, signal));

    gone.close();
    expect([problem.code, problem.message]).toEqual(['unavailable', expect.stringContaining('is not known')]);
  });

  test('the base may move between preparing and pushing: the branch starts where it was made', async () => {
    const prepared = await prepareFix();
    const moved = work.commit('Meanwhile', { 'README.md': '# Moved\n' });
    work.git('push', '--quiet', remote.path, 'main');

    const pushed = await opened.writer.push(prepared, 'daytwo/wiki-1', MESSAGE, signal);
    const [proposal] = await opened.writer.open(signal);

    work.git('reset', '--quiet', '--hard', base);
    expect(remote.git('rev-parse', `${pushed.commit}^`)).toBe(base);
    expect(remote.git('rev-parse', 'main')).toBe(moved);
    expect(proposal?.baseMoved).toBe(1);
  });

  test.each([
    ['no message', '  \n'],
    ['a message too long', 'x'.repeat(20_001)],
    ['a message with NUL', 'a\0b'],
  ])('%s is refused', async (_, message) => {
    const prepared = await prepareFix();

    const problem = await problemOf(opened.writer.push(prepared, 'daytwo/wiki-1', message, signal));

    expect(problem.code).toBe('invalid_input');
  });

  test('without an author nothing is pushed', async () => {
    const prepared = await prepareFix();
    const nobody = await open({ repository: `file://${remote.path}`, cacheDir });

    const problem = await problemOf(nobody.writer.push(prepared, 'daytwo/wiki-1', MESSAGE, signal));

    nobody.close();
    expect(problem.message).toBe('no author for proposals is configured');
  });

  test('signs with a key of the operator', async () => {
    const key = join(shop.folder('key'), 'id');
    execFileSync(KEYGEN, ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const prepared = await prepareFix();
    const signer = await open({
      repository: `file://${remote.path}`,
      cacheDir,
      author: AUTHOR,
      signing: { format: 'ssh', key },
    });

    const { commit } = await signer.writer.push(prepared, 'daytwo/signed', MESSAGE, signal);

    signer.close();
    expect(remote.git('cat-file', 'commit', commit)).toContain('gpgsig -----BEGIN SSH SIGNATURE-----');
  });
});

describe('open proposals and the state of a branch', () => {
  beforeEach(openFresh);

  test('open, merged, squashed and moved on', async () => {
    const push = async (name: string, file: string): Promise<string> => {
      const prepared = await opened.writer.prepare({ base, files: [create(file, `${name}\n`)] }, signal);
      return (await opened.writer.push(prepared, `daytwo/${name}`, `${name}\n`, signal)).commit;
    };
    await push('waiting', 'waiting.md');
    const merged = await push('merged', 'merged.md');
    await push('squashed', 'squashed.md');
    work.git('fetch', '--quiet', remote.path, 'daytwo/merged');
    work.git('merge', '--quiet', '--no-ff', '-m', 'Merge it', merged);
    work.commit('Squash it', { 'squashed.md': 'squashed\n' });
    work.git('push', '--quiet', remote.path, 'main');

    const proposals = await opened.writer.open(signal);

    work.git('reset', '--quiet', '--hard', base);
    const byName = Object.fromEntries(proposals.map(({ branch, ...rest }) => [branch, rest]));
    expect(Object.keys(byName).toSorted()).toEqual(['daytwo/merged', 'daytwo/squashed', 'daytwo/waiting']);
    expect(byName['daytwo/waiting']).toMatchObject({ merged: false, baseMoved: 3, paths: ['waiting.md'] });
    expect(byName['daytwo/merged']).toMatchObject({ merged: true, paths: ['merged.md'] });
    expect(byName['daytwo/squashed']).toMatchObject({ merged: true, paths: ['squashed.md'] });
    expect(byName['daytwo/waiting']?.commit).toMatchObject({ author: 'daytwo', subject: 'waiting' });
  });

  test('absent, complete, other', async () => {
    const prepared = await prepareFix();
    const before = await opened.writer.branchState('daytwo/wiki-1', undefined, signal);
    const { commit } = await opened.writer.push(prepared, 'daytwo/wiki-1', MESSAGE, signal);

    const states = await Promise.all([
      opened.writer.branchState('daytwo/wiki-1', commit, signal),
      opened.writer.branchState('daytwo/wiki-1', undefined, signal),
      opened.writer.branchState('daytwo/wiki-1', base, signal),
      opened.writer.branchState('daytwo/wiki', undefined, signal),
    ]);

    expect(before).toEqual({ state: 'absent' });
    expect(states).toEqual([
      { state: 'complete', commit },
      { state: 'complete', commit },
      { state: 'other', commit },
      { state: 'absent' },
    ]);
  });
});

function withoutTime(line: string): string {
  return line.replace(/ [\d.]+$/, '');
}
