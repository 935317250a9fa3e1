import { join } from 'node:path';

import { createAcknowledgedSource } from './adapters/acknowledged.ts';
import { createPlaceSource } from './adapters/places.ts';
import { withRecentHead } from './adapters/recent-head.ts';
import { createRunbookSource } from './adapters/runbooks.ts';
import { CATALOG } from './catalog.ts';
import type { Config } from './config.ts';
import type { Sources } from './cli/serve.ts';
import type { OpenedHere } from './rendering.ts';

/** What a server answers from, and how to read ahead what its first lookup of a runbook needs. */
export interface PreloadedSources extends Sources {
  preload: () => Promise<unknown>;
}

/** Makes them of a configuration; opens nothing. Costs more to load than the handshake of a server takes. */
export function sourcesOf(config: Config, openRepository?: () => Promise<OpenedHere>): PreloadedSources {
  const tools = Object.values(CATALOG);
  const builtIn = join(import.meta.dirname, '../runbooks');
  const paths = config.runbookPaths;
  if (openRepository === undefined) {
    const runbooks = createRunbookSource({ builtIn, paths });
    return { tools, runbooks, preload: runbooks.preload };
  }
  const openReader = async (): Promise<OpenedHere['reader']> => (await openRepository()).reader;
  const openFiles = withRecentHead(openReader, Date.now);
  const runbooks = createRunbookSource({ builtIn, paths, openRepository: openFiles });
  return {
    tools,
    runbooks,
    places: createPlaceSource({ openRepository: openReader }),
    acknowledged: createAcknowledgedSource({ path: config.acknowledged, openRepository: openFiles }),
    preload: runbooks.preload,
  };
}
