import type { ClusterReader } from '#domain/cluster.ts';
import type { Workload } from '#domain/objects/workload.ts';

import { access } from 'node:fs/promises';

import { toToolError } from '../errors.ts';
import type { Policy } from '../gate/policy.ts';
import { type Verdict, verdictText } from './verdict.ts';

/** One permission, and whether this identity has it. */
export interface Permission {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
}

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
  openCluster: () => Promise<ExaminedCluster>;
  /** What reading needs, resource by resource, for the groups the cluster serves. */
  needed: (cluster: ExaminedCluster, signal: AbortSignal) => Promise<readonly Permission[]>;
  auditDir: string;
  signal: AbortSignal;
  print: (text: string) => void;
}

/** Prints a verdict for each check; resolves to 1 when one failed, else 0. */
export async function doctor(parts: DoctorParts): Promise<number> {
  const verdicts: Verdict[] = [];
  const report = (found: readonly Verdict[]): void => {
    for (const verdict of found) parts.print(verdictText(verdict));
    verdicts.push(...found);
  };
  report([checkPolicy(parts), await checkAudit(parts.auditDir)]);
  const cluster = await openOrExplain(parts);
  if ('check' in cluster) report([cluster]);
  else {
    report([await checkVersion(cluster, parts.signal)]);
    report(await checkPermissions(cluster, parts));
    report([await checkFlux(cluster, parts.signal)]);
  }
  const failed = verdicts.filter(({ verdict }) => verdict === 'fail').length;
  parts.print(failed === 0 ? 'ready' : `${failed} of ${verdicts.length} checks failed`);
  return failed === 0 ? 0 : 1;
}

function checkPolicy({ loadPolicy }: DoctorParts): Verdict {
  try {
    const policy = loadPolicy();
    const detail = `${policy.file}, version ${policy.version}, ${policy.sha256.slice(0, 12)}, ${policy.rules.length} rules`;
    return { check: 'policy', verdict: 'ok', detail };
  } catch (error) {
    const remedy =
      'Mend the lines named, then run `daytwo policy validate`. daytwo does not serve without a valid policy.';
    return { check: 'policy', verdict: 'fail', detail: messageOf(error), remedy };
  }
}

async function checkAudit(directory: string): Promise<Verdict> {
  try {
    await access(directory, 2);
    return { check: 'audit log', verdict: 'ok', detail: directory };
  } catch {
    return {
      check: 'audit log',
      verdict: 'warn',
      detail: `${directory} does not exist yet`,
      remedy: 'serve creates it; or choose another with --audit-dir.',
    };
  }
}

async function openOrExplain({ openCluster }: DoctorParts): Promise<ExaminedCluster | Verdict> {
  try {
    return await openCluster();
  } catch (error) {
    const { message, hint } = toToolError(error);
    return { check: 'cluster', verdict: 'fail', detail: message, remedy: hint };
  }
}

async function checkVersion(cluster: ExaminedCluster, signal: AbortSignal): Promise<Verdict> {
  const { context, server } = cluster.identity;
  try {
    const version = await cluster.version(signal);
    return {
      check: 'cluster',
      verdict: 'ok',
      detail: `context ${context}, ${server}, Kubernetes ${version}`,
    };
  } catch (error) {
    const { message, hint } = toToolError(error);
    return {
      check: 'cluster',
      verdict: 'fail',
      detail: `context ${context}, ${server}: ${message}`,
      remedy: hint,
    };
  }
}

/** What nobody who only reads should hold; GET on exec and nodes/proxy runs code. */
const UNWANTED: readonly Permission[] = [
  ...['get', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'secrets' })),
  ...['create', 'update', 'patch', 'delete'].flatMap((verb) => [
    { verb, group: '', resource: 'pods' },
    { verb, group: '', resource: 'configmaps' },
    { verb, group: 'apps', resource: 'deployments' },
    { verb, group: 'kustomize.toolkit.fluxcd.io', resource: 'kustomizations' },
    { verb, group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  ]),
  ...['get', 'create'].flatMap((verb) => [
    { verb, group: '', resource: 'pods', subresource: 'exec' },
    { verb, group: '', resource: 'pods', subresource: 'portforward' },
    { verb, group: '', resource: 'nodes', subresource: 'proxy' },
    { verb, group: '', resource: 'services', subresource: 'proxy' },
  ]),
  { verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' },
  { verb: 'impersonate', group: '', resource: 'users' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
];

async function checkPermissions(
  cluster: ExaminedCluster,
  { needed, signal }: DoctorParts,
): Promise<Verdict[]> {
  try {
    const wanted = await cluster.reviewAccess(await needed(cluster, signal), signal);
    const unwanted = await cluster.reviewAccess(UNWANTED, signal);
    return [missingVerdict(wanted), surplusVerdict(unwanted)];
  } catch (error) {
    const { message, hint } = toToolError(error);
    return [{ check: 'permissions', verdict: 'fail', detail: message, remedy: hint }];
  }
}

type Reviewed = Permission & { allowed: boolean };

function missingVerdict(reviewed: readonly Reviewed[]): Verdict {
  const missing = reviewed.filter(({ allowed }) => !allowed);
  if (missing.length === 0) {
    return { check: 'permissions needed', verdict: 'ok', detail: `all ${reviewed.length} reads are allowed` };
  }
  return {
    check: 'permissions needed',
    verdict: missing.length === reviewed.length ? 'fail' : 'warn',
    detail: `missing ${missing.length} of ${reviewed.length}: ${permissionsText(missing)}`,
    remedy:
      'Bind this identity to the ClusterRole that `daytwo rbac --discover` prints; until then these parts are reported as unchecked.',
  };
}

function surplusVerdict(reviewed: readonly Reviewed[]): Verdict {
  const surplus = reviewed.filter(({ allowed }) => allowed);
  if (surplus.length === 0) {
    return {
      check: 'permissions not wanted',
      verdict: 'ok',
      detail: `none of ${reviewed.length} tried is allowed`,
    };
  }
  return {
    check: 'permissions not wanted',
    verdict: 'warn',
    detail: `this identity may ${permissionsText(surplus)}`,
    remedy:
      'daytwo never uses them, but a narrower identity is safer: create one with the ClusterRole that `daytwo rbac` prints.',
  };
}

/** `get,list secrets; create pods/exec`, in the order given. */
function permissionsText(permissions: readonly Permission[]): string {
  const verbs = new Map<string, string[]>();
  for (const { verb, group, resource, subresource } of permissions) {
    const name = `${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`;
    verbs.set(name, [...(verbs.get(name) ?? []), verb]);
  }
  return [...verbs].map(([name, list]) => `${list.join(',')} ${name}`).join('; ');
}

async function checkFlux(cluster: ExaminedCluster, signal: AbortSignal): Promise<Verdict> {
  const { items, state, why } = await cluster.list('Deployment', signal);
  if (state === 'unknown')
    return { check: 'Flux', verdict: 'warn', detail: `not known: ${why ?? 'Deployments cannot be read'}` };
  const controllers = items.filter(({ labels }) => labels['app.kubernetes.io/part-of'] === 'flux');
  if (controllers.length === 0) {
    return {
      check: 'Flux',
      verdict: 'warn',
      detail: 'no controller found',
      remedy: 'daytwo looks for Deployments labelled app.kubernetes.io/part-of=flux.',
    };
  }
  const down = controllers.filter(({ available, desired }) => available < desired);
  const detail = controllers.map(controllerText).sort().join(', ');
  if (down.length === 0) return { check: 'Flux', verdict: 'ok', detail };
  return {
    check: 'Flux',
    verdict: 'fail',
    detail,
    remedy: `Not available: ${down.map(({ name }) => name).join(', ')}. Nothing they own is reconciled.`,
  };
}

function controllerText({ name, images }: Workload): string {
  const image = Object.values(images)[0] ?? '';
  return `${name} ${image.split('@')[0]?.split(':').at(-1) ?? 'unknown version'}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
