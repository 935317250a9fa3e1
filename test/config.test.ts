import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { DEFAULT_TARGETS } from '#domain/access-audit/targets.ts';

import { ConfigError, flagOf, readConfig, variableOf } from '../src/config.ts';

describe('configuration', () => {
  test('flags win over the environment, the environment over the file', () => {
    const file = fileWith('context: from-file\ncallTimeout: 7\nlogLevel: error\n');
    const environment = { DAYTWO_CONTEXT: 'from-environment', DAYTWO_CALL_TIMEOUT: '9' };

    const config = readConfig({ flags: { context: 'from-flag' }, environment, file });

    expect(config).toMatchObject({ context: 'from-flag', callTimeout: 9, logLevel: 'error' });
  });

  test('is frozen and has defaults', () => {
    const config = readConfig({ flags: {}, environment: { XDG_STATE_HOME: '/state' } });

    expect(config).toMatchObject({
      callTimeout: 30,
      logLevel: 'warn',
      apiGroups: [],
      auditDir: '/state/daytwo/audit',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('looks for the usual targets of an audit, or for those it names', () => {
    const usual = readConfig({ flags: {}, environment: {} });
    const named = readConfig({ flags: { accessTargets: 'grafana*, *admin*' }, environment: {} });

    expect(usual.accessTargets).toEqual(DEFAULT_TARGETS);
    expect(named.accessTargets).toEqual(['grafana*', '*admin*']);
    expect(problemsOf(() => readConfig({ flags: { accessTargets: 'a/b' }, environment: {} }))).toEqual([
      expect.stringContaining('--access-targets: must be patterns of names'),
    ]);
  });

  test('reports every problem at once, each with its origin', () => {
    const file = fileWith('contxt: home\nlogLevel: loud\n');
    const environment = { DAYTWO_CALL_TIMEOUT: 'soon', DAYTWO_API_GROUPS: 'Bad Group' };

    const problems = problemsOf(() => readConfig({ flags: {}, environment, file }));

    expect(problems).toEqual([
      expect.stringContaining('unknown key contxt, did you mean context?'),
      expect.stringContaining('DAYTWO_API_GROUPS: must be API group names'),
      expect.stringContaining('DAYTWO_CALL_TIMEOUT: '),
      expect.stringContaining(`${file}: logLevel: `),
    ]);
  });

  test.each([
    ['a duplicate key', 'context: a\ncontext: b\n', 'unique'],
    ['broken YAML', 'context: [a\n', 'daytwo.yaml: '],
    ['an alias', 'context: &a b\nsnapshot: *a\n', 'Alias resolution is disabled'],
    ['a list', '- context\n', 'must be a map'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => readConfig({ flags: {}, environment: {}, file: fileWith(text) })).toThrow(ConfigError);
    expect(() => readConfig({ flags: {}, environment: {}, file: fileWith(text) })).toThrow(message);
  });

  test('a missing file is a problem that names it', () => {
    expect(() => readConfig({ flags: {}, environment: {}, file: '/nowhere/daytwo.yaml' })).toThrow(
      '/nowhere/daytwo.yaml',
    );
  });

  test('names a setting alike everywhere', () => {
    expect([flagOf('auditDir'), variableOf('auditDir')]).toEqual(['--audit-dir', 'DAYTWO_AUDIT_DIR']);
  });
});

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'daytwo-config-')), 'daytwo.yaml');
  writeFileSync(file, text);
  return file;
}

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
