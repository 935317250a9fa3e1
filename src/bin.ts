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

/** By major and minor version. */
function isAtLeast(version: string, minimum: string): boolean {
  const [[major = 0, minor = 0] = [], [least = 0, leastMinor = 0] = []] = [version, minimum].map((text) =>
    text.split('.').map(Number),
  );
  return major > least || (major === least && minor >= leastMinor);
}
