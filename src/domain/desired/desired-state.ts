import type { Repository } from './artifact.ts';
import { type Base, createBases } from './base.ts';
import type { Built } from './build.ts';
import type { DesiredQuestion, DesiredState, Rendering } from './desired.ts';
import type { Engine } from './engine.ts';
import { type LiveCluster, type LiveFlux, readLiveFlux } from './live-flux.ts';
import type { Node } from './node.ts';
import type { RenderedSources } from './rendered-sources.ts';
import { createRenderer } from './renderer.ts';
import { walkApplied, walkFrom } from './walk.ts';

/** What the desired state is worked out from; without a cluster, from the files alone. */
export interface DesiredParts {
  repository: Repository;
  engine: Engine;
  cluster?: LiveCluster;
}

/** Everything that one question's renderings share. */
export interface Asking {
  question: DesiredQuestion;
  /** What the cluster says; undefined without one, or when it does not tell. */
  live?: LiveFlux;
  signal: AbortSignal;
  /** The repository as it is written, nothing left out by a source. */
  wholeBase: () => Promise<Base>;
  /** `undefined` for a source that is not the repository. */
  baseFor: (node: Node) => Promise<Base | undefined>;
  build: (node: Node, base: Base) => Promise<Built>;
  sources: RenderedSources;
}

/** The desired state of a repository; what was rendered before is kept while its files, spec and variables are the same. */
export function createDesiredState(parts: DesiredParts): DesiredState {
  const bases = createBases(parts.repository);
  const renderer = createRenderer({ ...parts, bases });
  return {
    async render(question, signal) {
      const live = parts.cluster && (await readLiveFlux(parts.cluster, parts.repository, signal));
      const asking = await renderer.asking(question, live, signal);
      const { renderings, unread } =
        question.at === 'applied' && live ? await walkApplied(asking, live) : await walkFrom(asking);
      return { renderings: asked(renderings, question), unread };
    },
  };
}

function asked(renderings: readonly Rendering[], { only }: DesiredQuestion): readonly Rendering[] {
  return only === undefined ? renderings : renderings.filter(({ ref }) => only.includes(ref));
}
