import type { LogQuery } from '#domain/cluster.ts';

import type { ApiClient } from './client.ts';
import { segment } from './paths.ts';

const MEBIBYTE = 1_048_576;

/**
 * The end of a container's log, oldest line first, redacted. The server cuts at the end where the newest lines are, so it
 * is given room and the cut is made here.
 */
export async function readLog(
  client: ApiClient,
  { namespace, pod, container, previous, tailLines, limitBytes, sinceSeconds }: LogQuery,
  redact: (text: string) => string,
  signal: AbortSignal,
): Promise<string[]> {
  const path = `/api/v1/namespaces/${segment(namespace)}/pods/${segment(pod)}/log`;
  const query = {
    container,
    previous: previous ? 'true' : undefined,
    tailLines,
    limitBytes: Math.max(MEBIBYTE, limitBytes * 4),
    sinceSeconds,
  };
  const text = await client.getText(path, {
    query,
    signal,
    accept: '*/*',
    what: `read the log of ${namespace}/${pod}`,
  });
  // As one text, since a secret such as a key can go over several lines.
  const lines = redact(text).replace(/\n$/, '').split('\n');
  return text === '' ? [] : lastLines(lines, tailLines, limitBytes);
}

function lastLines(lines: readonly string[], most: number, limitBytes: number): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.slice(-most).toReversed()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > limitBytes) break;
    kept.push(line);
  }
  return kept.toReversed();
}
