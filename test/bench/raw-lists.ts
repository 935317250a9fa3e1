/**
 * Lists paths of an API server, full JSON, parsed, from a process as new as the server that is measured beside it: what is
 * compared then differs in the work alone. The clock starts before the connection and after the imports.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import pLimit from 'p-limit';
import { Agent, request } from 'undici';

/** What to list, as JSON on stdin. */
export interface RawLists {
  server: string;
  ca: string;
  token: string;
  paths: readonly string[];
  concurrency: number;
}

/** What came of it, as JSON on stdout; `ms` for all of it together. */
export interface RawListed {
  ms: number;
  bytes: number;
  objects: number;
}

export const RAW_LISTS = fileURLToPath(import.meta.url);

if (import.meta.main) {
  const listed = await listAll(JSON.parse(readFileSync(0, 'utf8')) as RawLists);
  process.stdout.write(JSON.stringify(listed));
}

async function listAll({ server, ca, token, paths, concurrency }: RawLists): Promise<RawListed> {
  const dispatcher = new Agent({ connect: { ca } });
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const limit = pLimit(concurrency);
  const before = performance.now();
  const listed = await Promise.all(
    paths.map((path) =>
      limit(async () => {
        const { statusCode, body } = await request(server + path, { dispatcher, headers });
        const text = await body.text();
        if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`);
        return { bytes: text.length, objects: (JSON.parse(text) as { items: unknown[] }).items.length };
      }),
    ),
  );
  const ms = performance.now() - before;
  await dispatcher.destroy();
  return {
    ms,
    bytes: listed.reduce((sum, { bytes }) => sum + bytes, 0),
    objects: listed.reduce((sum, { objects }) => sum + objects, 0),
  };
}
