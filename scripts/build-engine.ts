/**
 * The rendering engine: `dist/engine.wasm` from its Go sources, if it is missing or older than they are. `--check` builds it
 * anew and compares it with the committed record; `--record` writes that record.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { buildInto, ensureEngine, goVersion, RECORD_FILE, recorded, recordOf } from './engine/ensure.ts';

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, record: { type: 'boolean', default: false } },
});

if (values.check) await check();
else {
  const file = await ensureEngine();
  if (values.record && file !== undefined)
    await writeFile(RECORD_FILE, `${JSON.stringify(await recordOf(file), undefined, 2)}\n`);
}

async function check(): Promise<void> {
  const wanted = await recorded();
  const go = await goVersion();
  if (go !== wanted.go) {
    console.log(
      `engine: built with ${wanted.go}, and here is ${go ?? 'no Go'}: the hashes are not comparable`,
    );
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'daytwo-engine-'));
  try {
    const file = join(folder, 'engine.wasm');
    await buildInto(file);
    const { sha256 } = await recordOf(file);
    if (sha256 === wanted.sha256)
      return console.log(`engine: as recorded (${sha256.slice(0, 12)}, ${wanted.go})`);
    console.error(`engine: the sources make ${sha256}, and ${wanted.sha256} is recorded`);
    console.error('hint: node scripts/build-engine.ts --record');
    process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
