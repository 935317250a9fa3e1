import { matchesText } from '../glob.ts';
import type { Event } from '../objects/platform.ts';
import type { Objects } from './observed.ts';

/** Warnings that mean nothing: those of a reason whose message fits the glob, all of it where there is none. */
export interface BenignWarning {
  reason: string;
  message?: string;
}

/** Warnings that are harmless wherever they come from; what their objects really lack, other rules see. */
const KNOWN_BENIGN: readonly BenignWarning[] = [
  // Several writers of one object; whoever loses tries again (apiserver, optimistic concurrency).
  { reason: '*', message: '*the object has been modified*' },
  { reason: '*', message: '*StorageError: invalid object*Precondition failed: UID in precondition*' },
  // kubelet, at its start and with more than three name servers.
  { reason: 'DNSConfigForming' },
  { reason: 'InvalidDiskCapacity' },
  { reason: 'Rebooted' },
  { reason: 'NodeShutdown' },
  // kubelet, after a pod is gone or while it stops.
  { reason: 'FailedPreStopHook' },
  { reason: 'ExceededGracePeriod' },
  // Scheduler and autoscalers at work.
  { reason: 'Preempted' },
  { reason: 'Preempting' },
  { reason: 'TopologyAwareHintsDisabled' },
  { reason: 'FailedToRetrieveImagePullSecret' },
  // Disruption controller: pods without a controller it knows, or none at all.
  { reason: 'CalculateExpectedPodCountFailed' },
  { reason: 'NoPods' },
  // Endpoint controllers, while a namespace goes away.
  { reason: '*', message: '*because it is being terminated*' },
  // Kyverno and Gatekeeper in audit mode.
  { reason: 'PolicyViolation' },
  // A client that talks to the wrong server of two, until its next try.
  { reason: 'DeprecatedAPI' },
  { reason: 'UnsupportedAPI' },
];

/** Whether a warning is one of these. */
export function isBenign(
  { reason, message }: Event,
  known: readonly BenignWarning[] = KNOWN_BENIGN,
): boolean {
  return known.some(
    (one) =>
      matchesText(one.reason, reason) && (one.message === undefined || matchesText(one.message, message)),
  );
}

/** The objects without the warnings that the operator knows to be harmless; the same objects when there are none. */
export function withoutBenign(objects: Objects, benign: readonly BenignWarning[]): Objects {
  if (benign.length === 0) return objects;
  return { ...objects, Event: objects.Event.filter((event) => !isBenign(event, benign)) };
}
