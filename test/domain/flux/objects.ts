import type { FluxObject } from '#domain/objects/flux.ts';
import type { Condition } from '#domain/objects/meta.ts';
import type { Workload } from '#domain/objects/workload.ts';

/** The clock of these tests. */
export const NOW = Date.parse('2026-05-09T12:00:00Z');

/** The RFC 3339 time so many minutes before NOW. */
export function minutesAgo(minutes: number): string {
  return new Date(NOW - minutes * 60_000).toISOString();
}

const GROUPS: Readonly<Record<string, string>> = {
  Kustomization: 'kustomize.toolkit.fluxcd.io',
  HelmRelease: 'helm.toolkit.fluxcd.io',
  Alert: 'notification.toolkit.fluxcd.io',
  Provider: 'notification.toolkit.fluxcd.io',
  Receiver: 'notification.toolkit.fluxcd.io',
  ImagePolicy: 'image.toolkit.fluxcd.io',
  ImageRepository: 'image.toolkit.fluxcd.io',
  ImageUpdateAutomation: 'image.toolkit.fluxcd.io',
};

/** A Flux object from `Kind/namespace/name`, Ready and reconciled a minute ago unless told otherwise. */
export function flux(ref: string, more: Partial<FluxObject> = {}): FluxObject {
  const [kind = '', namespace = '', name = ''] = ref.split('/');
  const group = GROUPS[kind] ?? 'source.toolkit.fluxcd.io';
  return {
    apiVersion: `${group}/v1`,
    group,
    kind,
    namespace,
    name,
    uid: ref,
    generation: 1,
    created: minutesAgo(10_000),
    labels: {},
    annotations: {},
    conditions: [ready('True', 'ReconciliationSucceeded', 'Applied revision')],
    suspended: false,
    interval: '10m0s',
    dependsOn: [],
    healthChecks: [],
    remote: false,
    inventory: [],
    history: kind === 'Kustomization' ? [{ last: minutesAgo(1) }] : [],
    ...more,
  };
}

/** A Ready condition since 30 minutes, observed at generation 1. */
export function ready(status: Condition['status'], reason: string, message = ''): Condition {
  return { type: 'Ready', status, reason, message, since: minutesAgo(30), observedGeneration: 1 };
}

/** A condition that is True since 20 minutes. */
export function holds(type: string, reason: string, message = ''): Condition {
  return { type, status: 'True', reason, message, since: minutesAgo(20) };
}

/** Flux's refusal to go on before its dependencies. */
export const blockedCondition = ready('False', 'DependencyNotReady', 'dependency is not ready');

/** A Kustomization that waits for others of its namespace, named by name. */
export function waitingFor(ref: string, ...names: string[]): FluxObject {
  const namespace = ref.split('/')[1] ?? '';
  const dependsOn = names.map((name) => ({ namespace, name }));
  return flux(ref, { dependsOn, conditions: [blockedCondition] });
}

/** A Kustomization whose build fails. */
export function broken(ref: string, more: Partial<FluxObject> = {}): FluxObject {
  return flux(ref, { conditions: [ready('False', 'BuildFailed', 'kustomize build failed')], ...more });
}

/** A Deployment of flux-system with one pod available, or with `available` of `desired`. */
export function controller(name: string, more: Partial<Workload> = {}): Workload {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'flux-system',
    name,
    uid: name,
    created: minutesAgo(10_000),
    labels: {},
    annotations: {},
    conditions: [],
    desired: 1,
    current: 1,
    updated: 1,
    ready: 1,
    available: 1,
    paused: false,
    selector: {},
    podLabels: {},
    images: {},
    ...more,
  };
}

/** The same items in another order, the same for each seed (mulberry32). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
