import type { ClusterReader, Listing, ListingState } from '../cluster.ts';
import { type BenignWarning, withoutBenign } from './benign.ts';
import { isJudgeable, named } from './other-kinds.ts';
import { type Remember, forgetful, momentOf } from '../memory.ts';
import { judgeFluxWithRoots } from '../flux/judge.ts';
import type { FluxJudgement, FluxVerdict } from '../flux/verdict.ts';
import type { FluxObject } from '../objects/flux.ts';
import type { ClusterObject } from '../objects/meta.ts';
import { type Index, indexOf } from './index-of.ts';
import { HEALTH_KINDS, type HealthKind, type Objects } from './observed.ts';

/** Everything the rules look at, read once, with its indexes. */
export interface World extends Index {
  /** Milliseconds since the epoch. */
  now: number;
  objects: Objects;
  /** Kinds without rules of their own, by the name their refs begin with. */
  others: readonly Listing<ClusterObject>[];
  flux: FluxJudgement;
  /** Flux's verdicts by ref. */
  verdicts: ReadonlyMap<string, FluxVerdict>;
  /** Kinds whose listing is unknown or stale: while there are any, the cluster is not known to be healthy. */
  unsure: readonly string[];
  /** Whether not seeing an object of a kind (in a namespace) means that it does not exist. */
  sees: (kind: HealthKind, namespace?: string) => boolean;
}

/** What `readWorld` needs to know beside the cluster. */
export interface Reading {
  signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now: number;
  /** True when the policy hides objects from the caller. */
  scoped: boolean;
  /** Warnings that the operator knows to be harmless: they are neither evidence nor findings. */
  benign?: readonly BenignWarning[];
  /** Gives the world of the question before, while nothing has changed. */
  remember?: Remember;
}

/** Reads everything in parallel; never rejects for an upstream fault, as listings do not. */
export async function readWorld(cluster: ClusterReader, reading: Reading): Promise<World> {
  const { signal, now, scoped, benign = [], remember = forgetful } = reading;
  const [flux, others, ...listings] = await Promise.all([
    cluster.listFlux(signal),
    cluster.listOthers(isJudgeable, signal),
    ...HEALTH_KINDS.map((kind): Promise<Listing<ClusterObject>> => cluster.list(kind, signal)),
  ]);
  const madeOf = [...flux, ...others, ...listings].flatMap(({ kind, state, items }) => [kind, state, items]);
  return remember('world', [...madeOf, scoped, benign, momentOf(now)], () =>
    worldOf({ flux, others, listings, now, scoped, benign }),
  );
}

interface Listings {
  flux: readonly Listing<FluxObject>[];
  others: readonly Listing<ClusterObject>[];
  listings: readonly Listing<ClusterObject>[];
  now: number;
  scoped: boolean;
  benign: readonly BenignWarning[];
}

function worldOf({ flux: fluxListings, others: unnamed, listings, now, scoped, benign }: Listings): World {
  const objects = withoutBenign(objectsOf(listings), benign);
  const fluxObjects = fluxListings.flatMap(({ items }) => items);
  const others = unnamed.map(named);
  const all = [...fluxListings, ...others, ...listings];
  const flux = judgeFluxWithRoots({
    objects: fluxObjects,
    controllers: objects.Deployment,
    now,
    hiddenPossible: scoped,
    unreadableKinds: all.filter(({ state }) => state === 'unknown').map(({ kind }) => kind),
  });
  return {
    ...indexOf(
      objects,
      fluxObjects,
      others.flatMap(({ items }) => items),
    ),
    now,
    objects,
    others,
    flux,
    verdicts: new Map(flux.verdicts.map((verdict) => [verdict.ref, verdict])),
    unsure: all.filter(({ state }) => isUnsure(state)).map(({ kind }) => kind),
    sees: sightOf(objects, new Map(listings.map(({ kind, state }) => [kind, state])), scoped),
  };
}

/** The listings were asked for by these very kinds, so each entry has the type its key promises. */
function objectsOf(listings: readonly Listing<ClusterObject>[]): Objects {
  return Object.fromEntries(listings.map(({ kind, items }) => [kind, items])) as Objects;
}

function isUnsure(state: ListingState): boolean {
  return state === 'unknown' || state === 'stale';
}

/** Under a scope, a namespace of which no object of the kind is seen may be a hidden one. */
function sightOf(
  objects: Objects,
  states: ReadonlyMap<string, ListingState>,
  scoped: boolean,
): World['sees'] {
  const seen = new Set<string>();
  if (scoped) {
    for (const kind of HEALTH_KINDS) {
      for (const { namespace } of objects[kind]) seen.add(`${kind}/${namespace ?? ''}`);
    }
  }
  return (kind, namespace) =>
    states.get(kind) !== 'unknown' && (!scoped || seen.has(`${kind}/${namespace ?? ''}`));
}
