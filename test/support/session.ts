import { join } from 'node:path';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** An answer as a host sees it; `data` is undefined when the call failed. */
export interface Reply {
  text: string;
  data: Record<string, unknown> | undefined;
  failed: boolean;
}

/** A running server and a client connected to it over stdio. */
export interface Session {
  client: Client;
  pid: number;
  tools(): Promise<string[]>;
  call(tool: string, input?: Record<string, unknown>): Promise<Reply>;
  stderr(): string;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Script to start; the sources unless named. */
  main?: string;
  /** Arguments of daytwo. */
  args: readonly string[];
  env?: Record<string, string>;
  /** `modern` pins protocol 2026-07-28; `legacy` is the 2025 handshake. */
  era?: 'modern' | 'legacy';
}

/** Starts daytwo as a host would and connects the SDK's client to it. */
export async function openSession({
  main = MAIN,
  args,
  env = {},
  era = 'modern',
}: SessionOptions): Promise<Session> {
  const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy';
  const client = new Client({ name: 'daytwo-test', version: '1.0.0' }, { versionNegotiation: { mode } });
  const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [main, ...args],
    env: environment,
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await client.connect(transport);
  return {
    client,
    pid: transport.pid ?? -1,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (tool, input = {}) => replyOf(await client.callTool({ name: tool, arguments: input })),
    stderr: () => stderr,
    close: () => client.close(),
  };
}

function replyOf(result: Awaited<ReturnType<Client['callTool']>>): Reply {
  const [first] = result.content;
  return {
    text: first?.type === 'text' ? first.text : '',
    data: result.structuredContent as Record<string, unknown> | undefined,
    failed: result.isError === true,
  };
}
