import { describe, expect, test } from 'vitest';

import { loadPolicy } from '../../src/gate/policy/policy.ts';
import { type Bounds, boundsFor } from '../../src/gate/proposal-bounds.ts';

function boundsOf(...rules: readonly string[]): Bounds {
  const text = `
apiVersion: daytwo/v1alpha1
kind: AccessPolicy
metadata: {name: test, version: 1}
principals: [{id: local, match: {transport: stdio}}]
roles: {operator: {members: [local]}, guest: {members: [local]}}
rules:
${rules.map((rule, index) => `  - {id: rule-${index}, reason: r, ${rule}}`).join('\n')}
`;
  const policy = loadPolicy(text, 'policy.yaml', { tools: ['propose_change'], kinds: [] });
  return boundsFor(policy, { id: 'local', roles: ['operator'] }, 'propose_change');
}

const BUILT_IN = {
  maxFiles: 50,
  maxChangedLines: 2000,
  perHour: 30,
  open: 20,
  branchPrefix: 'daytwo/',
  deletable: [],
};

describe('the bounds of a proposal', () => {
  test.each<[string, string[], Partial<Bounds>]>([
    ['are those of the server where the policy has none', ['effect: allow'], {}],
    [
      'are those of the rule that allows',
      ['effect: allow, tools: ["propose_*"], proposal: {maxFiles: 3, perHour: 4, open: 1}'],
      { maxFiles: 3, perHour: 4, open: 1 },
    ],
    [
      'are the most generous of several rules, each on its own',
      [
        'effect: allow, tools: ["propose_*"], proposal: {maxFiles: 3, open: 2, perHour: 1, maxChangedLines: 9}',
        'effect: allow, tools: [propose_change], proposal: {maxFiles: 1, open: 5, perHour: 2, maxChangedLines: 8}',
      ],
      { maxFiles: 3, open: 5, perHour: 2, maxChangedLines: 9 },
    ],
    [
      'are not those of a rule for others',
      [
        'effect: allow, tools: ["propose_*"], proposal: {maxFiles: 3}',
        'effect: allow, roles: [guest], tools: ["propose_*"], proposal: {maxFiles: 9}',
      ],
      { maxFiles: 3 },
    ],
    [
      'name the bases and the prefix of the rules',
      [
        'effect: allow, tools: ["propose_*"], proposal: {base: main, branchPrefix: daytwo/apps-}',
        'effect: allow, tools: ["propose_*"], proposal: {base: stage}',
      ],
      { bases: ['main', 'stage'], branchPrefix: 'daytwo/apps-' },
    ],
    [
      'leave the base open where one rule does',
      [
        'effect: allow, tools: ["propose_*"], proposal: {base: main}',
        'effect: allow, tools: ["propose_*"], proposal: {maxFiles: 2}',
      ],
      {},
    ],
  ])('%s', (_, rules, expected) => {
    expect(boundsOf(...rules)).toEqual({ ...BUILT_IN, ...expected });
  });

  test.each(['main', 'daytwo', 'daytwo/Team', 'daytwo/a/b', '../daytwo/'])(
    'a prefix %s, under which the server would not find its branches again, is refused with the policy',
    (prefix) => {
      expect(() =>
        boundsOf(`effect: allow, tools: ["propose_*"], proposal: {branchPrefix: "${prefix}"}`),
      ).toThrow(/expected daytwo\//);
    },
  );
});
