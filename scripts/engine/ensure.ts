import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { withMaximumMemory } from './memory-limit.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'src/adapters/engine/wasm');

/** Where the engine is run from, in a clone and in the package. */
export const ENGINE_FILE = join(ROOT, 'dist/engine.wasm');

/** What the committed sources make: the record that a check compares a build with. */
export const RECORD_FILE = join(SOURCES, 'engine.json');

/** 400 MiB in pages of 64 KiB: a build of 10,000 objects fits, and a machine with 1 GB survives a hostile one. */
const MAXIMUM_PAGES = 400 * 16;

const ARGUMENTS = [
  'build',
  '-mod=readonly',
  '-buildmode=c-shared',
  '-buildvcs=false',
  '-trimpath',
  '-ldflags',
  '-s -w',
];

/** Nothing of the machine's own settings goes in, so that the bytes are the same everywhere. */
const SETTINGS = {
  GOOS: 'wasip1',
  GOARCH: 'wasm',
  GOFLAGS: '',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
  GOWASM: '',
  GOEXPERIMENT: '',
  CGO_ENABLED: '0',
};

/** A built engine: `bytes` long, by the Go that `go env GOVERSION` names. */
export interface EngineRecord {
  go: string;
  sha256: string;
  bytes: number;
}

/**
 * `dist/engine.wasm`, made where it is missing or older than its sources; undefined when that needs a Go that this machine
 * does not have. Progress goes to stderr. Throws with the compiler's words when the build fails.
 */
export async function ensureEngine(): Promise<string | undefined> {
  const go = await goVersion();
  const key = await hashOfSources(go);
  if ((await exists(ENGINE_FILE)) && (await builtFrom()) === key) return ENGINE_FILE;
  if (go === undefined) return withoutGo();

  const cached = join(cacheRoot(), key, 'engine.wasm');
  if (!(await exists(cached))) await buildInto(cached);
  await install(cached, key);
  return ENGINE_FILE;
}

async function withoutGo(): Promise<string | undefined> {
  const old = await exists(ENGINE_FILE);
  progress(
    old
      ? 'there is no Go here, so the engine stays as it was built before'
      : 'there is no Go here (https://go.dev/dl), so rendering and drift will be unavailable',
  );
  return old ? ENGINE_FILE : undefined;
}

/** Builds into `file`; two at once may both build, and each renames a whole module into place. */
export async function buildInto(file: string): Promise<void> {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;
  progress('building, once (1 to 3 minutes when the cache of Go is cold)');
  const heartbeat = setInterval(() => progress(`still building, ${seconds()}`), 15_000);
  const temporary = `${file}.${process.pid}`;
  try {
    await mkdir(join(file, '..'), { recursive: true });
    const env = { ...process.env, ...SETTINGS };
    await run('go', [...ARGUMENTS, '-o', temporary, '.'], { cwd: SOURCES, env, maxBuffer: 1 << 26 });
    await writeFile(temporary, withMaximumMemory(await readFile(temporary), MAXIMUM_PAGES));
    await rename(temporary, file);
  } finally {
    clearInterval(heartbeat);
    await rm(temporary, { force: true });
  }
  progress(`built in ${seconds()}`);
}

async function install(from: string, key: string): Promise<void> {
  const temporary = `${ENGINE_FILE}.${process.pid}`;
  await mkdir(join(ENGINE_FILE, '..'), { recursive: true });
  await copyFile(from, temporary);
  await rename(temporary, ENGINE_FILE);
  await writeFile(sourcesFile(), key);
}

/** The hash of the sources that the engine in `dist` was built from. */
async function builtFrom(): Promise<string | undefined> {
  return readFile(sourcesFile(), 'utf8').catch(() => undefined);
}

function sourcesFile(): string {
  return `${ENGINE_FILE}.sources`;
}

/** What `go env GOVERSION` prints, as in `go1.26.8`; undefined without Go. */
export async function goVersion(): Promise<string | undefined> {
  try {
    const env = { ...process.env, GOTOOLCHAIN: 'local' };
    return (await run('go', ['env', 'GOVERSION'], { env })).stdout.trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function hashOfSources(go: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  const recipe = [go ?? (await recorded()).go, ...ARGUMENTS, JSON.stringify(SETTINGS), String(MAXIMUM_PAGES)];
  for (const part of recipe) hash.update(`${part}\0`);
  for (const name of (await readdir(SOURCES)).sort()) {
    if (!/\.go$|^go\.(mod|sum)$/.test(name)) continue;
    hash.update(`${name}\0`).update(await readFile(join(SOURCES, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The committed record. */
export async function recorded(): Promise<EngineRecord> {
  return JSON.parse(await readFile(RECORD_FILE, 'utf8')) as EngineRecord;
}

/** The record of the module in `file`. */
export async function recordOf(file: string): Promise<EngineRecord> {
  const content = await readFile(file);
  return {
    go: (await goVersion()) ?? 'none',
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
  };
}

function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'daytwo', 'engine');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function progress(text: string): void {
  process.stderr.write(`engine: ${text}\n`);
}
