import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { auditKey, openAuditLog } from '../../src/gate/audit/file.ts';
import { verifyAudit } from '../../src/gate/audit/verify.ts';
import { type AuditEvent, type AuditParts, createAudit } from '../../src/gate/audit/audit.ts';
import { createRedactor } from '../../src/gate/redaction/redact.ts';

const KEY = Buffer.from('a key for tests');

const EVENT: AuditEvent = {
  principal: { id: 'local', roles: ['operator'] },
  client: 'assistant 1.0',
  tool: 'resource_get',
  arguments: { kind: 'Pod', namespace: 'media', name: 'app', search: 'free text' },
  touched: [
    { kind: 'Pod', namespace: 'media' },
    { kind: 'Node', namespace: undefined },
  ],
  decision: 'allow',
  rule: 'look',
  policySha: 'abc',
  bytes: 120,
  redactions: { 'key-name': 2 },
  sanitised: 1,
};

interface Written {
  lines: string[];
  durable: boolean[];
  append: (event: AuditEvent) => void;
}

function audit(parts: Partial<AuditParts> = {}): Written {
  const written: Omit<Written, 'append'> = { lines: [], durable: [] };
  let ids = 0;
  const { append } = createAudit({
    write: (line, durable) => {
      written.lines.push(line);
      written.durable.push(durable);
    },
    key: KEY,
    clock: () => Date.parse('2025-11-25T02:14:00Z'),
    id: () => `id-${(ids += 1)}`,
    redact: (text) => createRedactor().text(text),
    ...parts,
  });
  return { ...written, append };
}

const recordOf = (event: AuditEvent): Record<string, unknown> => {
  const { lines, append } = audit();
  append(event);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
};

const hmacOf = (input: unknown): unknown => recordOf({ ...EVENT, arguments: input })['argsHmac'];

describe('a record', () => {
  test('says who asked what, what was decided and what came of it', () => {
    const record = recordOf(EVENT);

    expect(record).toEqual({
      auditID: 'id-1',
      stage: 'complete',
      ts: '2025-11-25T02:14:00.000Z',
      principal: { id: 'local', roles: ['operator'] },
      client: 'assistant 1.0',
      tool: 'resource_get',
      verb: 'call',
      objectRef: ['Pod/media', 'Node'],
      decision: 'allow',
      rule: 'look',
      policySha: 'abc',
      argsHmac: expect.stringMatching(/^[0-9a-f]{64}$/),
      args: { kind: 'Pod', namespace: 'media', name: 'app' },
      result: { status: 'ok', bytes: 120, redactions: { 'key-name': 2 }, sanitised: 1 },
      seq: 1,
      prev: '',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('of a failure has its code and its causes, redacted', () => {
    const cause = new Error('outer password: hunter2', { cause: new Error('inner') });

    const { result } = recordOf({
      ...EVENT,
      error: { code: 'internal', message: 'token=abc failed', cause },
    });

    expect(result).toMatchObject({ status: 'internal', message: 'token=[redacted:key-name] failed' });
    expect(JSON.stringify(result)).toMatch(/outer password: \[redacted:key-name\].*caused by.*inner/);
  });

  test('of a message that could not be read says so', () => {
    const record = recordOf({ client: 'stdio', malformed: 'no JSON: password=x' });

    expect(record).toMatchObject({
      stage: 'malformed',
      result: { status: 'no JSON: password=[redacted:key-name]' },
    });
    expect(record).not.toHaveProperty('verb');
  });

  test('tells equal arguments from others by their HMAC, whatever the order of their keys', () => {
    expect(hmacOf({ a: 1, b: { c: 2, d: 3 } })).toBe(hmacOf({ b: { d: 3, c: 2 }, a: 1 }));
    expect(hmacOf({ a: 1 })).not.toBe(hmacOf({ a: 2 }));
  });

  test('of arguments too deep to write is written', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 20_000; depth += 1) deep = [deep];

    expect(recordOf({ ...EVENT, arguments: { deep } })).toMatchObject({ args: {}, seq: 1 });
  });
});

const three = (): string[] => {
  const { lines, append } = audit();
  for (const bytes of [1, 2, 3]) append({ ...EVENT, bytes });
  return lines;
};

describe('the chain', () => {
  test('of an untouched log holds', () => {
    expect(verifyAudit(`${three().join('\n')}\n`, KEY)).toBeUndefined();
  });

  test.each<[string, (lines: string[]) => string[], number, RegExp]>([
    [
      'a changed record',
      (lines) => lines.with(1, (lines[1] ?? '').replace('"bytes":2', '"bytes":9')),
      2,
      /hash/,
    ],
    ['a removed record', (lines) => lines.toSpliced(1, 1), 2, /seq is 3 where 2 follows/],
    ['records in another order', (lines) => lines.toReversed(), 1, /seq/],
    ['a foreign line', (lines) => lines.toSpliced(1, 0, 'x'), 2, /no JSON/],
    ['a removed beginning', (lines) => lines.slice(1), 1, /seq/],
  ])('shows %s', (_, tamper, line, why) => {
    expect(verifyAudit(tamper(three()).join('\n'), KEY)).toEqual({ line, why: expect.stringMatching(why) });
  });

  test('cannot be made anew without the key', () => {
    expect(verifyAudit(three().join('\n'), Buffer.from('another'))).toMatchObject({ line: 1 });
  });
});

const failing = (required: boolean) => {
  const failures: unknown[] = [];
  const lines: string[] = [];
  let isFull = true;
  const { append } = audit({
    required,
    onFailure: (error) => failures.push(error),
    write: (line) => {
      if (isFull) throw new Error('disk full');
      lines.push(line);
    },
  });
  return { append, failures, lines, freeDisk: () => (isFull = false) };
};

describe('a log that cannot be written', () => {
  test('lets calls go on, is reported, and says later how much is missing', () => {
    const { append, failures, lines, freeDisk } = failing(false);
    append(EVENT);
    append(EVENT);
    freeDisk();

    append(EVENT);
    append(EVENT);

    expect(failures).toHaveLength(2);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ seq: 1, lost: 2 }, { seq: 2 }]);
    expect(lines[1]).not.toContain('lost');
    expect(verifyAudit(lines.join('\n'), KEY)).toBeUndefined();
  });

  test('refuses calls where records are required', () => {
    const { append } = failing(true);

    expect(() => append(EVENT)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});

test('denials are on disk at once, reads need not be', () => {
  const { append, durable } = audit();

  append(EVENT);
  append({ ...EVENT, decision: 'deny' });

  expect(durable).toEqual([false, true]);
});

describe('a directory of logs', () => {
  let directory = '';

  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'logs');
  });
  afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

  const now = Date.parse('2025-11-25T02:14:00.123Z');

  test('has a file for each process, and one key for all', () => {
    const logs = [1, 2].map((pid) => openAuditLog(directory, { now, pid }));
    for (const { write } of logs) write('{}', true);

    expect(readdirSync(directory).sort()).toEqual([
      'audit-20251125T021400Z-1.jsonl',
      'audit-20251125T021400Z-2.jsonl',
      'audit.key',
    ]);
    expect(logs[0]?.key).toEqual(logs[1]?.key);
    expect(logs[0]?.key).toHaveLength(32);
  });

  test('is for its owner alone', () => {
    const { file } = openAuditLog(directory, { now, pid: 1 });
    const modes = [directory, file, join(directory, 'audit.key')].map((path) =>
      (statSync(path).mode & 0o777).toString(8),
    );

    expect(modes).toEqual(['700', '600', '600']);
  });

  test('holds a chain that can be verified later', () => {
    const log = openAuditLog(directory, { now, pid: 1 });
    const { append } = audit(log);
    append(EVENT);
    append({ ...EVENT, decision: 'deny' });

    const text = readFileSync(log.file, 'utf8');

    expect(text.split('\n')).toHaveLength(3);
    expect(verifyAudit(text, auditKey(directory))).toBeUndefined();
  });
});
