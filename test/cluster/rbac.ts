import type { Admin } from './admin.ts';
import { pause } from './api.ts';
import type { Manifest } from './manifest.ts';

/** One rule of a ClusterRole. */
export interface PolicyRule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

/**
 * Gives a user these powers on the whole cluster, or in one namespace, in place of what this function gave before;
 * resolves when the API server acts on them. An empty list takes everything away.
 */
export async function grant(
  admin: Admin,
  user: string,
  rules: readonly PolicyRule[],
  namespace?: string,
): Promise<void> {
  const name = `test-${user}`;
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const subject = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
  await admin.apply({ ...rbacObject(kind, name, namespace), rules });
  await admin.apply({ ...rbacObject(`${kind}Binding`, name, namespace), subjects: [subject], roleRef });
  await untilGranted(admin, user, rules, namespace);
}

function rbacObject(kind: string, name: string, namespace: string | undefined): Manifest {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name, namespace } };
}

/** The API server's authorizer follows the roles through watches, some milliseconds behind. */
async function untilGranted(
  admin: Admin,
  user: string,
  rules: readonly PolicyRule[],
  namespace: string | undefined,
): Promise<void> {
  const question = rules.flatMap((rule) => attributesOf(rule, namespace)).at(-1);
  if (question === undefined) return pause(200);
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, ...question },
  };
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await admin.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review);
    if ((answer as { status: { allowed: boolean } }).status.allowed) return;
    await pause(50);
  }
  throw new Error(`the API server did not take up the roles of ${user}`);
}

function attributesOf(
  { apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule,
  namespace?: string,
) {
  const verb = verbs[0];
  if (nonResourceURLs?.[0]) return [{ nonResourceAttributes: { path: nonResourceURLs[0], verb } }];
  const [resource, subresource] = (resources?.[0] ?? '').split('/');
  const attributes = {
    group: apiGroups?.[0],
    resource,
    subresource,
    name: resourceNames?.[0],
    namespace,
    verb,
  };
  return [{ resourceAttributes: attributes }];
}
