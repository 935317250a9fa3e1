import type { Health } from '../health/health.ts';
import type { Root } from '../health/roll-up.ts';
import type { World } from '../health/world.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import { chainDown } from './chain.ts';
import type { Beside, Link } from './link.ts';
import { remarksOn } from './remarks.ts';
import { FINE, type Standing, standings, unjudged } from './standing.ts';
import { chainUp } from './up.ts';

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
  /** The first link that fails, by its own standing. */
  failing?: StandingLink;
  chain: readonly StandingLink[];
  /** Refs of all of the chain, the object first. */
  refs: readonly string[];
  remarks: readonly string[];
}

/** Explains an object by the judgement of everything: asked for a consequence, it leads to the cause. */
export function explain(
  object: ClusterObject,
  health: Health,
  world: World,
  { scoped = false, ...beside }: Beside & { scoped?: boolean },
): Explained {
  const of = standings(health, world);
  const ref = refOf(object);
  const own = world.byRef.has(ref) ? of(ref) : { ...unjudged(object), ...judgedOnly(of(ref)) };
  const chain = [...chainUp(object, world), ...chainDown(object, world, beside)].map((link) =>
    standingLink(scoped ? unnamed(link, object, world) : link, of),
  );
  const failing = chain.find(({ state }) => !FINE.has(state) && state !== 'progressing');
  const cause = isTelling(own) ? own.root : ((failing && of(failing.ref).root) ?? own.root);
  const refs = [ref, ...chain.map((link) => link.ref)];
  return {
    ref,
    state: own.state,
    ...(own.why !== undefined && { why: own.why }),
    ...(cause && { cause }),
    ...(failing && { failing }),
    chain,
    refs,
    remarks: remarksOn(refs, world),
  };
}

/** What something in the world says of an object that is itself not in it, such as one that another finding names. */
function judgedOnly(standing: Standing): Partial<Standing> {
  return standing.root ? standing : {};
}

function isTelling({ root, state }: Standing): boolean {
  return root !== undefined && !FINE.has(state);
}

function standingLink(link: Link, of: (ref: string) => Standing): StandingLink {
  const { state, why } = of(link.ref);
  const told = FINE.has(state) ? link.note : (why ?? link.note);
  return { ...link, state, ...(told !== undefined && { why: told }) };
}

/** Under a scope, what is not seen in another namespace keeps its name to itself. */
function unnamed(link: Link, { namespace }: ClusterObject, world: World): Link {
  const [kind = '', home, name] = link.ref.split('/');
  if (world.byRef.has(link.ref) || name === undefined || home === namespace) return link;
  return { direction: link.direction, how: link.how, ref: `${kind} (not seen)` };
}
