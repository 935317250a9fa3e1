import type { JsonObject } from '../../../src/domain/desired/engine.ts';
import type { Admin } from '../../cluster/admin.ts';
import type { Manifest } from '../../cluster/manifest.ts';

const FLUX = 'kustomize-controller';
/** What kustomize-controller takes off every object before it applies it. */
const OLD_ANNOTATIONS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'kustomize.toolkit.fluxcd.io/checksum',
  'fluxcd.io/sync-checksum',
];
const OLD_LABELS = ['fluxcd.io/sync-gc-mark'];

interface Entry {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  fieldsV1?: JsonObject;
  [field: string]: unknown;
}

/** Managers that kustomize-controller takes over, by the beginning of their names (kustomize-controller, internal/controller). */
const TAKEN: readonly (readonly [prefix: string, operation: Entry['operation']])[] = [
  ['kubectl', 'Apply'],
  ['kubectl', 'Update'],
  ['before-first-apply', 'Update'],
  [FLUX, 'Update'],
];

/**
 * What the API server itself says that a reconciliation would make of a live object: Flux's takeover of the managers, written
 * by an administrator, then a server-side apply as a dry run. The live object's fields stay as they are.
 */
export async function refereed(admin: Admin, desired: Manifest): Promise<Manifest> {
  const live = await admin.get(desired);
  if (!keepsAdditions(desired, live)) await takeOver(admin, live);
  const { plural, group, version, namespaced } = await admin.resourceOf(desired);
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced ? `/namespaces/${desired.metadata.namespace}` : '';
  const path = `${base}${scope}/${plural}/${desired.metadata.name}?fieldManager=${FLUX}&force=true&dryRun=All`;
  return (await admin.request('PATCH', path, desired, 'application/apply-patch+yaml')) as Manifest;
}

function keepsAdditions(...objects: readonly Manifest[]): boolean {
  return objects.some(({ metadata: { labels = {}, annotations = {} } }) =>
    [labels, annotations].some(
      (marks) => marks['kustomize.toolkit.fluxcd.io/ssa']?.toLowerCase() === 'merge',
    ),
  );
}

async function takeOver(admin: Admin, live: Manifest): Promise<void> {
  const entries = (live.metadata['managedFields'] ?? []) as Entry[];
  const value = takenOver(entries);
  const marks = [
    ...OLD_ANNOTATIONS.filter((name) => live.metadata.annotations?.[name] !== undefined).map(
      (name) => `annotations/${escaped(name)}`,
    ),
    ...OLD_LABELS.filter((name) => live.metadata.labels?.[name] !== undefined).map(
      (name) => `labels/${escaped(name)}`,
    ),
  ];
  const patch = [
    { op: 'replace', path: '/metadata/managedFields', value },
    ...marks.map((mark) => ({ op: 'remove', path: `/metadata/${mark}` })),
  ];
  await admin.patch(live, patch, { type: 'json' });
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function takenOver(entries: readonly Entry[]): Entry[] {
  const own = entries.find(({ manager, operation }) => manager === FLUX && operation === 'Apply');
  const taken = entries.filter((entry) => entry !== own && isTaken(entry));
  const rest = entries.filter((entry) => entry !== own && !taken.includes(entry));
  const [first, ...more] = own ? [own, ...taken] : taken;
  if (first === undefined) return rest;
  const fieldsV1 = more.reduce<JsonObject>(
    (set, entry) => union(set, entry.fieldsV1 ?? {}),
    first.fieldsV1 ?? {},
  );
  return [...rest, { ...first, manager: FLUX, operation: 'Apply', fieldsV1 }];
}

function isTaken({ manager, operation, subresource }: Entry): boolean {
  return (
    subresource === undefined && TAKEN.some(([prefix, of]) => manager.startsWith(prefix) && operation === of)
  );
}

/** Two sets of fields as one: a field that one of them owns by itself and the other only by what is below keeps its own mark. */
function union(a: JsonObject, b: JsonObject): JsonObject {
  const [isLeafA, isLeafB] = [isEmpty(a), isEmpty(b)];
  if (isLeafA && isLeafB) return {};
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const merged = [...names].map((name): [string, JsonObject] => {
    const [left, right] = [a[name] as JsonObject | undefined, b[name] as JsonObject | undefined];
    return [name, left && right ? union(left, right) : (left ?? right ?? {})];
  });
  return { ...Object.fromEntries(merged), ...((isLeafA || isLeafB) && { '.': {} }) };
}

function isEmpty(set: JsonObject): boolean {
  return Object.keys(set).length === 0;
}
