import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';

import { MAIN, openSession, type Reply, type Session } from './session.ts';

/** What a command has printed, and its exit code. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** An answer with the gate's envelope, as far as every tool has it. */
export interface Answer extends Record<string, unknown> {
  verdict?: string;
  asOf?: string;
  unchecked?: { what: string; why: string }[];
}

/** A new folder that nobody else uses. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'daytwo-test-'));
}

/** Runs a command of daytwo to its end, away from the kubeconfig of whoever runs the tests. */
export function runDaytwo(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const environment = { PATH: process.env['PATH'] ?? '', HOME: newFolder(), ...env };
  const options = { env: environment, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      resolve({ code: codeOf(error), stdout, stderr });
    });
  });
}

function codeOf(error: { code?: unknown } | null): number {
  if (error === null) return 0;
  return typeof error.code === 'number' ? error.code : -1;
}

/** A session against the cluster of a kubeconfig, with an audit folder of its own. */
export function serveDaytwo(
  kubeconfig: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Session> {
  const own = ['--kubeconfig', kubeconfig, '--audit-dir', newFolder()];
  return openSession({ args: [...own, ...args], env: { HOME: newFolder(), ...env } });
}

/** The answer of a call that has to succeed; throws with its text when it did not. */
export async function ask(
  session: Pick<Session, 'call'>,
  tool: string,
  input: Record<string, unknown> = {},
): Promise<Answer> {
  const reply = await session.call(tool, input);
  if (reply.data === undefined || reply.failed) throw new Error(`${tool}: ${reply.text}`);
  return reply.data;
}

/** The answer of a call and the milliseconds it took. */
export async function timed(call: Promise<Reply>): Promise<Reply & { took: number }> {
  const started = performance.now();
  const reply = await call;
  return { ...reply, took: performance.now() - started };
}

/** What the answer says of itself, whatever could be read. */
const OWN = /^(?:probe results$|kinds of |whether )/;

/** What could not be read for an answer, by kind, each with the reason. */
export function uncheckedOf({ unchecked = [] }: Answer): Map<string, string> {
  return new Map(
    unchecked
      .filter(({ what }) => !OWN.test(what))
      .flatMap(({ what, why }) => what.split(', ').map((kind): [string, string] => [kind, why])),
  );
}

/** A copy of a kubeconfig whose user logs in otherwise: with a plugin, a token file, a wrong token. */
export function withUser(kubeconfig: string, user: Record<string, unknown>): string {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as { users: { name: string; user: unknown }[] };
  const users = config.users.map(({ name }) => ({ name, user }));
  const file = join(newFolder(), 'kubeconfig.yaml');
  writeFileSync(file, stringify({ ...config, users }), { mode: 0o600 });
  return file;
}
