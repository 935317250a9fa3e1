/** Accounts for every Flux Kustomization of a repository, without a cluster. Usage: account.ts REPOSITORY… */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDesiredState } from '#domain/desired/desired-state.ts';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import { openRepository } from '../../src/adapters/git/open.ts';

const engine = createEngine({ wasm: engineFiles() });
const cacheDir = mkdtempSync(join(tmpdir(), 'daytwo-account-'));
const signal = AbortSignal.timeout(600_000);
for (const repository of process.argv.slice(2)) await account(repository);
await engine.close();
rmSync(cacheDir, { recursive: true, force: true });

async function account(path: string): Promise<void> {
  const { reader, close } = await openRepository({
    repository: `file://${path}`,
    cacheDir,
    environment: { ...process.env },
    now: Date.now,
    redact: (text) => text,
  });
  const { commit } = await reader.head(signal);
  const state = createDesiredState({ repository: reader, engine });
  for (const round of ['first', 'repeated']) {
    const start = performance.now();
    const { renderings, unread } = await state.render({ at: { commit: commit.sha } }, signal);
    const took = Math.round(performance.now() - start);
    const statuses = Map.groupBy(renderings, ({ status, unreached }) => (unreached ? `${status} (unreached)` : status));
    const counts = [...statuses].map(([status, of]) => `${of.length} ${status}`).join(', ');
    const objects = renderings.reduce((sum, one) => sum + one.objects.length, 0);
    process.stdout.write(
      `${path} ${round}: ${renderings.length} Kustomizations (${counts}), ${objects} objects, ${unread.length} unread, ${took} ms\n`,
    );
    if (round === 'first')
      for (const { ref, status, reason, failure, unreached } of renderings)
        if (status !== 'ok' && status !== 'generated')
          process.stdout.write(
            `  ${ref}${unreached ? ' (unreached)' : ''}: ${status}: ${reason ?? ''} ${failure ? `${failure.file}:${failure.line ?? ''}` : ''}\n`,
          );
  }
  close();
}
