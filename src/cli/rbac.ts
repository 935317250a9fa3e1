import { type ClusterRole, type RoleOptions, clusterRole, resourcesOf } from '#domain/access.ts';
import type { ServedKind } from '#domain/cluster.ts';

import { stringify } from 'yaml';

/** What the role is made for; `served` limits it to what a cluster serves. */
export interface RbacOptions {
  logs: boolean;
  /** Groups beside the table that the configuration lets daytwo read. */
  apiGroups: readonly string[];
  served?: readonly ServedKind[];
}

/** The ClusterRole as YAML with how to bind it; with `served`, no rule names what the cluster does not have. */
export function rbacText({ logs, apiGroups, served }: RbacOptions): string {
  const role = clusterRole({ logs, extra: extraOf(apiGroups, served) });
  return `${HEAD}${stringify(served ? onlyServed(role, served) : role, { lineWidth: 0 })}`;
}

const HEAD = `# What daytwo needs, and nothing more: it reads. Bind it to the identity of its kubeconfig, for example
#   kubectl create clusterrolebinding daytwo --clusterrole=daytwo --serviceaccount=NAMESPACE:daytwo
`;

function extraOf(apiGroups: readonly string[], served: readonly ServedKind[] = []): RoleOptions['extra'] {
  return apiGroups
    .filter((group) => resourcesOf(group) === undefined)
    .map((group) => ({
      group,
      resources: served.filter((kind) => kind.group === group).map(({ plural }) => plural),
    }))
    .filter(({ resources }) => resources.length > 0);
}

function onlyServed(role: ClusterRole, served: readonly ServedKind[]): ClusterRole {
  const exists = new Set(served.map(({ group, plural }) => `${plural}.${group}`));
  const rules = role.rules
    .map((rule) => ({
      ...rule,
      resources: rule.resources.filter((plural) =>
        exists.has(`${plural.split('/')[0]}.${rule.apiGroups[0] ?? ''}`),
      ),
    }))
    .filter(({ resources }) => resources.length > 0);
  return { ...role, rules };
}
