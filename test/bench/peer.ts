import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';

/** How an MCP server is started over stdio. */
export interface Command {
  args: readonly string[];
  env?: Record<string, string>;
}

/** An answer to a call: its milliseconds, and the bytes and text of its first text item. */
export interface Timed {
  ms: number;
  bytes: number;
  text: string;
}

/** A running MCP server. */
export interface Peer {
  /** Milliseconds from before the process was made until `initialize` was answered. */
  started: number;
  /** Bytes of the list as JSON, and how many tools it holds. */
  tools(): Promise<{ bytes: number; count: number }>;
  /** Resolves when it has said that it is there. */
  ping(): Promise<void>;
  /** Rejects with the answer's text when the tool says that it failed. */
  call(tool: string, input?: Record<string, unknown>): Promise<Timed>;
  /** Resident memory in MB: of the first process, or of the one it started when it only wraps another. */
  memory(): number;
  stop(): Promise<void>;
}

interface Result {
  tools?: unknown[];
  content?: { text?: string }[];
  isError?: boolean;
}

const CLIENT = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1.0.0' },
};

/** Starts a script with this Node and shakes hands; the same few lines of client for every server. */
export async function startPeer({ args, env = {} }: Command): Promise<Peer> {
  const before = performance.now();
  const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env };
  const child = spawn(process.execPath, args, { env: environment, stdio: ['pipe', 'pipe', 'ignore'] });
  const ask = asker(child, createInterface({ input: child.stdout }));
  await ask('initialize', CLIENT);
  const started = performance.now() - before;
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  return {
    started,
    async tools() {
      const { tools = [] } = await ask('tools/list', {});
      return { bytes: Buffer.byteLength(JSON.stringify(tools)), count: tools.length };
    },
    ping: async () => void (await ask('ping', {})),
    call: (name, input = {}) => timed(() => ask('tools/call', { name, arguments: input })),
    memory: () => residentMemory(innermost(child.pid ?? 0)),
    async stop() {
      const ended = once(child, 'close');
      child.stdin.end();
      const kill = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await ended;
      clearTimeout(kill);
    },
  };
}

type Ask = (method: string, params: object) => Promise<Result>;

/** One request at a time; what the server says by itself is passed over. */
function asker({ stdin }: ChildProcess, lines: Interface): Ask {
  let id = 0;
  const waiting = new Map<unknown, (answer: { result?: Result; error?: { message: string } }) => void>();
  lines.on('line', (line) => {
    const message = JSON.parse(line) as { id?: number; result?: Result; error?: { message: string } };
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  return async (method, params) => {
    id += 1;
    const { promise, resolve } = Promise.withResolvers<{ result?: Result; error?: { message: string } }>();
    waiting.set(id, resolve);
    stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    const { result, error } = await promise;
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  };
}

async function timed(ask: () => Promise<Result>): Promise<Timed> {
  const before = performance.now();
  const { content = [], isError } = await ask();
  const ms = performance.now() - before;
  const text = content[0]?.text ?? '';
  if (isError) throw new Error(text);
  return { ms, bytes: Buffer.byteLength(text), text };
}

/** A wrapper's only child, and so on inwards. */
function innermost(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return child === undefined ? pid : innermost(Number(child));
}

function residentMemory(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
