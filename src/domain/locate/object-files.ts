import { ToolError } from '../../errors.ts';
import type { ClusterReader, ServedKind } from '../cluster.ts';
import type { Place } from '../desired/desired.ts';
import { syncSourceOf } from '../flux/sync-source.ts';
import { resolveKind } from '../kind-name.ts';
import type { FluxObject } from '../objects/flux.ts';
import { type ClusterObject, type ObjectRef, refOf } from '../objects/meta.ts';
import { nameSome } from '../text.ts';
import type { ObjectFiles, ObjectPlaces } from './object-places.ts';
import type { Places } from './places.ts';

/**
 * The files in Git of an object, by its labels where it is live, else by its name. Throws `not_found` when there are none,
 * `invalid_input` naming the candidates when it could be several, `unavailable` while the repository is being read.
 */
export async function filesOfObject(
  places: Places,
  wanted: ObjectRef,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  // What is live counts only of a cluster that follows this repository.
  const followed = await places.followed(signal);
  const known = followed ?? (await places.all(signal));
  if (known === undefined) throw notReady();
  const cluster = followed && (await places.cluster());
  const found = await lookedUp(known, cluster, wanted, signal);
  if (found.found === 'one') return found.files;
  throw found.found === 'several' ? ambiguous(wanted, found.files) : nowhere(wanted, found.why);
}

async function lookedUp(
  known: ObjectPlaces,
  cluster: ClusterReader | undefined,
  asked: ObjectRef,
  signal: AbortSignal,
): Promise<ObjectFiles> {
  const kind = cluster && (await servedKind(cluster, asked.kind, signal));
  const wanted = kind ? { ...asked, kind: kind.kind, group: kind.group } : asked;
  const chain = cluster ? await chainOf(cluster, wanted, signal) : [];
  const [object] = chain;
  if (cluster === undefined || object === undefined) return known.filesNamed(wanted);
  const flux = (await cluster.listFlux(signal)).flatMap(({ items }) => items);
  const byRef = new Map(flux.map((one) => [refOf(one), one]));
  const byOwner = new Map<string, ClusterObject>(chain.map((one) => [refOf(one), one]));
  const find = (ref: string): FluxObject | undefined => byRef.get(ref);
  const live = { object: (ref: string) => byOwner.get(ref), flux: find, source: syncSourceOf(flux)?.ref };
  const found = known.filesOf(object, live);
  if (found.found !== 'none') return found;
  const named = known.filesNamed(wanted);
  return named.found === 'none' ? found : named;
}

/** Owners above a pod. */
const HIGHEST = 4;

/** The live object and its owners, as far as they can be read. */
async function chainOf(
  cluster: ClusterReader,
  wanted: ObjectRef,
  signal: AbortSignal,
): Promise<ClusterObject[]> {
  const chain: ClusterObject[] = [];
  let next: ObjectRef | undefined = wanted;
  while (next !== undefined && chain.length < HIGHEST) {
    const object: ClusterObject | undefined = await readOrUndefined(cluster, next, signal);
    if (object === undefined) break;
    chain.push(object);
    next = object.owner && { ...object.owner, namespace: object.owner.namespace ?? object.namespace };
  }
  return chain;
}

async function readOrUndefined(
  cluster: ClusterReader,
  { kind: asked, group, namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<ClusterObject | undefined> {
  const kind = await servedKind(cluster, group ? `${asked}.${group}` : asked, signal);
  if (kind === undefined || (kind.namespaced && namespace === undefined)) return undefined;
  try {
    return await cluster.get(kind, kind.namespaced ? namespace : undefined, name, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function servedKind(
  cluster: ClusterReader,
  asked: string,
  signal: AbortSignal,
): Promise<ServedKind | undefined> {
  try {
    return resolveKind(await cluster.discover(signal), asked);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function notReady(): ToolError {
  return new ToolError(
    'unavailable',
    'the repository is still being read',
    'Ask again in a moment, or pass a path.',
  );
}

function nowhere(wanted: ObjectRef, why: string): ToolError {
  return new ToolError(
    'not_found',
    `no file in Git is known to declare ${refOf(wanted)}: ${why}`,
    'Search with repo_search by kind and name, and pass the path it gives.',
  );
}

function ambiguous(wanted: ObjectRef, files: readonly Place[]): ToolError {
  const named = nameSome(
    files.map(({ file, line }) => `${file}:${line}`),
    8,
  );
  return new ToolError(
    'invalid_input',
    `${refOf(wanted)} could be declared in ${named}`,
    'Pass one of these as path.',
  );
}
