import { Transform, type Readable, type Writable } from 'node:stream';

import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';

import { isRecord } from '#domain/record.ts';

import { type ServerParts, createServer } from './server.ts';

/** What the process gives to a stdio server. */
export interface StdioParts extends Omit<ServerParts, 'transport'> {
  stdin: Readable;
  stdout: Writable;
  /** Told of each line that is not JSON-RPC, for the audit log, and of transport errors. */
  onMalformed: (problem: string) => void;
  onError: (error: Error) => void;
}

/** A served stdio connection; `closed` settles when the client is gone. */
export interface StdioConnection {
  closed: Promise<void>;
  close(): Promise<void>;
}

const MAX_MESSAGE = 4 * 1024 * 1024;

/** Serves one client over stdio, in whichever protocol era it opens. */
export function serveOverStdio(parts: StdioParts): StdioConnection {
  const lines = parts.stdin.pipe(rejectMalformed(parts));
  const transport = new StdioServerTransport(lines, parts.stdout, { maxBufferSize: MAX_MESSAGE });
  const closed = Promise.withResolvers<void>();
  lines.once('close', () => closed.resolve());
  lines.once('end', () => closed.resolve());
  const handle = serveStdio(() => createServer({ ...parts, transport: 'stdio' }), {
    transport,
    onerror: parts.onError,
  });
  return { closed: closed.promise, close: () => handle.close() };
}

/**
 * Passes on lines that are JSON objects; any other is answered with a JSON-RPC error by itself, since the SDK drops it
 * without a word. A line over the bound is dropped as it arrives.
 */
function rejectMalformed({ stdout, onMalformed }: StdioParts): Transform {
  const splitter = new LineSplitter();
  const reject = ({ id = null, code, message }: Problem): void => {
    onMalformed(message);
    stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })}\n`);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const line of splitter.push(chunk)) {
        const problem = problemOf(line);
        if (problem === undefined) this.push(`${line}\n`);
        else reject(problem);
      }
      done();
    },
  });
}

class LineSplitter {
  #pending: Buffer[] = [];
  #size = 0;

  /** Complete lines, without their end; an over-long one arrives as the empty marker `TOO_LONG`. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      lines.push(this.#take(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines.filter((line) => line.trim() !== '');
  }

  #keep(rest: Buffer): void {
    this.#size += rest.length;
    if (this.#size > MAX_MESSAGE) this.#pending = [];
    else if (rest.length > 0) this.#pending.push(rest);
  }

  #take(last: Buffer): string {
    this.#keep(last);
    const line = this.#size > MAX_MESSAGE ? TOO_LONG : Buffer.concat(this.#pending).toString('utf8');
    this.#pending = [];
    this.#size = 0;
    return line;
  }
}

const TOO_LONG = '\0';

/** A JSON-RPC error; `id` is that of the request, where one can be told. */
interface Problem {
  id?: string | number | null;
  code: number;
  message: string;
}

function problemOf(line: string): Problem | undefined {
  if (line === TOO_LONG)
    return { code: -32600, message: `invalid request: a message over ${MAX_MESSAGE / 2 ** 20} MB` };
  try {
    const message: unknown = JSON.parse(line);
    if (isJsonRpc(message)) return callProblem(message);
    return { code: -32600, message: 'invalid request: a line must be one JSON-RPC 2.0 object' };
  } catch (error) {
    return {
      code: -32700,
      message: `parse error: ${error instanceof Error ? error.message.slice(0, 120) : 'not JSON'}`,
    };
  }
}

function isJsonRpc(message: unknown): message is { id?: unknown; method?: unknown; params?: unknown } {
  if (typeof message !== 'object' || message === null || !('jsonrpc' in message)) return false;
  if (message.jsonrpc !== '2.0') return false;
  const isCall = 'method' in message && typeof message.method === 'string';
  return isCall || 'result' in message || 'error' in message;
}

/** The SDK refuses such a call before any handler of ours, and with it the audit log, hears of it. */
function callProblem({
  id,
  method,
  params,
}: {
  id?: unknown;
  method?: unknown;
  params?: unknown;
}): Problem | undefined {
  if (method !== 'tools/call') return undefined;
  const { name, arguments: given } = isRecord(params) ? params : {};
  if (typeof name === 'string' && (given === undefined || isRecord(given))) return undefined;
  const message = 'invalid params: tools/call takes {name: string, arguments?: object}';
  return { id: typeof id === 'string' || typeof id === 'number' ? id : undefined, code: -32602, message };
}
