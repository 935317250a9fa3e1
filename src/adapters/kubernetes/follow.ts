import type { ClusterObject } from '#domain/objects/meta.ts';

import type { ToolError } from '../../errors.ts';
import type { ApiClient } from './client.ts';
import { garbage, statusFailure, transportFailure } from './failures.ts';
import { number, string } from './raw.ts';

/** One watch, from a version on. */
export interface FollowOptions {
  client: ApiClient;
  path: string;
  query?: Readonly<Record<string, string>>;
  what: string;
  resourceVersion: string;
  onOpen: () => void;
  /** An object as it is now, raw; `deleted` when it is gone. */
  onObject: (raw: unknown, deleted: boolean) => void;
  onVersion: (resourceVersion: string) => void;
  signal: AbortSignal;
}

/** Ends when the server closes the watch; rejects with a ToolError when it fails, or cannot be started. */
export async function follow(options: FollowOptions): Promise<void> {
  const { client, path, query, resourceVersion, signal } = options;
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  let over = false;
  const onEnd = (error: unknown): void => {
    over = true;
    if (error === null || error === undefined || signal.aborted) resolve();
    else reject(watchFailure(error, options));
  };
  // The library's Watch swallows what its callback throws.
  const onEvent = (type: string, object: unknown): void => {
    try {
      if (!over) take(type, object, options);
    } catch (error) {
      onEnd(error);
    }
  };
  ended.catch(() => {});
  const stop = await client.watch(
    path,
    { ...query, resourceVersion, allowWatchBookmarks: 'true' },
    { onEvent, onEnd },
  );
  signal.addEventListener('abort', stop, { once: true });
  if (!over) options.onOpen();
  if (signal.aborted) stop();
  try {
    await ended;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function take(type: string, object: unknown, { what, onObject, onVersion }: FollowOptions): void {
  if (type === 'ERROR') throw inStreamFailure(object, what);
  if (type === 'ADDED' || type === 'MODIFIED') onObject(object, false);
  else if (type === 'DELETED') onObject(object, true);
  else if (type !== 'BOOKMARK') throw garbage(what, type);
  const version = string(object, 'metadata', 'resourceVersion');
  if (version !== undefined) onVersion(version);
}

function inStreamFailure(object: unknown, what: string): ToolError {
  const status = number(object, 'code') ?? 500;
  return statusFailure({ status, text: JSON.stringify(object) }, what);
}

function watchFailure(error: unknown, { client, what }: FollowOptions): ToolError {
  const status = number(error, 'statusCode');
  if (status === undefined) return transportFailure(error, what);
  if (status !== 401) return statusFailure({ status: status === 405 ? 403 : status, text: '' }, what);
  const generation = number(error, 'generation');
  if (generation !== undefined) client.renew(generation);
  // Listing anew logs in anew, and tells when that does not help.
  return statusFailure({ status: 410, text: '' }, what);
}

/** `namespace/name`, or the name of a cluster-scoped object: the key of a store. */
export function keyOf({ namespace, name }: Pick<ClusterObject, 'namespace' | 'name'>): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
