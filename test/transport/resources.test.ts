import { createMemory } from '#domain/memory.ts';

import { join } from 'node:path';

import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openRepository } from '../../src/adapters/git/open.ts';
import { createRunbookSource } from '../../src/adapters/runbooks.ts';
import { CATALOG } from '../../src/catalog.ts';
import { createAudit } from '../../src/gate/audit/audit.ts';
import { createGate } from '../../src/gate/gate.ts';
import { identify } from '../../src/gate/policy/decide.ts';
import { loadPolicy } from '../../src/gate/policy/policy.ts';
import { createRateLimiter } from '../../src/gate/rate-limits.ts';
import { createRedactor } from '../../src/gate/redaction/redact.ts';
import { createServer } from '../../src/transport/server.ts';
import { openWorkshop, type Workshop } from '../support/git-repository.ts';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const EVERYTHING = '{id: all, effect: allow, reason: a test may}';
const OWN = `# Disk full on the NAS\n\nFree space first.\n\nNever paste ${TOKEN} here.\u200b\n`;

let workshop: Workshop;
let commit: string;
let path: string;

beforeAll(() => {
  workshop = openWorkshop();
  const repository = workshop.repository('cluster');
  commit = repository.commit('Write runbooks', {
    'docs/runbooks/disk full.md': OWN,
    'docs/private/keys.md': '# Where the keys are\n\nIn the safe.\n',
    'docs/long.md': `# Long\n\n${'A line of a very long runbook.\n'.repeat(4_000)}`,
    'apps/README.md': '# Not a runbook\n',
  });
  path = repository.path;
});

afterAll(() => workshop.remove());

interface Served {
  client: Client;
  records: () => Record<string, unknown>[];
}

/** A whole server without a process, and a client of the SDK in one of the two protocol eras. */
async function serveInMemory(era: 'modern' | 'legacy', rules = EVERYTHING): Promise<Served> {
  const text = `{apiVersion: daytwo/v1alpha1, kind: AccessPolicy, metadata: {name: test, version: 1},
    principals: [{id: local, match: {transport: stdio}}], roles: {operator: {members: [local]}}, rules: [${rules}]}`;
  const policy = loadPolicy(text, 'policy.yaml', { tools: Object.keys(CATALOG), kinds: ['Pod'] });
  const principal = identify(policy, { transport: 'stdio' });
  if (principal === undefined) throw new Error('the policy knows nobody on stdio');
  const repository = await openRepository({
    repository: path,
    base: 'main',
    cacheDir: workshop.folder('cache'),
    environment: process.env,
    now: Date.now,
    redact: (said) => said,
  });
  const lines: string[] = [];
  const gate = createGate({
    tools: Object.values(CATALOG),
    policy: () => policy,
    openRepository: async () => ({
      ...repository,
      roots: ['docs'],
      follow: () => () => undefined,
    }),
    runbooks: createRunbookSource({
      builtIn: join(import.meta.dirname, '../../runbooks'),
      openRepository: async () => repository.reader,
      paths: ['docs/runbooks', 'docs'],
    }),
    audit: createAudit({
      write: (line) => lines.push(line),
      key: Buffer.from('key of a test'),
      clock: () => 0,
      id: () => 'audit',
      redact: (said) => createRedactor().text(said),
    }),
    createRedactor,
    rateLimiter: createRateLimiter(Date.now),
    remember: createMemory(),
    now: Date.now,
    deadline: 10_000,
  });
  const [here, there] = InMemoryTransport.createLinkedPair();
  serveStdio(() => createServer({ gate: async () => gate, principal, version: '0', transport: 'stdio' }), {
    transport: there,
  });
  const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy';
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(here);
  return { client, records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe.each(['modern', 'legacy'] as const)('runbooks as resources, %s protocol', (era) => {
  test("lists the operator's before the built-in ones", async () => {
    const { client, records } = await serveInMemory(era);

    const { resources } = await client.listResources();

    expect(client.getServerCapabilities()).toHaveProperty('resources');
    expect(resources).toContainEqual({
      uri: 'runbook:///docs/runbooks/disk%20full',
      name: 'docs/runbooks/disk full.md',
      title: 'Disk full on the NAS',
      mimeType: 'text/markdown',
      description: "the operator's own",
    });
    expect(resources.at(-1)).toMatchObject({ uri: 'runbook:///volume-degraded', description: 'built-in' });
    expect(resources.map(({ name }) => name)).not.toContain('apps/README.md');
    expect(records()).toEqual([]);
  });

  test('reads one whole, redacted and visible, with its source, and records it once', async () => {
    const { client, records } = await serveInMemory(era);

    const { contents } = await client.readResource({ uri: 'runbook:///docs/runbooks/disk%20full' });

    expect(contents).toHaveLength(1);
    expect(contents[0]).toMatchObject({
      uri: 'runbook:///docs/runbooks/disk%20full',
      mimeType: 'text/markdown',
      text: expect.stringMatching(
        /^# Disk full on the NAS\n\nFree space first\.\n\nNever paste \[redacted:[^\]]+\] here\.\[U\+200B\]\n$/,
      ),
      _meta: {
        'daytwo/path': 'docs/runbooks/disk full.md',
        'daytwo/origin': 'operator',
        'daytwo/commit': commit,
      },
    });
    expect(records()).toHaveLength(1);
    expect(records()[0]).toMatchObject({
      tool: 'runbook_lookup',
      decision: 'allow',
      args: { name: 'runbook:///docs/runbooks/disk%20full' },
      result: { status: 'ok', sanitised: 1 },
    });
  });

  test('says that there is no such runbook', async () => {
    const { client, records } = await serveInMemory(era);

    await expect(client.readResource({ uri: 'runbook:///nowhere' })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('there is no runbook "runbook:///nowhere"'),
      data: { uri: 'runbook:///nowhere' },
    });
    await expect(client.readResource({ uri: 'file:///etc/passwd' })).rejects.toMatchObject({ code: -32602 });
    expect(records()).toMatchObject([
      { result: { status: 'not_found' } },
      { result: { status: 'not_found' } },
    ]);
  });

  test('shows nothing to whom the policy does not allow to look runbooks up', async () => {
    const { client, records } = await serveInMemory(
      era,
      '{id: ask, effect: allow, tools: [policy_explain], reason: only this}',
    );

    const { resources } = await client.listResources();

    expect(resources).toEqual([]);
    await expect(client.readResource({ uri: 'runbook:///node-not-ready' })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('denied by builtin:default-deny'),
    });
    expect(records()).toMatchObject([{ decision: 'deny', rule: 'builtin:default-deny' }]);
  });
});

test('a file that the policy denies is not there', async () => {
  const deny = '{id: private, effect: deny, paths: ["docs/private/**"], reason: private}';
  const { client, records } = await serveInMemory('modern', `${EVERYTHING}, ${deny}`);

  const { resources } = await client.listResources();

  expect(resources.map(({ name }) => name)).not.toContain('docs/private/keys.md');
  await expect(client.readResource({ uri: 'runbook:///docs/private/keys' })).rejects.toThrow('private');
  expect(records()).toMatchObject([{ decision: 'deny', rule: 'private' }]);
});

test('a long one ends at a line, and says so', async () => {
  const { client } = await serveInMemory('modern');

  const { contents } = await client.readResource({ uri: 'runbook:///docs/long' });

  const [{ text } = { text: '' }] = contents as { text: string }[];
  expect(Buffer.byteLength(text)).toBeLessThan(48 * 1024);
  expect(text.split('\n').at(-1)).toMatch(
    /^\[cut: \d+ of 4003 lines; runbook_lookup opens single sections\]$/,
  );
});

test('a cursor of somebody else is refused', async () => {
  const { client } = await serveInMemory('modern');

  await expect(client.listResources({ cursor: 'x' })).rejects.toMatchObject({ code: -32602 });
});
