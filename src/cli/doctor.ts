import type { ClusterReader } from '#domain/cluster.ts';
import type { Permission } from '#domain/permissions.ts';

import { access } from 'node:fs/promises';

import { toToolError } from '../errors.ts';
import type { Policy } from '../gate/policy/policy.ts';
import { checkFlux } from './doctor-flux.ts';
import { checkPermissions } from './doctor-permissions.ts';
import { checkPreviewsInCluster } from './doctor-previews.ts';
import { type ExaminedRepository, verdictsOnRepository } from './doctor-repository.ts';
import { type Verdict, verdictText } from './verdict.ts';

/** A live cluster as doctor needs it: what can be asked beside reading objects. */
export interface ExaminedCluster extends ClusterReader {
  version(signal: AbortSignal): Promise<string>;
  reviewAccess(
    permissions: readonly Permission[],
    signal: AbortSignal,
  ): Promise<(Permission & { allowed: boolean })[]>;
}

/** What doctor looks at; the openers reject with the error that is then the verdict. */
export interface DoctorParts {
  loadPolicy: () => Policy;
  /** The policy is undefined when it is not valid: the cluster is looked at all the same. */
  openCluster: (policy: Policy | undefined) => Promise<ExaminedCluster>;
  /** What reading needs, resource by resource, for the groups the cluster serves. */
  needed: (
    cluster: ExaminedCluster,
    signal: AbortSignal,
    policy: Policy | undefined,
  ) => Promise<readonly Permission[]>;
  auditDir: string;
  /** Absent when none is configured: nothing is said about repositories then. */
  repository?: ExaminedRepository;
  signal: AbortSignal;
  print: (text: string) => void;
}

/** Prints a verdict for each check as it is made; resolves to 1 when one failed, else 0. */
export async function doctor(parts: DoctorParts): Promise<number> {
  let checks = 0;
  let failed = 0;
  for await (const verdict of verdictsOn(parts)) {
    parts.print(verdictText(verdict));
    checks += 1;
    if (verdict.verdict === 'fail') failed += 1;
  }
  parts.print(failed === 0 ? 'ready' : `${failed} of ${checks} checks failed`);
  return failed === 0 ? 0 : 1;
}

async function* verdictsOn(parts: DoctorParts): AsyncGenerator<Verdict> {
  const policy = readPolicy(parts);
  yield 'check' in policy ? policy : policyVerdict(policy);
  yield await checkAudit(parts.auditDir);
  if (parts.repository) yield* verdictsOnRepository(parts.repository, parts.signal);
  const valid = 'check' in policy ? undefined : policy;
  const cluster = await openOrExplain(parts, valid);
  if ('check' in cluster) yield cluster;
  else yield* verdictsOnCluster(cluster, parts, valid);
}

async function* verdictsOnCluster(
  cluster: ExaminedCluster,
  { needed, repository, signal }: DoctorParts,
  policy: Policy | undefined,
): AsyncGenerator<Verdict> {
  const reached = await checkVersion(cluster, signal);
  yield reached;
  // A cluster that does not answer would only say so again.
  if (reached.verdict === 'fail') return;
  yield* await checkPermissions(cluster, () => needed(cluster, signal, policy), signal);
  yield await checkFlux(cluster, signal);
  if (repository) yield* await checkPreviewsInCluster(cluster, signal);
}

function readPolicy({ loadPolicy }: DoctorParts): Policy | Verdict {
  try {
    return loadPolicy();
  } catch (error) {
    const remedy =
      'Mend the lines named, then run `daytwo policy validate`. daytwo does not serve without a valid policy.';
    return { check: 'policy', verdict: 'fail', detail: messageOf(error), remedy };
  }
}

function policyVerdict({ file, version, sha256, rules }: Policy): Verdict {
  const detail = `${file}, version ${version}, ${sha256.slice(0, 12)}, ${rules.length} rules`;
  return { check: 'policy', verdict: 'ok', detail };
}

async function checkAudit(directory: string): Promise<Verdict> {
  try {
    await access(directory, 2);
    return { check: 'audit log', verdict: 'ok', detail: directory };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return {
      check: 'audit log',
      verdict: missing ? 'warn' : 'fail',
      detail: `${directory} ${missing ? 'does not exist yet' : 'cannot be written to'}`,
      remedy: `${missing ? 'serve creates it' : 'Mend its permissions'}; or choose another with --audit-dir.`,
    };
  }
}

async function openOrExplain(
  { openCluster }: DoctorParts,
  policy: Policy | undefined,
): Promise<ExaminedCluster | Verdict> {
  try {
    return await openCluster(policy);
  } catch (error) {
    const { message, hint } = toToolError(error);
    return { check: 'cluster', verdict: 'fail', detail: message, remedy: hint };
  }
}

async function checkVersion(cluster: ExaminedCluster, signal: AbortSignal): Promise<Verdict> {
  const { context, server } = cluster.identity;
  const where = `context ${context}, ${server}`;
  try {
    const version = await cluster.version(signal);
    return { check: 'cluster', verdict: 'ok', detail: `${where}, Kubernetes ${version}` };
  } catch (error) {
    const { message, code, hint } = toToolError(error);
    const remedy = hint.includes('daytwo doctor') ? (REMEDIES[code] ?? hint) : hint;
    return { check: 'cluster', verdict: 'fail', detail: `${where}: ${message}`, remedy };
  }
}

/** What to do where the hint of a call only sends people here. */
const REMEDIES: Readonly<Record<string, string>> = {
  denied: 'Log in again with the tool that wrote this kubeconfig, or choose another context with --context.',
  timeout:
    'Something takes the connection and does not answer: look at the API server, or a proxy before it.',
  unavailable:
    'Check that the address is right, that you are in its network (VPN), and that the API server runs.',
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
