import { isFluxGroup } from '#domain/access.ts';
import type { Artifact, Dependency, FluxObject, HistoryEntry } from '#domain/objects/flux.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';

import { at, boolean, isTrue, items, number, string, time } from '../raw.ts';
import { type Context, projectObject, refFrom } from './meta.ts';
import { bareUrl } from './url.ts';

/** Any object of a Flux group. Helm values, patches, substitutions and notification addresses are not read. */
export function projectFlux(raw: unknown, context: Context): FluxObject {
  const object = projectObject(raw, context);
  const { namespace } = object;
  const suspended = isTrue(raw, 'spec', 'suspend') || object.annotations[OPERATOR_SWITCH] === 'disabled';
  return {
    ...object,
    group: context.kind.group,
    suspended,
    dependsOn: dependenciesOf(raw, namespace ?? ''),
    requires: requiredOf(raw),
    source: sourceOf(raw, namespace),
    healthChecks: items(raw, 'spec', 'healthChecks').flatMap((check) => refFrom(check, {}) ?? []),
    remote: at(raw, 'spec', 'kubeConfig') !== undefined && at(raw, 'spec', 'kubeConfig') !== null,
    chart: chartOf(raw),
    inventory: items(raw, 'status', 'inventory', 'entries').flatMap((entry) => inventoryRef(entry) ?? []),
    history: items(raw, 'status', 'history').map(historyEntry),
    ...specFields(raw),
    ...statusFields(raw),
  };
}

/** How the Flux operator suspends a FluxInstance or ResourceSet (controlplaneio-fluxcd/flux-operator, api/v1). */
const OPERATOR_SWITCH = 'fluxcd.controlplane.io/reconcile';

function specFields(raw: unknown): Partial<FluxObject> {
  return {
    interval: string(raw, 'spec', 'interval'),
    retryInterval: string(raw, 'spec', 'retryInterval'),
    timeout: string(raw, 'spec', 'timeout'),
    path: string(raw, 'spec', 'path') ?? string(raw, 'spec', 'sync', 'path'),
    url: bareUrl(string(raw, 'spec', 'url') ?? string(raw, 'spec', 'sync', 'url')),
    branch: string(raw, 'spec', 'ref', 'branch') ?? branchOf(string(raw, 'spec', 'sync', 'ref')),
    type: string(raw, 'spec', 'type'),
    wait: boolean(raw, 'spec', 'wait'),
    prune: boolean(raw, 'spec', 'prune'),
    targetNamespace: string(raw, 'spec', 'targetNamespace'),
    driftMode: string(raw, 'spec', 'driftDetection', 'mode'),
  };
}

function branchOf(ref: string | undefined): string | undefined {
  return ref?.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

function statusFields(raw: unknown): Partial<FluxObject> {
  return {
    artifact: artifactOf(raw),
    lastAppliedRevision: string(raw, 'status', 'lastAppliedRevision'),
    lastAttemptedRevision: string(raw, 'status', 'lastAttemptedRevision'),
    lastHandledReconcileAt: string(raw, 'status', 'lastHandledReconcileAt'),
    lastHandledForceAt: string(raw, 'status', 'lastHandledForceAt'),
    lastHandledResetAt: string(raw, 'status', 'lastHandledResetAt'),
    failures: number(raw, 'status', 'failures'),
  };
}

function dependenciesOf(raw: unknown, ownNamespace: string): Dependency[] {
  return items(raw, 'spec', 'dependsOn').flatMap((entry) => {
    const name = string(entry, 'name');
    const kind = string(entry, 'kind');
    const namespace = string(entry, 'namespace') ?? ownNamespace;
    if (name === undefined || !isOfFlux(entry)) return [];
    return [{ ...(kind !== undefined && { kind }), namespace, name, readyExpr: string(entry, 'readyExpr') }];
  });
}

function requiredOf(raw: unknown): ObjectRef[] | undefined {
  const others = items(raw, 'spec', 'dependsOn').filter((entry) => !isOfFlux(entry));
  return others.length > 0 ? others.flatMap((entry) => refFrom(entry, {}) ?? []) : undefined;
}

/** A Kustomization and a HelmRelease depend on their like; a ResourceSet on anything (flux-operator api/v1). */
function isOfFlux(dependency: unknown): boolean {
  const apiVersion = string(dependency, 'apiVersion');
  return apiVersion === undefined || isFluxGroup(apiVersion.split('/')[0] ?? '');
}

/** Where each kind names what it is made from. */
const SOURCE_PATHS = [
  { path: ['spec', 'sourceRef'], kind: undefined },
  { path: ['spec', 'chartRef'], kind: undefined },
  { path: ['spec', 'chart', 'spec', 'sourceRef'], kind: undefined },
  { path: ['spec', 'imageRepositoryRef'], kind: 'ImageRepository' },
] as const;

function sourceOf(raw: unknown, namespace: string | undefined): ObjectRef | undefined {
  for (const { path, kind } of SOURCE_PATHS) {
    const source = refFrom(at(raw, ...path), { kind, namespace });
    if (source) return source;
  }
  return undefined;
}

/** `spec.chart` is a name in a HelmChart and a template in a HelmRelease. */
function chartOf(raw: unknown): FluxObject['chart'] {
  const plain = string(raw, 'spec', 'chart');
  if (plain !== undefined) return { name: plain, version: string(raw, 'spec', 'version') };
  const name = string(raw, 'spec', 'chart', 'spec', 'chart');
  return name === undefined ? undefined : { name, version: string(raw, 'spec', 'chart', 'spec', 'version') };
}

function artifactOf(raw: unknown): Artifact | undefined {
  const revision = string(raw, 'status', 'artifact', 'revision');
  if (revision === undefined) return undefined;
  const digest = string(raw, 'status', 'artifact', 'digest');
  return { revision, digest, updated: time(raw, 'status', 'artifact', 'lastUpdateTime') };
}

/** `<namespace>_<name>_<group>_<kind>`, where `__` in a name means `:` (fluxcd/cli-utils, pkg/object). */
function inventoryRef(entry: unknown): ObjectRef | undefined {
  const id = string(entry, 'id');
  const parts = /^(?<namespace>[^_]*)_(?<name>.+)_(?<group>[^_]*)_(?<kind>[^_]+)$/.exec(id ?? '')?.groups;
  if (!parts) return undefined;
  const { namespace, name = '', group, kind = '' } = parts;
  return { kind, name: name.replaceAll('__', ':'), namespace: namespace || undefined, group };
}

/** A Kustomization's entry or a HelmRelease's snapshot. */
function historyEntry(raw: unknown): HistoryEntry {
  return {
    status: string(raw, 'lastReconciledStatus') ?? string(raw, 'status'),
    digest: string(raw, 'digest'),
    revision: string(raw, 'metadata', 'revision'),
    chartName: string(raw, 'chartName'),
    chartVersion: string(raw, 'chartVersion'),
    appVersion: string(raw, 'appVersion'),
    first: time(raw, 'firstReconciled') ?? time(raw, 'firstDeployed'),
    last: time(raw, 'lastReconciled') ?? time(raw, 'lastDeployed'),
  };
}
