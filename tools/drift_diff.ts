import { type Adoption, adoptionOf } from '#domain/drift/adopt.ts';
import { DriftAnswer, askedFor, driftAnswer, toldOf } from '#domain/drift/answer.ts';
import { kustomizationsNamed } from '#domain/drift/named.ts';
import type { ObjectDrift } from '#domain/drift/report.ts';
import { withLines } from '#domain/drift/written-at.ts';
import { type ReadContext, defineTool, z } from '#tool';

/** Adoptions in one answer. */
const ADOPTIONS = 4;

export default defineTool({
  name: 'drift_diff',
  policy: 'read',
  title: 'Drift from Git',
  description:
    'Use when asked whether the cluster matches Git field by field, who changed it by hand, and whether Flux puts it back. against: applied, head, or a branch of a proposal. adopt holds edits for propose_change.',
  upstreams: ['cluster', 'repository'],
  input: z.strictObject({
    kustomization: z.string().min(1).max(317).optional().describe('name or namespace/name'),
    namespace: z.string().min(1).max(63).optional(),
    kind: z.string().min(1).max(63).optional(),
    name: z.string().min(1).max(253).optional(),
    against: z.string().min(1).max(200).default('applied'),
    limit: z.int().min(1).max(200).default(40),
    cursor: z.string().max(200).optional(),
  }),
  output: DriftAnswer,
  examples: [
    {},
    { kustomization: 'wiki' },
    { namespace: 'apps', kind: 'Deployment', name: 'wiki', against: 'head' },
  ],
  target: ({ namespace, kind }) => ({ namespace, kind }),
  async handler({ kustomization, against, limit, cursor, ...filter }, context) {
    const { cluster, drift, limits, repo, signal } = context;
    const only =
      kustomization === undefined ? undefined : await kustomizationsNamed(kustomization, cluster, signal);
    const at = against === 'applied' ? against : { commit: (await commitOf(against, context)).sha };
    const report = await drift.compare({ at, ...(only && { only }) }, signal);
    const objects = askedFor(report, filter);
    const told = await withLines(toldOf(objects, filter), (commit, path) => repo.read(commit, path, signal));
    const isFirst = at === 'applied' && cursor === undefined;
    const adopt = isFirst ? await adoptions(told, repo, report.head, signal) : [];
    const page = { filter, limit: Math.min(limit, limits.rows), cursor, against };
    return driftAnswer(report, { objects, told, adopt }, page);
  },
});

async function commitOf(against: string, { repo, signal }: ReadContext): Promise<{ sha: string }> {
  return against === 'head' ? (await repo.head(signal)).commit : repo.resolve(against, signal);
}

async function adoptions(
  objects: readonly ObjectDrift[],
  repo: ReadContext['repo'],
  head: string,
  signal: AbortSignal,
): Promise<Adoption[]> {
  const hands = objects
    .filter(({ state, place }) => state === 'drifted' && place !== undefined)
    .flatMap((object) =>
      object.fields
        .filter(({ isBenign, isPending }) => !isBenign && !isPending)
        .map((field) => ({ object, field })),
    );
  const read = (path: string): ReturnType<typeof repo.read> => repo.read(head, path, signal);
  return Promise.all(hands.slice(0, ADOPTIONS).map(({ object, field }) => adoptionOf(object, field, read)));
}
