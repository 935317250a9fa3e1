import { conditionOf } from '../conditions.ts';
import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { Workload } from '../objects/workload.ts';
import { byText } from '../text.ts';
import { blockersOf } from './blockers.ts';
import { type Controllers, controllerFault, controllerNowhere, controllersAmong } from './controllers.ts';
import { behindOf, staleOf } from './currency.ts';
import { pendingRequest } from './pending.ts';
import { shortRevision } from './revision.ts';
import { type Roots, rootsOf, type Waits } from './roots.ts';
import { type Status, statusOf } from './status.ts';
import type { FluxJudgement, FluxVerdict, OuterRoot } from './verdict.ts';
import { isSpecPending, isStatic, type World, worldOf } from './world.ts';

/** What a judgement is made of. */
export interface FluxInput {
  objects: readonly FluxObject[];
  /** Deployments among which Flux's controllers are found; any others are passed over. */
  controllers: readonly Workload[];
  /** Milliseconds since the epoch. */
  now: number;
  /** True when the policy may keep objects back: what is not seen is then not called missing. */
  hiddenPossible?: boolean;
  /** Kinds whose listing could not be read: what is not seen of them is not called missing. */
  unreadableKinds?: readonly string[];
}

interface Judged {
  object: FluxObject;
  ref: string;
  status: Status;
  /** Its controller, when that is down or absent. */
  fault?: OuterRoot;
}

/** The verdict on each Flux object, in the order of their refs, whatever the order of the input. */
export function judgeFlux(input: FluxInput): FluxVerdict[] {
  return judgeFluxWithRoots(input).verdicts;
}

/** The verdicts, and the roots that are no Flux objects of the caller: missing ones and controllers. */
export function judgeFluxWithRoots(input: FluxInput): FluxJudgement {
  const objects = input.objects.toSorted((a, b) => byText(refOf(a), refOf(b)));
  const { hiddenPossible = false, unreadableKinds = [], now } = input;
  const world = worldOf(objects, { hiddenPossible, unreadableKinds: new Set(unreadableKinds), now });
  const sure = !hiddenPossible && !unreadableKinds.includes('Deployment');
  const controllers = controllersAmong(input.controllers, sure);
  const judged = objects.map((object) => judgeOne(object, world, controllers));
  const roots = rootsOf(waitsOf(judged, world), world);
  const faults = new Map(judged.flatMap(({ fault }) => (fault ? [[fault.ref, fault] as const] : [])));
  return {
    verdicts: judged.map((one) => verdictOf(one, roots)),
    outerRoots: [...roots.outer, ...faults.values()].toSorted((a, b) => byText(a.ref, b.ref)),
  };
}

function judgeOne(object: FluxObject, world: World, controllers: Controllers): Judged {
  const ref = refOf(object);
  if (isStatic(object)) return { object, ref, status: statusOf(object, world) };
  const fault = controllerFault(object, controllers, world.now);
  const status = currentStatus(object, fault, world);
  if (status.state !== 'stale') return { object, ref, status, fault };
  return { object, ref, status, fault: fault ?? controllerNowhere(object, controllers) };
}

/** The object's own status, corrected by what it cannot know: a newer source, a controller that is gone. */
function currentStatus(object: FluxObject, fault: OuterRoot | undefined, world: World): Status {
  const status = statusOf(object, world);
  const leftOver = status.state === 'ready' || (status.state === 'progressing' && fault !== undefined);
  const stale = leftOver ? staleOf(object, fault, world.now) : undefined;
  if (stale) return stale;
  const behind = behindOf(object, world);
  if (behind && status.state === 'ready') return behind;
  const elsewhere = object.remote && status.state !== 'ready' ? 'it applies to another cluster' : '';
  const more = [
    elsewhere,
    releaseFailure(object, status),
    holdsAnyway(object, status),
    behind && STUCK.has(status.state) ? behind.message : '',
  ];
  return { ...status, message: [status.message, ...more].filter((part) => part !== '').join('; ') };
}

/** Where being behind is told beside the state: what stays so until someone acts. */
const STUCK: ReadonlySet<string> = new Set(['failed', 'stalled', 'suspended']);

/** Why a release failed, where Ready and Stalled only tell what was done about it (helm-controller, condition Released). */
function releaseFailure(object: FluxObject, { state, message }: Status): string {
  if (state !== 'failed' && state !== 'stalled') return '';
  const released = conditionOf(object, 'Released');
  if (released?.status !== 'False' || released.message === undefined) return '';
  return message.includes(released.message) ? '' : released.message;
}

/**
 * What holds in spite of a failure: after a failed health check the cluster already runs what was attempted
 * (kustomize-controller applies first), and a source that cannot fetch still serves its last artifact.
 */
function holdsAnyway({ artifact, lastAttemptedRevision }: FluxObject, { state, reason }: Status): string {
  if (state !== 'failed' && state !== 'stalled') return '';
  if (artifact) return `still serves ${shortRevision(artifact.revision)}`;
  if (reason !== 'HealthCheckFailed' || lastAttemptedRevision === undefined) return '';
  return `the cluster already runs ${shortRevision(lastAttemptedRevision)}`;
}

function waitsOf(judged: readonly Judged[], world: World): Map<string, Waits> {
  return new Map(
    judged.map(({ ref, object, status, fault }) => {
      const controller = WAITING.has(status.state) ? fault?.ref : undefined;
      return [ref, { blockers: blockersOf(object, status, world), controller }];
    }),
  );
}

/** States that only the controller could end. */
const WAITING: ReadonlySet<string> = new Set(['stale', 'unknown', 'blocked', 'terminating']);

function verdictOf({ object, ref, status }: Judged, roots: Roots): FluxVerdict {
  const cycle = roots.cycles.get(ref);
  return {
    object,
    ref,
    ...status,
    ...(cycle && { reason: 'DependencyCycle', message: `each waits for the next: ${cycle.join(' → ')}` }),
    causedBy: [...(roots.causes.get(ref) ?? [])],
    requestPending: pendingRequest(object) !== undefined,
    specPending: isSpecPending(object),
  };
}
