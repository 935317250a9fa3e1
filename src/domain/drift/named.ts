import { ToolError } from '../../errors.ts';
import { closest } from '../closest.ts';
import type { ClusterReader } from '../cluster.ts';
import { refOf } from '../objects/meta.ts';

/** Refs of the Kustomizations called `name` or `namespace/name`. Throws `not_found` when there is none. */
export async function kustomizationsNamed(
  asked: string,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<string[]> {
  const listings = await cluster.listFlux(signal);
  const all = listings.flatMap(({ items }) => items).filter(({ kind }) => kind === 'Kustomization');
  const found = all.filter(({ namespace, name }) => name === asked || `${namespace}/${name}` === asked);
  if (found.length > 0) return found.map(refOf);
  const near = closest(
    asked,
    all.map(({ name }) => name),
  );
  throw new ToolError(
    'not_found',
    `there is no Kustomization ${JSON.stringify(asked.slice(0, 80))}`,
    near === undefined ? 'reconciliation_status lists them.' : `Did you mean ${near}?`,
  );
}
