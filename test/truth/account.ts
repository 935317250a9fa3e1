/** Accounts for every Flux Kustomization of a repository, without a cluster. Usage: account.ts [--all] REPOSITORY… */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Rendering } from '#domain/desired/desired.ts';
import { createDesiredState } from '#domain/desired/desired-state.ts';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import { openRepository } from '../../src/adapters/git/open.ts';

const engine = createEngine({ wasm: engineFiles() });
const scratch = mkdtempSync(join(tmpdir(), 'daytwo-account-'));
const signal = AbortSignal.timeout(600_000);
const [first, ...rest] = process.argv.slice(2);
const repositories = first === '--all' ? rest : [first ?? '.', ...rest];
for (const [at, repository] of repositories.entries()) await account(repository, tipOf(repository, at));
await engine.close();
rmSync(scratch, { recursive: true, force: true });

async function account(name: string, path: string): Promise<void> {
  const { reader, close } = await openRepository({
    repository: `file://${path}`,
    cacheDir: join(scratch, 'cache'),
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
    const objects = renderings.reduce((sum, one) => sum + one.objects.length, 0);
    print(
      `${name}, ${round}: ${renderings.length} Kustomizations: ${countsOf(renderings)}; ${objects} objects, ${unread.length} files unread, ${took} ms`,
    );
    if (first === '--all' && round === 'first') for (const one of renderings) print(lineOf(one));
  }
  close();
}

function countsOf(renderings: readonly Rendering[]): string {
  const groups = Map.groupBy(renderings, ({ status, unreached }) => (unreached ? 'unreached' : status));
  return [...groups].map(([status, of]) => `${of.length} ${status}`).join(', ');
}

function lineOf({ ref, status, reason, failure, declared, unreached }: Rendering): string {
  const at = [
    declared && `${declared.file}:${declared.line}`,
    failure && `${failure.file}:${failure.line ?? '?'}`,
  ];
  return `  ${unreached ? 'unreached' : status} ${ref} ${reason ?? ''} ${at.filter(Boolean).join(' → ')}`;
}

/** A repository with the one commit at the tip of another, of which objects may be missing. */
function tipOf(path: string, at: number): string {
  const copy = join(scratch, `tip-${at}`);
  run(['init', '-q', '--bare', '-b', 'main', copy]);
  const files = run(['-C', path, 'ls-tree', '-r', '-z', 'HEAD']).toString().split('\0').filter(Boolean);
  const parts: (string | Buffer)[] = [
    'commit refs/heads/main\ncommitter tip <tip@localhost> 0 +0000\ndata 3\ntip\n',
  ];
  for (const file of files) {
    const [, mode = '', kind = '', id = '', name = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(file) ?? [];
    const found = spawnSync('git', ['-C', path, 'cat-file', 'blob', id], { maxBuffer: 2 ** 30 });
    if (kind !== 'blob' || found.status !== 0) continue;
    parts.push(`M ${mode} inline ${JSON.stringify(name)}\ndata ${found.stdout.length}\n`, found.stdout, '\n');
  }
  run(['-C', copy, 'fast-import', '--quiet'], Buffer.concat(parts.map((part) => Buffer.from(part))));
  return copy;
}

function run(args: readonly string[], input?: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync('git', args, { maxBuffer: 2 ** 30, ...(input && { input }) });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr.toString()}`);
  return stdout;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
