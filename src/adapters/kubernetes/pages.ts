import type { ApiClient } from './client.ts';
import { isGone } from './failures.ts';
import { items, string } from './raw.ts';

/** What to list, in pages. */
export interface PagedList<T> {
  client: ApiClient;
  path: string;
  query?: Readonly<Record<string, string>>;
  /** For messages: `list pods`. */
  what: string;
  project: (raw: unknown) => T;
  signal?: AbortSignal;
  /** Stops after so many objects; there is no limit when absent. */
  atMost?: number;
}

/** A list as it was at `resourceVersion`; `complete` is false when it was cut at `atMost`. */
export interface ListedPages<T> {
  objects: T[];
  resourceVersion: string;
  complete: boolean;
}

const PAGE_SIZE = 500;

/**
 * Reads all pages, each object projected on arrival so that no raw page outlives its request. Starts once more, in one
 * piece, when the list expires between pages.
 */
export async function listPages<T>(list: PagedList<T>): Promise<ListedPages<T>> {
  try {
    return await readPages(list, PAGE_SIZE);
  } catch (error) {
    if (!isGone(error)) throw error;
    return readPages(list, undefined);
  }
}

async function readPages<T>(list: PagedList<T>, limit: number | undefined): Promise<ListedPages<T>> {
  const { client, path, query, what, project, signal, atMost = Number.POSITIVE_INFINITY } = list;
  const objects: T[] = [];
  let next: string | undefined;
  let resourceVersion = '';
  do {
    const page = await client.getJson(path, { what, signal, query: { ...query, limit, continue: next } });
    for (const item of items(page, 'items')) objects.push(project(item));
    resourceVersion = string(page, 'metadata', 'resourceVersion') ?? resourceVersion;
    next = string(page, 'metadata', 'continue');
  } while (next !== undefined && objects.length < atMost);
  return { objects, resourceVersion, complete: next === undefined };
}
