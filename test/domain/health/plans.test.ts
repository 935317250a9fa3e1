import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';
import type { Plan } from '#domain/objects/upgrade.ts';

import { kubernetesSelector, planCondition, rawPlan } from '../../cluster/crds/upgrade.ts';
import { ago, deadNode, findingsOf, healthOf, warning, workload } from './objects.ts';
import { budget } from './platform-objects.ts';
import { ended, plan, planJob, projected, talosNode } from './upgrade-objects.ts';

const PLAN = 'Plan/system-upgrade/talos';

interface Row {
  source: string;
  objects: AnyObject[];
  state: string;
  reason: string;
  says: RegExp;
}

const failedMessage =
  'Job system-upgrade/apply-talos-on-worker-1-with-f00dfeed failed on Node worker-1: BackoffLimitExceeded: Job has reached the specified backoff limit';

const ROWS: Row[] = [
  {
    source: 'system-upgrade-controller handle_upgrade.go: Validated=False',
    objects: [
      plan({
        conditions: [planCondition('Validated', 'False', 'Error', ago(10), 'spec.window is invalid')],
      }),
    ],
    state: 'failed',
    reason: 'PlanInvalid',
    says: /spec.window is invalid/,
  },
  {
    source: 'system-upgrade-controller handle_upgrade.go: LatestResolved=False',
    objects: [
      plan({
        conditions: [
          planCondition('Validated', 'True', 'PlanIsValid', ago(10)),
          planCondition(
            'LatestResolved',
            'False',
            'Error',
            ago(10),
            'cannot resolve plan: missing channel and version',
          ),
        ],
      }),
    ],
    state: 'failed',
    reason: 'PlanUnresolved',
    says: /missing channel and version/,
  },
  {
    source: 'SelectConcurrentNodes: Complete=True, and a node was let through the gate since',
    objects: [
      talosNode('worker-1', 'v1.13.9', { labels: { 'plan.upgrade.cattle.io/talos': 'f00dfeed' } }),
      talosNode('worker-2', 'v1.13.8', { open: true }),
      talosNode('worker-3', 'v1.13.8'),
      plan(),
    ],
    state: 'degraded',
    reason: 'PlanPassedOver',
    says: /^Complete=True, but its selector picks worker-2, not at v1.13.9/,
  },
  {
    source: 'system-upgrade-controller handle_batch.go: JobFailed, its Job gone after 15 minutes',
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan({ applying: ['worker-1'], complete: ['False', 'JobFailed', failedMessage] }, 180),
    ],
    state: 'failed',
    reason: 'JobFailed',
    says: /failed on Node worker-1: BackoffLimitExceeded/,
  },
  ...['SelectNodesFailed', 'ValidationFailed'].map((reason): Row => ({
    source: `system-upgrade-controller handle_upgrade.go: ${reason}`,
    objects: [plan({ complete: ['False', reason, 'it did not go'] })],
    state: 'failed',
    reason,
    says: /it did not go/,
  })),
  {
    source: 'system-upgrade-controller handle_batch.go: tried again for hours, only events tell',
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan({ applying: ['worker-1'], complete: ['False', 'SyncJob'] }, 300),
      planJob('worker-1', 2),
      warning(plan(), 'JobFailed', failedMessage, {
        count: 7,
        first: ago(290),
        last: ago(12),
      }),
    ],
    state: 'failed',
    reason: 'JobFailed',
    says: /failed 7 times and is tried again/,
  },
  {
    source: 'system-upgrade-controller: applying, and no Job past the deadline',
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan({ applying: ['worker-1'], complete: ['False', 'SyncJob'] }, 20),
    ],
    state: 'degraded',
    reason: 'PlanStuck',
    says: /stuck on worker-1: it has no Job/,
  },
  {
    source: 'system-upgrade-controller: a Job that does not move past its own deadline',
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan({ applying: ['worker-1'], complete: ['False', 'SyncJob'] }, 300),
      planJob('worker-1', 50),
    ],
    state: 'failed',
    reason: 'PlanStuck',
    says: /its Job does not move/,
  },
  ...[
    { days: ['saturday'], startTime: '08:30', endTime: '11:00', timeZone: 'UTC' },
    { days: ['fr', '6'], startTime: '8:30am' },
    { days: ['sat'], startTime: '09:30', timeZone: 'Europe/Berlin' },
    { startTime: '08:30' },
  ].map((window): Row => ({
    // It is Saturday at noon; it has waited since two in the morning.
    source: `system-upgrade-controller spec.window ${JSON.stringify(window)} began at half past eight`,
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan(
        { complete: ['False', 'Waiting', 'current time is not within configured window'], spec: { window } },
        600,
      ),
    ],
    state: 'stale',
    reason: 'WindowMissed',
    says: /its window began at 2026-03-14T08:30:00.000Z, and it still waits/,
  })),
  {
    source: 'system-upgrade-controller: a Plan that its controller has not seen',
    objects: [plan({ conditions: [] })],
    state: 'stale',
    reason: 'PlanUnseen',
    says: /controller has not judged it/,
  },
  {
    source: 'system-upgrade-controller: marked as done, and the node is still old',
    objects: [
      talosNode('worker-1', 'v1.13.8', { labels: { 'plan.upgrade.cattle.io/talos': 'f00dfeed' } }),
      talosNode('worker-2'),
      plan(),
    ],
    state: 'failed',
    reason: 'PlanWithoutEffect',
    says: /worker-1 marked as done, but it runs v1.13.8, not v1.13.9/,
  },
  {
    source: 'siderolabs/talos compatibility: below the floor',
    objects: [talosNode('worker-1', 'v1.10.4'), plan()],
    state: 'failed',
    reason: 'UnsupportedStep',
    says: /from v1.10.4 on worker-1 to v1.13.9: Talos 1.13 upgrades from 1.11 or newer/,
  },
  {
    source: 'siderolabs/talos compatibility: more than a minor at once',
    objects: [talosNode('worker-1', 'v1.11.4', { kubelet: 'v1.34.0' }), plan()],
    state: 'degraded',
    reason: 'UnsupportedStep',
    says: /2 minors at once/,
  },
  {
    source: 'a stale pin behind a closed gate would undo a manual upgrade',
    objects: [talosNode('worker-1', 'v1.13.9'), plan({ version: 'v1.13.8' })],
    state: 'degraded',
    reason: 'StalePin',
    says: /would set worker-1 back from v1.13.9 to v1.13.8 as soon as it matches/,
  },
  {
    source: 'a stale pin behind an open gate undoes a manual upgrade',
    objects: [
      talosNode('worker-1', 'v1.13.9', { open: true }),
      plan({ version: 'v1.13.8', complete: ['False', 'SyncJob'], applying: ['worker-1'] }, 1),
    ],
    state: 'failed',
    reason: 'StalePin',
    says: /sets worker-1 back from v1.13.9 to v1.13.8: the pin is older/,
  },
  {
    source: 'system-upgrade-controller: Node Feature Discovery down, Complete=True for ever',
    objects: [
      withoutFeatures(talosNode('worker-1', 'v1.13.8')),
      withoutFeatures(talosNode('worker-2', 'v1.13.8')),
      plan(),
    ],
    state: 'degraded',
    reason: 'NoNodeFeatures',
    says: /gate closed: no node has labels feature.node.kubernetes.io\/\*: Node Feature Discovery/,
  },
];

function withoutFeatures<T extends AnyObject>(object: T): T {
  const labels = Object.entries(object.labels).filter(([key]) => !key.startsWith('feature.node'));
  return { ...object, labels: Object.fromEntries(labels) };
}

describe('a Plan', () => {
  it.each(ROWS)('$source', async ({ objects, state, reason, says }) => {
    const findings = await findingsOf(objects);

    expect(findings[0]).toMatchObject({
      ref: PLAN,
      state,
      reason,
      component: 'upgrade',
      next: { tool: 'upgrade_status', arguments: {} },
    });
    expect(findings[0]?.message).toMatch(says);
  });
});

interface Rest {
  source: string;
  objects: AnyObject[];
  state: string | undefined;
  says?: RegExp;
}

const RESTING: Rest[] = [
  {
    source: 'through, every node at its version',
    objects: [talosNode('worker-1'), plan()],
    state: undefined,
  },
  {
    source: 'Complete=True that matched no node: the gate label is unset',
    objects: [talosNode('worker-1', 'v1.13.8'), talosNode('worker-2', 'v1.13.8'), plan()],
    state: 'info',
    says: /^gate closed: no node has home.example.test\/upgrade=true; not at v1.13.9: worker-1, worker-2$/,
  },
  {
    source: 'Complete=True that matched no node: Talos comes first',
    objects: [
      talosNode('control-1', 'v1.13.8', { controlPlane: true, kubelet: 'v1.36.1', open: true }),
      projected(
        rawPlan({
          name: 'talos',
          at: ago(30),
          version: 'v1.36.2',
          spec: {
            nodeSelector: kubernetesSelector('v1.13.9'),
            upgrade: {
              image: 'registry.example.test/talosctl:v1.13.9',
              args: ['upgrade-k8s', '--to=v1.36.2'],
            },
          },
        }),
      ),
    ],
    state: 'info',
    says: /^gate closed: no node has .*VERSION_ID=v1.13.9: Talos comes first; not at v1.36.2: control-1$/,
  },
  {
    source: 'Complete=True, its node is disabled for it',
    objects: [
      talosNode('worker-1', 'v1.13.8', {
        open: true,
        labels: { 'plan.upgrade.cattle.io/talos': 'disabled' },
      }),
      plan(),
    ],
    state: undefined,
  },
  {
    source: 'outside its window',
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan({ complete: ['False', 'Waiting', 'current time is not within configured window'] }, 600),
    ],
    state: 'info',
    says: /waits for its window to upgrade 1 nodes to v1.13.9/,
  },
  ...[
    { days: ['sunday'], startTime: '08:30' },
    { days: ['saturday'], startTime: '11:45' },
    { startTime: 'at dawn' },
    { days: ['saturday'], startTime: '08:30', timeZone: 'Nowhere/Town' },
  ].map((window): Rest => ({
    source: `outside its window, which is tomorrow, has begun just now, or is not understood: ${JSON.stringify(window)}`,
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan(
        { complete: ['False', 'Waiting', 'current time is not within configured window'], spec: { window } },
        600,
      ),
    ],
    state: 'info',
    says: /waits for its window/,
  })),
  {
    source: 'resolved a minute ago',
    objects: [talosNode('worker-1', 'v1.13.8', { open: true }), plan({ complete: ['False', 'Resolved'] }, 1)],
    state: 'progressing',
  },
  {
    source: 'its Job runs',
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan({ applying: ['worker-1'], complete: ['False', 'SyncJob'] }, 200),
      planJob('worker-1', 4),
    ],
    state: 'progressing',
    says: /upgrade to v1.13.9 runs on worker-1, 1 nodes to go/,
  },
  {
    source: 'its first Job failed and a new one runs',
    objects: [
      talosNode('worker-1', 'v1.13.8', { open: true }),
      plan({ applying: ['worker-1'], complete: ['False', 'SyncJob'] }, 20),
      planJob('worker-1', 2),
      warning(plan(), 'JobFailed', failedMessage, { count: 1, first: ago(5), last: ago(5) }),
    ],
    state: 'progressing',
  },
  {
    source: 'Complete=True while the node restarts: its Job does not wait for that',
    objects: [
      talosNode('worker-1', 'v1.13.8', { labels: { 'plan.upgrade.cattle.io/talos': 'f00dfeed' } }),
      plan({}, 3),
      planJob('worker-1', 6, ended(3)),
    ],
    state: 'progressing',
    says: /runs on worker-1/,
  },
  {
    source: 'Complete=True, and a node has just come that it picks',
    objects: [talosNode('worker-1', 'v1.13.8', { open: true, created: ago(2) }), plan()],
    state: 'progressing',
    says: /its selector picks worker-1/,
  },
  {
    source: 'made just now',
    objects: [projected(rawPlan({ at: ago(1), conditions: [] }), 1)],
    state: 'progressing',
  },
];

describe('a Plan that rests or moves', () => {
  it.each(RESTING)('$source', async ({ objects, state, says = /(?:)/ }) => {
    const health = await healthOf(objects);
    const own = health.roots.find(({ ref }) => ref === PLAN);

    expect(health.verdict).toBe('healthy');
    expect(own?.state).toBe(state);
    expect(own?.fault.message ?? '').toMatch(says);
  });
});

describe('what keeps a Plan from going on', () => {
  const stuck = [
    talosNode('worker-1', 'v1.13.8', { open: true, unschedulable: true }),
    plan({ applying: ['worker-1'], complete: ['False', 'SyncJob'] }, 300),
    planJob('worker-1', 40),
  ];

  it('is the budget that holds up the drain', async () => {
    const findings = await findingsOf([
      ...stuck,
      budget({ disruptionsAllowed: 0, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1 }),
      projectedPod(),
    ]);

    expect(findings[0]).toMatchObject({
      ref: 'PodDisruptionBudget/apps/web',
      reason: 'BudgetBlocksDrain',
      consequences: 1,
    });
  });

  it('is the node that does not come back', async () => {
    const { labels } = talosNode('worker-1', 'v1.13.8', { open: true });
    const findings = await findingsOf([
      { ...deadNode('worker-1', 35), labels, osImage: 'Talos (v1.13.8)' },
      ...stuck.slice(1),
    ]);

    expect(findings[0]).toMatchObject({ ref: 'Node/worker-1', reason: 'NotReady', consequences: 1 });
  });

  it('is its controller, when that is down', async () => {
    const controller = workload('Deployment', 'system-upgrade-controller', {
      namespace: 'system-upgrade',
      available: 0,
      ready: 0,
      conditions: [
        { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', since: ago(60) },
      ],
    });
    const findings = await findingsOf([plan({ conditions: [] }), controller]);

    expect(findings[0]).toMatchObject({
      ref: 'Deployment/system-upgrade/system-upgrade-controller',
      consequences: 1,
    });
  });
});

function projectedPod(): AnyObject {
  const stored = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'apps', labels: { app: 'web' } },
    spec: { nodeName: 'worker-1', containers: [{ name: 'app', image: 'app:1' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  return projected(stored);
}

it('is read without its environment, arguments and Secrets', () => {
  const read = projected(rawPlan({ at: ago(5) })) as Plan;

  expect(read).toMatchObject({
    kind: 'Plan',
    subject: 'talos',
    version: 'v1.13.9',
    latestHash: 'f00dfeed',
    installer: 'factory.example.test/installer/613e1592b2da41ae:v1.13.9',
    hasWindow: false,
  });
  expect(read.conditions.find(({ type }) => type === 'Complete')?.since).toBe(ago(5));
  expect(JSON.stringify(read)).not.toMatch(/hunter2|secrets|talos\.dev|NODE_IP/);
});

describe('what a Plan upgrades', () => {
  it.each([
    ['its command', { image: 'x/y:1', args: ['upgrade-k8s', '--to=v1.36.2'] }, 'kubernetes'],
    [
      'a shell script',
      { image: 'x/y:1', command: ['sh', '-c'], args: ['talosctl -n $IP upgrade --image i'] },
      'talos',
    ],
    ['its image, k3s', { image: 'rancher/k3s-upgrade' }, 'kubernetes'],
    ['its image, talosctl', { image: 'ghcr.example.test/siderolabs/talosctl:v1.13.9' }, 'talos'],
    ['nothing', { image: 'registry.example.test/os-patch:1', args: ['patch'] }, undefined],
  ])('by %s', (_, upgrade, subject) => {
    const read = projected(rawPlan({ name: 'nightly', at: ago(5), spec: { upgrade } })) as Plan;

    expect(read.subject).toBe(subject);
  });
});
