import { API_GROUPS, type GroupAccess } from './api-groups.ts';
import type { ServedKind } from './cluster.ts';
import type { Permission } from './permissions.ts';
import { byText } from './text.ts';

/** One rule of a ClusterRole. */
export interface RoleRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** rbac.authorization.k8s.io/v1 ClusterRole. */
export interface ClusterRole {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'ClusterRole';
  metadata: { name: string };
  rules: RoleRule[];
}

/** Which optional powers a role has; `extra` are resources of groups outside the table, by plural. */
export interface RoleOptions {
  name?: string;
  logs: boolean;
  extra?: readonly { group: string; resources: readonly string[] }[];
}

const READ_VERBS = ['get', 'list', 'watch'] as const;

/** Groups that hold Flux's own kinds. */
const FLUX_GROUP = /(^|\.)toolkit\.fluxcd\.io$|^source\.extensions\.fluxcd\.io$|^fluxcd\.controlplane\.io$/;

/** Kind names of the table, sorted, each once: what a policy may name. */
export const KIND_NAMES: readonly string[] = [
  ...new Set(API_GROUPS.flatMap(({ kinds }) => Object.keys(kinds))),
].toSorted(byText);

/** True for a group whose every kind Flux reconciles. */
export function isFluxGroup(group: string): boolean {
  return FLUX_GROUP.test(group);
}

/** The resources of a group that may be read, by plural; undefined for a group outside the table. */
export function resourcesOf(group: string): ReadonlySet<string> | undefined {
  return RESOURCES.get(group);
}

const RESOURCES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  API_GROUPS.map(({ group, kinds }) => [group, new Set(Object.values(kinds))]),
);

/** The role daytwo needs, and nothing more: get, list and watch on enumerated resources. */
export function clusterRole({ name = 'daytwo', logs, extra = [] }: RoleOptions): ClusterRole {
  const rules = [
    ...API_GROUPS.map(ruleOf),
    ...extra.map(({ group, resources }) => readRule(group, resources)),
    ...(logs ? [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }] : []),
  ];
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
}

function ruleOf({ group, kinds }: GroupAccess): RoleRule {
  return readRule(group, Object.values(kinds));
}

function readRule(group: string, resources: readonly string[]): RoleRule {
  return { apiGroups: [group], resources: resources.toSorted(byText), verbs: [...READ_VERBS] };
}

/** What reading these served kinds needs; kinds outside the table are left out, nobody reads them. */
export function neededPermissions(
  kinds: readonly ServedKind[],
  { logs }: Pick<RoleOptions, 'logs'>,
): Permission[] {
  const readable = kinds.filter(({ group, plural }) => resourcesOf(group)?.has(plural));
  const reads = readable.flatMap(({ group, plural }) =>
    READ_VERBS.map((verb) => ({ verb, group, resource: plural })),
  );
  return logs ? [...reads, { verb: 'get', group: '', resource: 'pods', subresource: 'log' }] : reads;
}
