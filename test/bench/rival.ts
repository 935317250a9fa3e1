import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { cacheRoot } from '../cluster/build.ts';

const RIVAL = 'kubernetes-mcp-server';
const VERSION = '0.0.67';

/**
 * The script by which npm starts kubernetes-mcp-server; installed on first use into the cache outside the clone. It is no
 * dependency of the project: its binary weighs more than everything else, and not every platform has one.
 */
export function rivalScript(say: (text: string) => void): string {
  const directory = join(cacheRoot(), `${RIVAL}-${VERSION}`);
  const script = join(directory, 'node_modules', RIVAL, 'bin/index.js');
  if (existsSync(script)) return script;
  say(`installing ${RIVAL} ${VERSION} beside the clone`);
  mkdirSync(directory, { recursive: true });
  const options = ['--prefix', directory, '--no-save', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...options, `${RIVAL}@${VERSION}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return script;
}
