import type { FluxObject } from '../objects/flux.ts';
import { isStatic } from './world.ts';

/** Which annotation asks for what, and the status field in which the controller notes the request it handled. */
const REQUESTS = [
  { annotation: 'reconcile.fluxcd.io/requestedAt', handled: 'lastHandledReconcileAt' },
  { annotation: 'reconcile.fluxcd.io/forceAt', handled: 'lastHandledForceAt', kind: 'HelmRelease' },
  { annotation: 'reconcile.fluxcd.io/resetAt', handled: 'lastHandledResetAt', kind: 'HelmRelease' },
] as const satisfies readonly { annotation: string; handled: keyof FluxObject; kind?: string }[];

/** The token of a reconcile, force or reset request that no controller has handled; undefined when there is none. */
export function pendingRequest(object: FluxObject): string | undefined {
  if (isStatic(object)) return undefined;
  return REQUESTS.filter((request) => !('kind' in request) || request.kind === object.kind)
    .filter(({ annotation, handled }) => object.annotations[annotation] !== object[handled])
    .map(({ annotation }) => object.annotations[annotation])
    .find((token) => token !== undefined);
}
