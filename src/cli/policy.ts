import { existsSync, readFileSync } from 'node:fs';

import { type KnownNames, type Policy, PolicyError, loadPolicy } from '../gate/policy/policy.ts';
import { testPolicy } from '../gate/policy/cases.ts';

/** Reads and checks a policy file; throws a PolicyError that names every problem, or the file system's error. */
export function readPolicy(file: string, known: KnownNames): Policy {
  return loadPolicy(readFileSync(file, 'utf8'), file, known);
}

/**
 * Checks a policy, then runs the cases of the file beside it (`x.yaml` → `x.test.yaml`), if there is one. Resolves to 1
 * when anything failed, else 0.
 */
export function validatePolicy(file: string, known: KnownNames, print: (text: string) => void): number {
  try {
    const policy = readPolicy(file, known);
    print(
      `${file}: valid, version ${policy.version}, ${policy.rules.length} rules, sha256 ${policy.shortSha}`,
    );
    return runCases(policy, file.replace(/(\.ya?ml)$/, '.test$1'), print);
  } catch (error) {
    if (!(error instanceof PolicyError) && !(error instanceof Error && 'code' in error)) throw error;
    print(error.message);
    return 1;
  }
}

function runCases(policy: Policy, file: string, print: (text: string) => void): number {
  if (!existsSync(file)) {
    print(`${file}: not there, so nothing holds this policy to what it should decide`);
    return 0;
  }
  const { total, failed, untried } = testPolicy(policy, readFileSync(file, 'utf8'), file);
  for (const { line, expected, got } of failed) print(`${file}:${line}: expected ${expected}, got ${got}`);
  if (untried.length > 0) print(`${file}: no case is decided by ${untried.join(', ')}`);
  print(`${file}: ${total - failed.length} of ${total} cases hold`);
  return failed.length === 0 ? 0 : 1;
}
