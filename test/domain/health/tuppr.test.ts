import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';
import type { KubernetesUpgrade, TalosUpgrade } from '#domain/objects/upgrade.ts';

import { rawKubernetesUpgrade, rawTalosUpgrade } from '../../cluster/crds/upgrade.ts';
import { ago, deadNode, findingsOf, healthOf, NOW, workload } from './objects.ts';
import { kubernetesUpgrade, projected, talosNode, talosUpgrade } from './upgrade-objects.ts';

const TALOS = 'TalosUpgrade/cluster';
const KUBERNETES = 'KubernetesUpgrade/kubernetes';

interface Row {
  source: string;
  objects: AnyObject[];
  ref: string;
  state: string;
  reason: string;
  says: RegExp;
}

const old = talosNode('worker-1', 'v1.13.8');
const done = talosNode('worker-1');

const ROWS: Row[] = [
  {
    source: 'tuppr prometheusrule TalosUpgradeFailed',
    objects: [
      old,
      talosUpgrade({
        phase: 'Failed',
        message: 'Completed with failures: 1 successful, 1 failed',
        status: {
          completedAt: ago(40),
          failedNodes: [
            {
              nodeName: 'worker-1',
              retries: 2,
              lastError: 'Upgrade Job failed while node remained at v1.13.8; expected v1.13.9',
            },
          ],
        },
      }),
    ],
    ref: TALOS,
    state: 'failed',
    reason: 'UpgradeFailed',
    says: /failed on worker-1 and stays so until it is reset: .*remained at v1.13.8; expected v1.13.9/,
  },
  {
    source: 'tuppr internal/controller/kubernetesupgrade: completion cycles exhausted',
    objects: [
      talosNode('worker-1', 'v1.13.9', { kubelet: 'v1.36.1' }),
      kubernetesUpgrade({
        phase: 'Failed',
        message: 'Some nodes never converged to v1.36.2 after 5 completion cycles',
      }),
    ],
    ref: KUBERNETES,
    state: 'failed',
    reason: 'UpgradeFailed',
    says: /never converged to v1.36.2 after 5 completion cycles/,
  },
  ...['HealthChecking', 'PreHook', 'Draining', 'Upgrading', 'Rebooting', 'PostHook'].map((phase): Row => ({
    source: `tuppr prometheusrule TalosUpgradeStuck: ${phase} for 1h, Ready=True`,
    objects: [old, talosUpgrade({ phase, status: { currentNodes: ['worker-1'], startedAt: ago(300) } }, 61)],
    ref: TALOS,
    state: 'degraded',
    reason: phase,
    says: new RegExp(`stuck in ${phase} on worker-1`),
  })),
  {
    source: 'tuppr prometheusrule KubernetesUpgradeStuck: 45m',
    objects: [
      talosNode('worker-1', 'v1.13.9', { kubelet: 'v1.36.1' }),
      kubernetesUpgrade({ phase: 'Upgrading', status: { startedAt: ago(60) } }, 46),
    ],
    ref: KUBERNETES,
    state: 'degraded',
    reason: 'Upgrading',
    says: /stuck in Upgrading on worker-1/,
  },
  {
    source: 'tuppr kubernetesupgrade/upgrade.go: a health check writes the status each minute',
    objects: [
      talosNode('worker-1', 'v1.13.9', { kubelet: 'v1.36.1' }),
      kubernetesUpgrade(
        {
          phase: 'HealthChecking',
          message: 'Waiting for health checks: ceph is HEALTH_WARN',
          status: { startedAt: ago(60) },
        },
        1,
      ),
    ],
    ref: KUBERNETES,
    state: 'degraded',
    reason: 'HealthChecking',
    says: /Waiting for health checks: ceph/,
  },
  {
    source: 'tuppr api rebootingNodes[].deadline has passed',
    objects: [
      old,
      talosUpgrade({
        phase: 'Rebooting',
        status: { startedAt: ago(45), rebootingNodes: [{ nodeName: 'worker-1', deadline: ago(2) }] },
      }),
    ],
    ref: TALOS,
    state: 'degraded',
    reason: 'Rebooting',
    says: /worker-1 has not come back from its reboot in time/,
  },
  ...[
    ['WaitingForImage', 'Waiting for image availability for node worker-1: not found'],
    ['NodeUnreachable', 'Waiting for unreachable node(s): worker-9'],
    ['CheckCoordination', 'Cannot check for other active upgrades: timeout'],
  ].map(([reason = '', message = '']): Row => ({
    source: `tuppr prometheusrule TupprUpgradeBlocked: Pending ${reason} for 30m`,
    objects: [old, talosUpgrade({ phase: 'Pending', reason, message }, 31)],
    ref: TALOS,
    state: 'degraded',
    reason,
    says: /^waits: /,
  })),
  {
    source: 'tuppr api status.prePullFailure survives the next cycle',
    objects: [
      old,
      talosUpgrade(
        {
          phase: 'Pending',
          reason: 'PrePullFailed',
          message: 'Pre-pulling',
          status: { prePullFailure: { attempts: 4, lastError: 'manifest unknown' } },
        },
        31,
      ),
    ],
    ref: TALOS,
    state: 'degraded',
    reason: 'PrePullFailed',
    says: /waits: manifest unknown/,
  },
  {
    source: 'tuppr Completed an hour ago, and a node is still old: Ready=True',
    objects: [old, talosUpgrade({ phase: 'Completed', status: { completedAt: ago(70) } }, 70)],
    ref: TALOS,
    state: 'degraded',
    reason: 'UpgradeWithoutEffect',
    says: /Completed, but worker-1 runs v1.13.8, not v1.13.9/,
  },
  {
    source: 'tuppr would undo a manual upgrade',
    objects: [done, talosUpgrade({ phase: 'Completed', version: 'v1.13.8' })],
    ref: TALOS,
    state: 'degraded',
    reason: 'StalePin',
    says: /would set worker-1 back from v1.13.9 to v1.13.8/,
  },
  {
    source: 'siderolabs/talos compatibility, not enforced by tuppr: below the floor',
    objects: [talosNode('worker-1', 'v1.9.6', { kubelet: 'v1.32.0' }), talosUpgrade({ phase: 'Pending' })],
    ref: TALOS,
    state: 'failed',
    reason: 'UnsupportedStep',
    says: /from v1.9.6 on worker-1 to v1.13.9/,
  },
  {
    source: 'kubernetes version skew policy: two minors at once',
    objects: [
      talosNode('worker-1', 'v1.13.9', { kubelet: 'v1.34.1' }),
      kubernetesUpgrade({ phase: 'Pending' }),
    ],
    ref: KUBERNETES,
    state: 'failed',
    reason: 'UnsupportedStep',
    says: /2 minors at once/,
  },
  {
    source: 'tuppr api status.failedNodes while it goes on with others, Ready=True',
    objects: [
      old,
      talosUpgrade({
        phase: 'Upgrading',
        status: {
          currentNodes: ['worker-2'],
          failedNodes: [{ nodeName: 'worker-1', lastError: 'Upgrade Job failed' }],
        },
      }),
    ],
    ref: TALOS,
    state: 'failed',
    reason: 'NodesFailed',
    says: /failed on worker-1 and goes on: Upgrade Job failed/,
  },
  {
    source: 'tuppr api status.nextMaintenanceWindow has begun an hour ago, Ready=True',
    objects: [
      old,
      talosUpgrade({ phase: 'MaintenanceWindow', status: { nextMaintenanceWindow: ago(60) } }, 600),
    ],
    ref: TALOS,
    state: 'stale',
    reason: 'WindowMissed',
    says: /its window began at .*, and it still waits for it/,
  },
  {
    source: 'tuppr has not seen the spec',
    objects: [done, talosUpgrade({ phase: 'Completed', status: { observedGeneration: 0 } }, 20)],
    ref: TALOS,
    state: 'stale',
    reason: 'UpgradeUnseen',
    says: /has not seen its spec/,
  },
];

describe('an upgrade of tuppr', () => {
  it.each(ROWS)('$source', async ({ objects, ref, state, reason, says }) => {
    const findings = await findingsOf(objects);

    expect(findings[0]).toMatchObject({ ref, state, reason, component: 'upgrade' });
    expect(findings[0]?.message).toMatch(says);
  });

  it.each([
    ['Completed, every node at its version', [done, talosUpgrade({ phase: 'Completed' })], TALOS, undefined],
    [
      'Completed, a node wants another version by its annotation',
      [
        talosNode('worker-1', 'v1.13.8', { annotations: { 'tuppr.home-operations.com/version': 'v1.13.8' } }),
        talosUpgrade({ phase: 'Completed', status: { completedAt: ago(600) } }),
      ],
      TALOS,
      undefined,
    ],
    [
      'Completed, an old node is not selected',
      [
        old,
        talosUpgrade({
          phase: 'Completed',
          spec: { nodeSelector: { matchLabels: { tier: 'gpu' } } },
          status: { completedAt: ago(600) },
        }),
      ],
      TALOS,
      undefined,
    ],
    [
      'Completed five minutes ago, a node joined since',
      [old, talosUpgrade({ phase: 'Completed', status: { completedAt: ago(5) } })],
      TALOS,
      'progressing',
    ],
    ['outside its window', [old, talosUpgrade({ phase: 'MaintenanceWindow' }, 600)], TALOS, 'info'],
    [
      'in the first minutes of its window',
      [old, talosUpgrade({ phase: 'MaintenanceWindow', status: { nextMaintenanceWindow: ago(20) } }, 600)],
      TALOS,
      'info',
    ],
    [
      'suspended by an annotation without a value',
      [
        old,
        talosUpgrade({ phase: 'Pending', annotations: { 'tuppr.home-operations.com/suspend': '' } }, 600),
      ],
      TALOS,
      'suspended',
    ],
    [
      'Upgrading',
      [old, talosUpgrade({ phase: 'Upgrading', status: { currentNode: 'worker-1' } })],
      TALOS,
      'progressing',
    ],
    ['Pending', [old, talosUpgrade({ phase: 'Pending' })], TALOS, 'progressing'],
    [
      'Kubernetes Upgrading',
      [
        talosNode('worker-1', 'v1.13.9', { kubelet: 'v1.36.1' }),
        kubernetesUpgrade({ phase: 'Upgrading', status: { startedAt: ago(5) } }),
      ],
      KUBERNETES,
      'progressing',
    ],
  ] as const)('is no finding: %s', async (_, objects, ref, state) => {
    const health = await healthOf([...objects]);

    const own = health.roots.find((root) => root.ref === ref);
    expect(own?.state).toBe(state);
    expect(health.roots.filter(({ state: one }) => one === 'failed' || one === 'degraded')).toEqual(
      // Mixed versions are told only while nothing moves; one node cannot be mixed.
      [],
    );
  });
});

describe('what keeps an upgrade of tuppr waiting', () => {
  it('is the other one, which got stuck', async () => {
    const findings = await findingsOf([
      old,
      talosUpgrade({ phase: 'Draining', status: { currentNodes: ['worker-1'] } }, 70),
      kubernetesUpgrade(
        {
          phase: 'Pending',
          reason: 'WaitingForOtherUpgrade',
          message: "Waiting for TalosUpgrade 'cluster' to complete",
        },
        60,
      ),
    ]);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ ref: TALOS, reason: 'Draining', consequences: 1 });
  });

  it('is a node that is down', async () => {
    const findings = await findingsOf([
      { ...deadNode('worker-1', 50), osImage: 'Talos (v1.13.8)' },
      talosUpgrade(
        { phase: 'Pending', reason: 'NodeUnreachable', message: 'Waiting for unreachable node(s): worker-1' },
        40,
      ),
    ]);

    expect(findings[0]).toMatchObject({ ref: 'Node/worker-1', consequences: 1 });
  });

  it('is its controller, when that is down', async () => {
    const findings = await findingsOf([
      done,
      talosUpgrade({ phase: 'Completed', status: { observedGeneration: 0 } }, 20),
      workload('Deployment', 'tuppr', {
        namespace: 'system-upgrade',
        available: 0,
        conditions: [{ type: 'Available', status: 'False', since: ago(60) }],
      }),
    ]);

    expect(findings[0]).toMatchObject({ ref: 'Deployment/system-upgrade/tuppr', consequences: 1 });
  });
});

describe('projection', () => {
  it('of a TalosUpgrade: no hooks, no image settings', () => {
    const read = projected(
      rawTalosUpgrade({
        phase: 'Rebooting',
        at: ago(3),
        spec: {
          hooks: { pre: [{ name: 'noout', image: 'ceph:1', env: [{ name: 'KEY', value: 'hunter2' }] }] },
        },
        status: {
          currentNode: 'worker-1',
          completedNodes: ['control-1'],
          rebootingNodes: [{ nodeName: 'worker-1', deadline: ago(-10) }],
          nextMaintenanceWindow: ago(-60),
        },
      }),
    ) as TalosUpgrade;

    expect(read).toMatchObject({
      kind: 'TalosUpgrade',
      phase: 'Rebooting',
      version: 'v1.13.9',
      suspended: false,
      currentNodes: ['worker-1'],
      completedNodes: ['control-1'],
      rebootingNodes: [{ node: 'worker-1', deadline: new Date(NOW + 600_000).toISOString() }],
      updated: ago(3),
      completionCycles: 0,
    });
    expect(JSON.stringify(read)).not.toMatch(/hunter2|noout/);
  });

  it('of a KubernetesUpgrade', () => {
    const read = projected(
      rawKubernetesUpgrade({
        phase: 'Upgrading',
        at: ago(3),
        status: { currentVersion: 'v1.36.1', jobName: 'kubernetes-upgrade-1', retries: 1, lastError: 'x' },
      }),
    ) as KubernetesUpgrade;

    expect(read).toMatchObject({
      version: 'v1.36.2',
      currentVersion: 'v1.36.1',
      jobName: 'kubernetes-upgrade-1',
      retries: 1,
      lastError: 'x',
    });
  });
});
