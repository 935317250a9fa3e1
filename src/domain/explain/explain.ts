import type { Health } from '../health/health.ts';
import type { Root } from '../health/roll-up.ts';
import type { World } from '../health/world.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import { type Beside, type Link, chainDown, chainUp } from './chain.ts';
import { type Standing, standings } from './standing.ts';

/** A link with how its object stands. */
export interface StandingLink extends Link {
  state: string;
  why?: string;
}

/** One object with its chain, and the root of its trouble if there is any. */
export interface Explained {
  ref: string;
  state: string;
  why?: string;
  /** The cause: the object itself, what it waits for, or what is broken in its chain. */
  cause?: Root;
  chain: readonly StandingLink[];
  /** Refs of all of the chain, the object first. */
  refs: readonly string[];
}

/** States that need no telling: of those links only a count is shown. */
export const FINE: ReadonlySet<string> = new Set(['ok', 'info', 'suspended']);

/** Explains an object by the judgement of everything: asked for a consequence, it leads to the cause. */
export function explain(object: ClusterObject, health: Health, world: World, beside: Beside): Explained {
  const of = standings(health, world);
  const ref = refOf(object);
  const own = of(ref);
  const links = [...chainUp(object, world), ...chainDown(object, world, beside)];
  const chain = links.map((link): StandingLink => {
    const { state, why } = of(link.ref);
    return { ...link, state, ...(why !== undefined && !FINE.has(state) && { why }) };
  });
  const cause = own.root ?? causeAmong(links, of);
  return {
    ref,
    state: own.state,
    ...(own.why !== undefined && { why: own.why }),
    ...(cause && { cause }),
    chain,
    refs: [ref, ...links.map((link) => link.ref)],
  };
}

/** The first link of the chain that fails: what stands under the object before what hangs on it. */
function causeAmong(links: readonly Link[], of: (ref: string) => Standing): Root | undefined {
  const broken = links.flatMap(({ ref }) => {
    const { root, state } = of(ref);
    return root && !FINE.has(state) && state !== 'progressing' ? [root] : [];
  });
  return broken[0];
}
