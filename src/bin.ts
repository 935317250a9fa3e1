#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

import packageJson from '../package.json' with { type: 'json' };

/** The published entry: says which Node it needs before anything loads that an older one cannot run. */
const needed = packageJson.engines.node.replace('>=', '');

/**
 * daytwo waits beside an assistant most of its life: young garbage would otherwise grow to 64 MB, and the rest to twice
 * what is in use, before anything is collected. V8 reads both whenever it grows a space.
 */
const FLAGS = ['--semi-space-growth-factor=1', '--optimize-for-size'];

if (isAtLeast(process.versions.node, needed)) {
  FLAGS.forEach((flag) => setFlagsFromString(flag));
  await import('./main.ts');
} else {
  process.stderr.write(`daytwo needs Node ${needed} or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
}

function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, 'en', { numeric: true }) >= 0;
}
