/** Another object, as written in a spec or a status; `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef {
  kind: string;
  name: string;
  namespace?: string;
  /** API group; the empty string is the core group. */
  group?: string;
}

/** metav1.Condition and its older relatives, by one set of names. Times are RFC 3339. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  /** Redacted, at most 1,000 characters. */
  message?: string;
  /** lastTransitionTime, when the writer gives one. */
  since?: string;
  observedGeneration?: number;
}

/** Set while `metadata.deletionTimestamp` is set. */
export interface Deletion {
  since: string;
  graceSeconds: number;
  finalizers: string[];
}

/** What every projected object carries; a kind without a field allow-list of its own carries only this. */
export interface ClusterObject {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  uid: string;
  generation?: number;
  /** creationTimestamp, RFC 3339. */
  created: string;
  deletion?: Deletion;
  /** The controller owner reference, if there is one. */
  owner?: ObjectRef;
  labels: Record<string, string>;
  /** Only the keys of the annotation allow-list. */
  annotations: Record<string, string>;
  conditions: Condition[];
  /** `status.observedGeneration`, if the controller writes one. */
  observedGeneration?: number;
  /** `status.phase`, if the kind has one. */
  phase?: string;
}

/**
 * `Kind/namespace/name`, or `Kind/name` for a cluster-scoped object: the form every answer uses. A namesake of a kind
 * that is better known, or as well, names its group: `Node.longhorn.io/longhorn-system/worker-1`.
 */
export function refOf(object: ObjectRef | ClusterObject): string {
  const kind = SHARED_NAMES.has(object.kind) ? qualifiedKind(object.kind, groupOf(object)) : object.kind;
  return object.namespace ? `${kind}/${object.namespace}/${object.name}` : `${kind}/${object.name}`;
}

/** Kinds that share their name with a better-known one of another group. */
const NAMESAKES: ReadonlySet<string> = new Set([
  'Node.longhorn.io',
  'Backup.longhorn.io',
  'Backup.postgresql.cnpg.io',
  'ServiceAccount.talos.dev',
]);

const SHARED_NAMES: ReadonlySet<string> = new Set([...NAMESAKES].map((name) => name.replace(/\..*/, '')));

/** A kind by its name, or as `Kind.group` where the name alone means another one. */
export function qualifiedKind(kind: string, group: string): string {
  const name = `${kind}.${group}`;
  return NAMESAKES.has(name) ? name : kind;
}

function groupOf(object: ObjectRef | ClusterObject): string {
  if (!('apiVersion' in object)) return object.group ?? '';
  return object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
}
