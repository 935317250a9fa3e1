import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { rbacText } from '../../src/cli/rbac.ts';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

describe('the role that rbac prints', () => {
  test('reads enumerated resources and nothing else', () => {
    const rules = rulesOf(rbacText({ logs: false, apiGroups: [] }));

    expect([...new Set(rules.flatMap(({ verbs }) => verbs))].sort()).toEqual(['get', 'list', 'watch']);
    expect(
      rules.flatMap(({ resources }) => resources).filter((resource) => /[*]|secret|\//.test(resource)),
    ).toEqual([]);
    expect(rules.flatMap(({ apiGroups }) => apiGroups)).not.toContain('*');
  });

  test('has logs only where the policy lets somebody read them', () => {
    expect(rbacText({ logs: false, apiGroups: [] })).not.toContain('pods/log');
    expect(rulesOf(rbacText({ logs: true, apiGroups: [] }))).toContainEqual({
      apiGroups: [''],
      resources: ['pods/log'],
      verbs: ['get'],
    });
  });

  test('after discovery names only what the cluster serves, with configured groups added', () => {
    const served = [
      { kind: 'Pod', group: '', plural: 'pods' },
      { kind: 'Widget', group: 'example.com', plural: 'widgets' },
      { kind: 'Other', group: 'other.example.com', plural: 'others' },
    ].map((kind) => ({ ...kind, version: 'v1', namespaced: true, listable: true }));

    const rules = rulesOf(rbacText({ logs: false, apiGroups: ['example.com'], served }));

    expect(rules.map(({ apiGroups, resources }) => [apiGroups, resources])).toEqual([
      [[''], ['pods']],
      [['example.com'], ['widgets']],
    ]);
  });

  test('says how to bind it', () => {
    expect(rbacText({ logs: false, apiGroups: [] })).toMatch(
      /^# .*\n#\s+kubectl create clusterrolebinding daytwo/,
    );
  });
});

function rulesOf(text: string): Rule[] {
  return (parse(text) as { rules: Rule[] }).rules;
}
