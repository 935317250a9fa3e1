import {
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';

import type { Answer } from '../gate/call.ts';
import type { ListedRunbook } from '../gate/library.ts';

const PAGE = 100;

/** One page of the runbooks as resources. Throws a protocol error for a cursor that is none of ours. */
export function runbookPage(runbooks: readonly ListedRunbook[], cursor = '0'): ListResourcesResult {
  const from = Number(/^\d{1,4}$/.exec(cursor)?.[0] ?? Number.NaN);
  if (Number.isNaN(from)) {
    const message = 'that cursor is not one of resources/list; leave it out to begin anew';
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, message);
  }
  const resources = runbooks.slice(from, from + PAGE).map(({ uri, title, path, origin }) => ({
    uri,
    name: path,
    title,
    mimeType: 'text/markdown',
    description: origin === 'operator' ? "the operator's own" : 'built-in',
  }));
  const next = from + PAGE;
  return { resources, ...(next < runbooks.length && { nextCursor: String(next) }) };
}

/** A runbook that was read. Throws a protocol error where it was not: to this caller it is not there. */
export function runbookContents(uri: string, { data, text: failure }: Answer): ReadResourceResult {
  if (data === undefined) throw new ResourceNotFoundError(uri.slice(0, 500), failure);
  const { text, uri: _, ...source } = data;
  const named = Object.entries(source).map(([key, value]) => [`daytwo/${key}`, value]);
  const content = { uri, mimeType: 'text/markdown', text: String(text) };
  return { contents: [{ ...content, _meta: Object.fromEntries(named) as Record<string, unknown> }] };
}
