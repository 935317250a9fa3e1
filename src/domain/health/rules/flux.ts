import { conditionOf } from '../../conditions.ts';
import type { State } from '../../finding.ts';
import type { FluxState, FluxVerdict, OuterRoot } from '../../flux/verdict.ts';
import { refOf } from '../../objects/meta.ts';
import { clip } from '../../text.ts';
import { type Fault, faultOf, minutesSince, type RuleSet } from '../fault.ts';
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
  const state = stateOf(verdict, world);
  if (state === undefined) return undefined;
  const { ref, reason, message, since, object } = verdict;
  return faultOf(
    {
      state,
      reason,
      message: clip(message, 240),
      since,
      evidence: revisionProof(verdict),
      causes: causesOf(verdict, world),
      next: {
        tool: 'reconciliation_status',
        arguments: { kind: object.kind, namespace: object.namespace, name: object.name },
      },
    },
    { component: 'flux', rule: verdict.state, ref },
  );
}

/** A new object is first reconciled within this time, in minutes. */
const FIRST_RECONCILIATION = 5;

function stateOf({ state, object }: FluxVerdict, world: World): State | undefined {
  const isNew = minutesSince(object.created, world.now) < FIRST_RECONCILIATION;
  return state === 'unknown' && isNew ? 'progressing' : STATES[state];
}

function revisionProof({ object: { lastAttemptedRevision, lastAppliedRevision } }: FluxVerdict) {
  if (lastAttemptedRevision === undefined || lastAttemptedRevision === lastAppliedRevision) return [];
  return [{ path: 'status.lastAttemptedRevision', value: clip(lastAttemptedRevision, 80) }];
}

function causesOf(verdict: FluxVerdict, world: World): string[] {
  if (verdict.state !== 'failed' && verdict.state !== 'stalled') return verdict.causedBy;
  return [...verdict.causedBy, ...namedCauses(verdict.message, world), ...unhealthyRefs(verdict, world)];
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

/** Objects whose health the failure is about: those its message names, or else all it applied. */
function unhealthyRefs({ object, ref, reason, message }: FluxVerdict, world: World): string[] {
  if (!WAITED.has(reason)) return [];
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
