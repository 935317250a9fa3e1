import { describe, expect, it } from 'vitest';

import { parseAcknowledged } from '#domain/acknowledged/file.ts';
import type { ListingState } from '#domain/cluster.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import { byText } from '#domain/text.ts';
import type { ReadContext, z } from '#tool';

import tool from '../../tools/health_summary.ts';
import {
  crashing,
  cronJob,
  deadNode,
  deployed,
  kustomization,
  node,
  NOW,
  notReady,
  pod,
  unready,
  warning,
  workload,
} from '../domain/health/objects.ts';
import { namespace, service, slice } from '../domain/health/platform-objects.ts';
import { fluxKustomization, manifest } from '../domain/locate/files.ts';
import { placesIn } from '../support/places.ts';
import { readContext } from '../support/context.ts';
import { memoryCluster } from '../support/memory-cluster.ts';

type Objects = (AnyObject | FluxObject)[];

interface Cluster {
  objects: Objects;
  states?: Record<string, ListingState>;
  scoped?: boolean;
  places?: ReadContext['places'];
}

function contextOf({ objects, states, scoped = false, places }: Cluster): ReadContext {
  return readContext(memoryCluster({ objects, states }), NOW, { scoped, ...(places && { places }) });
}

async function ask(
  cluster: Cluster,
  input: z.input<typeof tool.input> = {},
): Promise<z.output<typeof tool.output>> {
  return tool.output.parse(await tool.handler(tool.input.parse(input), contextOf(cluster)));
}

function bytesOf(answer: unknown): number {
  return Buffer.byteLength(JSON.stringify(answer));
}

interface Size {
  kustomizations: number;
  pods: number;
  broken: number;
}

/** One Deployment of two pods for every two pods, applied by the Kustomization of its number; the first ones crash. */
function homeCluster({ kustomizations, pods, broken }: Size): Objects {
  const nodes = ['worker-1', 'worker-2', 'worker-3'].map((name) => node(name));
  const flux = Array.from({ length: kustomizations }, (_, index) => fluxOf(index, broken));
  const apps = Array.from({ length: pods / 2 }, (_, index) => appOf(index, broken)).flat();
  return [...nodes, ...flux, ...apps];
}

function appOf(index: number, broken: number): Objects {
  const name = `application-number-${index}`;
  const inNamespace = `namespace-${index % 20}`;
  const objects = deployed(
    name,
    2,
    (at) => (index < broken ? unready(at, 20, { containers: [crashing({ last: LAST })] }) : pod(at)),
    {
      namespace: inNamespace,
      labels: {
        'kustomize.toolkit.fluxcd.io/name': name,
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      },
    },
  );
  const failing = objects.filter(({ kind }) => kind === 'Pod' && index < broken);
  return [
    ...objects,
    ...failing.map((one) =>
      warning(
        one,
        'BackOff',
        `Back-off restarting failed container app in pod ${one.name}_${inNamespace}(${'a'.repeat(36)})`,
      ),
    ),
  ];
}

const LAST = {
  exitCode: 1,
  reason: 'Error',
  message: `panic: cannot open database: ${'connection refused; '.repeat(40)}`,
  finished: new Date(NOW - 60_000).toISOString(),
};

function fluxOf(index: number, broken: number): FluxObject {
  const name = `application-number-${index}`;
  const failed = notReady(
    'HealthCheckFailed',
    `health check failed after 5m0s: timeout waiting for: [Deployment/namespace-${index % 20}/${name} status: 'InProgress']`,
  );
  return kustomization(name, index < broken ? failed : {});
}

describe('a healthy cluster', () => {
  it('is three lines and no finding', async () => {
    const answer = await ask({
      objects: [
        ...homeCluster({ kustomizations: 30, pods: 40, broken: 0 }),
        cronJob('backup', { suspended: true }),
      ],
    });

    expect(answer).toEqual({
      verdict: 'healthy',
      summary: [
        'healthy: nothing is failed, degraded, stale or blocked',
        'checked: node 3, flux 30, workload 20, job 1',
        '0 progressing, 1 suspended',
      ],
      components: {
        columns: ['component', 'checked', 'failed', 'degraded', 'blocked', 'progressing', 'suspended'],
        rows: [
          ['node', 3, 0, 0, 0, 0, 0],
          ['flux', 30, 0, 0, 0, 0, 0],
          ['workload', 20, 0, 0, 0, 0, 0],
          ['job', 1, 0, 0, 0, 0, 1],
        ],
      },
      findings: [],
      total: 0,
      shown: 0,
      suspended: { total: 1, names: 'CronJob/apps/backup' },
    });
  });

  it.each(['unknown', 'stale'] as const)('is not called healthy when a listing is %s', async (state) => {
    const answer = await ask({ objects: [pod('web')], states: { Event: state } });

    expect(answer.verdict).toBe('unknown');
    expect(answer.summary[0]).toBe('unknown: nothing wrong is seen, but Event could not be read as of now');
  });

  it('stays healthy when a kind is not served', async () => {
    const answer = await ask({ objects: [pod('web')], states: { HorizontalPodAutoscaler: 'absent' } });

    expect(answer.verdict).toBe('healthy');
  });

  it('keeps what is known to be wrong when a listing is unknown', async () => {
    const answer = await ask({ objects: [deadNode('worker-1')], states: { Pod: 'unknown' } });

    expect(answer.verdict).toBe('failed');
  });
});

/** The refs of all findings, told in full or in brief. */
function refsOf({ findings, more }: Awaited<ReturnType<typeof ask>>): string[] {
  return [...findings.map(({ ref }) => ref), ...(more?.rows ?? []).map((row) => String(row[2]))];
}

describe('size', () => {
  it('names five crash-looping Deployments among 300 Kustomizations and 500 pods in 6 KB', async () => {
    const answer = await ask({ objects: homeCluster({ kustomizations: 300, pods: 500, broken: 5 }) });

    expect(answer.findings.map(({ ref }) => ref)).toEqual(
      [0, 1, 2, 3, 4].map((index) => `Deployment/namespace-${index}/application-number-${index}`),
    );
    expect(answer.findings.map(({ consequences }) => consequences)).toEqual([1, 1, 1, 1, 1]);
    expect(answer.summary[0]).toBe('failed: 5 root causes (5 failed), 5 consequences folded under them');
    expect(bytesOf(answer)).toBeLessThan(6_000 - 500);
  });

  it('has room for file, line and last commit of each in the same 6 KB', async () => {
    const files = [0, 1, 2, 3, 4, 5].flatMap((index): [string, string][] => {
      const [name, path] = [`application-number-${index}`, `clusters/main/kubernetes/applications/${index}`];
      const container =
        'spec:\n  template:\n    spec:\n      containers:\n        - image: registry.example.test/app:1.0\n';
      return [
        [`${path}/ks.yaml`, fluxKustomization(name, `./${path}/app`)],
        [`${path}/app/deployment.yaml`, manifest('Deployment', name, `namespace-${index}`) + container],
      ];
    });
    const places = await placesIn(Object.fromEntries(files));

    const answer = await ask({ objects: homeCluster({ kustomizations: 300, pods: 500, broken: 6 }), places });

    expect(bytesOf(answer)).toBeLessThan(6_000 - 500);
    expect(refsOf(answer).length).toBe(6);
    expect(answer.findings.length).toBe(5);
    expect(answer.findings.map(({ git }) => git)).toEqual(
      answer.findings.map((_, index) => ({
        file: `clusters/main/kubernetes/applications/${index}/app/deployment.yaml`,
        line: 10,
        commit: '0123456789ab',
        author: 'renovate[bot]',
        when: '2026-03-14T06:11:00+01:00',
      })),
    );
  });

  it('tells the worst in full and names the others in brief when not all fit', async () => {
    const answer = await ask({ objects: homeCluster({ kustomizations: 300, pods: 500, broken: 12 }) });

    expect(answer.findings.length).toBeGreaterThanOrEqual(3);
    expect(answer.more?.columns.slice(0, 4)).toEqual(['id', 'state', 'ref', 'reason']);
    expect(new Set(refsOf(answer)).size).toBe(12);
    expect(answer).toMatchObject({ total: 12, shown: 12 });
  });

  it('stays under 8 KB whatever is broken, says what was cut, and gives the rest page by page', async () => {
    const cluster = { objects: homeCluster({ kustomizations: 300, pods: 500, broken: 250 }) };
    const refs = new Set<string>();

    let answer = await ask(cluster, { limit: 100 });
    expect(answer.cut).toMatch(/^\d+ of 250 shown; pass cursor/);
    for (let page = 0; page < 100; page += 1) {
      expect(bytesOf(answer)).toBeLessThan(8_000 - 500);
      for (const ref of refsOf(answer)) refs.add(ref);
      if (answer.cursor === undefined) break;
      answer = await ask(cluster, { limit: 100, cursor: answer.cursor });
    }

    expect(refs.size).toBe(250);
  });
});

describe('narrowing', () => {
  const objects: Objects = [
    deadNode('worker-9'),
    ...homeCluster({ kustomizations: 4, pods: 8, broken: 2 }),
    unready('moved', 20, { namespace: 'namespace-7', node: 'worker-9' }),
    service('external', { namespace: 'namespace-1', type: 'ExternalName' }),
  ];

  it('gives the causes that are in a namespace or show in it', async () => {
    const [own, shown] = [
      await ask({ objects }, { namespace: 'namespace-1' }),
      await ask({ objects }, { namespace: 'namespace-7' }),
    ];

    expect(own.findings.map(({ ref }) => ref)).toEqual(['Deployment/namespace-1/application-number-1']);
    expect(own.components.rows.map(([component, checked, failed]) => [component, checked, failed])).toEqual([
      ['network', 1, 0],
      ['workload', 1, 1],
    ]);
    expect(shown.findings.map(({ ref }) => ref)).toEqual(['Node/worker-9']);
  });

  it('gives the causes that are in a component or show in it', async () => {
    const answer = await ask({ objects }, { component: 'flux' });

    expect(answer.findings.map(({ ref }) => ref)).toEqual([
      'Deployment/namespace-0/application-number-0',
      'Deployment/namespace-1/application-number-1',
    ]);
  });

  it('lists a resting state on request', async () => {
    const answer = await ask(
      { objects: [workload('Deployment', 'web', { paused: true })] },
      { state: 'info' },
    );

    expect(answer.findings.map(({ ref, state, reason }) => [ref, state, reason])).toEqual([
      ['Deployment/apps/web', 'info', 'Paused'],
    ]);
    expect(answer.verdict).toBe('healthy');
  });

  it('gives one finding by its id, with its pods and consequences', async () => {
    const first = (await ask({ objects })).findings.find(({ ref }) => ref.endsWith('number-0'));

    const answer = await ask({ objects }, { finding: first?.id });

    expect(answer.findings).toEqual([first]);
    expect(answer.consequences?.rows).toEqual([
      ['Pod/namespace-0/application-number-0-7d9f-0', 'failed', 'CrashLoopBackOff'],
      ['Pod/namespace-0/application-number-0-7d9f-1', 'failed', 'CrashLoopBackOff'],
      ['Kustomization/flux-system/application-number-0', 'failed', 'HealthCheckFailed'],
    ]);
  });

  it('refuses the id of a finding that no longer is one', async () => {
    await expect(ask({ objects }, { finding: 'ffffffff' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses the cursor of another question', async () => {
    const { cursor } = await ask({ objects }, { limit: 1 });

    await expect(ask({ objects }, { limit: 1, state: 'failed', cursor })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

function crashLoopAt(minutes: number, restarts: number) {
  const containers = [crashing({ restarts })];
  return ask({ objects: deployed('web', 1, (name) => unready(name, minutes, { containers })) });
}

describe('identity', () => {
  it('keeps the id of a finding while its cause goes on, whatever its age and restarts', async () => {
    const [early, late] = [await crashLoopAt(2, 3), await crashLoopAt(40, 30)];

    expect(early.findings[0]?.state).toBe('degraded');
    expect(late.findings[0]?.state).toBe('failed');
    expect(early.findings[0]?.id).toBe(late.findings[0]?.id);
    expect(early.findings[0]?.id).toMatch(/^[0-9a-f]{8}$/);
  });

  it('names a next call that its tool accepts', async () => {
    const eventList = (await import('../../tools/event_list.ts')).default;
    const resourceGet = (await import('../../tools/resource_get.ts')).default;
    const reconciliation = (await import('../../tools/reconciliation_status.ts')).default;
    const inputs = new Map([eventList, resourceGet, reconciliation].map(({ name, input }) => [name, input]));

    const { findings } = await ask({
      objects: [
        deadNode('worker-9'),
        ...deployed('web', 1, (name) => unready(name, 2, { containers: [crashing()] })),
        kustomization('apps', notReady('BuildFailed', 'no')),
        service('shop'),
        slice('shop', 0),
        workload('Deployment', 'other'),
      ],
    });

    expect(findings.map(({ next }) => next?.tool ?? '').toSorted(byText)).toEqual([
      'event_list',
      'reconciliation_status',
      'resource_get',
      'resource_get',
    ]);
    for (const { next } of findings)
      expect(inputs.get(next?.tool ?? '')?.safeParse(next?.arguments).success).toBe(true);
  });
});

describe('a caller who does not see everything', () => {
  it('is not told that hidden endpoints are missing', async () => {
    const objects = [namespace('apps'), service('web'), workload('Deployment', 'web')];

    const [all, some] = [await ask({ objects }), await ask({ objects, scoped: true })];

    expect(all.findings.map(({ ref }) => ref)).toEqual(['Service/apps/web']);
    expect(some.findings).toEqual([]);
  });
});

describe('what is not looked at', () => {
  it.each([
    ['Gatus', workload('Deployment', 'gatus')],
    ['the blackbox exporter', workload('Deployment', 'prometheus-blackbox-exporter')],
  ])('says that probe results are not read where %s probes', async (_what, prober) => {
    const { unchecked } = await ask({ objects: [prober] });

    expect(unchecked?.map(({ what }) => what)).toEqual(['probe results']);
  });

  it('says nothing of probes where there are none', async () => {
    expect((await ask({ objects: [workload('Deployment', 'web')] })).unchecked).toBeUndefined();
  });
});

const crashingCluster = (): Objects => homeCluster({ kustomizations: 3, pods: 4, broken: 1 });
/** One entry that fits every Deployment here; `unread` says why the file could not be read now. */
const known = (unread?: string): Partial<ReadContext> => ({
  acknowledged: {
    read: async () => ({
      ...parseAcknowledged(
        'docs/acknowledged-findings.yaml',
        'acknowledged:\n  - match: {kind: Deployment, name: application-*}\n    reason: being replaced\n    until: 2999-12-31\n',
      ),
      ...(unread !== undefined && { unread }),
    }),
  },
});

const askOfCrashing = async (more: Partial<ReadContext>): Promise<z.output<typeof tool.output>> => {
  const context = readContext(memoryCluster({ objects: crashingCluster() }), NOW, more);
  return tool.output.parse(await tool.handler(tool.input.parse({}), context));
};

describe('what the repository acknowledges', () => {
  it('is counted, and no finding', async () => {
    const before = await askOfCrashing({});
    const after = await askOfCrashing(known());

    expect(before.findings.map(({ reason }) => reason)).toEqual(['CrashLoopBackOff']);
    expect([after.verdict, after.findings]).toEqual(['healthy', []]);
    expect(after.acknowledged).toEqual({ total: 1, reasons: { 'being replaced': 1 } });
  });

  it('is named as unchecked while the repository cannot be read', async () => {
    const { unchecked } = await askOfCrashing(known('the remote does not answer'));

    expect(unchecked).toEqual([{ what: 'acknowledged findings', why: 'the remote does not answer' }]);
  });
});
