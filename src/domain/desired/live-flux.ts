import type { ClusterReader, ServedKind } from '../cluster.ts';
import { syncSourceOf } from '../flux/sync-source.ts';
import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import { sameRepository } from '../repository/same-repository.ts';
import type { Json, JsonObject } from './engine.ts';
import type { LiveObjects } from './live.ts';
import { isList, mapAt, mapsAt, refIn, textAt } from './manifest.ts';
import type { Node } from './node.ts';

/** A cluster to ask, and the same cluster's whole objects. */
export interface LiveCluster {
  cluster: ClusterReader;
  live: LiveObjects;
}

/** What the cluster says of Flux: its Kustomizations as they run, and which sources are the repository. */
export interface LiveFlux {
  nodes: readonly Node[];
  /** `Kind/namespace/name` of the sources that the repository is fetched by. */
  ours: ReadonlySet<string>;
  /** `spec.ignore` by source. */
  ignores: ReadonlyMap<string, string>;
  /** Whether an undefined variable fails a build. */
  strict: boolean;
}

/** Reads them; undefined when the cluster tells nothing of Kustomizations, as when they may not be read. */
export async function readLiveFlux(
  { cluster, live }: LiveCluster,
  repositoryUrl: string,
  signal: AbortSignal,
): Promise<LiveFlux | undefined> {
  const listings = await cluster.listFlux(signal);
  const objects = listings.flatMap(({ items }) => items);
  const { kinds } = await cluster.discover(signal);
  const raw = (kind: string, group: string): Promise<readonly JsonObject[]> =>
    rawOf(live, kinds, { kind, group }, signal);
  const kustomizations = await raw('Kustomization', 'kustomize.toolkit.fluxcd.io');
  if (kustomizations.length === 0) return undefined;
  const sources = await raw('GitRepository', 'source.toolkit.fluxcd.io');
  const applied = new Map(objects.map((object) => [refOf(object), object]));
  return {
    nodes: kustomizations.map((object) => liveNode(object, applied.get(refIn(object)))),
    ours: oursAmong(objects, repositoryUrl),
    ignores: new Map(sources.map((object) => [refIn(object), textAt(mapAt(object, 'spec'), 'ignore')])),
    strict: isStrict(await raw('Deployment', 'apps')),
  };
}

async function rawOf(
  live: LiveObjects,
  kinds: readonly ServedKind[],
  wanted: Pick<ServedKind, 'kind' | 'group'>,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const kind = kinds.find((one) => one.kind === wanted.kind && one.group === wanted.group);
  return kind ? (await live.list(kind, undefined, signal)).items : [];
}

function oursAmong(objects: readonly FluxObject[], url: string): ReadonlySet<string> {
  const same = objects.filter((object) => object.url !== undefined && sameRepository(object.url, url));
  const git = same.filter(({ kind }) => kind === 'GitRepository').map(refOf);
  const followed = syncSourceOf(objects)?.ref;
  return new Set(git.length > 0 || followed === undefined ? git : [followed]);
}

const OWNER = 'kustomize.toolkit.fluxcd.io';

function liveNode(object: JsonObject, status: FluxObject | undefined): Node {
  const metadata = mapAt(object, 'metadata');
  const labels = mapAt(metadata, 'labels');
  const [owner, home] = [textAt(labels, `${OWNER}/name`), textAt(labels, `${OWNER}/namespace`)];
  const ref = refIn(object);
  const parent = owner === '' ? undefined : `Kustomization/${home}/${owner}`;
  const applied = commitIn(status?.lastAppliedRevision);
  return {
    ref,
    namespace: textAt(metadata, 'namespace'),
    name: textAt(metadata, 'name'),
    spec: mapAt(object, 'spec'),
    hidden: new Set(inlineNames(object)),
    ...(parent !== undefined && parent !== ref && { parent }),
    ...(applied !== undefined && { applied }),
  };
}

/** What a parent has put into a live spec may be a secret: it is plain only if its rendering says so. */
function inlineNames(object: JsonObject): string[] {
  const inline = mapAt(mapAt(mapAt(object, 'spec'), 'postBuild'), 'substitute');
  return Object.keys(inline).map((name) => `.postBuild.substitute.${name}`);
}

/** The commit of a revision such as `main@sha1:…`; undefined for one that is no commit. */
export function commitIn(revision: string | undefined): string | undefined {
  return /(?:^|[@:/])([0-9a-f]{40})$/.exec(revision ?? '')?.[1];
}

/** Strict since kustomize-controller 1.9, unless its feature gate says no (kustomize-controller, internal/features). */
function isStrict(deployments: readonly JsonObject[]): boolean {
  const controllers = deployments.filter(
    (object) => textAt(mapAt(object, 'metadata'), 'name') === 'kustomize-controller',
  );
  const containers = controllers.flatMap((object) =>
    mapsAt(mapAt(mapAt(mapAt(object, 'spec'), 'template'), 'spec'), 'containers'),
  );
  return containers.every((container) => {
    const args = container['args'];
    if (isList(args) && args.some(isLenient)) return false;
    const [, major, minor] = /:v(\d+)\.(\d+)\./.exec(textAt(container, 'image')) ?? [];
    return major === undefined || Number(major) > 1 || Number(minor) >= 9;
  });
}

function isLenient(argument: Json): boolean {
  return typeof argument === 'string' && argument.includes('StrictPostBuildSubstitutions=false');
}
