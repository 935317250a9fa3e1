import type { FluxObject } from '../objects/flux.ts';
import type { Condition } from '../objects/meta.ts';
import type { FluxVerdict } from './verdict.ts';

/**
 * What can be told of a suspension. Flux records no time for it: a Kustomization's last reconciliation is the earliest
 * it can have begun and stands as `since`; of other kinds nothing tells.
 */
export function suspensionOf(
  object: FluxObject,
  ready: Condition | undefined,
): Pick<FluxVerdict, 'message' | 'since'> {
  const since = lastReconciled(object);
  const when =
    since === undefined ? 'since when is not recorded' : `at the earliest ${since}, its last reconciliation`;
  return { message: `suspended, ${when}; last known ${lastKnown(ready)}`, since };
}

function lastKnown(ready: Condition | undefined): string {
  if (ready === undefined) return 'nothing: it was never reconciled';
  const reason = ready.reason === undefined ? '' : ` (${ready.reason})`;
  return `Ready=${ready.status}${reason}`;
}

/**
 * When a Kustomization was last reconciled, RFC 3339 (`status.history[0].lastReconciled`, written at every
 * reconciliation). A HelmRelease's history holds deployments, which say nothing of that.
 */
export function lastReconciled(object: FluxObject): string | undefined {
  return object.kind === 'Kustomization' ? object.history[0]?.last : undefined;
}
