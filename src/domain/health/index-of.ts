import { appliedBy } from '../applied-by.ts';
import type { Certificate, CertificateRequest } from '../objects/cert-manager.ts';
import type { FluxObject } from '../objects/flux.ts';
import type { KnownKind } from '../objects/index.ts';
import { type ClusterObject, type ObjectRef, refOf } from '../objects/meta.ts';
import type { EndpointSlice } from '../objects/network.ts';
import type { Attachment, Event } from '../objects/platform.ts';
import type { Pod, Workload } from '../objects/workload.ts';
import type { Objects } from './observed.ts';
import { once } from '../once.ts';
import { operatorsAmong } from './operators.ts';

/** Lookups over everything that was read; each is built once, those behind a function at their first use. */
export interface Index {
  byRef: ReadonlyMap<string, ClusterObject>;
  /** The ref of the workload that a pod belongs to; its own when it belongs to none. */
  ownerOf: (pod: Pod) => string;
  podsByOwner: ReadonlyMap<string, Pod[]>;
  /** By node name. */
  podsByNode: ReadonlyMap<string, Pod[]>;
  /** By `namespace/claim`. */
  podsByClaim: ReadonlyMap<string, Pod[]>;
  /** By `namespace/service`. */
  slicesByService: ReadonlyMap<string, EndpointSlice[]>;
  /** Warning events by the ref of what they regard. */
  eventsByRef: ReadonlyMap<string, Event[]>;
  /** By name of the volume. */
  attachmentsByVolume: ReadonlyMap<string, Attachment[]>;
  /** Names of nodes whose Ready is not True. */
  downNodes: ReadonlySet<string>;
  /** Webhook name to the refs of the configurations that hold it. */
  webhookOwners: ReadonlyMap<string, string[]>;
  /** Pods by `namespace key=value` of each label. */
  podsByLabel: () => ReadonlyMap<string, Pod[]>;
  /** Workloads by `namespace key=value` of each label of their pods. */
  workloadsByPodLabel: () => ReadonlyMap<string, Workload[]>;
  /** Refs of the volumes of Longhorn and OpenEBS, by their name. */
  storesByName: () => ReadonlyMap<string, string[]>;
  /** Workloads of operators by the kinds that they look after. */
  operators: () => ReadonlyMap<KnownKind, readonly Workload[]>;
  /** By `namespace/secret`. */
  certificatesBySecret: () => ReadonlyMap<string, Certificate[]>;
  /** Requests by `namespace/certificate`. */
  requestsByCertificate: () => ReadonlyMap<string, CertificateRequest[]>;
  /** Refs of the objects that carry a Flux object's ownership labels, by its ref. */
  appliedRefs: () => ReadonlyMap<string, string[]>;
}

/** All lookups, linear in the number of objects. */
export function indexOf(
  objects: Objects,
  flux: readonly FluxObject[],
  others: readonly ClusterObject[],
): Index {
  const all = [...others, ...Object.values(objects).flat(), ...flux];
  const byRef = new Map(all.map((object): [string, ClusterObject] => [refOf(object), object]));
  const owners = ownersOf(objects.Pod, byRef);
  const ownerOf = (pod: Pod): string => owners.get(pod) ?? refOf(pod);
  const webhooks = [...objects.ValidatingWebhookConfiguration, ...objects.MutatingWebhookConfiguration];
  return {
    byRef,
    ownerOf,
    podsByOwner: Map.groupBy(objects.Pod, ownerOf),
    podsByNode: Map.groupBy(objects.Pod, ({ node }) => node ?? ''),
    podsByClaim: groupEach(objects.Pod, (pod) => pod.claims.map((claim) => `${pod.namespace}/${claim}`)),
    slicesByService: Map.groupBy(
      objects.EndpointSlice,
      ({ namespace, service }) => `${namespace}/${service}`,
    ),
    eventsByRef: Map.groupBy(objects.Event, ({ regarding }) => refOf(regarding)),
    attachmentsByVolume: Map.groupBy(objects.VolumeAttachment, ({ volume }) => volume ?? ''),
    downNodes: new Set(objects.Node.filter(isDown).map(({ name }) => name)),
    webhookOwners: groupEach(webhooks, (config) => config.webhooks.map(({ name }) => name), refOf),
    podsByLabel: once(() => groupEach(objects.Pod, labelKeys)),
    workloadsByPodLabel: once(() => groupEach(workloadsOf(objects), podLabelKeys)),
    storesByName: once(() =>
      groupEach([...objects.Volume, ...objects.LVMVolume, ...objects.ZFSVolume], ({ name }) => [name], refOf),
    ),
    operators: once(() => operatorsAmong(objects)),
    certificatesBySecret: once(() =>
      Map.groupBy(objects.Certificate, ({ namespace, secret }) => `${namespace}/${secret}`),
    ),
    requestsByCertificate: once(() => groupEach(objects.CertificateRequest, certificateKeys)),
    appliedRefs: once(() => groupEach(all, appliers, refOf)),
  };
}

/** The key of one label in `podsByLabel`. */
export function labelKey(namespace: string | undefined, key: string, value: string): string {
  return `${namespace} ${key}=${value}`;
}

function labelKeys({ namespace, labels }: Pick<ClusterObject, 'namespace' | 'labels'>): string[] {
  return Object.entries(labels).map(([key, value]) => labelKey(namespace, key, value));
}

function podLabelKeys({ namespace, podLabels }: Workload): string[] {
  return labelKeys({ namespace, labels: podLabels });
}

function workloadsOf({ Deployment, StatefulSet, DaemonSet }: Objects): Workload[] {
  return [...Deployment, ...StatefulSet, ...DaemonSet];
}

/** Refs of the workloads of pods; pods of one parent share one answer. Parents that are not given are told by name. */
export function ownersOf(pods: readonly Pod[], byRef: ReadonlyMap<string, ClusterObject>): Map<Pod, string> {
  const byParent = new Map<string, string>();
  return new Map(
    pods.map((pod) => {
      const parent = `${pod.namespace} ${pod.owner?.kind} ${pod.owner?.name}`;
      const known = pod.owner && byParent.get(parent);
      const owner = known ?? topOwner(pod, byRef);
      if (pod.owner && pod.owner.kind !== 'Node') byParent.set(parent, owner);
      return [pod, owner];
    }),
  );
}

/** Kinds between a pod and the workload that an operator knows. */
const BETWEEN: ReadonlySet<string> = new Set(['ReplicaSet', 'Job']);

/** A pod's workload: through a ReplicaSet to its Deployment, through a Job to its CronJob; a static pod is its own. */
function topOwner(pod: Pod, byRef: ReadonlyMap<string, ClusterObject>): string {
  if (pod.owner === undefined || pod.owner.kind === 'Node') return refOf(pod);
  const owner: ObjectRef = { ...pod.owner, namespace: pod.namespace };
  if (!BETWEEN.has(owner.kind)) return refOf(owner);
  const parent = byRef.get(refOf(owner));
  if (parent === undefined) return refOf(unseenParent(owner, pod) ?? owner);
  if (parent.owner === undefined || (owner.kind === 'Job' && parent.owner.kind !== 'CronJob'))
    return refOf(owner);
  return refOf({ ...parent.owner, namespace: pod.namespace });
}

/** A ReplicaSet that cannot be read still tells its Deployment: its name ends in the pod-template hash. */
function unseenParent(owner: ObjectRef, pod: Pod): ObjectRef | undefined {
  const hash = pod.labels['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || hash === undefined || !owner.name.endsWith(`-${hash}`)) return undefined;
  return { kind: 'Deployment', namespace: owner.namespace, name: owner.name.slice(0, -hash.length - 1) };
}

/** cert-manager names the Certificate of a request twice (pkg/apis/certmanager/v1, CertificateNameKey). */
function certificateKeys({ namespace, owner, annotations }: CertificateRequest): string[] {
  const owned = owner?.kind === 'Certificate' ? owner.name : undefined;
  const name = owned ?? annotations['cert-manager.io/certificate-name'];
  return name === undefined ? [] : [`${namespace}/${name}`];
}

function isDown({ conditions }: ClusterObject): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status !== 'True');
}

function appliers(object: ClusterObject): string[] {
  const by = appliedBy(object);
  return by === undefined ? [] : [by];
}

/** Groups by several keys of each item; `valueOf` is the item itself when left out. */
function groupEach<T, V = T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
  valueOf: (item: T) => V = (item) => item as unknown as V,
): Map<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group) group.push(valueOf(item));
      else groups.set(key, [valueOf(item)]);
    }
  }
  return groups;
}
