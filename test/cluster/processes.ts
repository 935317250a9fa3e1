import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One program under way; its output goes to `log`. */
export interface Running {
  name: string;
  log: string;
  /** False from the moment the program has ended. */
  alive(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the program has ended. */
  stop(graceMs: number): Promise<void>;
}

/**
 * A temporary folder and the programs that work in it. Everything in it ends with this process, whichever way that
 * ends: a shell waits for the pipe from here to close, kills what is left and removes the folder.
 */
export interface Workshop {
  dir: string;
  start(name: string, command: string, args: readonly string[]): Running;
  /** Stops what still runs, then removes the folder. */
  close(): Promise<void>;
}

const GRACE_MS = 3000;

const GUARD = `
live=" "
while read -r event pid; do
  case "$event" in
    started) live="$live$pid " ;;
    ended) live="\${live%% $pid *} \${live#* $pid }" ;;
  esac
done
for pid in $live; do kill -9 "$pid" 2>/dev/null; done
rm -rf "$1"
`;

/** A workshop in a new temporary folder whose name starts with `prefix`. */
export async function openWorkshop(prefix: string): Promise<Workshop> {
  const dir = await mkdtemp(join(tmpdir(), prefix));
  const guard = startGuard(dir);
  const running = new Set<Running>();
  return {
    dir,
    start(name, command, args) {
      const started = startProgram({ name, command, args, dir, guard, onEnd: () => running.delete(started) });
      running.add(started);
      return started;
    },
    async close() {
      // The last started first: an API server whose etcd is gone does not end by itself.
      for (const program of [...running].toReversed()) await program.stop(GRACE_MS);
      await rm(dir, { recursive: true, force: true });
      guard.stdin?.end();
    },
  };
}

interface Start {
  name: string;
  command: string;
  args: readonly string[];
  dir: string;
  guard: ChildProcess;
  onEnd: () => void;
}

/** Detached: a Ctrl-C in the terminal is for the tests, which then stop their programs in order. */
function startProgram({ name, command, args, dir, guard, onEnd }: Start): Running {
  const log = join(dir, `${name}.log`);
  const output = openSync(log, 'a');
  const child = spawn(command, args, { cwd: dir, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  guard.stdin?.write(`started ${child.pid}\n`);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => {
    guard.stdin?.write(`ended ${child.pid}\n`);
    return onEnd();
  });
  const alive = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    name,
    log,
    alive,
    signal: (signal) => void child.kill(signal),
    async stop(graceMs) {
      // A paused program takes SIGTERM only once it goes on.
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(kill);
    },
  };
}

function startGuard(dir: string): ChildProcess {
  const guard = spawn('sh', ['-c', GUARD, 'guard', dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  if (guard.stdin && 'unref' in guard.stdin) (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}

/** As many different ports of 127.0.0.1 as asked for, free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Waits until `check` holds; throws with the last lines of each log when a program ends or the time is up. */
export async function untilReady(
  check: () => Promise<boolean>,
  programs: readonly Running[],
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    const dead = programs.find((program) => !program.alive());
    if (dead || Date.now() > deadline) throw new Error(await describeFailure(dead, programs, timeoutMs));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function describeFailure(
  dead: Running | undefined,
  programs: readonly Running[],
  timeoutMs: number,
): Promise<string> {
  const what = dead ? `${dead.name} ended while starting` : `not ready after ${timeoutMs} ms`;
  const tails = await Promise.all(programs.map(logTail));
  return [`control plane: ${what}`, ...tails].join('\n');
}

async function logTail({ name, log }: Running): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n');
  return [`--- ${name}`, ...lines.slice(-20)].join('\n');
}
