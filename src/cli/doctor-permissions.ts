import { type Permission, permissionsText, UNWANTED } from '#domain/permissions.ts';

import { toToolError } from '../errors.ts';
import type { Verdict } from './verdict.ts';

type Reviewed = Permission & { allowed: boolean };

/** What can be asked about one's own permissions. */
export interface Reviewer {
  reviewAccess(permissions: readonly Permission[], signal: AbortSignal): Promise<Reviewed[]>;
}

/** What is missing of what reading needs, and what this identity should rather not be able to do. */
export async function checkPermissions(
  reviewer: Reviewer,
  needed: () => Promise<readonly Permission[]>,
  signal: AbortSignal,
): Promise<Verdict[]> {
  try {
    const wanted = await reviewer.reviewAccess(await needed(), signal);
    const unwanted = await reviewer.reviewAccess(UNWANTED, signal);
    return [missingVerdict(wanted), surplusVerdict(unwanted)];
  } catch (error) {
    const { message, hint } = toToolError(error);
    return [{ check: 'permissions', verdict: 'fail', detail: message, remedy: hint }];
  }
}

function missingVerdict(reviewed: readonly Reviewed[]): Verdict {
  const missing = reviewed.filter(({ allowed }) => !allowed);
  const check = 'permissions needed';
  if (missing.length === 0) {
    return { check, verdict: 'ok', detail: `all ${reviewed.length} reads are allowed` };
  }
  const none = missing.length === reviewed.length;
  return {
    check,
    verdict: none ? 'fail' : 'warn',
    detail: none
      ? `this identity may read nothing: all ${reviewed.length} are missing`
      : `missing ${missing.length} of ${reviewed.length}: ${permissionsText(missing)}`,
    remedy:
      'Bind this identity to the ClusterRole that `daytwo rbac --discover` prints; until then these parts are reported as unchecked.',
  };
}

function surplusVerdict(reviewed: readonly Reviewed[]): Verdict {
  const surplus = reviewed.filter(({ allowed }) => allowed);
  const check = 'permissions not wanted';
  if (surplus.length === 0) {
    return { check, verdict: 'ok', detail: `none of ${reviewed.length} tried is allowed` };
  }
  return {
    check,
    verdict: 'warn',
    detail: `this identity may ${permissionsText(surplus)}`,
    remedy:
      'daytwo never uses them, but a narrower identity is safer: create one with the ClusterRole that `daytwo rbac` prints.',
  };
}
