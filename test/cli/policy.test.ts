import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { CATALOG } from '../../src/catalog.ts';
import { validatePolicy } from '../../src/cli/policy.ts';

const known = {
  tools: Object.keys(CATALOG),
  kinds: ['Pod', 'Node', 'Kustomization'],
};
const shipped = readFileSync(join(import.meta.dirname, '../../policy/policy.yaml'), 'utf8');

describe('policy validate', () => {
  test('passes the shipped policy and every case beside it', () => {
    const { code, lines } = validate(join(import.meta.dirname, '../../policy/policy.yaml'));

    expect(code).toBe(0);
    expect(lines[0]).toMatch(/policy\.yaml: valid, version 2, \d+ rules, sha256 [0-9a-f]{12}$/);
    expect(lines.at(-1)).toMatch(/: (\d+) of \1 cases hold$/);
  });

  test('says that nothing tests a policy without cases', () => {
    const { code, lines } = validate(written({ 'policy.yaml': shipped }));

    expect(code).toBe(0);
    expect(lines[1]).toContain('policy.test.yaml: not there');
  });

  test('names line and column of a mistake', () => {
    const { code, lines } = validate(
      written({ 'policy.yaml': shipped.replace('effect: allow', 'efect: allow') }),
    );

    expect(code).toBe(1);
    expect(lines[0]).toMatch(/policy\.yaml:\d+:\d+: .*efect.*did you mean effect/);
  });

  test('names the case that came out otherwise', () => {
    const cases =
      'cases:\n  - {principal: local, tool: health_summary, expect: allow}\n  - {principal: local, tool: log_tail, expect: allow}\n';

    const { code, lines } = validate(written({ 'policy.yaml': shipped, 'policy.test.yaml': cases }));

    expect(code).toBe(1);
    expect(lines).toContainEqual(
      expect.stringMatching(/policy\.test\.yaml:3: expected allow, got deny by builtin:default-deny/),
    );
  });

  test('a missing file is named', () => {
    expect(validate('/nowhere/policy.yaml')).toMatchObject({
      code: 1,
      lines: [expect.stringContaining('/nowhere/policy.yaml')],
    });
  });
});

function validate(file: string): { code: number; lines: string[] } {
  const lines: string[] = [];
  return { code: validatePolicy(file, known, (text) => lines.push(text)), lines };
}

function written(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'daytwo-policy-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return join(directory, 'policy.yaml');
}
