import { unbuilt } from './build.ts';
import type { Rendering } from './desired.ts';
import { type Made, isUnbuilt, renderingOf } from './make.ts';
import type { Node } from './node.ts';
import { writtenReach } from './written-reach.ts';

/** A Kustomization that cannot be built, with the files it would apply; their paths are the repository's. */
export interface Blocked {
  rendering: Rendering;
  files: ReadonlySet<string>;
}

/** What may be applied and is not known to be, because what applies it cannot be built. */
export async function blockedBy(made: readonly Made[]): Promise<Blocked[]> {
  const unknown = made.filter(({ rendering, base }) => isUnbuilt(rendering) && base !== undefined);
  return Promise.all(
    unknown.map(async ({ rendering, base }) => {
      const reached = base ? writtenReach(rendering.path, await base.artifact.files()) : new Set<string>();
      return { rendering, files: new Set([...reached].map((file) => `${base?.prefix ?? ''}${file}`)) };
    }),
  );
}

/** Nothing will come of what no Kustomization applies; where one that may apply it cannot be built, that is not known. */
export function unapplied(node: Node, blocked: readonly Blocked[], commit: string): Made {
  const above = blocked.find(({ files }) => files.has(node.declared?.file ?? ''));
  if (above) {
    const { ref, status, failure } = above.rendering;
    const built = { ...unbuilt(`${ref}, which applies it, cannot be built`), status };
    const rendering = renderingOf(node, { ...built, ...(failure && { failure }) }, commit);
    return { node, rendering: { ...rendering, blockedBy: ref } };
  }
  const built = { ...unbuilt('no Kustomization applies it'), status: 'ok' as const };
  return { node, rendering: renderingOf({ ...node, unreached: true }, built, commit) };
}
