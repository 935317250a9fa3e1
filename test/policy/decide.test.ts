import { describe, expect, test } from 'vitest';

import {
  type Question,
  decide,
  denialText,
  identify,
  scopeOf,
  visibleTools,
} from '../../src/gate/policy/decide.ts';
import { CAPS } from '../../src/gate/policy/floor.ts';
import { KNOWN, policyOf } from './example.ts';

const local = { id: 'local', roles: ['viewer'] };

interface Row {
  rules: string[];
  question: Question;
  decided: string;
}

const rulesOf = (rules: readonly string[]): string =>
  `rules:\n${rules.map((rule, index) => `  - {id: r${index}, reason: because, ${rule}}\n`).join('')}`;

const outcome = (rules: readonly string[], question: Question): string => {
  const { effect, rule } = decide(policyOf(rulesOf(rules)), local, question);
  return `${effect} ${rule}`;
};

const NOTHING = 'deny builtin:default-deny';
const pod = { tool: 'resource_list', kind: 'Pod', namespace: 'media' };
const node = { tool: 'resource_list', kind: 'Node', clusterScoped: true };
const secret = { tool: 'resource_get', kind: 'Secret', namespace: 'media' };
const file = { tool: 'propose_change', path: 'docs/a/b.md' };

describe('one object or file', () => {
  test.each<Row>([
    { rules: ['effect: allow'], question: pod, decided: 'allow r0' },
    { rules: ['effect: deny'], question: pod, decided: 'deny r0' },
    { rules: ['effect: allow, roles: [viewer]'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, roles: ["*"]'], question: pod, decided: 'allow r0' },
    // deny wins, in any order
    { rules: ['effect: allow', 'effect: deny'], question: pod, decided: 'deny r1' },
    { rules: ['effect: deny', 'effect: allow'], question: pod, decided: 'deny r0' },
    // tools
    { rules: ['effect: allow, tools: [resource_list]'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, tools: [resource_get]'], question: pod, decided: NOTHING },
    { rules: ['effect: allow, tools: ["resource_*"]'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, tools: ["event_*"]'], question: pod, decided: NOTHING },
    { rules: ['effect: allow, tools: ["*"]'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, tools: ["propose_*"]'], question: pod, decided: NOTHING },
    // namespaces
    { rules: ['effect: allow, namespaces: [media]'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, namespaces: [apps]'], question: pod, decided: NOTHING },
    { rules: ['effect: allow, namespaces: ["*"]'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, namespaces: {exclude: [apps]}'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, namespaces: {exclude: [media]}'], question: pod, decided: NOTHING },
    {
      rules: ['effect: allow, namespaces: {include: ["*"], exclude: [media]}'],
      question: pod,
      decided: NOTHING,
    },
    { rules: ['effect: allow', 'effect: deny, namespaces: [media]'], question: pod, decided: 'deny r1' },
    {
      rules: ['effect: allow', 'effect: deny, namespaces: {exclude: [media]}'],
      question: pod,
      decided: 'allow r0',
    },
    // cluster-scoped objects
    { rules: ['effect: allow'], question: node, decided: 'allow r0' },
    { rules: ['effect: allow, namespaces: ["*"]'], question: node, decided: 'allow r0' },
    { rules: ['effect: allow, namespaces: [media]'], question: node, decided: NOTHING },
    { rules: ['effect: allow, namespaces: {exclude: [media]}'], question: node, decided: 'allow r0' },
    { rules: ['effect: allow', 'effect: deny, namespaces: [media]'], question: node, decided: 'allow r0' },
    {
      rules: ['effect: allow', 'effect: deny, namespaces: {exclude: [media]}'],
      question: node,
      decided: 'deny r1',
    },
    // kinds
    { rules: ['effect: allow, kinds: [Pod]'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, kinds: [Pod]'], question: { ...pod, kind: 'pod' }, decided: 'allow r0' },
    { rules: ['effect: allow, kinds: [Node]'], question: pod, decided: NOTHING },
    { rules: ['effect: allow, kinds: {exclude: [Pod]}'], question: pod, decided: NOTHING },
    {
      rules: ['effect: allow', 'effect: deny, kinds: [Pod]'],
      question: { ...pod, kind: 'POD' },
      decided: 'deny r1',
    },
    // the floor
    { rules: ['effect: allow'], question: secret, decided: 'deny builtin:sealed-kind' },
    {
      rules: ['effect: allow'],
      question: { ...secret, kind: 'secrets' },
      decided: 'deny builtin:sealed-kind',
    },
    { rules: ['effect: allow', 'effect: deny, kinds: [Secret]'], question: secret, decided: 'deny r1' },
    // files
    { rules: ['effect: allow, paths: [docs/**]'], question: file, decided: 'allow r0' },
    { rules: ['effect: allow, paths: [docs/*]'], question: file, decided: NOTHING },
    { rules: ['effect: allow, paths: ["**/*.md"]'], question: file, decided: 'allow r0' },
    { rules: ['effect: allow, paths: [docs/**]'], question: pod, decided: NOTHING },
    { rules: ['effect: allow', 'effect: deny, paths: [docs/**]'], question: pod, decided: 'allow r0' },
    { rules: ['effect: allow, namespaces: [media]'], question: file, decided: NOTHING },
    {
      rules: ['effect: allow, tools: ["propose_*"], proposal: {paths: [apps/**]}'],
      question: file,
      decided: NOTHING,
    },
    {
      rules: ['effect: allow, tools: ["propose_*"], proposal: {paths: [docs/**]}'],
      question: file,
      decided: 'allow r0',
    },
    ...[
      '.sops.yaml',
      'a/.github/x.yaml',
      'Makefile',
      'docs/CLAUDE.md',
      'a/db.secret.yaml',
      '.git/config',
    ].map((path) => ({
      rules: ['effect: allow'],
      question: { tool: 'propose_change', path },
      decided: 'deny builtin:protected-path',
    })),
    {
      rules: ['effect: allow'],
      question: { tool: 'propose_change', path: 'a/upgradesettings.yaml' },
      decided: 'allow r0',
    },
    { rules: ['effect: allow'], question: { tool: 'repo_read', path: '.sops.yaml' }, decided: 'allow r0' },
  ])('$rules, asked $question: $decided', ({ rules, question, decided }) => {
    expect(outcome(rules, question)).toBe(decided);
  });
});

describe('a question that leaves things open', () => {
  const tool = { tool: 'resource_list' };

  test.each<Row>([
    { rules: ['effect: allow, namespaces: [media]'], question: tool, decided: 'allow r0' },
    {
      rules: ['effect: allow, namespaces: [media]'],
      question: { ...tool, kind: 'Pod' },
      decided: 'allow r0',
    },
    {
      rules: ['effect: allow, namespaces: [media]'],
      question: { ...tool, namespace: 'apps' },
      decided: NOTHING,
    },
    {
      rules: ['effect: allow, kinds: [Node]'],
      question: { ...tool, namespace: 'apps' },
      decided: 'allow r0',
    },
    { rules: ['effect: allow, kinds: [Node]'], question: { ...tool, kind: 'Pod' }, decided: NOTHING },
    { rules: ['effect: allow'], question: { ...tool, kind: 'Secret' }, decided: 'deny builtin:sealed-kind' },
    { rules: ['effect: allow', 'effect: deny, namespaces: [media]'], question: tool, decided: 'allow r0' },
    { rules: ['effect: allow', 'effect: deny, tools: [resource_list]'], question: tool, decided: 'deny r1' },
    {
      rules: ['effect: allow, namespaces: [media]', 'effect: deny, namespaces: [media]'],
      question: tool,
      decided: NOTHING,
    },
    {
      rules: [
        'effect: allow, kinds: [Pod], namespaces: [media]',
        'effect: deny, kinds: [Pod], namespaces: ["*"]',
      ],
      question: tool,
      decided: NOTHING,
    },
    { rules: ['effect: allow, paths: [docs/**]'], question: { tool: 'repo_read' }, decided: 'allow r0' },
    {
      rules: ['effect: allow, kinds: [Pod], namespaces: [media]'],
      question: { ...tool, clusterScoped: true },
      decided: NOTHING,
    },
  ])('$rules, asked $question: $decided', ({ rules, question, decided }) => {
    expect(outcome(rules, question)).toBe(decided);
  });
});

const decided = (rules: string[], question: Question) =>
  decide(policyOf(rulesOf(rules)), local, question).limits;

describe('limits', () => {
  test('are the built-in caps where no rule sets any', () => {
    expect(decided(['effect: allow'], pod)).toEqual({ tailLines: 2000, rows: 1000, bytes: 49152 });
  });

  test('are the most generous of the rules that allow an object', () => {
    const rules = [
      'effect: allow, limits: {rows: 5, tailLines: 9}',
      'effect: allow, limits: {rows: 7, tailLines: 3}',
    ];

    expect(decided(rules, pod)).toEqual({ ...CAPS, rows: 7, tailLines: 9 });
  });

  test('do not depend on the order of the rules', () => {
    const rules = ['effect: allow, limits: {rows: 5}', 'effect: allow'];

    expect(decided(rules, pod)).toEqual(decided(rules.toReversed(), pod));
  });

  test('of an open question hold wherever it may lead', () => {
    const rules = [
      'effect: allow, namespaces: [media], limits: {rows: 5}',
      'effect: allow, namespaces: [apps]',
    ];

    expect(decided(rules, { tool: 'resource_list' }).rows).toBe(5);
    expect(decided(rules, { ...pod, namespace: 'apps' }).rows).toBe(1000);
  });
});

describe('a caller', () => {
  const policy = policyOf(rulesOf(['effect: allow, roles: [viewer]']));

  test('is known by the connection', () => {
    expect(identify(policy, { transport: 'stdio' })).toMatchObject(local);
    expect(identify(policy, { transport: 'http' })).toBeUndefined();
  });

  test('that is not known may do nothing', () => {
    expect(decide(policy, undefined, pod)).toMatchObject({ effect: 'deny', rule: 'builtin:unknown-caller' });
    expect(scopeOf(policy, undefined, 'resource_list').allows('Pod', 'media')).toBe(false);
    expect(visibleTools(policy, undefined, KNOWN.tools)).toEqual([]);
  });

  test('without the role is not allowed', () => {
    expect(decide(policy, { id: 'x', roles: [] }, pod).effect).toBe('deny');
  });
});

const scope = (rules: string[]) => scopeOf(policyOf(rulesOf(rules)), local, 'resource_list');

describe('a scope', () => {
  test.each<[rules: string[], everything: boolean]>([
    [['effect: allow'], true],
    [['effect: allow', 'effect: deny, kinds: [Secret]'], true],
    [['effect: allow, namespaces: ["*"], kinds: ["*"]'], true],
    [['effect: allow', 'effect: allow, paths: [docs/**]'], true],
    [['effect: allow', 'effect: deny, kinds: [ConfigMap]'], false],
    [['effect: allow', 'effect: deny, namespaces: [media]'], false],
    [['effect: allow, namespaces: [media]'], false],
    [['effect: allow, kinds: {exclude: [Node]}'], false],
    [['effect: allow, tools: [log_tail]'], false],
  ])('%j is everything: %s', (rules, everything) => {
    expect(scope(rules).everything).toBe(everything);
  });

  test('says the same as deciding does, each time it is asked', () => {
    const rules = [
      'effect: allow, namespaces: {exclude: [kube-system]}',
      'effect: deny, kinds: [ConfigMap], namespaces: [media]',
    ];
    const policy = policyOf(rulesOf(rules));
    const { allows } = scopeOf(policy, local, 'resource_list');

    for (const kind of [...KNOWN.kinds, 'Other']) {
      for (const namespace of ['media', 'kube-system', 'other', undefined]) {
        const question = { tool: 'resource_list', kind, namespace, clusterScoped: namespace === undefined };
        const expected = decide(policy, local, question).effect === 'allow';

        expect([allows(kind, namespace), allows(kind, namespace)]).toEqual([expected, expected]);
      }
    }
  });

  test('takes a Namespace for part of itself when asked by its name', () => {
    const { allows } = scope(['effect: allow, namespaces: [media]']);

    expect([allows('Namespace', 'media'), allows('Namespace', 'apps'), allows('Node', undefined)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('never holds Secrets', () => {
    expect(scope(['effect: allow']).allows('Secret', 'media')).toBe(false);
  });
});

test('the tools in sight are those of any use', () => {
  const policy = policyOf(
    rulesOf([
      'effect: allow, tools: ["resource_*", health_summary], namespaces: [media]',
      'effect: deny, tools: [resource_get]',
    ]),
  );

  expect(visibleTools(policy, local, KNOWN.tools)).toEqual(['health_summary', 'resource_list']);
});

describe('a denial', () => {
  const policy = policyOf(rulesOf(['effect: allow', 'effect: deny, namespaces: [media]']));

  test('names rule, place, version, hash and reason', () => {
    const text = denialText(policy, decide(policy, local, pod));

    expect(text).toBe(
      `denied by r1 (policy.yaml:10, version 7, sha256 ${policy.shortSha}): because. ` +
        'Do not retry or work around this; only the operator can change the policy.',
    );
  });

  test('by default says what no rule allows', () => {
    const none = policyOf(rulesOf(['effect: deny, namespaces: [apps]']));

    expect(decide(none, local, pod).reason).toBe('no rule allows resource_list on Pod, namespace media');
    expect(decide(none, local, { tool: 'log_tail' }).reason).toBe('no rule allows log_tail');
  });
});
