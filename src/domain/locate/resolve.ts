import type { Place } from '../desired/desired.ts';
import type { ObjectRef } from '../objects/meta.ts';
import { byText } from '../text.ts';
import { type Instance, nameIn, namespaceIn } from './instances.ts';
import type { Layer } from './layer.ts';
import { type Fit, fitOf, filledIn, namePattern, targets } from './name-pattern.ts';
import type { Reached } from './reach.ts';

/** Where an object is written, with what else of Git makes it what it is. */
export interface Definition extends Place {
  kind: string;
  /** Patches whose target names it, in the order they apply. */
  patches: readonly Place[];
  layers: readonly Layer[];
  /** The Kustomization that applies it. */
  by: Instance;
}

/** What was found: one place, or several that could be it. `none` says why. */
export type Located =
  | { found: 'one'; definition: Definition }
  | { found: 'several'; candidates: readonly Definition[] }
  | { found: 'none'; why: string };

/** The object among those that the Kustomizations give, by kind and name, and by namespace where files tell it. */
export function locate(wanted: ObjectRef, instances: readonly Instance[]): Located {
  const all = instances.flatMap((by) =>
    by.reached.flatMap((reached) => {
      if (!isKind(wanted, reached) || !isGroup(wanted, reached)) return [];
      const fit = fitIn(wanted, reached, by);
      return fit === 'no' ? [] : [{ fit, definition: definitionOf(reached, by, wanted.name) }];
    }),
  );
  const exact = all.filter(({ fit }) => fit === 'exact');
  const best = distinct((exact.length > 0 ? exact : all).map(({ definition }) => definition));
  const [only] = best;
  if (only === undefined) return closest(wanted, instances);
  return best.length === 1 ? { found: 'one', definition: only } : { found: 'several', candidates: best };
}

/** People write kinds in any case. */
function isKind({ kind }: Pick<ObjectRef, 'kind'>, { object }: Reached): boolean {
  return object.kind === kind || object.kind.toLowerCase() === kind.toLowerCase();
}

function isGroup({ group }: ObjectRef, { object }: Reached): boolean {
  if (group === undefined) return true;
  const own = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  return own === group;
}

/** The worse of how the name and the namespace fit. */
function fitIn({ name, namespace }: ObjectRef, reached: Reached, { variables }: Instance): Fit {
  const ofName = fitOf(namePattern(nameIn(reached), variables, reached.object.hashed), name);
  const own = namespaceIn(reached);
  if (ofName === 'no' || own === undefined || namespace === undefined) return ofName;
  const ofNamespace = fitOf(namePattern(own, variables), namespace);
  return ofNamespace === 'exact' ? ofName : ofNamespace;
}

/** A name that a patch or a replacement makes is in no file: the objects of its kind are what is left. */
function closest({ kind, name, namespace }: ObjectRef, instances: readonly Instance[]): Located {
  const ofKind = instances.flatMap((by) =>
    by.reached
      .filter((reached) => isKind({ kind }, reached) && isNear(namespace, reached, by))
      .map((reached) => definitionOf(reached, by, name)),
  );
  const candidates = distinct(ofKind);
  if (instances.length === 1 && candidates.length > 0 && candidates.length <= MOST)
    return { found: 'several', candidates };
  return { found: 'none', why: `no ${kind} ${name} in what the Kustomization gives` };
}

/** Candidates worth naming. */
const MOST = 5;

function isNear(namespace: string | undefined, reached: Reached, { variables }: Instance): boolean {
  const own = namespaceIn(reached);
  if (own === undefined || namespace === undefined) return true;
  return fitOf(namePattern(own, variables), namespace) !== 'no';
}

function distinct(definitions: readonly Definition[]): Definition[] {
  const byPlace = new Map(definitions.map((one) => [`${one.file}:${one.line}`, one]));
  return [...byPlace.values()].toSorted((a, b) => byText(a.file, b.file) || a.line - b.line);
}

function definitionOf({ object, layers }: Reached, by: Instance, name: string): Definition {
  const { file, line, kind } = object;
  const patches = layers
    .flatMap((layer) => layer.patches)
    .filter((patch) => patch.name !== undefined && (patch.kind === undefined || patch.kind === kind))
    .filter((patch) => {
      const target = filledIn(patch.name ?? '', by.variables);
      return targets(target, object.name) || targets(target, name);
    })
    .map((patch): Place => ({ file: patch.file, line: patch.line }));
  return { file, line, kind, patches, layers, by };
}
