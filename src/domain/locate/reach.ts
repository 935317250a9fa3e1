import { dirname, normalPath } from '../desired/place.ts';
import type { Declared, KustomizeFile, Layer } from './layer.ts';
import type { RepositoryMap } from './repository-map.ts';

/** An object with what is done to it on its way up, the innermost layer first. */
export interface Reached {
  object: Declared;
  layers: readonly Layer[];
}

/** What the kustomization of a directory gives: bases outside it and components too. Empty where there is nothing to build. */
export type Reach = (directory: string) => readonly Reached[];

/** Follows kustomizations through a repository; each directory is looked at once. */
export function reachIn(map: RepositoryMap): Reach {
  const known = new Map<string, readonly Reached[]>();
  const open = new Set<string>();
  let total = 0;
  const reach: Reach = (directory) => {
    const found = known.get(directory);
    // A circle builds nothing more: kustomize refuses it.
    if (found !== undefined || open.has(directory) || open.size > DEEPEST || total > MOST) return found ?? [];
    open.add(directory);
    const own = map.kustomize.get(directory);
    const made = (own ? reachedBy(own, map, reach) : generatedReach(directory, map, reach)).slice(
      0,
      MOST_OF_ONE,
    );
    total += made.length;
    open.delete(directory);
    known.set(directory, made);
    return made;
  };
  return reach;
}

/** Bounds that no real repository comes near: bases that name bases twice would double with each step. */
const DEEPEST = 100;
const MOST = 500_000;
const MOST_OF_ONE = 20_000;

function reachedBy(own: KustomizeFile, map: RepositoryMap, reach: Reach): Reached[] {
  const below = own.resources.flatMap(({ path }) => {
    const target = normalPath(`${own.directory}/${path}`);
    if (target === undefined || path.includes('://')) return [];
    if (map.texts.has(target)) return objectsIn(target, map);
    return map.kustomize.has(target) ? reach(target) : [];
  });
  const components = own.components.flatMap((path) => normalPath(`${own.directory}/${path}`) ?? []);
  const made = own.generated.map((one): Reached => {
    const { line, kind, name, namespace, fixed } = one;
    return {
      object: { file: own.file, line, kind, apiVersion: 'v1', name, namespace, hashed: !fixed },
      layers: [],
    };
  });
  return throughComponents([...below, ...made], components, map, reach).map((one) => through(one, own));
}

/** Objects with those that components add, all changed by each component in turn. */
export function throughComponents(
  below: readonly Reached[],
  components: readonly string[],
  map: RepositoryMap,
  reach: Reach,
): Reached[] {
  return components.reduce<Reached[]>(
    (objects, directory) => {
      const inner = componentLayers(directory, map, new Set());
      const changed = objects.map(({ object, layers }) => ({ object, layers: [...layers, ...inner] }));
      return [...changed, ...reach(directory)];
    },
    [...below],
  );
}

/** A component and the components it names itself, the innermost first. */
function componentLayers(directory: string, map: RepositoryMap, seen: Set<string>): Layer[] {
  const own = map.kustomize.get(directory);
  if (own === undefined || seen.has(directory)) return [];
  seen.add(directory);
  const inner = own.components.flatMap((path) => {
    const target = normalPath(`${directory}/${path}`);
    return target === undefined ? [] : componentLayers(target, map, seen);
  });
  return [...inner, own];
}

/** An object after one more layer. */
export function through({ object, layers }: Reached, layer: Layer): Reached {
  return { object, layers: [...layers, layer] };
}

function objectsIn(file: string, map: RepositoryMap): Reached[] {
  return (map.declared.get(file) ?? []).map((object) => ({ object, layers: [] }));
}

/** Without a kustomization Flux makes one of every file below, and of each directory that has its own (pkg/kustomize). */
function generatedReach(directory: string, map: RepositoryMap, reach: Reach): Reached[] {
  const prefix = directory === '' ? '' : `${directory}/`;
  const within = [...map.kustomize.keys()].filter((other) => other.startsWith(prefix));
  const nearest = within.filter((other) => !within.some((outer) => other.startsWith(`${outer}/`)));
  const isBuilt = (file: string): boolean =>
    nearest.some((built) => dirname(file) === built || file.startsWith(`${built}/`));
  const files = [...map.declared.keys()].filter((file) => file.startsWith(prefix) && !isBuilt(file));
  return [...files.flatMap((file) => objectsIn(file, map)), ...nearest.flatMap((built) => reach(built))];
}
