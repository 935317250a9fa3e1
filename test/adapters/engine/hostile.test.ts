import { once } from 'node:events';
import { createServer } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { HostedEngine } from '../../../src/adapters/engine/host.ts';
import type { JsonObject } from '../../../src/domain/desired/engine.ts';
import { buildOf, predictOf, testEngine, told } from './support.ts';

const engine = testEngine();

/** For what cannot be done within any deadline. */
const hasty = testEngine({ deadlineMs: 3_000 });

/** Fixed, since the cases are written before the server listens. */
const REMOTE_PORT = 48_213;
const REMOTE = `127.0.0.1:${REMOTE_PORT}`;

const HEALTHY = { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: healthy}\n' };

/** Where the remote bases are: nobody may come. */
const elsewhere = createServer((socket) => {
  callers += 1;
  socket.destroy();
});
let callers = 0;

beforeAll(async () => {
  elsewhere.listen(REMOTE_PORT, '127.0.0.1');
  await once(elsewhere, 'listening');
});

/** How the engine is afterwards: whether it builds what is right, and who has called. */
async function aftermath(after: HostedEngine): Promise<{ builds: boolean; callers: number }> {
  const build = await buildOf(after, HEALTHY);
  return { builds: build.ok && build.objects.length === 1, callers };
}

const WELL = { builds: true, callers: 0 };

afterAll(async () => {
  elsewhere.close();
  await Promise.all([engine.close(), hasty.close()]);
});

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

function laughs(levels: number): string {
  const lines = ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
  for (let level = 1; level < levels; level += 1) {
    const all = Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ');
    lines.push(`a${level}: &a${level} [${all}]`);
  }
  return lines.map((line) => `  ${line}\n`).join('');
}

function many(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join('---\n');
}

function config(index: number): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${index}, namespace: n}\ndata: {a: b}\n`;
}

function chain(length: number): Record<string, string> {
  const files: Record<string, string> = {
    'a.yaml': HEAD,
    [`${length}/kustomization.yaml`]: 'resources: [../a.yaml]',
  };
  for (let index = 0; index < length; index += 1)
    files[`${index}/kustomization.yaml`] = `resources: [../${index + 1}]`;
  return files;
}

type Files = Record<string, string | Uint8Array>;

/** As many objects as there should be, or the reasons why there are none; `any` but running out of time. */
type Outcome = number | 'any' | readonly string[];

const cases: [
  what: string,
  files: () => Files,
  outcome: Outcome,
  request?: { path?: string; spec?: JsonObject; variables?: Record<string, string> },
][] = [
  [
    'a billion laughs in a kustomization',
    () => ({ 'kustomization.yaml': `resources: []\nx:\n${laughs(10)}` }),
    ['failed', 'out-of-memory', 'timeout'],
  ],
  ['an anchor that contains itself', () => ({ 'a.yaml': `${HEAD}data: &x {y: *x}\n` }), ['failed']],
  [
    '100,000 nested lists',
    () => ({ 'a.yaml': `${HEAD}data: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n` }),
    ['failed', 'out-of-memory'],
  ],
  [
    '9,000 nested lists',
    () => ({ 'a.yaml': `${HEAD}data: ${'['.repeat(9_000)}${']'.repeat(9_000)}\n` }),
    'any',
  ],
  [
    '50,000 nested lists as JSON',
    () => ({
      'a.yaml': `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    }),
    ['failed', 'out-of-memory'],
  ],
  ['a line of 5 MB', () => ({ 'a.yaml': `${HEAD}data: {x: ${'y'.repeat(5_000_000)}}\n` }), 'any'],
  ['1,000 objects in one file', () => ({ 'a.yaml': many(1_000, config) }), 1_000],
  [
    'a file of 30 MB that is no manifest',
    () => ({ 'a.yaml': HEAD, 'movie.bin': new Uint8Array(30_000_000) }),
    1,
  ],
  ['5 MB of zeros that call themselves YAML', () => ({ 'a.yaml': new Uint8Array(5_000_000) }), ['failed']],
  [
    'bases in a circle',
    () => ({
      'kustomization.yaml': 'resources: [b]',
      'b/kustomization.yaml': 'resources: [../c]',
      'c/kustomization.yaml': 'resources: [../b]',
    }),
    ['failed'],
  ],
  ['a base that is its own base', () => ({ 'kustomization.yaml': 'resources: [.]' }), ['failed']],
  [
    'components in a circle',
    () => ({
      'kustomization.yaml': 'components: [c]',
      'c/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../c]',
    }),
    ['failed'],
  ],
  [
    'a remote base over HTTPS',
    () => ({ 'kustomization.yaml': `resources: ["https://${REMOTE}/x.yaml"]` }),
    ['remote-base'],
  ],
  [
    'a remote base over SSH',
    () => ({ 'kustomization.yaml': `resources: ["ssh://git@${REMOTE}/o/r.git"]` }),
    ['remote-base'],
  ],
  [
    'a remote file for a Secret',
    () => ({ 'kustomization.yaml': `secretGenerator: [{name: s, files: ["http://${REMOTE}/x"]}]` }),
    ['remote-base'],
  ],
  [
    'a file of the machine',
    () => ({
      'kustomization.yaml': 'secretGenerator: [{name: s, files: [/etc/passwd, ../../../../etc/passwd]}]',
    }),
    ['failed'],
  ],
  [
    'a file of the machine by the device',
    () => ({ 'kustomization.yaml': 'secretGenerator: [{name: s, files: [/dev/stdin]}]' }),
    ['failed'],
  ],
  ['what Git stores of a symlink', () => ({ 'a.yaml': '/etc/passwd' }), ['failed']],
  [
    'a plugin that is a program',
    () => ({
      'kustomization.yaml': 'generators: [g.yaml]',
      'g.yaml':
        'apiVersion: v1\nkind: X\nmetadata:\n  name: x\n  annotations: {config.kubernetes.io/function: "exec: {path: /bin/sh}"}\n',
    }),
    ['failed'],
  ],
  [
    'a plugin that is a container',
    () => ({
      'kustomization.yaml': 'transformers: [g.yaml]',
      'g.yaml':
        'apiVersion: v1\nkind: X\nmetadata:\n  name: x\n  annotations: {config.kubernetes.io/function: "container: {image: x}"}\n',
    }),
    ['failed'],
  ],
  [
    'a list whose items are no objects',
    () => ({ 'a.yaml': 'apiVersion: v1\nkind: List\nmetadata: {name: l}\nitems: [1, null, [], {}]\n' }),
    ['failed'],
  ],
  [
    'metadata that is text',
    () => ({ 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: hello\n' }),
    ['failed'],
  ],
  [
    'labels that are lists, and annotations that are numbers',
    () => ({
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: [1], annotations: 7}\n',
    }),
    ['failed'],
  ],
  [
    'keys that are maps, and keys twice',
    () => ({ 'a.yaml': `${HEAD}data: {{a: b}: c, x: 1, x: 2}\n` }),
    ['failed'],
  ],
  [
    'a patch that empties what it matches, which is everything',
    () => ({ 'a.yaml': many(50, config) }),
    'any',
    { spec: { patches: [{ patch: '$patch: delete', target: { name: '.*' } }] } },
  ],
  [
    'a patch that renames everything alike',
    () => ({ 'a.yaml': many(50, config) }),
    'any',
    {
      spec: {
        patches: [{ patch: '- {op: replace, path: /metadata/name, value: same}', target: { kind: '.*' } }],
      },
    },
  ],
  [
    'a patch with a pattern that backtracks',
    () => ({ 'a.yaml': many(50, config) }),
    'any',
    {
      spec: {
        patches: [{ patch: '- {op: add, path: /data/x, value: y}', target: { name: '(a+)+(b|c|c1)*$' } }],
      },
    },
  ],
  [
    'a name that a prefix of 1 MB makes longer',
    () => ({ 'a.yaml': HEAD }),
    'any',
    { spec: { namePrefix: 'x'.repeat(1_000_000) } },
  ],
  ['a chain of 200 bases', () => chain(200), 1, { path: '0' }],
  [
    'a variable of 5 MB, used 100 times',
    () => ({
      'a.yaml': `${HEAD}data:\n${Array.from({ length: 100 }, (_, index) => `  k${index}: "\${A}"\n`).join('')}`,
    }),
    ['out-of-memory', 'timeout', 'failed'],
    { spec: { postBuild: {} }, variables: { A: 'x'.repeat(5_000_000) } },
  ],
  [
    'defaults nested 20,000 deep',
    () => ({ 'a.yaml': `${HEAD}data: {x: "${'${A:='.repeat(20_000)}${'}'.repeat(20_000)}"}\n` }),
    'any',
    { spec: { postBuild: { substituteStrategy: 'Always' } } },
  ],
  ['a path out of the artifact', () => HEALTHY, 'any', { path: '../../etc' }],
  [
    'file names that lead elsewhere',
    () => ({ '../evil.yaml': HEAD, '/abs.yaml': HEAD, 'a//b.yaml': HEAD, './c.yaml': HEAD, 'ok.yaml': HEAD }),
    1,
  ],
];

describe('a build of', () => {
  test.each(cases)('%s ends, and the engine lives', async (_, files, outcome, request = {}) => {
    const build = await buildOf(engine, files(), request);

    const got = build.ok ? build.objects.length : build.failure.reason;
    expect(outcome === 'any' ? got !== 'timeout' : [outcome].flat().includes(got)).toBe(true);
    expect(build.ok ? 'fine' : build.failure.message).toMatch(/^.{4,700}$/s);
    expect(await aftermath(engine)).toEqual(WELL);
  });

  const endless: [what: string, files: () => Files][] = [
    ['a billion laughs', () => ({ 'a.yaml': `${HEAD}data:\n${laughs(10)}` })],
    ['10,000 objects in one file', () => ({ 'a.yaml': many(10_000, config) })],
    [
      '10,000 files in one folder',
      () =>
        Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`${index}.yaml`, config(index)])),
    ],
  ];

  test.each(endless)('%s is stopped at its deadline', async (_, files) => {
    const started = performance.now();

    const build = await buildOf(hasty, files());

    expect(build).toEqual({
      ok: false,
      failure: { reason: 'timeout', message: 'the build was stopped: it was not done after 3 seconds' },
    });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(await aftermath(hasty)).toEqual(WELL);
  });
});

describe('a comparison of', () => {
  const LIVE = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
  const comparisons: [what: string, desired: string, live: string, fields: JsonObject][] = [
    ['fields that are no fields', LIVE, LIVE, { 'nonsense:x': {} }],
    ['keys that are no JSON', LIVE, LIVE, { 'k:{"name"': {} }],
    [
      'fields 5,000 deep',
      LIVE,
      LIVE,
      JSON.parse(`${'{"f:a":'.repeat(5_000)}{}${'}'.repeat(5_000)}`) as JsonObject,
    ],
    [
      'an object 5,000 deep',
      `{"apiVersion":"example.org/v1","kind":"X","metadata":{"name":"a"},"a":${'{"a":'.repeat(900)}1${'}'.repeat(900)}}`,
      LIVE,
      {},
    ],
    ['an object without a kind', 'metadata: {name: a}', LIVE, {}],
    [
      'an object that is another kind live',
      LIVE,
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: eA==}\n',
      {},
    ],
  ];

  test.each(comparisons)('%s ends, and the engine lives', async (_, desired, live, fields) => {
    const managed = {
      manager: 'x',
      operation: 'Update',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: fields,
    };

    const prediction = await predictOf(engine, desired, live, [managed]);

    expect(told(prediction).length).toBeLessThan(5);
    expect(await aftermath(engine)).toEqual(WELL);
  });
});
