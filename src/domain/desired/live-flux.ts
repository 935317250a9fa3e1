import { conditionOf } from '../conditions.ts';
import type { ClusterReader, ServedKind } from '../cluster.ts';
import { syncSourceOf } from '../flux/sync-source.ts';
import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { RepositoryReader } from '../repository/port.ts';
import { sameRepository } from '../repository/same-repository.ts';
import type { JsonObject } from './engine.ts';
import type { LiveObjects } from './live.ts';
import { mapAt, mapsAt, refIn, textAt } from './manifest.ts';
import type { Node } from './node.ts';
import type { OurSources } from './sources.ts';

/** A cluster to ask, and the same cluster's whole objects. */
export interface LiveCluster {
  cluster: ClusterReader;
  live: LiveObjects;
}

/** What the cluster says of Flux: its Kustomizations as they run, and which sources are the repository. */
export interface LiveFlux {
  nodes: readonly Node[];
  /** By `Kind/namespace/name`. */
  sources: OurSources;
  /** Whether an undefined variable fails a build. */
  strict: boolean;
}

/** Reads them; undefined when the cluster tells nothing of Kustomizations, as when they may not be read. */
export async function readLiveFlux(
  { cluster, live }: LiveCluster,
  repository: RepositoryReader,
  signal: AbortSignal,
): Promise<LiveFlux | undefined> {
  const [listings, { kinds }, deployments] = await Promise.all([
    cluster.listFlux(signal),
    cluster.discover(signal),
    cluster.list('Deployment', signal),
  ]);
  const objects = listings.flatMap(({ items }) => items);
  const raw = (kind: string, group: string, namespace?: string): Promise<readonly JsonObject[]> =>
    rawOf(live, kinds, { kind, group, ...(namespace !== undefined && { namespace }) }, signal);
  const home = deployments.items.find(({ name }) => name === CONTROLLER)?.namespace;
  const [kustomizations, sources, controllers] = await Promise.all([
    raw('Kustomization', 'kustomize.toolkit.fluxcd.io'),
    raw('GitRepository', 'source.toolkit.fluxcd.io'),
    home === undefined ? [] : raw('Deployment', 'apps', home),
  ]);
  if (kustomizations.length === 0) return undefined;
  const applied = new Map(objects.map((object) => [refOf(object), object]));
  const ours = await oursAmong(objects, repository, signal);
  const ignores = new Map(sources.map((object) => [refIn(object), textAt(mapAt(object, 'spec'), 'ignore')]));
  return {
    nodes: kustomizations.map((object) => liveNode(object, applied.get(refIn(object)))),
    sources: { has: (source) => ours.has(source), ignore: (source) => ignores.get(source) },
    strict: isStrict(controllers),
  };
}

const CONTROLLER = 'kustomize-controller';

async function rawOf(
  live: LiveObjects,
  kinds: readonly ServedKind[],
  wanted: Pick<ServedKind, 'kind' | 'group'> & { namespace?: string },
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const kind = kinds.find((one) => one.kind === wanted.kind && one.group === wanted.group);
  return kind ? (await live.list(kind, wanted.namespace, signal)).items : [];
}

/**
 * Those at the repository's own place, or, where it has another name there (a mirror, a local copy), those that have fetched
 * a commit of it. An artifact that the cluster begins with is taken for one of the repository: nothing tells of what it is.
 */
async function oursAmong(
  objects: readonly FluxObject[],
  repository: RepositoryReader,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const git = objects.filter(({ kind }) => kind === 'GitRepository');
  const isOurs = await Promise.all(git.map((object) => isCopyOf(object, repository, signal)));
  const followed = syncSourceOf(objects)?.ref;
  const artifact = followed?.startsWith('OCIRepository/') ? [followed] : [];
  return new Set([...git.filter((_, at) => isOurs[at]).map(refOf), ...artifact]);
}

async function isCopyOf(
  { url, artifact }: FluxObject,
  repository: RepositoryReader,
  signal: AbortSignal,
): Promise<boolean> {
  if (url !== undefined && sameRepository(url, repository.identity.url)) return true;
  const commit = commitIn(artifact?.revision);
  if (commit === undefined) return false;
  const found = await repository.history(commit, '', 1, signal).catch(() => []);
  return found.length > 0;
}

const OWNER = 'kustomize.toolkit.fluxcd.io';

function liveNode(object: JsonObject, status: FluxObject | undefined): Node {
  const metadata = mapAt(object, 'metadata');
  const labels = mapAt(metadata, 'labels');
  const [owner, home] = [textAt(labels, `${OWNER}/name`), textAt(labels, `${OWNER}/namespace`)];
  const ref = refIn(object);
  const parent = owner === '' ? undefined : `Kustomization/${home}/${owner}`;
  // Of an artifact in a registry, the revision that it was made of.
  const origin = textAt(mapAt(object, 'status'), 'lastAppliedOriginRevision');
  const applied = commitIn(revisionOf(status)) ?? commitIn(origin);
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

/** Failures after which what was attempted is in the cluster all the same (kustomize-controller, reconcile: apply, prune, health). */
const APPLIED_ANYWAY: ReadonlySet<string> = new Set([
  'HealthCheckFailed',
  'HealthCheckCanceled',
  'PruneFailed',
]);

/** The revision that the cluster runs; `lastAppliedRevision` names the last one that was healthy too. */
function revisionOf(status: FluxObject | undefined): string | undefined {
  const reason = status && conditionOf(status, 'Ready')?.reason;
  return reason !== undefined && APPLIED_ANYWAY.has(reason)
    ? (status?.lastAttemptedRevision ?? status?.lastAppliedRevision)
    : status?.lastAppliedRevision;
}

/** What a parent has put into a live spec may be a secret: it is plain only if its rendering says so. */
function inlineNames(object: JsonObject): string[] {
  const inline = mapAt(mapAt(mapAt(object, 'spec'), 'postBuild'), 'substitute');
  return Object.keys(inline).map((name) => `.postBuild.substitute.${name}`);
}

/** The commit of a revision such as `main@sha1:…`; undefined for one that is no commit. */
function commitIn(revision: string | undefined): string | undefined {
  return /(?:^|[@:/])([0-9a-f]{40})$/.exec(revision ?? '')?.[1];
}

/** As its feature gate says, else since kustomize-controller 1.9 (internal/features). */
function isStrict(deployments: readonly JsonObject[]): boolean {
  const controllers = deployments.filter(
    (object) => textAt(mapAt(object, 'metadata'), 'name') === CONTROLLER,
  );
  const containers = controllers.flatMap((object) =>
    mapsAt(mapAt(mapAt(mapAt(object, 'spec'), 'template'), 'spec'), 'containers'),
  );
  return containers.every((container) => {
    const args = JSON.stringify(container['args'] ?? []);
    const gate = /StrictPostBuildSubstitutions=(true|false)/.exec(args)?.[1];
    const [, major, minor] = /:v(\d+)\.(\d+)\./.exec(textAt(container, 'image')) ?? [];
    if (gate !== undefined || major === undefined) return gate !== 'false';
    return Number(major) > 1 || Number(minor) >= 9;
  });
}
