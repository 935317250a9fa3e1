import { randomUUID } from 'node:crypto';

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
  const marker = randomUUID();
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const subject = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
  const markerRule: PolicyRule = { apiGroups: ['marker.test'], resources: [marker], verbs: ['get'] };
  await admin.apply({ ...rbacObject(kind, name, namespace), rules: [...rules, markerRule] });
  await admin.apply({ ...rbacObject(`${kind}Binding`, name, namespace), subjects: [subject], roleRef });
  await untilAllowed(admin, { user, namespace, group: 'marker.test', resource: marker });
}

function rbacObject(kind: string, name: string, namespace: string | undefined): Manifest {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name, namespace } };
}

interface Question {
  user: string;
  namespace?: string;
  group: string;
  resource: string;
}

/** The API server's authorizer follows the roles through watches, some milliseconds behind. */
async function untilAllowed(admin: Admin, { user, ...attributes }: Question): Promise<void> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes: { ...attributes, verb: 'get' } },
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = (await admin.request('POST', path, review)) as { status: { allowed: boolean } };
    if (answer.status.allowed) return;
    await pause(25);
  }
  throw new Error(`the API server did not take up the role of ${user}`);
}
