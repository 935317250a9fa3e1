import { unbuilt } from './build.ts';
import type { Asking } from './desired-state.ts';
import type { DesiredObject, Rendering } from './desired.ts';
import { isFluxKustomization } from './documents.ts';
import { placeKey } from './entries.ts';
import { type Made, isUnbuilt, makeAll, renderingOf } from './make.ts';
import { type Node, childNode, pathOf } from './node.ts';

/**
 * Walks down from those candidates that no other of them applies, so that a child is as its parent renders it; of a circle,
 * from the first.
 */
export async function forest(candidates: readonly Node[], asking: Asking): Promise<Made[]> {
  if (candidates.length === 0) return [];
  const tried = candidates.length === 1 ? [] : await makeAll(candidates, asking);
  const applied = new Set(tried.flatMap((one) => childrenOf(one, asking).map(placeOf)));
  const tops = candidates.filter((node) => node.declared === undefined || !applied.has(placeOf(node)));
  const made = await walkDown(tops.length > 0 ? tops : candidates.slice(0, 1), asking);
  const reached = reachedBy(made);
  const left = candidates.filter((node) => !reached.has(node));
  return [...made, ...(await forest(left, asking))];
}

async function walkDown(tops: readonly Node[], asking: Asking): Promise<Made[]> {
  const made: Made[] = [];
  const seen = new Set<string>();
  const isNew = (node: Node): boolean => {
    const key = `${node.ref} ${placeOf(node)} ${node.root?.key}`;
    return seen.size < seen.add(key).size;
  };
  let level = tops.map((node) => ({
    ...node,
    root: { key: `${node.ref} ${placeOf(node)}`, path: pathOf(node) ?? '' },
  }));
  for (let depth = 0; level.length > 0; depth += 1) {
    const fresh = level.filter(isNew);
    if (depth >= DEEPEST || seen.size > MOST) return [...made, ...fresh.map(beyond)];
    const next = await makeAll(fresh, asking);
    made.push(...next);
    level = next.flatMap((one) =>
      childrenOf(one, asking).map((child) => ({ ...child, root: one.node.root ?? { key: '', path: '' } })),
    );
  }
  return made;
}

/** Bounds that no real repository comes near: with variables a Kustomization can apply ever new ones. */
const DEEPEST = 20;
const MOST = 10_000;

function beyond(node: Node): Made {
  const reason = `it hangs deeper than ${DEEPEST} Kustomizations, or after ${MOST} others`;
  return { node, rendering: renderingOf(node, unbuilt(reason), '') };
}

/** An entry is often listed in its own tree: that is no child. Of what cannot be built, the cluster knows the children. */
function childrenOf({ node, rendering }: Made, { live }: Asking): Node[] {
  const children = isUnbuilt(rendering)
    ? (live?.nodes.filter(({ parent }) => parent === node.ref) ?? [])
    : kustomizationsIn(rendering).map((object) => childNode(object, rendering));
  return children.filter((child) => child.ref !== node.ref && !isSame(child, node));
}

/** Its namespace may be the doing of what it applies. */
function isSame(a: Node, b: Node): boolean {
  return a.declared !== undefined && placeOf(a) === placeOf(b) && a.name === b.name;
}

/** The Flux Kustomizations that a Kustomization applies. */
export function kustomizationsIn({ objects }: Rendering): DesiredObject[] {
  return objects.filter(({ object }) => isFluxKustomization(object));
}

function placeOf({ declared }: Node): string {
  return declared ? placeKey(declared) : '';
}

/** What has been come to. */
export interface Reached {
  has: (node: Node) => boolean;
}

/**
 * By the place where it is written, since its name and namespace may be the parent's doing; and by name and path, since
 * it may be written twice, as what a FluxInstance makes and what a bootstrap wrote before.
 */
export function reachedBy(made: readonly Made[]): Reached {
  const places = new Set(
    made.flatMap(({ node, rendering }) => [
      placeOf(node),
      ...kustomizationsIn(rendering).flatMap(({ place }) => (place ? [placeKey(place)] : [])),
    ]),
  );
  const paths = new Set(made.map(({ node }) => whatOf(node)));
  return {
    has: (node) => (node.declared !== undefined && places.has(placeOf(node))) || paths.has(whatOf(node)),
  };
}

function whatOf(node: Node): string {
  return `${node.ref} of ${pathOf(node)}`;
}
