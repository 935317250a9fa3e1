/** Makes the example's Git repository: `node scripts/build-example.ts DIRECTORY [--broken] [--bare]`. */
import { parseArgs } from 'node:util';

import { buildRepository } from './homelab/repository.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { broken: { type: 'boolean' }, bare: { type: 'boolean' } },
});
const [directory] = positionals;
if (directory === undefined) throw new Error('name a directory that is empty or does not exist');
const { commits, head } = await buildRepository(directory, {
  at: values.broken ? 'broken' : 'recovered',
  bare: values.bare,
});
for (const [subject, commit] of commits) console.log(`${commit.slice(0, 8)} ${subject}`);
console.log(`main is at ${head}`);
