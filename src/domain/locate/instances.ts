import { normalPath } from '../desired/place.ts';
import { isFluxKustomization } from './flux-file.ts';
import type { Declared, FluxFile, Layer } from './layer.ts';
import { filledIn } from './name-pattern.ts';
import { type Reach, type Reached, through, throughComponents } from './reach.ts';
import { type RepositoryMap, TURN } from './repository-map.ts';

/** A Flux Kustomization as it is in the cluster, as far as files tell: name, namespace and path with variables filled in. */
export interface Instance {
  name: string;
  namespace?: string;
  /** Directory in the repository. */
  path: string;
  /** Where it is declared; a live one that no file declares has none. */
  flux?: FluxFile;
  /** Variables whose value is plain in Git. */
  variables: ReadonlyMap<string, string>;
  /** What it gives, with its own layer on top. */
  reached: readonly Reached[];
}

/** How an object's namespace comes out: the outermost layer that sets one wins. */
export function namespaceIn({ object, layers }: Reached): string | undefined {
  return layers.findLast(({ namespace }) => namespace)?.namespace ?? object.namespace;
}

/** Kinds that kustomize gives no prefix or suffix (kustomize, api/internal/konfig/builtinpluginconsts). */
const UNPREFIXED: ReadonlySet<string> = new Set(['CustomResourceDefinition', 'Namespace', 'APIService']);

/** How an object's name comes out; the namespace transformer names Namespaces too. */
export function nameIn(reached: Reached): string {
  const { object, layers } = reached;
  if (object.kind === 'Namespace')
    return layers.findLast(({ namespace }) => namespace)?.namespace ?? object.name;
  if (UNPREFIXED.has(object.kind)) return object.name;
  return layers.reduce((name, { namePrefix, nameSuffix }) => namePrefix + name + nameSuffix, object.name);
}

/** An instance of a Kustomization that a file declares, as its parent renders it; undefined while its path is not known. */
function instanceOf(flux: FluxFile, made: Made): Instance | undefined {
  const path = directoryFor(filledIn(flux.path, made.variables), flux.source, made.map);
  if (path === undefined || path.includes('${')) return undefined;
  const own = new Map([...flux.variables].map(([key, { value }]) => [key, filledIn(value, made.variables)]));
  const { name, namespace } = made;
  return {
    name,
    namespace,
    path,
    flux,
    variables: own,
    reached: reachedFrom(path, flux, flux.components, made),
  };
}

/**
 * The directory of a Kustomization's path. An artifact that is no whole repository may begin deeper: then it is the one
 * directory that ends in the path. Undefined when it leaves the repository or is in none of it.
 */
export function directoryFor(
  path: string,
  source: { kind: string } | undefined,
  { directories }: Pick<RepositoryMap, 'directories'>,
): string | undefined {
  const wanted = normalPath(path);
  if (wanted === undefined || directories.has(wanted) || source?.kind === 'GitRepository') return wanted;
  const ending = [...directories].filter((one) => one.endsWith(`/${wanted}`));
  return ending.length === 1 ? ending[0] : undefined;
}

interface Made {
  name: string;
  namespace: string | undefined;
  variables: ReadonlyMap<string, string>;
  map: RepositoryMap;
  reach: Reach;
}

/** What a Kustomization with this path and layer gives. */
export function reachedFrom(
  path: string,
  layer: Layer,
  components: readonly string[],
  { map, reach }: Pick<Made, 'map' | 'reach'>,
): Reached[] {
  const directories = components.flatMap((component) => normalPath(`${path}/${component}`) ?? []);
  return throughComponents(reach(path), directories, map, reach).map((one) => through(one, layer));
}

/** More than this is a repository that makes Kustomizations without end. */
const MOST = 5_000;

/**
 * Every Flux Kustomization of a repository, found from those that none applies down to their children; one that several
 * parents apply is there several times. What is declared and reached by none stands for itself.
 */
export async function instancesIn(
  map: RepositoryMap,
  reach: Reach,
  pause: () => Promise<void>,
): Promise<Instance[]> {
  const own = ownAmong(map);
  const byPlace = new Map(own.map((flux) => [placeKey(flux), flux]));
  const found = new Map<string, Instance>();
  const childless = new Set<FluxFile>();
  const none = new Map<string, string>();
  const queue: { flux: FluxFile; made: Made; isRoot: boolean }[] = own.map((flux) => ({
    flux,
    isRoot: true,
    made: { name: flux.name, namespace: flux.own, variables: none, map, reach },
  }));
  let turn = performance.now();
  for (const { flux, made, isRoot } of queue) {
    if (performance.now() - turn > TURN) {
      await pause();
      turn = performance.now();
    }
    const instance = instanceOf(flux, made);
    if (instance === undefined || found.size > MOST) continue;
    const key = [placeKey(flux), instance.name, instance.namespace, instance.path, isRoot].join('\0');
    if (found.has(key)) continue;
    found.set(key, instance);
    for (const { child, reached } of childrenOf(instance, byPlace)) {
      if (child === flux) continue;
      childless.add(child);
      const { variables } = instance;
      const name = filledIn(nameIn(reached), variables);
      const namespace = filledIn(namespaceIn(reached) ?? '', variables) || undefined;
      queue.push({ flux: child, isRoot: false, made: { name, namespace, variables, map, reach } });
    }
  }
  return [...found].flatMap(([key, instance]) => {
    const isRoot = key.endsWith('\0true');
    return isRoot && instance.flux && childless.has(instance.flux) ? [] : [instance];
  });
}

/** Kustomizations whose content is in this repository: those of its most used source, and what may be cut from that. */
function ownAmong({ flux, directories }: RepositoryMap): FluxFile[] {
  const uses = Map.groupBy(
    flux.filter(({ path, source }) => source && directories.has(normalPath(path) ?? '..')),
    ({ source }) => `${source?.kind}/${source?.name}`,
  );
  const [main] = [...uses].toSorted(([, a], [, b]) => b.length - a.length);
  const source = main?.[1][0]?.source;
  return flux.filter((one) => source === undefined || one.source === undefined || isOwn(one, source));
}

function isOwn({ source, path }: FluxFile, main: { kind: string; name: string }): boolean {
  if (source === undefined || source.kind === '' || source.kind === 'ExternalArtifact') return true;
  if (source.kind !== main.kind) return false;
  return source.name === main.name || normalPath(path) !== '';
}

function childrenOf(
  { reached }: Instance,
  byPlace: ReadonlyMap<string, FluxFile>,
): { child: FluxFile; reached: Reached }[] {
  return reached.flatMap((one) => {
    if (!isFluxKustomization(one.object)) return [];
    const child = byPlace.get(placeKey(one.object));
    return child ? [{ child, reached: one }] : [];
  });
}

function placeKey({ file, line }: Pick<Declared, 'file' | 'line'>): string {
  return `${file}:${line}`;
}
