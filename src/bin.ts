#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

import packageJson from '../package.json' with { type: 'json' };

/** The published entry: says which Node it needs before anything loads that an older one cannot run. */
const needed = packageJson.engines.node.replace('>=', '');

if (isAtLeast(process.versions.node, needed)) {
  keepCompiled();
  await import('./main.ts');
} else {
  process.stderr.write(`daytwo needs Node ${needed} or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
}

/** By major and minor version. */
function isAtLeast(version: string, minimum: string): boolean {
  const [[major = 0, minor = 0] = [], [least = 0, leastMinor = 0] = []] = [version, minimum].map((text) =>
    text.split('.').map(Number),
  );
  return major > least || (major === least && minor >= leastMinor);
}

/** The second start is faster. In a folder of the user's own, as what lies there is run; without one, nothing is kept. */
function keepCompiled(): void {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  nodeModule.enableCompileCache(join(caches, 'daytwo', 'compiled'));
}
