import { parseYamlText, valueOf } from '#domain/repository/yaml-text.ts';
import type { ClusterReader } from '#domain/cluster.ts';
import { nameSome } from '#domain/text.ts';

import { toToolError } from '../errors.ts';
import { recordOf } from './doctor-ci.ts';
import type { Verdict } from './verdict.ts';

/** What to do about environments that come of branches and pull requests. */
export const PREVIEW_REMEDY =
  'What a proposal changes may run before anybody reviewed it. Leave branches under daytwo/ out (a label that a person sets, or a filter by branch), or keep previews away from this cluster.';

/**
 * Whether a manifest makes an environment for each branch or pull request: a provider of the Flux Operator
 * (fluxcd.controlplane.io, `spec.type` such as GitHubPullRequest), or a generator of an Argo CD ApplicationSet.
 */
export function makesPreviews(text: string): boolean {
  if (!/ResourceSetInputProvider|ApplicationSet/.test(text)) return false;
  const { documents, problems } = parseYamlText(text);
  // A template cannot be parsed; what it names is enough to look at it.
  if (problems.length > 0) return /(?:Pull|Merge)Request|Branch\b|pullRequest:/.test(text);
  return documents.some((document) => isPreview(recordOf(valueOf(document)?.value)));
}

function isPreview({ kind, spec }: Record<string, unknown>): boolean {
  if (kind === 'ApplicationSet') return generatesPreviews(spec);
  const { type } = recordOf(spec);
  return kind === 'ResourceSetInputProvider' && /(?:PullRequest|MergeRequest|Branch)$/.test(String(type));
}

/** Generators lie in matrices and merges of others. */
function generatesPreviews(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(generatesPreviews);
  return Object.entries(recordOf(value)).some(
    ([key, inner]) =>
      key === 'pullRequest' ||
      (key === 'scmProvider' && /"allBranches":true/.test(JSON.stringify(inner))) ||
      (['generators', 'matrix', 'merge'].includes(key) && generatesPreviews(inner)),
  );
}

const KINDS: readonly (readonly [group: string, kind: string])[] = [
  ['fluxcd.controlplane.io', 'ResourceSetInputProvider'],
  ['argoproj.io', 'ApplicationSet'],
];

/** Objects in the cluster that may make previews; their specs are not read, so that it is only said where to look. */
export async function checkPreviewsInCluster(
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<Verdict[]> {
  const check = 'previews in the cluster';
  try {
    const { kinds } = await cluster.discover(signal);
    const served = kinds.filter(({ group, kind }) => KINDS.some(([g, k]) => g === group && k === kind));
    const listings = await Promise.all(served.map((kind) => cluster.listAny(kind, undefined, signal)));
    const found = listings.flatMap(({ items }) =>
      items.map(({ kind, namespace, name }) => `${kind}/${namespace ?? ''}/${name}`),
    );
    const unknown = listings.filter(({ state }) => state === 'unknown').map(({ kind }) => kind);
    if (found.length === 0 && unknown.length === 0) return [];
    const detail = [
      ...(found.length > 0 ? [`may make an environment of each pull request: ${nameSome(found, 5)}`] : []),
      ...(unknown.length > 0 ? [`not known, cannot be read: ${unknown.join(', ')}`] : []),
    ].join('; ');
    return [{ check, verdict: 'warn', detail, remedy: PREVIEW_REMEDY }];
  } catch (error) {
    return [{ check, verdict: 'warn', detail: `not known: ${toToolError(error).message}` }];
  }
}
