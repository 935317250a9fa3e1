import type { ObjectRef } from '../objects/meta.ts';
import { type Instance, directoryFor, instancesIn, reachedFrom } from './instances.ts';
import { fitOf, namePattern } from './name-pattern.ts';
import type { Layer } from './layer.ts';
import { type Reach, reachIn, through } from './reach.ts';
import type { RepositoryMap } from './repository-map.ts';
import { type Definition, type Located, locate } from './resolve.ts';

/** A live Flux Kustomization; without `path` only what the repository says of it is known. */
export interface Applier {
  name: string;
  namespace?: string;
  path?: string;
  source?: { kind: string };
  targetNamespace?: string;
}

/** Finds objects in one commit; what it works out is kept for further questions. */
export interface Locator {
  map: RepositoryMap;
  /** Every Flux Kustomization that the files declare. */
  instances: readonly Instance[];
  /** A Kustomization with what its directory gives; several where files leave it open which. */
  applied: (by: Applier) => readonly Instance[];
  /** An object that a Kustomization applies. */
  within: (object: ObjectRef, by: Applier) => Located;
  /** An object that one Kustomization names: it, or the one nearest above it that gives such an object, else any. */
  near: (object: ObjectRef, by: Instance) => Located;
  /** An object of which it is not known what applies it: in everything that any Kustomization gives. */
  anywhere: (object: ObjectRef) => Located;
}

/** A locator over the files of a commit; others work in the pauses. */
export async function createLocator(map: RepositoryMap, pause: () => Promise<void>): Promise<Locator> {
  const reach = reachIn(map);
  const instances = await instancesIn(map, reach, pause);
  const byName = Map.groupBy(instances, ({ name }) => (name.includes('${') ? '' : name));
  const applied = (by: Applier): Instance[] => {
    const named = [...(byName.get(by.name) ?? []), ...(byName.get('') ?? [])];
    return appliersFor(
      by,
      named.filter((one) => isNamed(one, by)),
      { map, reach },
    );
  };
  return {
    map,
    instances,
    applied,
    within: (object, by) => {
      const appliers = applied(by);
      return appliers.length === 0
        ? { found: 'none', why: `no directory of the Kustomization ${by.name} in the repository` }
        : locate(object, appliers);
    },
    near: (object, by) => {
      for (let at: Instance | undefined = by; at !== undefined; at = at.parent) {
        const located = locate(object, [at]);
        if (located.found === 'one') return located;
      }
      return locate(object, instances);
    },
    anywhere: (object) => {
      const located = locate(object, instances);
      return located.found === 'none' ? (declaredAs(object, instances) ?? located) : located;
    },
  };
}

/** A Kustomization that none applies, such as the one that begins it all, is where it is declared. */
function declaredAs(object: ObjectRef, instances: readonly Instance[]): Located | undefined {
  if (object.kind !== 'Kustomization') return undefined;
  const candidates = instances.flatMap((by): Definition[] => {
    if (by.flux === undefined || !isNamed(by, object)) return [];
    const { file, line } = by.flux;
    return [{ file, line, kind: object.kind, patches: [], layers: [], by }];
  });
  const [definition, ...others] = candidates;
  if (definition === undefined) return undefined;
  return others.length === 0 ? { found: 'one', definition } : { found: 'several', candidates };
}

/** The declared Kustomization of that name and path; what is live wins where files say otherwise. */
function appliersFor(
  by: Applier,
  named: readonly Instance[],
  own: { map: RepositoryMap; reach: Reach },
): Instance[] {
  if (by.path === undefined) return [...named];
  const path = directoryFor(by.path, by.source, own.map);
  const same = named.filter((one) => one.path === path).map((one) => retargeted(one, by));
  if (same.length > 0 || path === undefined) return same;
  const reached = reachedFrom(path, { ...EMPTY, namespace: by.targetNamespace }, [], own);
  const { name, namespace } = by;
  return reached.length === 0 ? [] : [{ name, namespace, path, variables: new Map(), reached }];
}

const EMPTY: Layer = { namePrefix: '', nameSuffix: '', patches: [], images: [] };

/** A parent's patch may set the target namespace: what is live knows. */
function retargeted(instance: Instance, { targetNamespace: namespace }: Applier): Instance {
  if (namespace === undefined || namespace === instance.flux?.namespace) return instance;
  const reached = instance.reached.map((one) => through(one, { ...EMPTY, namespace }));
  return { ...instance, reached };
}

function isNamed({ name, namespace }: Instance, by: Applier): boolean {
  const none = new Map<string, string>();
  if (fitOf(namePattern(name, none), by.name) === 'no') return false;
  if (namespace === undefined || by.namespace === undefined) return true;
  return fitOf(namePattern(namespace, none), by.namespace) !== 'no';
}
