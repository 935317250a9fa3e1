import { parse } from 'yaml';

import type { Admin } from '../cluster/admin.ts';
import { grant, type PolicyRule } from '../cluster/rbac.ts';
import { runDaytwo } from './daytwo.ts';

/** The rules of the ClusterRole that `daytwo rbac` prints; arguments come before the command. */
export async function printedRules(args: readonly string[] = [], options: readonly string[] = []) {
  const { stdout, stderr, code } = await runDaytwo([...args, 'rbac', ...options]);
  if (code !== 0) throw new Error(`daytwo rbac: ${stderr}`);
  const role = parse(stdout) as { kind: string; rules: Required<Omit<PolicyRule, 'resourceNames'>>[] };
  return role.rules;
}

/** Makes a user one with exactly the role that `daytwo rbac` prints. */
export async function grantPrinted(admin: Admin, user: string, args: readonly string[] = []): Promise<void> {
  await grant(admin, user, await printedRules(args));
}
