import type { JsonObject } from '../desired/engine.ts';
import { mapAt, mapsAt, textAt } from '../desired/manifest.ts';

/** Conditions that say the object works, and those that say it does not, whatever the kind. */
const GOOD: ReadonlySet<string> = new Set(['Ready', 'Available', 'Healthy', 'Established', 'Programmed']);
const BAD: ReadonlySet<string> = new Set(['Failed', 'Stalled', 'Degraded', 'ReplicaFailure']);

/** How a live object fares by its own status: `ok`, `terminating`, `suspended`, `in progress`, or the condition that says what is not. */
export function healthOf(live: JsonObject): string {
  const [metadata, status] = [mapAt(live, 'metadata'), mapAt(live, 'status')];
  if (textAt(metadata, 'deletionTimestamp') !== '') return 'terminating';
  if (mapAt(live, 'spec')['suspend'] === true) return 'suspended';
  const conditions = mapsAt(status, 'conditions').map((condition) => ({
    type: textAt(condition, 'type'),
    status: textAt(condition, 'status'),
    reason: textAt(condition, 'reason'),
  }));
  const bad =
    conditions.find(({ type, status: is }) => BAD.has(type) && is === 'True') ??
    conditions.find(({ type, status: is }) => GOOD.has(type) && is !== 'True');
  if (bad) return `${bad.type}=${bad.status}${bad.reason ? ` (${bad.reason})` : ''}`;
  const observed = status['observedGeneration'];
  const isBehind = typeof observed === 'number' && observed !== metadata['generation'];
  return isBehind || lacksReplicas(live, status) ? 'in progress' : 'ok';
}

function lacksReplicas(live: JsonObject, status: JsonObject): boolean {
  const [wanted, ready] = [mapAt(live, 'spec')['replicas'], status['readyReplicas'] ?? 0];
  return typeof wanted === 'number' && typeof ready === 'number' && 'replicas' in status && ready < wanted;
}
