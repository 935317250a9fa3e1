import { defineTool, z } from '#tool';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, describe, expect, test } from 'vitest';

import { verifyAudit } from '../../src/gate/audit/verify.ts';
import {
  type BenchSetup,
  type RepositoryBench,
  openRepositoryBench,
  recordsIn,
} from '../support/repository-bench.ts';

const APP = 'clusters/main/app.yaml';
const FILES = { [APP]: 'image: wiki:1\nreplicas: 1\n', 'docs/notes.md': 'Notes\n' };
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;

let open: RepositoryBench[] = [];
afterEach(() => {
  for (const made of open) made.close();
  open = [];
});

async function bench(setup: Partial<BenchSetup> = {}): Promise<RepositoryBench> {
  const made = await openRepositoryBench({ files: FILES, ...setup });
  open.push(made);
  return made;
}

/** Sets the image of the wiki. */
function proposal({ blob }: RepositoryBench, more: object = {}): object {
  return {
    title: 'Bump wiki to 2',
    reason: 'wiki crash-loops since 1',
    edits: [{ path: APP, blob: blob(APP), replace: { find: 'wiki:1', with: 'wiki:2' } }],
    ...more,
  };
}

const rulesWith = (bounds: string): string =>
  `{id: read, effect: allow, tools: ["repo_*", proposal_list], reason: r}, {id: propose, effect: allow, tools: ["propose_*"], proposal: {${bounds}}, reason: r}`;

const branchesOf = ({ remote }: RepositoryBench): string[] =>
  remote.git('for-each-ref', '--format=%(refname:short)').split('\n');

/** A tool that proposes what its input does not say. */
const astray = defineTool({
  name: 'propose_astray',
  policy: 'propose',
  title: 'Astray',
  description: 'Use in tests.',
  upstreams: ['repository'],
  input: z.strictObject({ to: z.string(), preview: z.boolean().default(false) }),
  examples: [{ to: 'docs/a.md' }],
  async prepare({ to, preview }, { raw, signal }) {
    const { commit } = await raw.head(signal);
    const files = [{ path: to, content: new TextEncoder().encode('x\n'), was: null }];
    return {
      title: 'Go astray',
      reason: 'a test wants it',
      preview,
      change: { base: commit.sha, files },
    };
  },
});

describe('a proposal', () => {
  test('becomes a branch with the fix and nothing else', async () => {
    const made = await bench();

    const { data } = await made.ask('propose_change', proposal(made));

    const branch = String(data?.['branch']);
    expect(made.remote.git('diff', '--unified=0', 'main', branch).split('\n').slice(-2)).toEqual([
      '-image: wiki:1',
      '+image: wiki:2',
    ]);
    expect(made.remote.git('rev-parse', branch)).toBe(data?.['commit']);
    expect(branchesOf(made)).toEqual([branch, 'main']);
  });

  test('has two records under one id, which the commit names', async () => {
    const made = await bench();

    const { data } = await made.ask('propose_change', proposal(made));

    const records = made.records();
    const branch = String(data?.['branch']);
    const what = { repository: expect.stringContaining(made.remote.path), branch, paths: [APP] };
    expect(records.map(({ stage, proposal: told }) => [stage, told])).toEqual([
      ['intent', what],
      ['complete', { ...what, commit: data?.['commit'] }],
    ]);
    const [id, ...ids] = new Set(records.map(({ auditID }) => auditID));
    expect(ids).toEqual([]);
    expect(made.remote.git('log', '-1', '--format=%B', branch)).toContain(`Daytwo-Audit-Id: ${id}`);
    expect(verifyAudit(readFileSync(made.log.file, 'utf8'), made.log.key)).toBeUndefined();
  });

  test('is on disk as an intent before anything reaches the remote', async () => {
    const made = await bench();
    const seen = join(made.shop.root, 'seen.jsonl');
    made.remote.hook('pre-receive', `cp '${made.log.file}' '${seen}'`);

    const { data } = await made.ask('propose_change', proposal(made));

    expect(recordsIn(seen).map(({ stage, proposal: what }) => [stage, what?.branch])).toEqual([
      ['intent', data?.['branch']],
    ]);
  });

  test('whose intent cannot be recorded does not leave', async () => {
    const made = await bench({
      write: () => {
        throw new Error('no space left');
      },
    });
    const before = made.remote.references();

    const { text, failed } = await made.ask('propose_change', proposal(made));

    expect(failed).toBe('tool');
    expect(text).toMatch(/unavailable: the audit log cannot be written/);
    expect(made.remote.references()).toBe(before);
  });

  test('as a preview is shown, not pushed, and no intent is recorded', async () => {
    const made = await bench();
    const before = made.remote.references();

    const { data } = await made.ask('propose_change', proposal(made, { preview: true }));

    expect(data?.['diff']).toContain('+image: wiki:2');
    expect(data).not.toHaveProperty('branch');
    expect(made.remote.references()).toBe(before);
    expect(made.records().map(({ stage, proposal: what }) => [stage, what])).toEqual([
      ['complete', undefined],
    ]);
  });

  test('is judged by the paths that really change, and nothing is recorded as leaving', async () => {
    const made = await bench({ tools: [astray], rules: rulesWith('paths: ["docs/**"]') });
    const before = made.remote.references();

    const allowed = await made.ask('propose_astray', { to: 'docs/new.md', preview: true });
    const denied = await made.ask('propose_astray', { to: 'clusters/main/new.yaml' });

    expect(allowed.failed).toBeUndefined();
    expect(denied.text).toMatch(/^denied: denied by builtin:default-deny .*clusters\/main\/new\.yaml/);
    expect(made.remote.references()).toBe(before);
    expect(made.records().map(({ stage, decision }) => [stage, decision])).toEqual([
      ['complete', 'allow'],
      ['complete', 'deny'],
    ]);
  });

  test('to a file that may not be changed confirms no guess about it', async () => {
    const made = await bench({ rules: rulesWith('paths: ["docs/**"]') });
    const edit = (find: string): object => ({
      edits: [{ path: APP, blob: made.blob(APP), replace: { find, with: 'x' } }],
    });

    const right = await made.ask('propose_change', proposal(made, edit('wiki:1')));
    const wrong = await made.ask('propose_change', proposal(made, edit('wiki:7')));

    expect(right.text).toMatch(/^denied/);
    expect(wrong.text).toBe(right.text);
  });

  test.each([
    ['title', { title: `Use ${TOKEN} for wiki` }],
    ['reason', { reason: `The old token was ${TOKEN} and it leaked` }],
  ])('with a secret in its %s does not leave: it would become the commit message', async (_, more) => {
    const made = await bench();
    const before = made.remote.references();

    const { text, failed } = await made.ask('propose_change', proposal(made, more));

    expect(failed).toBe('tool');
    expect(text).toMatch(/refused, nothing has left: title, reason or a path looks like a secret/);
    expect(text).not.toContain(TOKEN);
    expect(made.remote.references()).toBe(before);
  });

  test('that changes nothing is said to', async () => {
    const made = await bench();
    const edits = [
      { path: APP, blob: made.blob(APP), replace: { find: 'wiki:1', with: 'wiki:2' } },
      { path: APP, blob: made.blob(APP), replace: { find: 'wiki:2', with: 'wiki:1' } },
    ];

    const { text } = await made.ask('propose_change', proposal(made, { edits }));

    expect(text).toMatch(/the edits change nothing/);
    expect(branchesOf(made)).toEqual(['main']);
  });

  test('that is refused names everything that is wrong', async () => {
    const made = await bench({ rules: rulesWith('maxFiles: 1, maxChangedLines: 2') });
    const edits = [
      { path: 'docs/one.md', create: 'one\ntwo\n' },
      { path: 'docs/two.md', create: `key ${TOKEN}\n` },
    ];

    const { text } = await made.ask('propose_change', proposal(made, { edits }));

    expect(text).toContain('2 files change, 1 may');
    expect(text).toContain('3 lines change, 2 may');
    expect(text).toContain('docs/two.md: line 1 looks like a secret');
    expect(text).not.toContain(TOKEN);
  });
});

describe('a deletion', () => {
  const SECRET = 'clusters/main/secret.yaml';
  const files = {
    ...FILES,
    [SECRET]: 'kind: Secret\nmetadata: {name: s}\nstringData: {note: hunter2hunter}\n',
  };
  const rules = rulesWith('deletable: ["clusters/**"]');

  test('goes through where the policy says so, and nowhere else', async () => {
    const made = await bench({ rules });
    const gone = (path: string): object =>
      proposal(made, { edits: [{ path, blob: made.blob(path), delete: true }] });

    const allowed = await made.ask('propose_change', gone(APP));
    const refused = await made.ask('propose_change', gone('docs/notes.md'));

    expect(made.remote.git('ls-tree', '-r', '--name-only', String(allowed.data?.['branch']))).toBe(
      'docs/notes.md',
    );
    expect(refused.text).toMatch(/docs\/notes\.md: files are not deleted here/);
  });

  test('of a Secret in the open is refused: it would show what that holds', async () => {
    const made = await bench({ rules, files });
    const edits = [{ path: SECRET, blob: made.blob(SECRET), delete: true }];

    const { text } = await made.ask('propose_change', proposal(made, { edits, preview: true }));

    expect(text).toMatch(/line 3: a Secret with a plain value \(note\)/);
    expect(text).not.toContain('hunter2');
  });
});

describe('bounds of proposals', () => {
  test('an hour is counted with previews and refusals, before anything is prepared', async () => {
    let at = 0;
    const made = await bench({ rules: rulesWith('perHour: 2'), now: () => at });
    const preview = proposal(made, { preview: true });

    const first = await made.ask('propose_change', preview);
    const second = await made.ask(
      'propose_change',
      proposal(made, { edits: [{ path: '../x', create: 'x' }] }),
    );
    const third = await made.ask('propose_change', preview);
    at = 3_600_001;
    const later = await made.ask('propose_change', preview);

    expect([first.failed, later.failed]).toEqual([undefined, undefined]);
    expect(second.text).toMatch(/^invalid_input/);
    expect(third.text).toMatch(/^denied: 2 proposals and previews in an hour.*\n?.*possible in 60 minutes/);
  });

  test('open branches on the remote count, merged ones do not', async () => {
    const made = await bench({ rules: rulesWith('open: 1') });
    const first = await made.ask('propose_change', proposal(made));

    const second = await made.ask('propose_change', proposal(made, { title: 'Bump wiki again' }));
    made.remote.git('update-ref', 'refs/heads/main', String(first.data?.['commit']));
    const edits = [{ path: APP, blob: made.blob(APP), replace: { find: 'wiki:2', with: 'wiki:3' } }];
    const third = await made.ask('propose_change', proposal(made, { edits }));

    expect(second.text).toMatch(/^denied: 1 proposals are open, and the policy allows 1/);
    expect(third.failed).toBeUndefined();
  });

  test('a policy that names another base lets nothing be proposed', async () => {
    const made = await bench({ rules: rulesWith('base: release') });

    const { text } = await made.ask('propose_change', proposal(made));

    expect(text).toMatch(/^denied: proposals start from main here, and the policy allows release/);
    expect(branchesOf(made)).toEqual(['main']);
  });

  test('a prefix of the policy starts the name of the branch', async () => {
    const made = await bench({ rules: rulesWith('base: main, branchPrefix: daytwo/apps-') });

    const { data } = await made.ask('propose_change', proposal(made));

    expect(data?.['branch']).toMatch(/^daytwo\/apps-bump-wiki-to-2-/);
  });
});

describe('a push that does not end', () => {
  test('is waited for beyond the deadline, and what became of it is said and recorded', async () => {
    const made = await bench({ deadline: 1_500 });
    made.remote.hook('pre-receive', 'exec sleep 4');

    const { text } = await made.ask('propose_change', proposal(made));
    await pause(3_000);

    expect(text).toMatch(/^timeout: the remote did not take the branch daytwo\/bump-wiki-to-2-\S+ in time/);
    expect(text).toContain('look with proposal_list');
    expect(made.records().map(({ stage, result }) => [stage, result.status])).toEqual([
      ['intent', 'ok'],
      ['complete', 'timeout'],
    ]);
  });

  test('though the remote has taken the branch is a success', async () => {
    const made = await bench({ deadline: 1_500 });
    made.remote.hook('post-receive', 'exec sleep 3');

    const { data, failed } = await made.ask('propose_change', proposal(made));

    expect(failed).toBeUndefined();
    expect(made.remote.git('rev-parse', String(data?.['branch']))).toBe(data?.['commit']);
  });

  test('called off by the client before its intent leaves nothing and records none', async () => {
    const made = await bench();
    const gone = AbortSignal.abort();

    const answer = await made.ask('propose_change', proposal(made), gone);
    await pause(500);

    expect(answer.text).toMatch(/^timeout/);
    expect(branchesOf(made)).toEqual(['main']);
    expect(made.records().map(({ stage }) => stage)).toEqual(['complete']);
  });
});
