import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, test } from 'vitest';

import { MAIN, openSession } from '../support/session.ts';

const ARGS = [
  '--snapshot',
  join(import.meta.dirname, '../../examples/homelab/cluster.json'),
  '--audit-dir',
  mkdtempSync(join(tmpdir(), 'daytwo-clients-')),
];
const INSPECTOR = join(import.meta.dirname, '../../node_modules/.bin/mcp-inspector');
const QUESTION = { name: 'reconciliation_status', arguments: { limit: 3 } };

/** What a client got: the names of the tools, and one answer as text and as data, less what differs by the second. */
interface Seen {
  tools: string[];
  text: unknown;
  data: unknown;
}

const reference = await seenBySdk('modern');

describe('every client sees the same tools and answers', () => {
  test('there is something to see', () => {
    expect(reference.tools).toEqual(expect.arrayContaining(['health_summary', 'reconciliation_status']));
    expect(reference.data).toEqual(reference.text);
  });

  test('the v2 client with the 2025 handshake', async () => {
    expect(await seenBySdk('legacy')).toEqual(reference);
  });

  test('the v1 client', async () => {
    const client = new ClientV1({ name: 'v1', version: '1.0.0' });
    await client.connect(new StdioV1({ command: process.execPath, args: [MAIN, ...ARGS] }));

    const { tools } = await client.listTools();
    const answer = await client.callTool(QUESTION);

    await client.close();
    expect(seen(tools, answer)).toEqual(reference);
  });

  test('the command line of MCP Inspector', async () => {
    const list = await inspector(['--method', 'tools/list']);
    const answer = await inspector([
      '--method',
      'tools/call',
      '--tool-name',
      QUESTION.name,
      '--tool-arg',
      'limit=3',
    ]);

    expect(seen(list['tools'], answer)).toEqual(reference);
  });

  test('a raw handshake of 2024-11-05', async () => {
    const raw = await rawExchange([
      request(1, 'initialize', {
        protocolVersion: '2024-11-05',
        capabilities: {},
        clientInfo: { name: 'raw', version: '1' },
      }),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      request(2, 'tools/list', {}),
      request(3, 'tools/call', QUESTION),
    ]);

    expect(raw.get(1)).toMatchObject({ protocolVersion: '2024-11-05' });
    expect(seen((raw.get(2) as { tools: unknown }).tools, raw.get(3))).toEqual(reference);
  });
});

async function seenBySdk(era: 'modern' | 'legacy'): Promise<Seen> {
  const session = await openSession({ args: ARGS, era });
  try {
    const { tools } = await session.client.listTools();
    return seen(tools, await session.client.callTool(QUESTION));
  } finally {
    await session.close();
  }
}

function seen(tools: unknown, answer: unknown): Seen {
  const { content, structuredContent } = answer as { content: { text: string }[]; structuredContent: object };
  return {
    tools: (tools as { name: string }[]).map(({ name }) => name),
    text: timeless(JSON.parse(content[0]?.text ?? 'null')),
    data: timeless(structuredContent),
  };
}

/** A snapshot keeps its ages relative to now, so times and ages differ between two runs. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/\b(?:\d+[dhms])+\b/g, 'AGE'),
  );
}

async function inspector(args: readonly string[]): Promise<Record<string, unknown>> {
  const child = spawn(INSPECTOR, ['--cli', process.execPath, MAIN, ...ARGS, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`inspector ended with ${code}: ${errors}`);
  return JSON.parse(output) as Record<string, unknown>;
}

function request(id: number, method: string, params: object): object {
  return { jsonrpc: '2.0', id, method, params };
}

async function rawExchange(messages: readonly object[]): Promise<Map<number, unknown>> {
  const child = spawn(process.execPath, [MAIN, ...ARGS], { stdio: ['pipe', 'pipe', 'inherit'] });
  const wanted = messages.filter((message) => 'id' in message).length;
  const answers = new Map<number, unknown>();
  for (const message of messages) child.stdin.write(`${JSON.stringify(message)}\n`);
  for await (const line of createInterface(child.stdout)) {
    const { id, result } = JSON.parse(line) as { id: number; result: unknown };
    answers.set(id, result);
    if (answers.size === wanted) break;
  }
  child.stdin.end();
  await once(child, 'close');
  return answers;
}
