import type { ClusterReader } from '../cluster.ts';
import type { DesiredState, Rendering } from '../desired/desired.ts';
import type { Engine } from '../desired/engine.ts';
import type { LiveObjects } from '../desired/live.ts';
import { refIn } from '../desired/manifest.ts';
import { objectChanges } from '../effect/objects.ts';
import { controllersAmong } from '../flux/controllers.ts';
import { judgeFluxWithRoots } from '../flux/judge.ts';
import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { RepositoryReader } from '../repository/port.ts';
import { type FluxNow, applierOf } from './applier.ts';
import { type Ahead, byRendering } from './by-rendering.ts';
import { helmDrift } from './helm.ts';
import { liveIndex } from './live-index.ts';
import { createPredict } from './predictions.ts';
import type { ApplierDrift, DriftQuestion, DriftReader, DriftReport, ObjectDrift } from './report.ts';

/** What a comparison is made of. */
export interface DriftParts {
  desired: DesiredState;
  engine: Engine;
  cluster: ClusterReader;
  live: LiveObjects;
  repository: Pick<RepositoryReader, 'head'>;
  now: () => number;
}

/** Compares the cluster with Git; whole live objects are held for one comparison only. */
export function createDrift(parts: DriftParts): DriftReader {
  const predict = createPredict(parts.engine);
  return {
    async compare(question, signal): Promise<DriftReport> {
      const [{ renderings }, flux, head] = await Promise.all([
        parts.desired.render(question, signal),
        readFlux(parts, signal),
        parts.repository.head(signal),
      ]);
      const ahead = await aheadOfApplied(parts, question, renderings, head.commit.sha, signal);
      const index = await liveIndex(parts, signal);
      const objects: ObjectDrift[] = [];
      for (const rendering of renderings) {
        const applier = applierOf(rendering.ref, flux);
        const inventory = flux.byRef.get(rendering.ref)?.inventory ?? [];
        objects.push(
          ...(await byRendering({ rendering, applier, inventory, index, predict, ahead }, signal)),
        );
      }
      const releases = releasesIn(renderings, flux.byRef);
      const byHelm = await Promise.all(releases.map((release) => helmDrift(release, index, signal)));
      return {
        appliers: renderings.map(applierDrift),
        objects: [...objects, ...byHelm.flat()],
        head: head.commit.sha,
      };
    },
  };
}

interface Flux extends FluxNow {
  byRef: ReadonlyMap<string, FluxObject>;
}

async function readFlux({ cluster, now }: DriftParts, signal: AbortSignal): Promise<Flux> {
  const [listings, deployments] = await Promise.all([
    cluster.listFlux(signal),
    cluster.list('Deployment', signal),
  ]);
  const objects = listings.flatMap(({ items }) => items);
  const unreadableKinds = listings.filter(({ state }) => state === 'unknown').map(({ kind }) => kind);
  const at = now();
  const judgement = judgeFluxWithRoots({
    objects,
    controllers: deployments.items,
    now: at,
    unreadableKinds,
  });
  const controllers = controllersAmong(deployments.items, deployments.state === 'current');
  return {
    judgement,
    controllers,
    now: at,
    byRef: new Map(objects.map((object) => [refOf(object), object])),
  };
}

/**
 * The first of the three questions, asked of Git alone: which objects are wanted otherwise than as they were applied, and in
 * which fields. Wanted by what is compared with, or by the head of the base branch where that is what was applied.
 */
async function aheadOfApplied(
  { desired }: DriftParts,
  { at, only }: DriftQuestion,
  renderings: readonly Rendering[],
  head: string,
  signal: AbortSignal,
): Promise<Ahead> {
  const isApplied = renderings.every(({ commit, status }) => commit === head || status === 'foreign source');
  if (at === 'applied' && isApplied) return new Map();
  const other = at === 'applied' ? { commit: head } : 'applied';
  const found = await desired.render({ at: other, ...(only && { only }) }, signal);
  const known = new Set(renderings.map(({ ref }) => ref));
  const others = found.renderings.filter(({ ref }) => known.has(ref));
  const changes = at === 'applied' ? objectChanges(renderings, others) : objectChanges(others, renderings);
  return new Map(changes.map(({ ref, fields }) => [ref, fields.map(({ path }) => path)]));
}

function releasesIn(renderings: readonly Rendering[], byRef: ReadonlyMap<string, FluxObject>): FluxObject[] {
  const refs = renderings.flatMap(({ objects }) => objects.map(({ object }) => refIn(object)));
  return [...new Set(refs)].flatMap((ref) => {
    const release = ref.startsWith('HelmRelease/') ? byRef.get(ref) : undefined;
    return release ? [release] : [];
  });
}

function applierDrift(rendering: Rendering): ApplierDrift {
  const { ref, path, status, reason, declared, failure, objects } = rendering;
  return {
    ref,
    status,
    ...(reason !== undefined && { reason }),
    ...(declared && { place: declared }),
    files: [
      path === '' ? 'kustomization.yaml' : `${path}/kustomization.yaml`,
      ...(failure ? [failure.file] : []),
    ],
    objects: objects.length,
  };
}
