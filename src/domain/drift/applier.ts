import { parseDuration, parseTime } from '../duration.ts';
import { type Controllers, controllerFault } from '../flux/controllers.ts';
import { lastReconciled } from '../flux/suspension.ts';
import type { FluxJudgement, FluxVerdict } from '../flux/verdict.ts';

/** The Kustomization that applies an object, as far as it decides what becomes of a difference. */
export interface Applier {
  ref: string;
  /** Why it will not apply anything for now; undefined when it will. */
  held?: string;
  /** When it applied last, RFC 3339: what it reverts was changed after that. */
  last?: string;
  /** When it applies next, RFC 3339; undefined when that cannot be told. */
  next?: string;
  /** That time is past. */
  isDue?: boolean;
  interval?: string;
}

/** Flux as it stands at a time. */
export interface FluxNow {
  judgement: Pick<FluxJudgement, 'verdicts'>;
  controllers: Controllers;
  now: number;
}

/** The applier of a ref, by Flux's verdicts; one that the cluster does not have holds everything. */
export function applierOf(ref: string, { judgement, controllers, now }: FluxNow): Applier {
  const { verdicts } = judgement;
  const verdict = verdicts.find((one) => one.ref === ref);
  if (verdict === undefined) return { ref, held: `${ref} is not in the cluster` };
  const fault = controllerFault(verdict.object, controllers, now);
  const held = heldBy(verdict) ?? (fault?.state === 'failed' ? CONTROLLER_DOWN : undefined);
  const { interval } = verdict.object;
  const next = nextOf(verdict);
  const last = lastReconciled(verdict.object);
  return {
    ref,
    ...(held !== undefined && { held }),
    ...(last !== undefined && { last }),
    ...(next !== undefined && { next, isDue: (parseTime(next) ?? now) < now }),
    ...(interval !== undefined && { interval }),
  };
}

const CONTROLLER_DOWN = 'not while kustomize-controller is down';

/** Failures after which kustomize-controller has applied all the same (its reconcile order: build, apply, prune, health). */
const APPLIES_ANYWAY: ReadonlySet<string> = new Set([
  'HealthCheckFailed',
  'HealthCheckCanceled',
  'PruneFailed',
]);

function heldBy({ ref, object, state, reason, causedBy }: FluxVerdict): string | undefined {
  if (object.suspended) return `not until ${ref} is resumed`;
  if (causedBy.some((cause) => cause.startsWith('Deployment/'))) return CONTROLLER_DOWN;
  if (state === 'stale') return `not while nothing reconciles ${ref}`;
  if (state === 'blocked') return `not while ${ref} waits for ${causedBy[0] ?? 'a dependency'}`;
  if ((state === 'failed' || state === 'stalled') && !APPLIES_ANYWAY.has(reason))
    return `not while ${ref} fails (${reason})`;
  return undefined;
}

function nextOf({ object }: FluxVerdict): string | undefined {
  const [last, interval] = [parseTime(lastReconciled(object)), parseDuration(object.interval)];
  if (last === undefined || interval === undefined || interval <= 0) return undefined;
  return new Date(last + interval).toISOString().replace('.000Z', 'Z');
}
