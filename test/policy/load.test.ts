import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { PolicyError, loadPolicy } from '../../src/gate/policy/policy.ts';
import { BODY_LINE, KNOWN, policyOf, policyText, problemsIn } from './example.ts';

const SOUND = 'rules:\n  - {id: read, effect: allow, roles: [viewer], tools: ["*"], reason: to look}\n';

/** Problems of a policy whose only rule has these keys beside the required ones; columns count in `  - {…}`. */
const rule = (keys: string): string[] =>
  problemsIn(policyText(`rules:\n  - {${keys}, id: a, effect: allow, reason: b}\n`));

/** The line of that rule, and the column at which its keys start. */
const LINE = BODY_LINE + 1;
const at = (keys: string, part: string): string => `${LINE}:${6 + keys.indexOf(part)}`;

describe('a mistake in a rule', () => {
  test.each<[keys: string, part: string, message: string]>([
    ['tools: [helth_summary]', 'helth', 'unknown tool "helth_summary" (health_summary)'],
    ['tools: [log_tail, zzz]', 'zzz', 'unknown tool "zzz"'],
    ['tools: ["resorce_*"]', '"resorce', 'no tool starts with resorce_'],
    ['tools: ["*_list"]', '"*_list', 'unknown tool "*_list"'],
    ['kinds: [Pods]', 'Pods', 'unknown kind "Pods" (Pod)'],
    ['kinds: [pod]', 'pod]', 'unknown kind "pod" (Pod)'],
    ['kinds: {exclude: [Nod]}', 'Nod', 'unknown kind "Nod" (Node)'],
    ['roles: [veiwer]', 'veiwer', 'unknown role "veiwer" (viewer)'],
    ['role: [viewer]', 'role', 'unknown key "role" (roles)'],
    ['window: {days: mon-fri}', 'window', 'unknown key "window"'],
    ['mode: audit', 'mode', 'unknown key "mode"'],
    ['namespaces: {includ: [media]}', 'includ', 'unknown key "includ" (include)'],
    ['limits: {tailLine: 5}', 'tailLine', 'unknown key "tailLine" (tailLines)'],
    ['tools: []', '[]', 'an empty list: name something, or leave the key out to mean any'],
    ['namespaces: []', '[]', 'an empty list: name something, or leave the key out to mean any'],
    ['namespaces: {include: []}', '[]', 'an empty list: name something, or leave the key out to mean any'],
    ['paths: []', '[]', 'an empty list: name something, or leave the key out to mean any'],
    ['namespaces: media', 'media', 'expected a list of names, or {include: […], exclude: […]}'],
    ['namespaces: ["team-*"]', '"team', 'a namespace is a whole name or "*": prefixes are not understood'],
    ['namespaces: [Media]', 'Media', '"Media" cannot be the name of a namespace'],
    [
      'limits: {tailLines: 2001}',
      '2001',
      'at most 2000: a policy can lower the built-in bound, never raise it',
    ],
    [
      'limits: {bytes: 65536}',
      '65536',
      'at most 49152: a policy can lower the built-in bound, never raise it',
    ],
    ['limits: {rows: "5"}', '"5"', 'rows: expected number, received string'],
    ['paths: [/docs/**]', '/docs', 'a path is relative to the root of the repository: remove the leading /'],
    ['paths: [docs/../x]', 'docs', 'a path has no empty segment, no . and no ..'],
    ['paths: ["docs/[a-z]"]', '"docs', 'only * and ** are understood in a path'],
    ['paths: [docs/**x]', 'docs', '** stands alone between slashes'],
    ['kinds: [Pod, Secret]', 'Secret', 'Secret is never readable: no rule can allow it'],
    ['kinds: {include: [Secret]}', 'Secret', 'Secret is never readable: no rule can allow it'],
    [
      'namespaces: {include: [media], exclude: [media, apps]}',
      '[media, apps',
      'all that is included is excluded again: the rule can never match',
    ],
    ['kinds: {exclude: ["*"]}', '["*"]', 'all that is included is excluded again: the rule can never match'],
    [
      'tools: [log_tail], proposal: {maxFiles: 5}',
      '{maxFiles',
      'proposal belongs to a rule whose tools are all propose_ tools',
    ],
    [
      'tools: ["propose_*"], proposal: {paths: [docs/**, .github/**]}',
      '.github',
      '.github/** is protected: no proposal can touch it',
    ],
  ])('%s', (keys, part, message) => {
    expect(rule(keys)).toEqual([`${at(keys, part)} ${message}`]);
  });

  test('the class of proposals can be named before it has a tool', () => {
    const keys = 'tools: ["propose_*", "propose_n*"]';

    expect(rule(keys)).toEqual([`${at(keys, '"propose_n')} no tool starts with propose_n`]);
    expect(
      rule('tools: ["propose_*"], proposal: {base: main, branchPrefix: daytwo/, paths: [docs/**]}'),
    ).toEqual([]);
  });
});

describe('a mistake in the file', () => {
  test.each<[name: string, text: string, problems: string[]]>([
    [
      'an unquoted star',
      policyText('rules:\n  - {id: a, effect: allow, namespaces: [*], reason: b}\n'),
      ['9:41 an unquoted * starts a YAML alias: put it in quotes ("*")'],
    ],
    [
      'an alias',
      policyText('rules:\n  - {id: a, effect: allow, namespaces: [&x media, *x], reason: b}\n'),
      ['9:51 an unquoted * starts a YAML alias: put it in quotes ("*x")'],
    ],
    ['a key twice', policyText(`${SOUND}rules: []\n`), ['10:1 Map keys must be unique']],
    ['an unknown tag', policyText(SOUND.replace('to look', '!env LOOK')), ['9:70 Unresolved tag: !env']],
    ['a tab', policyText('rules:\n\t- {}\n'), ['9:1 Tabs are not allowed as indentation']],
    [
      'a second document',
      `${policyText(SOUND)}---\na: 1\n`,
      ['10:1 Source contains multiple documents; please use YAML.parseAllDocuments()'],
    ],
    ['nothing', '', ['1:1 the file: expected object, received null']],
    [
      'no rules',
      policyText('rules: []\n'),
      ['8:8 an empty list: name something, or leave the key out to mean any'],
    ],
    ['rules left out', policyText(''), ['1:1 rules is missing']],
    [
      'an effect that is misspelt',
      policyText(SOUND.replace('allow', 'alow')),
      ['9:24 effect: expected one of "allow"|"deny" (allow)'],
    ],
    ['a rule without a reason', policyText('rules:\n  - {id: a, effect: deny}\n'), ['9:5 reason is missing']],
    [
      'limits on a deny',
      policyText('rules:\n  - {id: a, effect: deny, limits: {rows: 5}, reason: b}\n'),
      ['9:35 a deny rule has no limits'],
    ],
    [
      'a default that allows',
      policyText(`defaults: {effect: allow}\n${SOUND}`),
      ['8:20 effect: expected "deny"'],
    ],
    [
      'a rule id twice',
      policyText(`${SOUND}  - {id: read, effect: deny, reason: b}\n`),
      ['10:10 read is already used in line 9'],
    ],
    [
      'a role without members',
      policyText(SOUND).replace('members: [local]', 'members: []'),
      ['7:21 an empty list: name something, or leave the key out to mean any'],
    ],
    [
      'a member that does not exist',
      policyText(SOUND).replace('members: [local]', 'members: [lokal]'),
      ['7:22 unknown principal "lokal" (local)'],
    ],
    [
      'a principal no call can come from',
      policyText(SOUND).replace('transport: stdio', 'transport: http'),
      ['5:36 transport: expected "stdio"'],
    ],
    [
      'two principals for one connection',
      policyText(SOUND).replace('roles:', '  - {id: other, match: {transport: stdio}}\nroles:'),
      ['6:36 stdio is already used in line 5'],
    ],
    [
      'a name with capitals',
      policyText(SOUND).replace('id: read', 'id: Read'),
      ['9:10 a name starts with a letter and holds lower-case letters, digits and hyphens'],
    ],
    [
      'a role with capitals',
      policyText(SOUND).replace('  viewer:', '  Viewer:').replace('[viewer]', '["*"]'),
      ['7:3 a name starts with a letter and holds lower-case letters, digits and hyphens'],
    ],
    [
      'a key for what does not exist yet',
      policyText(`rateLimits: {calls: 60}\n${SOUND}`),
      ['8:1 unknown key "rateLimits"'],
    ],
    [
      'a version that is a word',
      policyText(SOUND).replace('version: 7', 'version: seven'),
      ['3:33 version: expected number, received string'],
    ],
  ])('%s', (_, text, problems) => {
    expect(problemsIn(text)).toEqual(problems);
  });

  test('all problems are told at once, in order, with file, line and column', () => {
    const text = policyText(
      'rules:\n  - {id: a, effect: allow, tools: [log_tial], reason: b}\n  - {id: a, effekt: deny, kinds: [Pood], reason: c}\n',
    );

    expect(() => loadPolicy(text, 'home.yaml', KNOWN)).toThrow(
      new PolicyError('home.yaml', [
        { line: 9, column: 36, message: 'unknown tool "log_tial"', suggestion: 'log_tail' },
        { line: 10, column: 5, message: 'effect is missing' },
        { line: 10, column: 10, message: 'a is already used in line 9' },
        { line: 10, column: 13, message: 'unknown key "effekt"', suggestion: 'effect' },
        { line: 10, column: 35, message: 'unknown kind "Pood"', suggestion: 'Pod' },
      ]),
    );
  });

  test('the message has a line for each problem', () => {
    const error = new PolicyError('p.yaml', [
      { line: 1, column: 2, message: 'one', suggestion: 'won' },
      { line: 3, column: 4, message: 'two' },
    ]);

    expect(error.message).toBe('p.yaml:1:2: one (did you mean won?)\np.yaml:3:4: two');
  });
});

describe('a sound policy', () => {
  test('knows where it comes from', () => {
    const policy = policyOf(SOUND);

    expect(policy).toMatchObject({ file: 'policy.yaml', name: 'test', version: 7 });
    expect(policy.sha256).toBe(createHash('sha256').update(policyText(SOUND)).digest('hex'));
    expect(policy.shortSha).toBe(policy.sha256.slice(0, 12));
    expect(policy.rules.map(({ id, line }) => ({ id, line }))).toEqual([{ id: 'read', line: 9 }]);
  });

  test('is frozen', () => {
    const policy = policyOf(SOUND);

    for (const part of [policy, policy.rules, policy.rules[0], policy.principals, policy.principals[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  test('may deny what is never readable anyway, even if no kind of that name is known', () => {
    const text = policyText('rules:\n  - {id: a, effect: deny, kinds: [Secret], reason: b}\n');

    expect(loadPolicy(text, 'p.yaml', { ...KNOWN, kinds: ['Pod'] }).rules).toHaveLength(1);
  });
});
