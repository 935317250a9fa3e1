import type { Permission } from '#domain/permissions.ts';

import type { ApiClient } from './client.ts';
import { isTrue } from './raw.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Asks the API server which of these this identity has, cluster-wide. It records nothing. */
export function reviewAccess<T extends Permission>(
  client: ApiClient,
  permissions: readonly T[],
  signal: AbortSignal,
): Promise<(T & { allowed: boolean })[]> {
  return Promise.all(
    permissions.map(async (permission) => {
      const { verb, group, resource, subresource } = permission;
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, group, resource, subresource } },
      };
      const answer = await client.postJson(REVIEWS, review, { what: 'review own permissions', signal });
      return { ...permission, allowed: isTrue(answer, 'status', 'allowed') };
    }),
  );
}
