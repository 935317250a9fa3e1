import { defineTool, z } from '#tool';
import type { ClusterReader } from '#domain/cluster.ts';
import { createMemory } from '#domain/memory.ts';

import { describe, expect, test } from 'vitest';

import { CATALOG } from '../../src/catalog.ts';
import { createAudit } from '../../src/gate/audit/audit.ts';
import { verifyAudit } from '../../src/gate/audit/verify.ts';
import type { Answer } from '../../src/gate/call.ts';
import { identify } from '../../src/gate/policy/decide.ts';
import { type Gate, createGate } from '../../src/gate/gate.ts';
import type { OpenRepository, PerformParts } from '../../src/gate/perform.ts';
import { loadPolicy } from '../../src/gate/policy/policy.ts';
import { createRedactor } from '../../src/gate/redaction/redact.ts';
import { createRateLimiter } from '../../src/gate/rate-limits.ts';
import { ToolError } from '../../src/errors.ts';
import type { AnyReadTool, Tool } from '../../src/tool.ts';
import { NO_RUNBOOKS } from '../support/context.ts';
import { type MemoryClusterContent, memoryCluster } from '../support/memory-cluster.ts';
import { event, object } from '../support/objects.ts';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const KEY = Buffer.from('key of a test');

/** The whole path at work: what was asked of the cluster, and what was recorded. */
interface Bench {
  gate: Gate;
  ask: (name: string, input?: unknown, signal?: AbortSignal) => Promise<Answer>;
  /** Methods that were called on the cluster, in order. */
  reads: string[];
  /** Audit records as objects. */
  records: () => Record<string, unknown>[];
  /** What is wrong with the chain of records. */
  broken: () => unknown;
}

interface Setup {
  rules?: string;
  content?: MemoryClusterContent;
  cluster?: Partial<ClusterReader>;
  tools?: readonly Tool[];
  /** Milliseconds. */
  deadline?: number;
  withoutCluster?: boolean;
  openRepository?: PerformParts['openRepository'];
}

const EVERYTHING = '{id: all, effect: allow, reason: a test may}';
const ONLY_APPS = [
  '{id: apps, effect: allow, namespaces: [apps], reason: only apps}',
  '{id: no-logs, effect: deny, tools: [log_tail], reason: logs are private}',
];

const CONTENT: MemoryClusterContent = {
  objects: [
    object('Namespace', undefined, 'apps'),
    object('Namespace', undefined, 'vault'),
    object('Node', undefined, 'worker-1'),
    object('ConfigMap', 'apps', 'web-settings', { keys: [] }),
    object('ConfigMap', 'vault', 'vault-settings', { keys: [] }),
    event({ kind: 'Pod', namespace: 'apps', name: 'web-0' }, { message: `pull failed: token ${TOKEN}` }),
  ],
};

function bench({
  rules = EVERYTHING,
  content = CONTENT,
  cluster,
  tools = [],
  deadline,
  withoutCluster,
  openRepository,
}: Setup = {}): Bench {
  const all = [...Object.values(CATALOG), ...tools];
  const policy = loadPolicy(policyText(rules), 'policy.yaml', {
    tools: all.map(({ name }) => name),
    kinds: ['Pod', 'Event', 'ConfigMap', 'Namespace', 'Node'],
  });
  const principal = identify(policy, { transport: 'stdio' }) ?? { id: 'nobody', roles: [] };
  const lines: string[] = [];
  const reads: string[] = [];
  let sequence = 0;
  const gate = createGate({
    tools: all,
    policy: () => policy,
    openCluster: withoutCluster
      ? undefined
      : async () => recording({ ...memoryCluster(content), ...cluster }, reads),
    ...(openRepository && { openRepository }),
    audit: createAudit({
      write: (line) => lines.push(line),
      key: KEY,
      clock: () => 0,
      id: () => `audit-${(sequence += 1)}`,
      redact: (text) => createRedactor().text(text),
    }),
    createRedactor,
    runbooks: NO_RUNBOOKS,
    rateLimiter: createRateLimiter(() => 0),
    remember: createMemory(),
    now: () => Date.parse('2026-03-14T10:00:00Z'),
    deadline: deadline ?? 5_000,
  });
  const none = new AbortController().signal;
  return {
    gate,
    reads,
    ask: (name, input = {}, signal = none) =>
      gate.call({
        principal,
        client: 'test',
        tool: name,
        arguments: input,
        signal,
        progress: () => undefined,
      }),
    records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    broken: () => verifyAudit(lines.join('\n'), KEY),
  };
}

function policyText(rules: string): string {
  return `
apiVersion: daytwo/v1alpha1
kind: AccessPolicy
metadata: {name: test, version: 3}
principals: [{id: local, match: {transport: stdio}}]
roles: {operator: {members: [local]}}
rules:
${rules
  .split('\n')
  .map((rule) => `  - ${rule}`)
  .join('\n')}
`;
}

function recording(cluster: ClusterReader, reads: string[]): ClusterReader {
  return new Proxy(cluster, {
    get: (target, property, receiver) => {
      if (property !== 'identity' && property !== 'then') reads.push(String(property));
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
}

/** A tool that does as the test says with the cluster it is handed. */
function tool(name: string, handler: AnyReadTool['handler'], more: Partial<AnyReadTool> = {}): AnyReadTool {
  return {
    ...defineTool({
      name,
      policy: 'read',
      title: name,
      description: 'A tool of a test.',
      upstreams: ['cluster'],
      input: z.strictObject({}),
      output: z.strictObject({ text: z.string() }),
      examples: [{}],
      handler: async () => ({ text: '' }),
    }),
    handler,
    ...more,
  };
}

const hanging = (aborted: () => void): Tool =>
  tool('hang', (_input, { signal }) => {
    signal.addEventListener('abort', aborted);
    return new Promise(() => undefined);
  });

describe('a tool that the caller may not use', () => {
  const rules = ONLY_APPS.join('\n');

  test('is not listed', () => {
    const { gate } = bench({ rules });

    const names = gate.list({ id: 'local', roles: ['operator'] }).map(({ name }) => name);

    expect(names).toContain('health_summary');
    expect(names).not.toContain('log_tail');
  });

  test('answers like one that does not exist, without touching the cluster', async () => {
    const { ask, reads } = bench({ rules });

    const invisible = await ask('log_tail', { namespace: 'apps', pod: 'web-0' });
    const unknown = await ask('log_tial', { namespace: 'apps', pod: 'web-0' });

    expect(invisible.failed).toBe('unknown_tool');
    expect(invisible).toEqual({ ...unknown, text: unknown.text.replace('log_tial', 'log_tail') });
    expect(unknown.text).toMatch(
      /^not_found: there is no tool named "log_tial"\nhint: Tools: .*health_summary/,
    );
    expect(reads).toEqual([]);
  });

  test('is not listed to a stranger, nor is any other', () => {
    expect(
      bench({ rules: '{id: ops, effect: allow, roles: [operator], reason: ops}' }).gate.list({
        id: 'x',
        roles: [],
      }),
    ).toEqual([]);
  });

  test('nor one whose upstream is not configured', () => {
    const { gate } = bench({ withoutCluster: true });

    expect(gate.list({ id: 'local', roles: ['operator'] }).map(({ name }) => name)).toEqual([
      'policy_explain',
      'runbook_lookup',
    ]);
  });
});

describe('before a call reads anything', () => {
  test('its arguments are counted, then parsed', async () => {
    let parsed = 0;
    const input = z.strictObject({
      items: z.array(z.unknown()).transform((items) => (parsed += items.length)),
    });
    const { ask, reads } = bench({ tools: [tool('count', async () => ({ text: '' }), { input })] });

    const tooMany = await ask('count', { items: Array.from({ length: 5_000 }, () => 0) });
    const fine = await ask('count', { items: [1, 2] });

    expect(tooMany.text).toMatch(/^invalid_input: the arguments hold more than 2000 elements/);
    expect(fine.failed).toBeUndefined();
    expect(parsed).toBe(2);
    expect(reads.filter((read) => read !== 'listFlux')).toEqual([]);
  });

  test('its arguments are parsed, and every problem is named', async () => {
    const { ask, reads } = bench();

    const answer = await ask('resource_list', { knid: 'Pod', limit: 0 });

    expect(answer.text).toContain('unknown argument "knid", did you mean "kind"?');
    expect(answer.text).toContain('limit: ');
    expect(reads).toEqual([]);
  });

  test.each([
    ['health_summary', { namespace: 'vault' }],
    ['reconciliation_status', { namespace: 'vault' }],
    ['event_list', { namespace: 'vault' }],
  ])('%s is denied by what was asked: %j', async (name, input) => {
    const { ask, reads } = bench({ rules: ONLY_APPS.join('\n') });

    const answer = await ask(name, input);

    expect(answer.text).toMatch(
      /^denied: denied by builtin:default-deny \(policy\.yaml, version 3, sha256 [0-9a-f]{12}\): no rule allows \w+ on .*namespace vault\. Do not retry/,
    );
    expect(reads).toEqual([]);
  });

  test.each([
    ['resource_list', { kind: 'ConfigMap', namespace: 'vault' }],
    ['resource_list', { kind: 'Node' }],
    ['resource_get', { kind: 'ConfigMap', namespace: 'vault', name: 'vault-settings' }],
    ['resource_get', { kind: 'ConfigMap', namespace: 'vault', name: 'does-not-exist' }],
    ['resource_get', { kind: 'Namespace', name: 'vault' }],
  ])('%s is denied once its kind is known, before any object is read: %j', async (name, input) => {
    const { ask, reads } = bench({ rules: ONLY_APPS.join('\n') });

    const answer = await ask(name, input);

    expect(answer.text).toMatch(/^denied: denied by builtin:default-deny/);
    expect(reads.filter((read) => read !== 'discover' && read !== 'listFlux')).toEqual([]);
  });

  test('a written deny is named with its rule, line and reason', async () => {
    const rules = `${EVERYTHING}\n{id: no-config, effect: deny, kinds: [ConfigMap], reason: they hold settings}`;
    const { ask, records } = bench({ rules });

    const answer = await ask('resource_list', { kind: 'ConfigMap' });

    expect(answer.text).toContain('denied by no-config (policy.yaml:9, version 3');
    expect(answer.text).toContain('they hold settings');
    expect(records()).toEqual([
      expect.objectContaining({ decision: 'deny', rule: 'no-config', reason: 'they hold settings' }),
    ]);
  });

  test('an explanation speaks of what was asked, and of nothing else', async () => {
    const { ask } = bench({ rules: ONLY_APPS.join('\n') });

    const { text } = await ask('policy_explain', { tool: 'health_summary', namespace: 'vault' });

    expect(text).toContain('no rule allows health_summary on namespace vault"');
  });

  test('Secrets are denied under a policy that allows everything', async () => {
    const { ask } = bench({ content: { objects: [object('Secret', 'apps', 'web')] } });

    const answers = await Promise.all([
      ask('resource_list', { kind: 'Secret' }),
      ask('resource_get', { kind: 'secrets', namespace: 'apps', name: 'web' }),
    ]);

    expect(answers.map(({ text }) => text.split(' (')[0])).toEqual(
      Array(2).fill('denied: denied by builtin:sealed-kind'),
    );
  });
});

function failing(error: Error): () => Promise<never> {
  return async () => {
    throw error;
  };
}

describe('a tool that can do without a repository', () => {
  const curious = tool(
    'curious',
    async (_input, { optionalRepo }) => ({
      text: 'reader' in optionalRepo ? optionalRepo.reader.identity.url : optionalRepo.missing,
    }),
    { optional: ['repository'] },
  );

  test('is listed and answers where none is configured', async () => {
    const { gate, ask } = bench({ tools: [curious] });

    const answer = await ask('curious');

    expect(gate.list({ id: 'local', roles: ['operator'] }).map(({ name }) => name)).toContain('curious');
    expect(answer.data).toMatchObject({ text: 'no repository is configured' });
    expect(answer.data).not.toHaveProperty('repository');
  });

  test('answers where it cannot be opened, and is told why', async () => {
    const { ask } = bench({
      tools: [curious],
      openRepository: failing(new ToolError('unavailable', 'the remote does not answer', 'Wait.')),
    });

    expect((await ask('curious')).data).toMatchObject({ text: 'the remote does not answer' });
  });

  test('does not show what failed unforeseen', async () => {
    const unforeseen = new Error(`cannot clone with ${TOKEN}`);
    const { ask } = bench({ tools: [curious], openRepository: failing(unforeseen) });

    expect((await ask('curious')).data).toMatchObject({ text: 'the call failed inside daytwo' });
  });

  test('has it where there is one, and the answer says which', async () => {
    const identity = { url: 'https://git.example.test/home.git', base: 'main' };
    const opened = { reader: { identity }, follow: () => () => undefined } as unknown as OpenRepository;
    const { ask } = bench({ tools: [curious], openRepository: () => Promise.resolve(opened) });

    expect((await ask('curious')).data).toMatchObject({ text: identity.url, repository: identity });
  });

  test('a tool that does not name it is not handed it', async () => {
    const other = tool('other', async (_input, { optionalRepo }) => ({
      text: 'missing' in optionalRepo ? optionalRepo.missing : 'there',
    }));
    const { ask } = bench({ tools: [other], openRepository: failing(new Error('was opened')) });

    expect((await ask('other')).data).toMatchObject({ text: 'the tool does not ask for it' });
  });
});

describe('what a call really read is decided object by object', () => {
  test('what is not allowed is kept back and counted; what was seen is recorded', async () => {
    const { ask, records } = bench({ rules: ONLY_APPS.join('\n') });

    const { data } = await ask('resource_list', { kind: 'ConfigMap' });

    expect(data).toMatchObject({
      resources: { rows: [['apps', 'web-settings', 'unknown', expect.anything()]], total: 1 },
    });
    expect(data?.['hidden']).toEqual({ ConfigMap: 1 });
    expect(records()).toEqual([
      expect.objectContaining({ decision: 'allow', objectRef: ['ConfigMap/apps'] }),
    ]);
  });

  test('even for a tool that says nothing of what it will read', async () => {
    const greedy = tool('greedy', async (_input, { cluster, signal }) => {
      const read = await Promise.all([cluster.list('ConfigMap', signal), cluster.list('Node', signal)]);
      return { text: read.flatMap(({ items }) => items.map(({ name }) => name)).join() };
    });
    const { ask } = bench({ rules: ONLY_APPS.join('\n'), tools: [greedy] });

    const { data } = await ask('greedy');

    expect(data).toMatchObject({ text: 'web-settings', hidden: { ConfigMap: 1, Node: 1 } });
  });
});

const listFlux = (): Promise<never> => Promise.reject(new Error('connection lost'));

describe('a call that does not come to an answer', () => {
  test('ends at its deadline, and its tool is told', async () => {
    let told = 0;
    const { ask } = bench({ tools: [hanging(() => (told += 1))], deadline: 50 });

    const answer = await ask('hang');

    expect(answer.text).toMatch(/^timeout: no answer within 0\.05 s, or the client cancelled\nhint: Narrow/);
    expect(told).toBe(1);
  });

  test('ends when the client cancels, and its tool is told', async () => {
    let told = 0;
    const client = new AbortController();
    const cancelling = tool('cancelling', (_input, { signal }) => {
      signal.addEventListener('abort', () => (told += 1));
      client.abort();
      return new Promise(() => undefined);
    });
    const { ask } = bench({ tools: [cancelling] });

    const answer = await ask('cancelling', {}, client.signal);

    expect(answer.text).toMatch(/^timeout: /);
    expect(told).toBe(1);
  });

  test('ends at once for a client that has cancelled already', async () => {
    const { ask } = bench({ tools: [hanging(() => undefined)] });

    expect((await ask('hang', {}, AbortSignal.abort())).text).toMatch(/^timeout: /);
  });

  test('when its handler throws: our words to the model, the cause to the audit log', async () => {
    const broken = tool('broken', async () => {
      throw new Error(`cannot read /home/op/.kube/config with ${TOKEN}`, {
        cause: new TypeError('x is undefined'),
      });
    });
    const { ask, records } = bench({ tools: [broken] });

    const answer = await ask('broken');

    expect(answer.text).toMatch(/^internal: the call failed inside daytwo\nhint: /);
    expect(answer.text).not.toContain('kube');
    const [{ result }] = records() as [{ result: { cause: string } }];
    expect(result.cause).toContain('cannot read /home/op/.kube/config with [redacted:github-token]');
    expect(result.cause).toContain('caused by TypeError: x is undefined');
  });

  test('when the cluster fails beside it, it fails no other call', async () => {
    const broken = tool('broken', async () => {
      throw new Error('first');
    });
    const { ask } = bench({
      tools: [broken, tool('fine', async () => ({ text: 'yes' }))],
      cluster: { listFlux },
    });

    const failed = await ask('broken');
    const answer = await ask('fine');

    expect(failed.text).toMatch(/^internal: /);
    expect(answer.data).toMatchObject({ text: 'yes', cluster: { context: 'memory' } });
  });

  test.each([
    ['misses a field', {}],
    ['has a field too many', { text: 'x', secret: TOKEN }],
    ['has a wrong type', { text: 7 }],
  ])('when its answer %s', async (_name, body) => {
    const { ask } = bench({ tools: [tool('odd', async () => body)] });

    const answer = await ask('odd');

    expect(answer.text).toMatch(/^internal: the call failed inside daytwo/);
    expect(answer.data).toBeUndefined();
  });

  test('when its answer is over the bound that the policy sets', async () => {
    const long = tool('long', async () => ({ text: 'x'.repeat(5_000) }));
    const rules = '{id: small, effect: allow, limits: {bytes: 2048}, reason: small answers}';
    const { ask } = bench({ rules, tools: [long] });

    const answer = await ask('long');

    expect(answer.text).toMatch(/^internal: the answer is 5 KB, over the limit of 2 KB\nhint: Narrow/);
    expect(answer.data).toBeUndefined();
  });
});

describe('what leaves', () => {
  test('is redacted in text and data alike, and counted in the audit', async () => {
    const { ask, records } = bench();

    const answer = await ask('event_list');

    expect(answer.text).toContain('[redacted:github-token]');
    expect(answer.text).not.toContain(TOKEN);
    expect(JSON.stringify(answer.data)).toBe(answer.text);
    const [{ result }] = records() as [{ result: { redactions: Record<string, number> } }];
    expect(result.redactions).toEqual({ 'github-token': 1 });
  });

  test('is redacted in errors too: the name that was asked for', async () => {
    const { ask, records } = bench();

    const answer = await ask('resource_get', { kind: 'ConfigMap', namespace: 'apps', name: TOKEN });

    expect(answer.text).toMatch(/^not_found: ConfigMap \[redacted:github-token\] does not exist/);
    expect(JSON.stringify(records())).not.toContain(TOKEN);
  });

  test('what a tool leaves unchecked of itself comes before what could not be read', async () => {
    const probe = object('Deployment', 'apps', 'gatus', {
      apiVersion: 'apps/v1',
      desired: 0,
      selector: {},
      podLabels: {},
      images: {},
    });
    const { ask } = bench({ content: { objects: [probe], states: { Node: 'unknown' } } });

    const { data } = await ask('health_summary');

    expect(data?.['unchecked']).toMatchObject([
      { what: 'probe results' },
      { what: 'Node', why: 'forbidden' },
    ]);
  });

  test('names its cluster and how old it is', async () => {
    const { ask } = bench({ content: { ...CONTENT, asOf: Date.parse('2026-03-14T09:59:00Z') } });

    const { data } = await ask('event_list');

    expect(data).toMatchObject({ cluster: { context: 'memory' }, asOf: '2026-03-14T09:59:00.000Z' });
  });
});

test('every outcome leaves exactly one record, and the records are one chain', async () => {
  const throwing = tool('broken', async () => {
    throw new Error('no');
  });
  const { ask, records, broken } = bench({
    rules: ONLY_APPS.join('\n'),
    tools: [throwing, hanging(() => undefined)],
    deadline: 30,
  });
  const calls: [string, unknown][] = [
    ['health_summary', {}],
    ['nothing', {}],
    ['log_tail', { namespace: 'apps', pod: 'x' }],
    ['event_list', { namespace: 'vault' }],
    ['event_list', { nmespace: 'apps' }],
    ['event_list', 'all'],
    ['event_list', Array.from({ length: 3_000 }, () => 0)],
    ['resource_get', { kind: 'ConfigMap', namespace: 'apps', name: 'none' }],
    ['broken', {}],
    ['hang', {}],
  ];

  for (const [name, input] of calls) await ask(name, input);

  const seen = records().map(({ tool: name, decision, result }) => [
    name,
    decision,
    (result as { status: string }).status,
  ]);
  expect(seen).toEqual([
    ['health_summary', 'allow', 'ok'],
    ['nothing', 'deny', 'not_found'],
    ['log_tail', 'deny', 'not_found'],
    ['event_list', 'deny', 'denied'],
    ['event_list', 'allow', 'invalid_input'],
    ['event_list', 'allow', 'invalid_input'],
    ['event_list', 'allow', 'invalid_input'],
    ['resource_get', 'allow', 'not_found'],
    ['broken', 'allow', 'internal'],
    ['hang', 'allow', 'timeout'],
  ]);
  expect(broken()).toBeUndefined();
});
