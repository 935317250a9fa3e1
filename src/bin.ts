#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' };

/** The published entry: says which Node it needs before anything loads that an older one cannot run. */
const needed = packageJson.engines.node.replace('>=', '');

if (isAtLeast(process.versions.node, needed)) {
  await import('./main.ts');
} else {
  process.stderr.write(`daytwo needs Node ${needed} or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
}

function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, 'en', { numeric: true }) >= 0;
}
