import type { Asking } from './desired-state.ts';
import type { Place, Rendering } from './desired.ts';
import { entriesIn, selfApplyingIn, writtenIn } from './entries.ts';
import { forest, kustomizationsIn, reachedBy } from './forest.ts';
import type { LiveFlux } from './live-flux.ts';
import { type Made, makeAll } from './make.ts';
import { refIn } from './manifest.ts';
import type { Node } from './node.ts';
import { blockedBy, unapplied } from './unapplied.ts';

/** Renderings in the order in which they were reached, and files that no parser reads. */
export interface Walked {
  renderings: readonly Rendering[];
  unread: readonly string[];
}

/** Each Kustomization that the cluster runs, as it runs, from the commit that it last applied. */
export async function walkApplied(asking: Asking, { nodes }: LiveFlux): Promise<Walked> {
  const { only } = asking.question;
  const wanted = only === undefined ? nodes : nodes.filter(({ ref }) => only.includes(ref));
  return walked(await makeAll(wanted, asking));
}

/** From where Flux begins down: a child counts as its parent renders it. What nothing applies comes last. */
export async function walkFrom(asking: Asking): Promise<Walked> {
  const roots = rootsIn(asking.live);
  const made = roots.length > 0 ? await forest(roots, asking) : await walkFiles(asking);
  const { documents, commit } = await asking.wholeBase();
  const reached = reachedBy(made);
  const lonely = writtenIn(documents).filter((node) => !reached.has(node));
  const blocked = await blockedBy(made);
  return walked([...made, ...lonely.map((node) => unapplied(node, blocked, commit))]);
}

/** What a cluster runs and no other Kustomization of it applies. */
function rootsIn(live: LiveFlux | undefined): Node[] {
  const known = new Set(live?.nodes.map(({ ref }) => ref));
  return live?.nodes.filter(({ parent }) => parent === undefined || !known.has(parent)) ?? [];
}

/** The likeliest beginnings first; a repository that shows none begins with whatever none of its Kustomizations applies. */
async function walkFiles(asking: Asking): Promise<Made[]> {
  const { documents, artifact } = await asking.wholeBase();
  const made: Made[] = [];
  const walk = async (candidates: readonly Node[]): Promise<void> => {
    const reached = reachedBy(made);
    made.push(
      ...(await forest(
        candidates.filter((node) => !reached.has(node)),
        asking,
      )),
    );
  };
  for (const candidates of entriesIn(documents)) await walk(candidates);
  await walk(selfApplyingIn(documents, await artifact.files()));
  if (made.length === 0) await walk(writtenIn(documents));
  return made;
}

/** What the cluster runs is declared where another rendering has it. */
function walked(made: readonly Made[]): Walked {
  const places = new Map<string, Place>();
  for (const { rendering } of made)
    for (const { object, place } of kustomizationsIn(rendering)) if (place) places.set(refIn(object), place);
  const renderings = made.map(({ rendering }) => {
    const declared = rendering.declared ?? places.get(rendering.ref);
    return declared ? { ...rendering, declared } : rendering;
  });
  const unread = new Set(made.flatMap(({ base }) => base?.documents.unread ?? []));
  return { renderings, unread: [...unread] };
}
