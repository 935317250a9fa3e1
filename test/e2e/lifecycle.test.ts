import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';

import { MAIN } from '../support/session.ts';

const SNAPSHOT = join(import.meta.dirname, '../../examples/homelab/cluster.json');

describe('a server over stdio', () => {
  test.each([
    ['SIGINT', (server: Server) => server.child.kill('SIGINT')],
    ['SIGTERM', (server: Server) => server.child.kill('SIGTERM')],
    ['a closed stdin', (server: Server) => server.child.stdin.end()],
  ])('is gone within a second of %s', async (_name, end) => {
    const server = await start();
    await server.ask({ method: 'tools/call', params: { name: 'health_summary', arguments: {} } });

    const before = Date.now();
    end(server);
    const [code] = (await once(server.child, 'exit')) as [number | null];

    expect(code).toBe(0);
    expect(Date.now() - before).toBeLessThan(1_000);
  });

  test.each([
    ['not JSON at all', '{oops', -32700],
    ['a JSON value that is no object', '42', -32600],
    ['an object that is no JSON-RPC', '{"hello":1}', -32600],
    ['a message without a method', '{"jsonrpc":"2.0","id":9}', -32600],
    ['deep nesting', '['.repeat(100_000), -32700],
    ['a huge line', `{"jsonrpc":"2.0","id":9,"x":"${'y'.repeat(5 * 1024 * 1024)}"}`, -32600],
  ])('answers %s with an error, records it and lives on', async (_name, line, code) => {
    const server = await start();

    server.child.stdin.write(`${line}\n`);
    const error = await server.next();
    const after = await server.ask({ method: 'tools/list', params: {} });

    expect(error).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } });
    expect(after['result']).toBeDefined();
    expect(server.audit()).toEqual([expect.objectContaining({ stage: 'malformed' })]);
  });

  test.each([
    ['an unknown tool', { name: 'delete_everything', arguments: {} }, 'there is no tool named'],
    [
      'a tool that the policy does not allow',
      { name: 'log_tail', arguments: { namespace: 'a', pod: 'b' } },
      'there is no tool named',
    ],
    [
      'an unknown argument',
      { name: 'health_summary', arguments: { namespce: 'apps' } },
      'did you mean \\"namespace\\"',
    ],
    ['a wrong type', { name: 'resource_list', arguments: { kind: 7 } }, 'kind: '],
    ['a missing argument', { name: 'resource_get', arguments: { kind: 'Pod' } }, 'name: '],
    ['arguments that are no object', { name: 'health_summary', arguments: 'all' }, ''],
    ['no name', { arguments: {} }, ''],
    [
      'too many elements',
      { name: 'health_summary', arguments: { x: Array.from({ length: 5_000 }, () => 0) } },
      'elements',
    ],
  ])('answers %s with a clear error, records it and lives on', async (_name, params, words) => {
    const server = await start();

    const answer = await server.ask({ method: 'tools/call', params });
    const after = await server.ask({ method: 'tools/list', params: {} });

    const { error, result } = answer as { error?: object; result?: { isError?: boolean } };
    expect(error !== undefined || result?.isError === true).toBe(true);
    expect(JSON.stringify(answer)).toContain(words);
    expect(after['result']).toBeDefined();
    expect(server.audit()).toHaveLength(1);
  });
});

interface Server {
  child: ChildProcessWithoutNullStreams;
  next(): Promise<Record<string, unknown>>;
  ask(message: { method: string; params: object }): Promise<Record<string, unknown>>;
  audit(): Record<string, unknown>[];
}

const running: Server[] = [];

afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});

async function start(): Promise<Server> {
  const auditDir = mkdtempSync(join(tmpdir(), 'daytwo-lifecycle-'));
  const child = spawn(process.execPath, [MAIN, '--snapshot', SNAPSHOT, '--audit-dir', auditDir]);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let id = 0;
  const server: Server = {
    child,
    next: async () => {
      const { value } = await lines.next();
      return JSON.parse(String(value)) as Record<string, unknown>;
    },
    ask: async (message) => {
      id += 1;
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...message })}\n`);
      return server.next();
    },
    audit: () =>
      readdirSync(auditDir)
        .filter((file) => file.endsWith('.jsonl'))
        .flatMap((file) => readFileSync(join(auditDir, file), 'utf8').trim().split('\n'))
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
  running.push(server);
  const clientInfo = { name: 'lifecycle', version: '1' };
  await server.ask({
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
  });
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  return server;
}
