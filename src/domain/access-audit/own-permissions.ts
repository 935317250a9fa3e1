import { neededPermissions } from '../access.ts';
import type { ClusterReader } from '../cluster.ts';
import { type Permission, permissionsText, UNWANTED } from '../permissions.ts';
import { clip } from '../text.ts';

/** What this server's own identity may do, against the ClusterRole it needs. */
export interface OwnPermissions {
  verdict: 'exact' | 'too wide' | 'too narrow' | 'unchecked';
  /** In words. */
  detail: string;
}

/** Asks for what reading needs and for what nobody who only reads should hold; what cannot be asked is unchecked. */
export async function ownPermissions(cluster: ClusterReader, signal: AbortSignal): Promise<OwnPermissions> {
  const { permissions } = cluster;
  if (permissions === undefined)
    return { verdict: 'unchecked', detail: 'a recorded cluster cannot be asked for permissions' };
  try {
    // One verb stands for the three that the role always gives together: each is a request.
    const needed = neededPermissions((await cluster.discover(signal)).kinds, { logs: false }).filter(
      ({ verb }) => verb === 'list',
    );
    const [wanted, unwanted] = [await permissions(needed, signal), await permissions(UNWANTED, signal)];
    return judged(
      wanted.filter(({ allowed }) => !allowed),
      unwanted.filter(({ allowed }) => allowed),
      needed.length,
    );
  } catch (error) {
    signal.throwIfAborted();
    return { verdict: 'unchecked', detail: clip(error instanceof Error ? error.message : 'no answer', 160) };
  }
}

function judged(
  missing: readonly Permission[],
  surplus: readonly Permission[],
  needed: number,
): OwnPermissions {
  const lacks = missing.length > 0 ? `; lacks ${missing.length} of ${needed} kinds` : '';
  if (surplus.length > 0)
    return { verdict: 'too wide', detail: clip(`may ${permissionsText(surplus)}${lacks}`, 300) };
  if (missing.length > 0)
    return {
      verdict: 'too narrow',
      detail: clip(`lacks ${missing.length} of ${needed} kinds: ${permissionsText(missing)}`, 300),
    };
  return {
    verdict: 'exact',
    detail: `may read all ${needed} kinds it needs, and none of ${UNWANTED.length} it should not have`,
  };
}
