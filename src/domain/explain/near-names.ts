import { ToolError, toToolError } from '../../errors.ts';
import type { ClusterReader, ServedKind } from '../cluster.ts';
import { distance } from 'fastest-levenshtein';
import { byText } from '../text.ts';

/** What was asked for, of a kind that is served. */
export interface Wanted {
  kind: ServedKind;
  namespace?: string;
  name: string;
}

/** The error of a read, with the names that come near where it was `not_found`; a kind that cannot be listed has none. */
export async function withNearNames(
  failure: unknown,
  { kind, namespace, name }: Wanted,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<unknown> {
  const { code, message } = toToolError(failure);
  if (code !== 'not_found' || !kind.listable) return failure;
  const items = await itemsOf(kind, cluster, signal);
  const near = items
    .map((item) => ({ item, far: farFrom(name, item.name) + (item.namespace === namespace ? 0 : 1) }))
    .filter(({ far }) => far <= Math.max(2, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.far - b.far || byText(nameOf(a.item), nameOf(b.item)))
    .slice(0, 4)
    .map(({ item }) => nameOf(item));
  if (near.length === 0) return failure;
  return new ToolError('not_found', message, `Near it: ${near.join(', ')}.`);
}

async function itemsOf(kind: ServedKind, cluster: ClusterReader, signal: AbortSignal) {
  try {
    return (await cluster.listAny(kind, undefined, signal)).items;
  } catch (error) {
    signal.throwIfAborted();
    void toToolError(error);
    return [];
  }
}

/** A name that begins with what was asked for, such as a pod's, is near however long it is. */
function farFrom(asked: string, name: string): number {
  if (name === asked) return 0;
  return asked.length > 2 && name.startsWith(`${asked}-`) ? 1 : distance(asked, name);
}

function nameOf({ namespace, name }: { namespace?: string; name: string }): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
