import { conditionOf } from '../../conditions.ts';
import { ageOf, parseDuration } from '../../duration.ts';
import type { State } from '../../finding.ts';
import type { FluxState, FluxVerdict, OuterRoot } from '../../flux/verdict.ts';
import { refOf } from '../../objects/meta.ts';
import { clip, clipMiddle } from '../../text.ts';
import { type Fault, faultOf, minutesSince, ripening, type RuleSet } from '../fault.ts';
import { namedCauses } from '../named-causes.ts';
import type { World } from '../world.ts';

/** How Flux's states count here. `terminating` is left to the deletion rules. */
const STATES: Readonly<Record<FluxState, State | undefined>> = {
  failed: 'failed',
  stalled: 'failed',
  stale: 'stale',
  unknown: 'unknown',
  blocked: 'blocked',
  behind: 'progressing',
  progressing: 'progressing',
  suspended: 'suspended',
  terminating: undefined,
  ready: undefined,
};

/** Flux's verdicts, and roots that are no Flux objects. */
export const FLUX: RuleSet = {
  component: 'flux',
  checked: ({ flux }) => flux.verdicts.map(({ object }) => object),
  judge: (world) => [
    ...world.flux.verdicts.flatMap((verdict) => faultOfVerdict(verdict, world) ?? []),
    ...world.flux.outerRoots.flatMap((root) => faultOfRoot(root) ?? []),
  ],
};

function faultOfVerdict(verdict: FluxVerdict, world: World): Fault | undefined {
  const told = verdict.state === 'ready' ? driftOf(verdict) : verdict;
  const state = told === verdict ? stateOf(verdict, world) : 'degraded';
  if (told === undefined || state === undefined) return undefined;
  const { ref, object } = verdict;
  const { reason, message, since } = told;
  return faultOf(
    {
      state,
      reason,
      message: clipMiddle(lasting(message, verdict, state, world), 240),
      since,
      evidence: revisionProof(verdict),
      causes: causesOf(verdict, world),
      next: {
        tool: 'reconciliation_status',
        arguments: { kind: object.kind, namespace: object.namespace, name: object.name },
      },
    },
    { component: 'flux', rule: told === verdict ? verdict.state : 'drifted', ref },
  );
}

/** An attempt that is more than progressing has lasted too long: by its own words it would look well. */
function lasting(message: string, { state, since }: FluxVerdict, told: State, { now }: World): string {
  const isStuck = state === 'progressing' && told !== 'progressing';
  return isStuck ? `under way for ${ageOf(since, now) ?? 'long'}: ${message}` : message;
}

/** A drift that helm-controller has found and not corrected, on a release that is Ready (api/v2, condition Drifted). */
function driftOf({ object }: FluxVerdict): Pick<FluxVerdict, 'reason' | 'message' | 'since'> | undefined {
  const drifted = conditionOf(object, 'Drifted');
  if (drifted?.status !== 'True') return undefined;
  const { reason = 'DriftDetected', message = 'the cluster differs from the release', since } = drifted;
  return { reason, message, since };
}

/** A new object is first reconciled within this time, in minutes. */
const FIRST_RECONCILIATION = 5;

function stateOf(verdict: FluxVerdict, world: World): State | undefined {
  const { state, since, object } = verdict;
  const isNew = minutesSince(object.created, world.now) < FIRST_RECONCILIATION;
  if (state === 'progressing') return ripening(since, world.now, patienceWith(verdict));
  return state === 'unknown' && isNew ? 'progressing' : STATES[state];
}

/** At the least, in minutes. */
const PATIENCE = 15;

/**
 * How long a reconciliation may be under way, in minutes: twice its time-out, the one that its message names before that
 * of its spec, as an attempt that fails and is remedied or repeated takes two. Reconciling stays since the first attempt
 * (kustomize-controller kustomization_controller.go, helm-controller internal/reconcile/atomic_release.go).
 */
function patienceWith({ message, object: { timeout, interval, kind } }: FluxVerdict): number {
  const told = / timeout of (\S+)/.exec(message)?.[1];
  const set = timeout ?? (kind === 'Kustomization' ? interval : undefined);
  const limit = parseDuration(told) ?? parseDuration(set) ?? 0;
  return Math.max(PATIENCE, (2 * limit) / 60_000);
}

function revisionProof({ object: { lastAttemptedRevision, lastAppliedRevision } }: FluxVerdict) {
  if (lastAttemptedRevision === undefined || lastAttemptedRevision === lastAppliedRevision) return [];
  return [{ path: 'status.lastAttemptedRevision', value: clip(lastAttemptedRevision, 80) }];
}

function causesOf(verdict: FluxVerdict, world: World): string[] {
  if (verdict.state === 'progressing')
    return [...verdict.causedBy, ...unhealthyRefs({ ...verdict, reason: lastFailure(verdict) }, world)];
  if (verdict.state === 'blocked')
    return [...verdict.causedBy, ...(verdict.object.requires ?? []).map(refOf)];
  if (verdict.state !== 'failed' && verdict.state !== 'stalled') return verdict.causedBy;
  return [...verdict.causedBy, ...namedCauses(verdict.message, world), ...unhealthyRefs(verdict, world)];
}

/** How the attempt before the one under way ended; '' when nothing tells. */
function lastFailure({ object }: FluxVerdict): string {
  const released = conditionOf(object, 'Released');
  return (released?.status === 'False' ? released.reason : object.history[0]?.status) ?? '';
}

/** Reasons of a Kustomization or HelmRelease that waited for what it applied (kustomize- and helm-controller api). */
const WAITED: ReadonlySet<string> = new Set([
  'HealthCheckFailed',
  'HealthCheckCanceled',
  'InstallFailed',
  'UpgradeFailed',
  'RollbackFailed',
  'TestFailed',
  'RetriesExceeded',
  'MissingRollbackTarget',
]);

/** How Helm says that it waited in vain; other failures of a release are its own. */
const IN_VAIN =
  /timed? ?out|deadline exceeded|waiting for|not ready|InProgress|Failed to \w+ after \d+ attempt|resource .* failed/i;

/** The words of a wait that failed, for kinds that have no reason for it (fluxcd/pkg ssa/manager_wait.go; flux-operator). */
const GAVE_UP = /timeout waiting for: \[|failed early due to stalled resources: \[/;

/** Objects whose health the failure is about: those its message names, or else all it applied. */
function unhealthyRefs({ object, ref, reason, message }: FluxVerdict, world: World): string[] {
  if (!WAITED.has(reason) && !GAVE_UP.test(message)) return [];
  const text = [message, conditionOf(object, 'Released')?.message ?? ''].join('\n');
  if (object.kind === 'HelmRelease' && !IN_VAIN.test(text)) return [];
  const named = [...text.matchAll(/\b([A-Z]\w+)\/([\w.-]+)\/([\w.:-]+?)(?=[\s,;\]']|$)/g)].map(
    ([, kind = '', namespace = '', name = '']) => refOf({ kind, namespace, name }),
  );
  if (named.some((one) => world.byRef.has(one))) return named;
  const applied = [...object.healthChecks, ...object.inventory].map(refOf);
  return [...applied, ...(world.appliedRefs().get(ref) ?? [])].filter(canFailHealth);
}

/** Kinds that kstatus can call anything but Current (cli-utils pkg/kstatus/status/core.go and conditions in general). */
const WITH_HEALTH =
  /^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|Pod|Job|PersistentVolumeClaim|CustomResourceDefinition|Kustomization|HelmRelease|\w+Repository|HelmChart|Bucket)\//;

function canFailHealth(ref: string): boolean {
  return WITH_HEALTH.test(ref);
}

function faultOfRoot(root: OuterRoot): Fault | undefined {
  const state = STATES[root.state];
  if (state === undefined) return undefined;
  const { ref, reason, message, since } = root;
  return faultOf({ state, message, since }, { component: 'flux', rule: reason, ref });
}
