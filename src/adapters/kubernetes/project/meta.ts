import type { ServedKind } from '#domain/cluster.ts';
import type { ClusterObject, Condition, Deletion, ObjectRef } from '#domain/objects/meta.ts';

import { items, keys, number, string, stringMap, strings, time } from '../raw.ts';
import { withoutOutput } from './command-output.ts';

/** What turns raw text of the cluster into text that may be shown; a value that is no text is absent. */
export type Text = (raw: unknown) => string | undefined;

/** What a projection knows besides the raw object. */
export interface Context {
  kind: Pick<ServedKind, 'kind' | 'group' | 'version' | 'namespaced'>;
  text: Text;
}

/** Longest free text that is kept, in characters. */
const TEXT_LIMIT = 1_000;

/** Most texts that are remembered as clean: controllers write the same few into the status of every object. */
const REMEMBERED = 2_000;

/** Redacts first and cuts then: a secret cut in half would not be recognised. What a command has printed is left out. */
export function textWith(redact: (text: string) => string): Text {
  const clean = new Set<string>();
  return (raw) => {
    if (typeof raw !== 'string' || raw === '') return undefined;
    if (clean.has(raw)) return raw;
    const redacted = redact(withoutOutput(raw));
    if (redacted.length > TEXT_LIMIT) return `${redacted.slice(0, TEXT_LIMIT - 1)}…`;
    if (redacted === raw && clean.size < REMEMBERED) clean.add(raw);
    return redacted;
  };
}

/** Annotation keys that are kept: requests to controllers and marks of rollouts, no free text. */
const ANNOTATIONS: readonly RegExp[] = [
  /^reconcile\.fluxcd\.io\/(requestedAt|forceAt|resetAt)$/,
  /^(kustomize|helm)\.toolkit\.fluxcd\.io\/\w+$/,
  /^fluxcd\.controlplane\.io\/(reconcile|reconcileEvery|reconcileTimeout|prune)$/,
  /^deployment\.kubernetes\.io\/(revision|desired-replicas|max-replicas)$/,
  /^kubectl\.kubernetes\.io\/(restartedAt|default-container)$/,
  /^meta\.helm\.sh\/release-(name|namespace)$/,
  /^(storageclass|ingressclass)\.kubernetes\.io\/is-default-class$/,
  /^kubernetes\.io\/(ingress\.class|config\.source|config\.mirror)$/,
  /^pv\.kubernetes\.io\/(bind-completed|provisioned-by)$/,
  /^volume\.(beta\.)?kubernetes\.io\/(storage-provisioner|selected-node)$/,
  /^(k8up\.io\/backup|velero\.io\/exclude-from-backup)$/,
  /^batch\.kubernetes\.io\/\w+(-\w+)*$/,
  /^metallb\.(universe\.tf|io)\/(address-pool|loadBalancerIPs|allow-shared-ip|ip-allocated-from-pool)$/,
  /^(lbipam\.cilium\.io|io\.cilium)\/(ips|lb-ipam-ips|sharing-key|lb-ipam-sharing-key)$/,
  /^cert-manager\.io\/(issuer|cluster-issuer|certificate-name|certificate-revision|inject-ca-from)$/,
  /^external-dns\.alpha\.kubernetes\.io\/(hostname|internal-hostname|target|access|cloudflare-proxied)$/,
  /^tailscale\.com\/(expose|funnel)$/,
  /^(extensions\.talos\.dev\/schematic|tuppr\.home-operations\.com\/(suspend|version))$/,
];

/** The part that every object has; a kind without fields of its own has only this. */
export function projectObject(raw: unknown, { kind, text }: Context): ClusterObject {
  const namespace = string(raw, 'metadata', 'namespace');
  return {
    apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
    kind: kind.kind,
    name: string(raw, 'metadata', 'name') ?? '',
    namespace,
    uid: string(raw, 'metadata', 'uid') ?? '',
    generation: number(raw, 'metadata', 'generation'),
    created: time(raw, 'metadata', 'creationTimestamp') ?? '',
    deletion: deletionOf(raw),
    owner: ownerOf(raw, namespace),
    labels: stringMap(raw, 'metadata', 'labels'),
    annotations: annotationsOf(raw),
    conditions: conditionsOf(items(raw, 'status', 'conditions'), text),
    observedGeneration: number(raw, 'status', 'observedGeneration'),
    phase: string(raw, 'status', 'phase'),
  };
}

function deletionOf(raw: unknown): Deletion | undefined {
  const since = time(raw, 'metadata', 'deletionTimestamp');
  if (since === undefined) return undefined;
  const graceSeconds = number(raw, 'metadata', 'deletionGracePeriodSeconds') ?? 0;
  // A Namespace keeps the finalizer that empties it in its spec.
  const finalizers = [...strings(raw, 'metadata', 'finalizers'), ...strings(raw, 'spec', 'finalizers')];
  return { since, graceSeconds, finalizers };
}

/** Kinds that own objects of a namespace without being in one. */
const CLUSTER_SCOPED_OWNERS = new Set([
  'Node',
  'Namespace',
  'PersistentVolume',
  'CustomResourceDefinition',
  'FluxReport',
]);

function ownerOf(raw: unknown, namespace: string | undefined): ObjectRef | undefined {
  const owner = items(raw, 'metadata', 'ownerReferences').find(isController);
  const kind = string(owner, 'kind');
  const name = string(owner, 'name');
  if (kind === undefined || name === undefined) return undefined;
  const group = groupOf(string(owner, 'apiVersion'));
  return { kind, name, group, ...(!CLUSTER_SCOPED_OWNERS.has(kind) && { namespace }) };
}

function isController(owner: unknown): boolean {
  return typeof owner === 'object' && owner !== null && 'controller' in owner && owner.controller === true;
}

/** The group in an apiVersion; the empty string is the core group. */
function groupOf(apiVersion: string | undefined): string {
  return apiVersion?.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

function annotationsOf(raw: unknown): Record<string, string> {
  const wanted = keys(raw, 'metadata', 'annotations').filter((key) =>
    ANNOTATIONS.some((pattern) => pattern.test(key)),
  );
  const entries = wanted.map((key) => [key, string(raw, 'metadata', 'annotations', key)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Conditions in either form, metav1's or the older ones; one without a type is left out. */
export function conditionsOf(raw: readonly unknown[], text: Text): Condition[] {
  return raw.flatMap((condition) => {
    const type = string(condition, 'type');
    return type === undefined ? [] : [{ type, ...conditionFields(condition, text) }];
  });
}

function conditionFields(raw: unknown, text: Text): Omit<Condition, 'type'> {
  const status = string(raw, 'status');
  return {
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason: text(string(raw, 'reason')),
    message: text(string(raw, 'message')),
    // Controllers of Rancher write only the older field (rancher/wrangler, genericcondition).
    since: time(raw, 'lastTransitionTime') ?? time(raw, 'lastUpdateTime'),
    observedGeneration: number(raw, 'observedGeneration'),
  };
}

/** A reference to another object as specs write it; undefined without kind and name. */
export function refFrom(
  raw: unknown,
  defaults: { kind?: string; namespace?: string },
): ObjectRef | undefined {
  const kind = string(raw, 'kind') ?? defaults.kind;
  const name = string(raw, 'name');
  if (kind === undefined || name === undefined) return undefined;
  const apiVersion = string(raw, 'apiVersion');
  const group = string(raw, 'apiGroup') ?? (apiVersion === undefined ? undefined : groupOf(apiVersion));
  return { kind, name, namespace: string(raw, 'namespace') ?? defaults.namespace, group };
}
