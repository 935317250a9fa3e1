import type { NetworkPolicy, Role, RoleBinding, TalosServiceAccount } from '#domain/objects/access.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';
import type { Pod, Workload } from '#domain/objects/workload.ts';

import { meta, pod, workload } from '../health/objects.ts';
import { projected } from '../health/upgrade-objects.ts';

/** The namespace of everything that is looked at. */
export const HOME = 'tools';

/** The MCP server `mcp-grafana` in `tools`: its Deployment, one pod, and no Service. */
export function mcpServer(extra: Partial<Pod> = {}): [Workload, Pod] {
  const labels = { app: 'mcp-grafana' };
  return [
    workload('Deployment', 'mcp-grafana', {
      namespace: HOME,
      selector: labels,
      podLabels: labels,
      serviceAccount: 'mcp',
    }),
    pod('mcp-grafana-7d9f-0', { namespace: HOME, labels, serviceAccount: 'mcp', ...extra }),
  ];
}

/** A NetworkPolicy around the pods of `mcp-grafana` as stored, with these ingress rules. */
export function networkPolicy(ingress: readonly object[], spec: Record<string, unknown> = {}): NetworkPolicy {
  return projected({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'around', namespace: HOME },
    spec: {
      podSelector: { matchLabels: { app: 'mcp-grafana' } },
      policyTypes: ['Ingress'],
      ingress: [...ingress],
      ...spec,
    },
  }) as NetworkPolicy;
}

/** `from` of an ingress rule: the pods of a namespace by its name. */
export function fromNamespace(name: string): object {
  return { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }] };
}

/** A ClusterRole as stored, of one rule. */
export function clusterRole(name: string, rule: Record<string, unknown>): Role {
  return projected({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: [rule],
  }) as Role;
}

/** A binding as stored; of one namespace when it is named. */
export function binding(
  role: string,
  subjects: readonly ObjectRef[] = [{ kind: 'ServiceAccount', namespace: HOME, name: 'mcp' }],
  namespace?: string,
): RoleBinding {
  return projected({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: `give-${role}`, ...(namespace !== undefined && { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [...subjects],
  }) as RoleBinding;
}

/** A ServiceAccount of talos.dev with roles. */
export function talosAccount(name: string, roles: readonly string[]): TalosServiceAccount {
  return projected({
    apiVersion: 'talos.dev/v1alpha1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: HOME },
    spec: { roles: [...roles] },
  }) as TalosServiceAccount;
}

/** A namespace with the label that Kubernetes gives it. */
export function home(name: string): AnyObject {
  return {
    ...meta('Namespace', name, undefined),
    kind: 'Namespace' as const,
    phase: 'Active',
    labels: { 'kubernetes.io/metadata.name': name, ...(name === 'network' && { tier: 'edge' }) },
  };
}
