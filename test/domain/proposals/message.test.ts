import { describe, expect, test } from 'vitest';

import { branchName, commitMessage } from '#domain/proposals/message.ts';

const CONVENTIONAL = [
  'feat(container): update image wiki 3.2.0 ➔ 3.3.0',
  'fix(flux): update chart x 1.2.3 ➔ 1.2.4 (#31)',
  'chore(deps): lock file',
  'Merge pull request #4',
  'Revert "feat(container): update image wiki"',
  'fix(wiki): raise memory',
  'fix(container): update image a 1 ➔ 2',
];
const SENTENCES = [
  'Add the wiki',
  'Bump jellyfin 10.8 -> 10.9',
  'Disable dns-sinkhole while the router is tested',
  'Fix probes',
];
const LOWER = ['add the wiki', 'bump jellyfin', 'disable dns-sinkhole', 'fix probes'];
const WIKI = 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml';
const UUID = '6f1c8b1e-2d5a-4c3b-9f00-123456789abc';

interface Parts {
  title?: string;
  reason?: string;
  subjects?: readonly string[];
  paths?: readonly string[];
  principal?: string;
}

function message({
  title = 'Roll wiki back to 3.2.0',
  reason = 'It crashes.',
  subjects = [],
  paths = [WIKI],
  principal = 'local',
}: Parts): string {
  const change = { files: paths.map((path) => ({ path })) };
  return commitMessage({ title, reason, change }, { subjects, auditID: UUID, principal });
}

const subject = (parts: Parts): string => message(parts).split('\n')[0] ?? '';

describe('the subject follows the habit of the repository', () => {
  test.each<[string, Parts, string]>([
    ['a young repository', { subjects: ['x'] }, 'Roll wiki back to 3.2.0'],
    ['sentences', { subjects: SENTENCES }, 'Roll wiki back to 3.2.0'],
    ['sentences in lower case', { subjects: LOWER }, 'roll wiki back to 3.2.0'],
    [
      'conventional, with the scope that the paths share',
      { subjects: CONVENTIONAL },
      'fix(wiki): roll wiki back to 3.2.0',
    ],
    [
      'conventional, with no scope that fits',
      { subjects: CONVENTIONAL, paths: ['clusters/main/a.yaml'] },
      'fix: roll wiki back to 3.2.0',
    ],
    ['documentation', { subjects: CONVENTIONAL, paths: ['docs/a.md'] }, 'docs: roll wiki back to 3.2.0'],
    [
      'a prefix that is given',
      { subjects: CONVENTIONAL, title: 'revert(container): wiki 3.3.0' },
      'revert(container): wiki 3.3.0',
    ],
    [
      'a prefix that nobody uses here',
      { subjects: SENTENCES, title: 'fix(wiki): roll back to 3.2.0' },
      'Roll back to 3.2.0',
    ],
    [
      'the arrow in use',
      { subjects: CONVENTIONAL, title: 'Roll wiki back 3.3.0 -> 3.2.0' },
      'fix(wiki): roll wiki back 3.3.0 ➔ 3.2.0',
    ],
    [
      'another arrow in use',
      { subjects: SENTENCES, title: 'Roll wiki back 3.3.0 → 3.2.0' },
      'Roll wiki back 3.3.0 -> 3.2.0',
    ],
    [
      'a name keeps its capitals',
      { subjects: LOWER, title: 'HelmRelease wiki needs memory' },
      'HelmRelease wiki needs memory',
    ],
    ['no final dot', { title: 'Roll back.' }, 'Roll back'],
    ['one line', { title: ' Roll\n\nback\t now ' }, 'Roll back now'],
    ['no controls', { title: 'Roll\u001B[2K \u202Eback' }, 'Roll [2K back'],
  ])('%s', (_, parts, expected) => {
    expect(subject(parts)).toBe(expected);
  });

  test('in at most 72 characters, and the whole title follows', () => {
    const title = `Roll the wiki back to 3.2.0 because ${'it does not start '.repeat(4)}`.trim();

    const [first = '', empty, ...rest] = message({ title, subjects: CONVENTIONAL }).split('\n');

    expect(first.length).toBeLessThanOrEqual(72);
    expect(first).toMatch(/^fix\(wiki\): roll the wiki back .* \w+$/);
    expect(empty).toBe('');
    expect(rest.slice(0, 2).join(' ')).toBe(title);
  });
});

describe('the body', () => {
  test('is the reason, wrapped, with its paragraphs and lists, and then the trailers', () => {
    const reason = `wiki crash-loops since the bump to 3.3.0: exit code 1 after two seconds, thirteen restarts.\n\n- image: ghcr.io/example/wiki:3.3.0 fails with a missing migration that nobody expected\n- see https://example.test/${'long/'.repeat(20)}\nwhich says more\n`;

    expect(message({ reason, principal: 'sam' })).toBe(`Roll wiki back to 3.2.0

wiki crash-loops since the bump to 3.3.0: exit code 1 after two seconds,
thirteen restarts.

- image: ghcr.io/example/wiki:3.3.0 fails with a missing migration that
  nobody expected
- see
  https://example.test/${'long/'.repeat(20)}
  which says more

Daytwo-Audit-Id: ${UUID}
Daytwo-Principal: sam
`);
  });

  test.each([
    'Daytwo-Principal: root',
    'Signed-off-by: Somebody <a@example.test>',
    'Co-authored-by: Somebody <a@example.test>',
    'x\n\nDaytwo-Audit-Id: 1\nDaytwo-Principal: root',
    'x\r\n\r\nReviewed-by: me',
    `${'word '.repeat(13)}Daytwo-Principal: root`,
    'BREAKING CHANGE: all of it',
    '- ok\n\u200BDaytwo-Principal: root',
    'x\u2028Daytwo-Principal: root',
    'x\u0085\u0085Daytwo-Principal: root',
    '---\ndiff --git a/x b/x',
  ])('cannot forge a trailer or a patch: %j', (reason) => {
    const lines = message({ reason }).trimEnd().split('\n');

    expect(lines.slice(-3)).toEqual(['', `Daytwo-Audit-Id: ${UUID}`, 'Daytwo-Principal: local']);
    expect(
      lines.slice(0, -3).filter((line) => /^\s*[\w-]+-[\w-]+:|^BREAKING|^---|^diff /.test(line)),
    ).toEqual([]);
  });

  test.each(['[skip ci]', '[ci skip]', '[no ci]', '[Skip Actions]', 'skip-checks: true'])(
    'cannot tell CI to look away: %s',
    (mark) => {
      const text = message({ title: `Fix it ${mark}`, reason: `Because ${mark}.` });

      expect(text).not.toMatch(/\[(?:skip|no|ci|actions)[ -]|skip-checks/i);
    },
  );

  test('holds no control characters', () => {
    expect(
      message({ title: 'a\u0000b\u0007c', reason: 'd\u001B]8;;x\u0007e\u{E0041}f', principal: 'a\nb\u202E' }),
    ).toMatch(/^[\n\x20-\x7E]+$/);
  });

  test('refuses an id that is none', () => {
    const context = { subjects: [], auditID: 'x\nDaytwo-Principal: root', principal: 'local' };

    expect(() => commitMessage({ title: 'a', reason: 'b', change: { files: [] } }, context)).toThrow(
      /audit id/,
    );
  });
});

describe('the branch', () => {
  test.each([
    ['Roll wiki back to 3.2.0', 'daytwo/roll-wiki-back-to-3-2-0-6f1c8b1e'],
    ['Straße über München', 'daytwo/strasse-uber-munchen-6f1c8b1e'],
    ['日本語', 'daytwo/change-6f1c8b1e'],
    ['../../main', 'daytwo/main-6f1c8b1e'],
    ['--force .lock @{u} ~^:?*[', 'daytwo/force-lock-u-6f1c8b1e'],
    ['x'.repeat(300), `daytwo/${'x'.repeat(40)}-6f1c8b1e`],
    ['refs/heads/main\n', 'daytwo/refs-heads-main-6f1c8b1e'],
  ])('of %j is %s', (title, branch) => {
    expect(branchName(title, UUID)).toBe(branch);
    expect(branch).toMatch(/^daytwo\/[a-z0-9][a-z0-9._-]{0,79}$/);
  });

  test('refuses an id that is none', () => {
    expect(() => branchName('x', '../main')).toThrow(/audit id/);
  });
});
