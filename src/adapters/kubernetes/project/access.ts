import type {
  NetworkPolicy,
  PolicyPeer,
  Role,
  RoleBinding,
  ServiceAccount,
  TalosServiceAccount,
} from '#domain/objects/access.ts';

import { at, items, string, strings } from '../raw.ts';
import { labelSelector } from './label-selector.ts';
import { type Context, projectObject, refFrom } from './meta.ts';

/** A NetworkPolicy: whom it selects and lets in. */
export function projectNetworkPolicy(raw: unknown, context: Context): NetworkPolicy {
  const types = strings(raw, 'spec', 'policyTypes');
  return {
    ...projectObject(raw, context),
    kind: 'NetworkPolicy',
    selector: labelSelector(raw, 'spec', 'podSelector') ?? [],
    limitsIngress: types.length === 0 || types.includes('Ingress'),
    ingress: items(raw, 'spec', 'ingress').map((rule) => items(rule, 'from').map(peerOf)),
  };
}

function peerOf(raw: unknown): PolicyPeer {
  return {
    namespaces: labelSelector(raw, 'namespaceSelector'),
    pods: labelSelector(raw, 'podSelector'),
    cidr: string(raw, 'ipBlock', 'cidr'),
  };
}

/** A Role or ClusterRole. */
export function projectRole(raw: unknown, context: Context): Role {
  return {
    ...projectObject(raw, context),
    kind: context.kind.kind as Role['kind'],
    rules: items(raw, 'rules').map((rule) => ({
      groups: strings(rule, 'apiGroups'),
      resources: strings(rule, 'resources'),
      verbs: strings(rule, 'verbs'),
      names: strings(rule, 'resourceNames'),
      urls: strings(rule, 'nonResourceURLs'),
    })),
  };
}

/** A RoleBinding or ClusterRoleBinding. */
export function projectRoleBinding(raw: unknown, context: Context): RoleBinding {
  const object = projectObject(raw, context);
  const { namespace } = object;
  const role = refFrom(at(raw, 'roleRef'), {}) ?? { kind: '', name: '' };
  return {
    ...object,
    kind: context.kind.kind as RoleBinding['kind'],
    role: { ...role, ...(role.kind === 'Role' && { namespace }) },
    subjects: items(raw, 'subjects').flatMap((subject) => refFrom(subject, {}) ?? []),
  };
}

/** A core ServiceAccount: names of its Secrets are left out. */
export function projectServiceAccount(raw: unknown, context: Context): ServiceAccount {
  return {
    ...projectObject(raw, context),
    kind: 'ServiceAccount',
    automount: at(raw, 'automountServiceAccountToken') !== false,
  };
}

/** A ServiceAccount of talos.dev. */
export function projectTalosServiceAccount(raw: unknown, context: Context): TalosServiceAccount {
  return {
    ...projectObject(raw, context),
    kind: 'ServiceAccount',
    roles: strings(raw, 'spec', 'roles'),
  };
}
