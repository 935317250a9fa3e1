import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program of the control plane, a client of it, the controller of Flux that can be built, and the kustomize CLI. */
export type Program =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kwok'
  | 'kubectl'
  | 'kustomize-controller'
  | 'kustomize';

interface Recipe {
  /** Folder under `modules/`. */
  module: string;
  package: string;
  /** Go variables to set: plain builds of Kubernetes do not know their version. */
  variables?: Record<string, string>;
  /** Build time with a cold cache on a small machine. */
  cold: string;
}

const KUBERNETES_VERSION = {
  'k8s.io/component-base/version.gitVersion': 'v1.36.2',
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': '36',
};

const RECIPES: Record<Program, Recipe> = {
  etcd: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3', cold: '20 seconds' },
  'kube-apiserver': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    variables: KUBERNETES_VERSION,
    cold: '4 minutes',
  },
  'kube-controller-manager': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    variables: KUBERNETES_VERSION,
    cold: '1 minute',
  },
  kwok: { module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', cold: '2 minutes' },
  kubectl: {
    module: 'kubectl',
    package: 'k8s.io/kubernetes/cmd/kubectl',
    variables: KUBERNETES_VERSION,
    cold: '1 minute',
  },
  'kustomize-controller': {
    module: 'kustomize-controller',
    package: 'github.com/fluxcd/kustomize-controller',
    cold: '3 minutes',
  },
  kustomize: { module: 'kustomize', package: 'sigs.k8s.io/kustomize/kustomize/v5', cold: '20 seconds' },
};

/** The folder that keeps what is built, outside the clone: one folder below it for each state of the inputs. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'daytwo', 'control-plane');
}

/** What `go version` prints, or undefined when there is no Go on this machine. */
export async function goVersion(): Promise<string | undefined> {
  try {
    return (await run('go', ['version'])).stdout.trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Paths of the programs, each built on first use; throws with the compiler's words when a build fails. */
export async function ensurePrograms<P extends Program>(programs: readonly P[]): Promise<Record<P, string>> {
  const paths: [Program, string][] = [];
  for (const program of programs) paths.push([program, await ensureProgram(program)]);
  return Object.fromEntries(paths) as Record<P, string>;
}

async function ensureProgram(program: Program): Promise<string> {
  const recipe = RECIPES[program];
  const source = join(import.meta.dirname, 'modules', recipe.module);
  const folder = join(cacheRoot(), await hashOfInputs(source, recipe));
  const path = join(folder, program);
  if (await exists(path)) return path;

  await mkdir(folder, { recursive: true });
  await buildInto(path, program, source);
  return path;
}

/** Two runs at once may both build; each renames a complete program into place, so neither sees half of one. */
async function buildInto(path: string, program: Program, source: string): Promise<void> {
  const { package: target, variables, cold } = RECIPES[program];
  const started = Date.now();
  progress(`building ${program}, once (about ${cold} when Go's own cache is cold)`);
  const heartbeat = setInterval(
    () => progress(`still building ${program}, ${secondsSince(started)} s`),
    30_000,
  );
  const temporary = `${path}.${process.pid}`;
  const args = [
    'build',
    '-mod=readonly',
    '-trimpath',
    '-ldflags',
    ldflags(variables),
    '-o',
    temporary,
    target,
  ];
  try {
    await run('go', args, { cwd: source, maxBuffer: 1 << 26 });
    await rename(temporary, path);
  } finally {
    clearInterval(heartbeat);
    await rm(temporary, { force: true });
  }
  progress(`built ${program} in ${secondsSince(started)} s`);
}

function ldflags(variables: Record<string, string> = {}): string {
  const settings = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  return ['-s', '-w', ...settings].join(' ');
}

async function hashOfInputs(source: string, { variables }: Recipe): Promise<string> {
  const hash = createHash('sha256')
    .update((await goVersion()) ?? 'no go')
    .update(ldflags(variables));
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(source, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Reads `name` from the cache as JSON, or makes it and keeps it; `key` names everything it depends on. */
export async function cachedJson<T>(name: string, key: string, make: () => Promise<T>): Promise<T> {
  const path = join(cacheRoot(), createHash('sha256').update(key).digest('hex').slice(0, 16), name);
  if (await exists(path)) return JSON.parse(await readFile(path, 'utf8')) as T;

  const made = await make();
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(`${path}.${process.pid}`, JSON.stringify(made));
  await rename(`${path}.${process.pid}`, path);
  return made;
}

/** The folder of a Go module's source, fetched through the module proxy if it is not on this machine yet. */
export async function moduleFolder(module: string): Promise<string> {
  await mkdir(cacheRoot(), { recursive: true });
  const { stdout } = await run('go', ['mod', 'download', '-json', module], { cwd: cacheRoot() });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function secondsSince(started: number): string {
  return ((Date.now() - started) / 1000).toFixed(1);
}

function progress(text: string): void {
  process.stderr.write(`control plane: ${text}\n`);
}
