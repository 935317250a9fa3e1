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
  /** The one that applies it. */
  parent?: Instance;
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

interface Tree {
  map: RepositoryMap;
  reach: Reach;
}

/** What a Kustomization with this path and layer gives. */
export function reachedFrom(
  path: string,
  layer: Layer,
  components: readonly string[],
  { map, reach }: Tree,
): Reached[] {
  const directories = components.flatMap((component) => normalPath(`${path}/${component}`) ?? []);
  return throughComponents(reach(path), directories, map, reach).map((one) => through(one, layer));
}

/** Bounds that no real repository comes near: Kustomizations, and all that they give together. */
const MOST = { instances: 5_000, objects: 500_000 };

/** A Kustomization as one parent renders it, or as its file has it; `key` is the same for what comes to the same. */
interface Rendered {
  flux: FluxFile;
  name: string;
  namespace: string | undefined;
  path: string;
  variables: ReadonlyMap<string, string>;
  parent?: Instance;
  key: string;
}

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
  const queue = own.flatMap((flux) => renderedAs(flux, { name: flux.name, namespace: flux.own }, map) ?? []);
  const known = new Set(queue.map(({ key }) => key));
  const found: (Instance & { flux: FluxFile })[] = [];
  const applied = new Set<FluxFile>();
  let objects = 0;
  let turn = performance.now();
  for (const { key: _, ...about } of queue) {
    if (performance.now() - turn > TURN) {
      await pause();
      turn = performance.now();
    }
    if (found.length > MOST.instances || objects > MOST.objects) break;
    const { flux, path } = about;
    const instance = { ...about, reached: reachedFrom(path, flux, flux.components, { map, reach }) };
    found.push(instance);
    objects += instance.reached.length;
    for (const child of childrenOf(instance, byPlace, map)) {
      if (child.flux === flux) continue;
      applied.add(child.flux);
      if (!known.has(child.key)) queue.push(child);
      known.add(child.key);
    }
  }
  return found.filter(({ parent, flux }) => parent !== undefined || !applied.has(flux));
}

/** Undefined while its path is not known. */
function renderedAs(
  flux: FluxFile,
  { name, namespace }: { name: string; namespace: string | undefined },
  map: RepositoryMap,
  parent?: Instance,
): Rendered | undefined {
  const given = parent?.variables ?? new Map<string, string>();
  const path = directoryFor(filledIn(flux.path, given), flux.source, map);
  if (path === undefined || path.includes('${')) return undefined;
  const variables = new Map([...flux.variables].map(([key, { value }]) => [key, filledIn(value, given)]));
  const key = [placeKey(flux), name, namespace, path, parent !== undefined].join('\0');
  return { flux, name, namespace, path, variables, parent, key };
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
  parent: Instance,
  byPlace: ReadonlyMap<string, FluxFile>,
  map: RepositoryMap,
): Rendered[] {
  const { reached, variables } = parent;
  return reached.flatMap((one) => {
    const child = isFluxKustomization(one.object) ? byPlace.get(placeKey(one.object)) : undefined;
    if (child === undefined) return [];
    const name = filledIn(nameIn(one), variables);
    const namespace = filledIn(namespaceIn(one) ?? '', variables) || undefined;
    return renderedAs(child, { name, namespace }, map, parent) ?? [];
  });
}

function placeKey({ file, line }: Pick<Declared, 'file' | 'line'>): string {
  return `${file}:${line}`;
}
