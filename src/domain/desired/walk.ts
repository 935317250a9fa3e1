import type { Base } from './base.ts';
import { type Built, unbuilt } from './build.ts';
import type { Asking } from './desired-state.ts';
import type { DesiredObject, Rendering } from './desired.ts';
import { isFluxKustomization } from './documents.ts';
import { entriesIn, placeKey, unreachedIn } from './entries.ts';
import type { LiveFlux } from './live-flux.ts';
import { refIn } from './manifest.ts';
import { type Node, childNode, pathOf, sourceRef } from './node.ts';
import { withNames } from './sentinels.ts';
import { toToolError } from '../../errors.ts';

/** Renderings in the order in which they were reached, and files that no parser reads. */
export interface Walked {
  renderings: readonly Rendering[];
  unread: readonly string[];
}

interface Made {
  node: Node;
  rendering: Rendering;
  base?: Base;
}

/** Each Kustomization that the cluster runs, as it runs, from the commit that it last applied. */
export async function walkApplied(asking: Asking, { nodes }: LiveFlux): Promise<Walked> {
  const { only } = asking.question;
  const wanted = only === undefined ? nodes : nodes.filter(({ ref }) => only.includes(ref));
  return walked(await Promise.all(wanted.map((node) => make(node, asking))));
}

/** From where Flux begins down: a child counts as its parent renders it. What nothing reaches comes last. */
export async function walkFrom(asking: Asking): Promise<Walked> {
  const made: Made[] = [];
  const seen = new Set<string>();
  for (let level = await rootsOf(asking); level.length > 0;) {
    const fresh = level.filter((node) => !seen.has(keyOf(node)));
    for (const node of fresh) seen.add(keyOf(node));
    const next = await Promise.all(fresh.map((node) => make(node, asking)));
    made.push(...next);
    level = next.flatMap(childrenOf);
  }
  const lonely = await lonelyBeside(made, asking);
  return walked([...made, ...lonely]);
}

/** With a cluster its own roots, which nothing in the repository declares; else what the files say. */
async function rootsOf({ live, wholeBase }: Asking): Promise<Node[]> {
  const known = new Set(live?.nodes.map(({ ref }) => ref));
  const roots = live?.nodes.filter(({ parent }) => parent === undefined || !known.has(parent)) ?? [];
  return roots.length > 0 ? [...roots] : entriesIn((await wholeBase()).documents);
}

/** Of several clusters in one repository, namesakes are told apart by where they are written. */
function keyOf({ ref, declared }: Node): string {
  return declared ? `${ref} ${placeKey(declared)}` : ref;
}

/** An entry is often listed in its own tree: that is no child. */
function childrenOf({ node, rendering }: Made): Node[] {
  return rendering.objects
    .filter(({ object }) => isFluxKustomization(object) && refIn(object) !== node.ref)
    .map((object) => childNode(object, rendering));
}

async function lonelyBeside(made: readonly Made[], asking: Asking): Promise<Made[]> {
  const declared = made.flatMap(({ node }) => (node.declared ? [placeKey(node.declared)] : []));
  const objects = made.flatMap(({ rendering }) => rendering.objects.map(placeOf));
  const { documents } = await asking.wholeBase();
  const lonely = unreachedIn(documents, new Set([...declared, ...objects]));
  return Promise.all(lonely.map((node) => make(node, asking)));
}

function placeOf({ place }: DesiredObject): string {
  return place ? placeKey(place) : '';
}

async function make(node: Node, asking: Asking): Promise<Made> {
  try {
    const base = await asking.baseFor(node);
    if (base === undefined) return { node, rendering: renderingOf(node, foreign(node), '') };
    return { node, base, rendering: renderingOf(node, await asking.build(node, base), base.commit) };
  } catch (error) {
    asking.signal.throwIfAborted();
    const { code, message } = toToolError(error);
    if (code === 'unavailable') throw error;
    return { node, rendering: renderingOf(node, unbuilt(message), node.applied ?? '') };
  }
}

function foreign(node: Node): Built {
  const reason = `follows ${withNames(sourceRef(node))}, which is not this repository`;
  return { ...unbuilt(reason), status: 'foreign source' };
}

function renderingOf(node: Node, built: Built, commit: string): Rendering {
  const { ref, namespace, name, spec, parent, declared, unreached } = node;
  return {
    ref: withNames(ref),
    namespace,
    name,
    path: withNames(pathOf(node) ?? ''),
    spec,
    ...(parent !== undefined && { parent }),
    ...(declared && { declared }),
    ...(unreached === true && { unreached }),
    ...built,
    commit,
  };
}

/** What the cluster runs is declared where another rendering has it. */
function walked(made: readonly Made[]): Walked {
  const places = new Map(
    made.flatMap(({ rendering }) =>
      rendering.objects.flatMap(({ object, place }) =>
        place && isFluxKustomization(object) ? [[refIn(object), place] as const] : [],
      ),
    ),
  );
  const renderings = made.map(({ rendering }) => {
    const declared = rendering.declared ?? places.get(rendering.ref);
    return declared ? { ...rendering, declared } : rendering;
  });
  const unread = new Set(made.flatMap(({ base }) => base?.documents.unread ?? []));
  return { renderings, unread: [...unread] };
}
