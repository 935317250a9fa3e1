import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { decide, identify, visibleTools } from '../../src/gate/policy/decide.ts';
import { explain } from '../../src/gate/policy/explain.ts';
import { testPolicy } from '../../src/gate/policy/cases.ts';
import { policyJsonSchema } from '../../src/gate/policy/schema.ts';
import { PolicyError, loadPolicy } from '../../src/gate/policy/policy.ts';
import { KNOWN, policyOf } from './example.ts';

const shipped = (name: string): string =>
  readFileSync(new URL(`../../policy/${name}`, import.meta.url), 'utf8');

const policy = loadPolicy(shipped('policy.yaml'), 'policy/policy.yaml', KNOWN);
const cases = shipped('policy.test.yaml');
const operator = identify(policy, { transport: 'stdio' });

test('the shipped policy decides as its tests say, and they try each of its rules', () => {
  expect(testPolicy(policy, cases)).toEqual({ total: 20, failed: [], untried: [] });
});

test('it lets the operator use every tool but the log', () => {
  expect(visibleTools(policy, operator, KNOWN.tools)).toEqual(
    KNOWN.tools.filter((tool) => tool !== 'log_tail'),
  );
});

test('its rule for logs works once it is uncommented', () => {
  const text = shipped('policy.yaml').replaceAll(/^ {2}# (- id: logs| {2}\w+: .*)$/gm, '  $1');
  const opened = loadPolicy(text, 'policy.yaml', KNOWN);
  const asked = (namespace: string) => decide(opened, operator, { tool: 'log_tail', kind: 'Pod', namespace });

  expect(asked('media')).toMatchObject({ effect: 'allow', rule: 'logs', limits: { tailLines: 500 } });
  expect(asked('kube-system').effect).toBe('deny');
});

test('the schema for editors is that of the loader', async () => {
  await expect(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../policy/policy.schema.json',
  );
});

describe('the cases of a policy', () => {
  test('that come out otherwise are told with their line', () => {
    const text = [
      'cases:',
      '  - {principal: local, tool: log_tail, expect: allow}',
      '  - {principal: local, tool: health_summary, expect: allow, rule: look}',
      '  - {principal: nobody, tool: health_summary, expect: allow}',
    ].join('\n');

    expect(testPolicy(policy, text)).toEqual({
      total: 3,
      failed: [
        { line: 2, expected: 'allow', got: 'deny by builtin:default-deny' },
        { line: 3, expected: 'allow by look', got: 'allow by ask' },
        { line: 4, expected: 'allow', got: 'deny by builtin:unknown-caller' },
      ],
      untried: ['no-secrets', 'look', 'read-repository', 'propose'],
    });
  });

  test('must be well formed', () => {
    expect(() =>
      testPolicy(policy, 'cases:\n  - {principal: local, tol: x, expect: allow}\n', 't.yaml'),
    ).toThrow(
      new PolicyError('t.yaml', [
        { line: 2, column: 5, message: 'tool is missing' },
        { line: 2, column: 24, message: 'unknown key "tol"', suggestion: 'tool' },
      ]),
    );
  });
});

describe('an explanation', () => {
  const caller = { id: 'local', roles: ['operator'] };

  test('of everything has a decision for each tool and the rules that bear on them', () => {
    const explanation = explain(policy, caller, {});

    expect(explanation.decisions.map(({ tool, effect }) => `${tool} ${effect}`)).toEqual(
      KNOWN.tools.map((tool) => `${tool} ${tool === 'log_tail' ? 'deny' : 'allow'}`),
    );
    expect(explanation.rules.map(({ id }) => id)).toEqual(['ask', 'look', 'read-repository', 'propose']);
    // It names each tool once, and each rule once however many tools it is for.
    expect(JSON.stringify(explanation).length).toBeLessThan(300 * KNOWN.tools.length);
  });

  test('of one question says which rule, in which line, and why', () => {
    const lines = shipped('policy.yaml').split('\n');
    const line = lines.indexOf('  - id: no-secrets') + 1;

    const { decisions, rules } = explain(policy, caller, { tool: 'resource_get', kind: 'Secret' });

    expect(decisions).toEqual([
      {
        tool: 'resource_get',
        effect: 'deny',
        rule: 'no-secrets',
        line,
        reason: expect.stringContaining('stay'),
      },
    ]);
    expect(rules.map(({ id }) => id)).toEqual(['no-secrets', 'look']);
  });

  test('stays small however long the policy is', () => {
    const names = Array.from({ length: 500 }, (_, index) => `ns-${index}`).join(', ');
    const rules = Array.from(
      { length: 60 },
      (_, index) => `  - {id: r${index}, effect: allow, namespaces: [${names}], reason: because}\n`,
    );
    const explanation = explain(
      policyOf(`rules:\n${rules.join('')}`),
      { id: 'local', roles: ['viewer'] },
      {},
    );

    expect(explanation.moreRules).toBe(40);
    expect(JSON.stringify(explanation).length).toBeLessThan(10_000);
  });

  test('keeps rules for others to itself', () => {
    expect(explain(policy, { id: 'x', roles: [] }, {}).rules.map(({ id }) => id)).toEqual([]);
  });
});
