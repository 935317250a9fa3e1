import { setTimeout as pause } from 'node:timers/promises';

import { type SimpleGitOptions, simpleGit } from 'simple-git';

import { ToolError } from '../../errors.ts';

/** One Git command. `args` are fixed words; what a caller chose stands behind `--end-of-options` or `--`, or in `input`. */
export interface GitCommand {
  args: readonly string[];
  /** Directory it starts in; it has to exist. */
  cwd: string;
  /** All of the child's environment: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  input?: Uint8Array;
  signal: AbortSignal;
  /** Milliseconds. */
  limit: number;
  /** Most bytes on standard output. */
  maxBytes?: number;
  /** Sees standard output as it comes; true ends the command, which then counts as done. */
  enough?: (chunk: Uint8Array) => boolean;
  onStderr?: (text: string) => void;
  /** Talks to a remote: its own children may outlive it, holding its output open. */
  remote?: boolean;
}

/** What became of a command that ran to its end. `code` is its exit status. */
export interface GitResult {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/** Runs a command; rejects with a ToolError when it could not start, took too long, was called off or said too much. */
export type RunGit = (command: GitCommand) => Promise<GitResult>;

/** Configuration of every command: nothing of the repository or the machine runs a program or rewrites what is stored. */
const HARDENED = [
  // The empty tree: attributes of a commit must not hide its lines from a search or a diff.
  'attr.tree=4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.logAllRefUpdates=false',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  'core.quotePath=false',
  'fetch.recurseSubmodules=false',
  // Always a pack: only that tells how much has come.
  'fetch.unpackLimit=1',
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
];

/** Each one a door that this file opens with fixed values only: the hardening itself, and the operator's own settings. */
const OPENED = {
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
};

/** How long a command may take to end after it was told to. */
const GRACE = 3_000;

/** Runs one hardened command. */
export const runGit: RunGit = async (command) => {
  const stop = new AbortController();
  const deadline = AbortSignal.timeout(command.limit);
  const any = AbortSignal.any([command.signal, deadline, stop.signal]);
  if (command.signal.aborted) throw calledOff(command.signal);
  const ended = await Promise.race([execute(command, any, stop), pastGrace(any)]);
  if (stop.signal.aborted && stop.signal.reason === ENOUGH) return { ...ended, code: 0 };
  if (stop.signal.aborted) throw tooMuch();
  if (deadline.aborted && ended.killed) throw tooSlow(command.limit);
  if (ended.killed) throw calledOff(command.signal);
  return ended;
};

interface Ended extends GitResult {
  killed: boolean;
}

const ENOUGH = 'enough';

async function execute(command: GitCommand, signal: AbortSignal, stop: AbortController): Promise<Ended> {
  let ended: Ended | undefined;
  const git = simpleGit({
    ...optionsFor(command, signal),
    errors: (error, { exitCode, stdOut, stdErr }) => {
      const killed = error instanceof Error && 'plugin' in error;
      ended = { code: exitCode, stdout: Buffer.concat(stdOut), stderr: textOf(stdErr), killed };
      return killed ? error : undefined;
    },
  });
  git.outputHandler((_name, stdout, stderr) => watch(command, stdout, stderr, stop));
  try {
    await git.env({ ...command.env }).raw([...command.args]);
  } catch (error) {
    if (ended === undefined) throw cannotRun(error);
  }
  if (ended === undefined || ended.code < 0) throw cannotRun(ended?.stderr);
  return ended;
}

function optionsFor(command: GitCommand, abort: AbortSignal): Partial<SimpleGitOptions> {
  return {
    baseDir: command.cwd,
    config: HARDENED,
    unsafe: OPENED,
    allowEnvironment: Object.keys(command.env),
    abort,
    completion: { onClose: true, onExit: command.remote === true ? 1_000 : false },
    ...(command.input && { input: () => Buffer.from(command.input ?? '') }),
  };
}

function watch(
  { maxBytes = Infinity, enough, onStderr }: GitCommand,
  stdout: NodeJS.ReadableStream,
  stderr: NodeJS.ReadableStream,
  stop: AbortController,
): void {
  let bytes = 0;
  stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) stop.abort('too much');
    else if (enough?.(chunk)) stop.abort(ENOUGH);
  });
  stderr.on('data', (chunk: Buffer) => onStderr?.(chunk.toString('utf8')));
  // simple-git waits 50 ms more for the output of a command that has said nothing; many of ours never do.
  stdout.once('end', () => stdout.emit('data', Buffer.alloc(0)));
}

async function pastGrace(signal: AbortSignal): Promise<Ended> {
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
  await pause(GRACE, undefined, { ref: false });
  return { code: -1, stdout: Buffer.alloc(0), stderr: '', killed: true };
}

function tooMuch(): ToolError {
  return new ToolError(
    'invalid_input',
    'Git has more to say to that than an answer may hold',
    'Ask for less: a directory or a narrower text.',
  );
}

function tooSlow(limit: number): ToolError {
  return new ToolError(
    'timeout',
    `Git did not finish within ${Math.ceil(limit / 1_000)} s`,
    'Try again; if it stays so, ask the operator to look at the machine and the remote.',
  );
}

function calledOff(signal: AbortSignal): ToolError {
  const isDeadline = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return new ToolError(
    'timeout',
    isDeadline ? 'Git did not finish before the deadline of the call' : 'the call was cancelled',
    'Try again, or ask for less.',
  );
}

function cannotRun(cause: unknown): ToolError {
  return new ToolError(
    'unavailable',
    'git could not be started',
    'The operator has to install git 2.31 or newer where daytwo runs.',
    { cause },
  );
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
