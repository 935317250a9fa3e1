import { describe, expect, test } from 'vitest';

import { createMemory } from '#domain/memory.ts';
import type { ReadContext } from '#tool';

import { CATALOG } from '../../src/catalog.ts';
import tool from '../../tools/explain_resource.ts';
import {
  NOW,
  ago,
  crashing,
  deployed,
  kustomization,
  meta,
  node,
  notReady,
  pod,
  unready,
  warning,
} from '../domain/health/objects.ts';
import { service, slice } from '../domain/health/platform-objects.ts';
import { readContext } from '../support/context.ts';
import { memoryCluster, type MemoryClusterContent } from '../support/memory-cluster.ts';

const APPS: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet']);

/** With the groups by which kinds are told apart. */
function grouped({ objects, ...content }: MemoryClusterContent): MemoryClusterContent {
  const named = objects.map((one) => (APPS.has(one.kind) ? { ...one, apiVersion: 'apps/v1' } : one));
  return { ...content, objects: named };
}

async function ask(
  input: { kind: string; namespace?: string; name: string },
  content: MemoryClusterContent,
  more: Partial<ReadContext> = {},
) {
  const answer = await tool.handler(input, readContext(memoryCluster(grouped(content)), NOW, more));
  return tool.output.parse(answer);
}

const WEB = { kind: 'deploy', namespace: 'apps', name: 'web' };
const POD = 'web-7d9f-0';
const crash = deployed('web', 1, (name) => unready(name, 30, { containers: [crashing()] }));
const broken = [...crash, node('worker-1')];
const said = { [`apps/${POD}/app/previous`]: ['starting', 'panic: no database'] };

describe('last words', () => {
  test('are told where logs may be read', async () => {
    const { log } = await ask(WEB, { objects: broken, logs: said }, { mayReadLog: () => true });

    expect(log).toEqual({
      pod: `Pod/apps/${POD}`,
      container: 'app',
      previous: true,
      lines: ['starting', 'panic: no database'],
    });
  });

  test('are a gap where the policy allows none, and everything else is the same', async () => {
    const content = { objects: broken, logs: said };

    const [allowed, denied] = await Promise.all([
      ask(WEB, content, { mayReadLog: () => true }),
      ask(WEB, content),
    ]);

    const { log: _, unchecked: few, ...rest } = allowed;
    expect(denied).toEqual({
      ...rest,
      unchecked: [
        { what: `log of Pod/apps/${POD}`, why: 'the policy allows no log_tail there' },
        ...(few ?? []),
      ],
    });
  });

  test('are a gap and a call where the log cannot be had', async () => {
    const { next, unchecked } = await ask(WEB, { objects: broken }, { mayReadLog: () => true });

    expect(unchecked?.[0]).toEqual({
      what: `log of Pod/apps/${POD}`,
      why: `no log of apps/${POD}/app/previous`,
    });
    expect(next.map((call) => call.tool)).toContain('log_tail');
  });
});

describe('what changed', () => {
  test('stands nearest before first, then what came after', async () => {
    const applied = [
      { revision: 'main@sha1:cccccccc', first: ago(5), status: 'ReconciliationSucceeded' },
      { revision: 'main@sha1:bbbbbbbb', first: ago(32), status: 'ReconciliationSucceeded' },
      { revision: 'main@sha1:aaaaaaaa', first: ago(300), status: 'ReconciliationSucceeded' },
      { revision: 'main@sha1:99999999', first: ago(3_000), status: 'ReconciliationSucceeded' },
    ];
    const labels = {
      'kustomize.toolkit.fluxcd.io/name': 'apps',
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
    };
    const objects = deployed('web', 1, (name) => unready(name, 30, { containers: [crashing()] }), { labels });

    const { changes } = await ask(WEB, {
      objects: [...objects, kustomization('apps', { history: applied })],
    });

    const flux = changes?.rows.filter((row) => row[2] === 'flux').map((row) => row[4]);
    expect(flux).toEqual(['applied main@bbbbbbbb', 'applied main@aaaaaaaa', 'applied main@cccccccc']);
  });

  test('names an edit by hand, and leads to what would put it into Git', async () => {
    const edit = { ref: 'Deployment/apps/web', kind: 'Deployment', namespace: 'apps', name: 'web' };
    const edits = [{ ...edit, when: ago(40), by: 'kubectl edit', fields: '.spec.replicas' }];

    const { changes, next } = await ask(
      WEB,
      { objects: broken },
      { edits: { since: async () => ({ edits, unread: [] }) } },
    );

    expect(changes?.rows.map((row) => row[5])).toContain('kubectl edit');
    expect(next[0]).toEqual({ tool: 'drift_diff', arguments: WEB_NAMED });
  });
});

const WEB_NAMED = { kind: 'Deployment', namespace: 'apps', name: 'web' };

describe('a consequence', () => {
  test('leads to its cause, and every call that goes on is one', async () => {
    const objects = [...broken, service('web', { selector: { app: 'web' } }), slice('web', 0, 1)];

    const answer = await ask({ kind: 'svc', namespace: 'apps', name: 'web' }, { objects });

    expect(answer.cause?.ref).toBe('Deployment/apps/web');
    expect(answer.summary[1]).toMatch(/^the cause is Deployment\/apps\/web: /);
    expect(answer.next[0]).toEqual({ tool: 'explain_resource', arguments: WEB_NAMED });
    for (const call of answer.next) {
      const called = Object.values(CATALOG).find(({ name }) => name === call.tool);
      expect(called?.input.safeParse(call.arguments)).toMatchObject({ success: true });
    }
  });

  test('of a dependency leads to the object that fails', async () => {
    const objects = [
      kustomization('base', notReady('BuildFailed', 'kustomize build failed: no such file')),
      kustomization('apps', {
        dependsOn: [{ namespace: 'flux-system', name: 'base' }],
        ...notReady('DependencyNotReady', "dependency 'flux-system/base' is not ready"),
      }),
    ];

    const answer = await ask({ kind: 'ks', namespace: 'flux-system', name: 'apps' }, { objects });

    expect([answer.state, answer.cause?.ref]).toEqual(['blocked', 'Kustomization/flux-system/base']);
  });
});

describe('what does not exist', () => {
  test.for([
    ['wep', 'Near it: apps/web.'],
    ['nothing-like-it', 'List the kind with resource_list.'],
  ] as const)('%s', async ([name, hint]) => {
    await expect(ask({ ...WEB, name }, { objects: broken })).rejects.toMatchObject({
      code: 'not_found',
      hint,
    });
  });

  test('in its namespace, but in another', async () => {
    const asked = ask({ ...WEB, namespace: 'other' }, { objects: broken });

    await expect(asked).rejects.toMatchObject({ code: 'not_found', hint: 'Near it: apps/web.' });
  });

  test('without a namespace', async () => {
    const asked = ask({ kind: 'deploy', name: 'web' }, { objects: broken });

    await expect(asked).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

test('a kind that cannot be read takes nothing else away', async () => {
  const whole = await ask(WEB, { objects: broken });
  const kinds = ['Service', 'Ingress', 'NetworkPolicy', 'PersistentVolumeClaim', 'Event', 'HTTPRoute'];

  const answers = await Promise.all(
    kinds.map((kind) => ask(WEB, { objects: broken, states: { [kind]: 'unknown' } })),
  );

  expect(answers.map(({ cause, chain }) => [cause?.ref, chain.rows])).toEqual(
    kinds.map(() => [whole.cause?.ref, whole.chain.rows]),
  );
});

test('events that no permission allows are a gap', async () => {
  const cluster = memoryCluster(grouped({ objects: broken }));
  const closed = { ...cluster, events: async () => Promise.reject(new Error('no events for you')) };

  const { unchecked, cause } = await ask(WEB, { objects: broken }, { cluster: closed });

  expect(unchecked?.map(({ what }) => what)).toContain('events');
  expect(cause?.ref).toBe('Deployment/apps/web');
});

test('events are folded, warnings first', async () => {
  const [web] = broken;
  if (web === undefined) throw new Error('no Deployment');
  const same = [0, 1].map((at) => warning(web, 'FailedCreate', 'quota', { uid: `w${at}`, name: `w${at}` }));
  const normal = warning(web, 'ScalingReplicaSet', 'up', { type: 'Normal', uid: 'n', last: ago(0) });

  const { events } = await ask(WEB, { objects: [...broken, normal, ...same] });

  expect(events?.rows.map((row) => [row[2], row[5]])).toEqual([
    ['FailedCreate', 6],
    ['ScalingReplicaSet', 3],
  ]);
});

test('stays small and quick among 10,000 pods, whatever is asked', async () => {
  const nodes = Array.from({ length: 20 }, (_, at) => node(`node-${at}`));
  const apps = Array.from({ length: 1_000 }, (_, at) =>
    deployed(`app-${at}`, 10, (name) =>
      unready(name, 30, { node: `node-${at % 20}`, containers: [crashing()] }),
    ),
  );
  const inventory = apps.map((_, at) => ({ kind: 'Deployment', namespace: 'apps', name: `app-${at}` }));
  const objects = [...nodes, ...apps.flat(), kustomization('all', { inventory })];
  const remember = createMemory();
  const cluster = memoryCluster(grouped({ objects }));
  const listed = new Map<string, ReturnType<typeof cluster.list>>();
  const flux = cluster.listFlux(new AbortController().signal);
  const held: typeof cluster = {
    ...cluster,
    listFlux: () => flux,
    list: ((kind: Parameters<typeof cluster.list>[0], signal: AbortSignal) => {
      const known = listed.get(kind) ?? cluster.list(kind, signal);
      listed.set(kind, known);
      return known;
    }) as typeof cluster.list,
  };
  const questions = [
    { kind: 'Node', name: 'node-1' },
    { kind: 'ks', namespace: 'flux-system', name: 'all' },
    { kind: 'deploy', namespace: 'apps', name: 'app-7' },
    { kind: 'pod', namespace: 'apps', name: 'app-7-7d9f-3' },
  ];
  await ask(questions[0] ?? WEB, { objects }, { cluster: held, remember });

  const answers = [];
  for (const question of questions) {
    const started = performance.now();
    const answer = await ask(question, { objects }, { cluster: held, remember });
    answers.push({ bytes: Buffer.byteLength(JSON.stringify(answer)), took: performance.now() - started });
  }

  if (process.env['FIGURES']) process.stdout.write(`${JSON.stringify(answers)}\n`);
  expect(Math.max(...answers.map(({ bytes }) => bytes))).toBeLessThan(6_200);
  expect(Math.max(...answers.map(({ took }) => took))).toBeLessThan(2_000);
});

test('any kind is answered, also without Flux and with nothing around it', async () => {
  const widget = { ...meta('Widget', 'one', undefined), apiVersion: 'example.test/v1' };

  const answer = await ask({ kind: 'widget', name: 'one' }, { objects: [widget] });

  expect(answer).toMatchObject({
    ref: 'Widget/one',
    state: 'exists',
    summary: ['Widget/one is there: no rule judges a Widget', 'nothing in its chain fails'],
    next: [],
  });
});

test('a healthy pod needs few words', async () => {
  const answer = await ask(
    { kind: 'po', namespace: 'apps', name: POD },
    { objects: [...deployed('web', 1, pod), node('worker-1')] },
  );

  expect(answer.summary).toEqual([`Pod/apps/${POD} is ok`, 'nothing in its chain fails']);
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(900);
});
