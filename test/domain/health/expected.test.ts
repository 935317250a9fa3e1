import { describe, expect, it } from 'vitest';

import { withExpected } from '#domain/health/expected.ts';
import { type Fault, faultOf } from '#domain/health/fault.ts';
import { rollUp } from '#domain/health/roll-up.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { Node } from '#domain/objects/platform.ts';
import type { Pod } from '#domain/objects/workload.ts';

import {
  ago,
  answerFor,
  condition,
  deadNode,
  deployed,
  findingsOf,
  healthOf,
  kustomization,
  notReady,
  pod,
  unready,
} from './objects.ts';
import { budget } from './platform-objects.ts';
import { ended, kubernetesUpgrade, plan, planJob, talosNode, talosUpgrade } from './upgrade-objects.ts';

const TUPPR = 'TalosUpgrade/cluster';

function restarting(name: string, minutes = 3, extra: Partial<Node> = {}): Node {
  const { labels } = talosNode(name, 'v1.13.8', { open: true });
  return { ...deadNode(name, minutes), osImage: 'Talos (v1.13.8)', labels, ...extra };
}

/** A TalosUpgrade that has been working on these nodes since ten minutes ago. */
function upgrading(nodes: string[], minutes = 2): AnyObject {
  return talosUpgrade({ phase: 'Rebooting', status: { startedAt: ago(10), currentNodes: nodes } }, minutes);
}

const webBudget = (extra = {}): AnyObject =>
  budget({
    disruptionsAllowed: 0,
    expectedPods: 2,
    currentHealthy: 1,
    desiredHealthy: 2,
    conditions: [condition('DisruptionAllowed', 'False', 'InsufficientPods', undefined, 3)],
    ...extra,
  });

const web = (name: string, node: string, minutes: number): Pod => ({
  ...unready(name, minutes, { node }),
  labels: { app: 'web' },
});

describe('while an upgrade is at work', () => {
  it('what it explains is one resting line with a count, and listed on demand', async () => {
    const objects = [
      talosNode('control-1'),
      restarting('worker-1', 3, { unschedulable: true }),
      webBudget(),
      web('web-1', 'worker-1', 3),
      upgrading(['worker-1']),
    ];

    const health = await healthOf(objects);
    const answer = await answerFor(objects, { state: 'progressing' });

    expect(health.verdict).toBe('healthy');
    expect(answer.findings).toMatchObject([
      { ref: TUPPR, state: 'progressing', reason: 'UpgradeRuns', consequences: 3 },
    ]);
    const told = await answerFor(objects, { finding: answer.findings[0]?.id });
    expect(told.consequences?.rows).toEqual([
      // Broken behind the node: it follows it, as it is.
      ['Pod/apps/web-1', 'degraded', 'NotReady'],
      ['Node/worker-1', 'info', 'NotReady'],
      ['PodDisruptionBudget/apps/web', 'info', 'BudgetExhausted'],
    ]);
  });

  it('a cordon is part of it, however long the others take', async () => {
    const cordoned = talosNode('worker-1', 'v1.13.8', {
      unschedulable: true,
      taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', since: ago(2) }],
    });

    const health = await healthOf([cordoned, upgrading(['worker-1'])]);

    expect(health.roots.map(({ ref, consequences }) => [ref, consequences.length])).toEqual([[TUPPR, 1]]);
  });

  it('what is broken behind the node folds too, up to Flux', async () => {
    const objects = deployed('app', 1, (name) => unready(name, 20, { node: 'worker-1' }), {
      conditions: [condition('Available', 'False', 'MinimumReplicasUnavailable', undefined, 3)],
    });
    const flux = kustomization('app', {
      ...notReady('HealthCheckFailed', "timeout waiting for: [Deployment/apps/app status: 'InProgress']"),
    });

    const health = await healthOf([restarting('worker-1'), ...objects, flux, upgrading(['worker-1'])]);

    expect(health.verdict).toBe('healthy');
    expect(health.roots.map(({ ref }) => ref)).toEqual([TUPPR]);
  });

  it.each<[what: string, objects: AnyObject[], ref: string]>([
    [
      'on another node',
      [restarting('worker-1'), restarting('worker-2'), upgrading(['worker-1'])],
      'Node/worker-2',
    ],
    ['older than the upgrade', [restarting('worker-1', 45), upgrading(['worker-1'])], 'Node/worker-1'],
    [
      'of another sort',
      [
        talosNode('worker-1', 'v1.13.8', {
          conditions: [
            condition('Ready', 'True'),
            condition('DiskPressure', 'True', undefined, undefined, 2),
          ],
        }),
        upgrading(['worker-1']),
      ],
      'Node/worker-1',
    ],
    [
      'a budget short of pods on another node as well',
      [
        restarting('worker-1'),
        talosNode('worker-2'),
        webBudget({ currentHealthy: 0 }),
        web('web-1', 'worker-1', 3),
        web('web-2', 'worker-2', 3),
        upgrading(['worker-1']),
      ],
      'Pod/apps/web-2',
    ],
    [
      'a budget whose pod waits for a node somebody cordoned',
      [
        talosNode('worker-1', 'v1.13.8'),
        talosNode('worker-2', 'v1.13.8', { unschedulable: true }),
        webBudget(),
        pod('web-1', {
          labels: { app: 'web' },
          node: undefined,
          phase: 'Pending',
          containers: [],
          conditions: [],
        }),
        upgrading(['worker-1']),
      ],
      'Pod/apps/web-1',
    ],
  ])('nothing is explained %s', async (_, objects, ref) => {
    const findings = await findingsOf(objects);

    expect(findings.map((finding) => finding.ref)).toContain(ref);
  });

  it('all comes back once it is stuck', async () => {
    const findings = await findingsOf([
      restarting('worker-1', 8),
      webBudget(),
      web('web-1', 'worker-1', 8),
      talosUpgrade({ phase: 'Draining', status: { startedAt: ago(200), currentNodes: ['worker-1'] } }, 70),
    ]);

    expect(findings.map(({ ref, state }) => [ref, state])).toContainEqual(['Node/worker-1', 'degraded']);
  });

  it('a Plan explains the node it is on, and the one that restarts after its Job has ended', async () => {
    const marked = { 'plan.upgrade.cattle.io/talos': 'f00dfeed' };
    const base = restarting('worker-1', 2);

    const health = await healthOf([
      { ...base, labels: { ...base.labels, ...marked } },
      talosNode('worker-2', 'v1.13.8', { open: true, unschedulable: true }),
      plan({ applying: ['worker-2'], complete: ['False', 'SyncJob'] }),
      planJob('worker-1', 9, ended(3)),
      planJob('worker-2', 2),
    ]);

    expect(health.verdict).toBe('healthy');
    const root = health.roots.find(({ ref }) => ref === 'Plan/system-upgrade/talos');
    expect(root?.state).toBe('progressing');
    expect(root?.consequences.map(({ ref }) => ref)).toEqual(['Node/worker-1', 'Node/worker-2']);
  });

  it('one of Kubernetes explains kubelets that have yet to get it, not those that have', async () => {
    const kubelet = { kubelet: 'v1.36.1' };
    const findings = await findingsOf([
      restarting('worker-1', 1, kubelet),
      restarting('worker-2', 1),
      kubernetesUpgrade({ phase: 'Upgrading', status: { startedAt: ago(10) } }),
    ]);

    expect(findings.map(({ ref }) => ref)).toEqual(['Node/worker-2']);
  });
});

const upgrade = (name: string, nodes: string[], extra: Partial<Fault> = {}): Fault => ({
  ...faultOf(
    { state: 'progressing', message: 'runs', since: ago(10), nodes },
    { component: 'upgrade', rule: 'UpgradeRuns', ref: `TalosUpgrade/${name}` },
  ),
  ...extra,
});
const degradedVolume = (nodes: string[]): Fault =>
  faultOf(
    { state: 'degraded', message: 'a replica is missing', since: ago(5), nodes },
    { component: 'storage', rule: 'VolumeDegraded', ref: 'Volume/longhorn-system/pvc-1' },
  );

describe('the mechanism', () => {
  it('folds a degraded volume whose missing replica is on the node', () => {
    const roots = rollUp(withExpected([degradedVolume(['worker-1']), upgrade('a', ['worker-1'])]));

    expect(roots).toMatchObject([
      {
        ref: 'TalosUpgrade/a',
        state: 'progressing',
        consequences: [
          {
            state: 'info',
            expectedBy: 'TalosUpgrade/a',
            message: 'expected during the upgrade: a replica is missing',
          },
        ],
      },
    ]);
  });

  it('takes several upgrades together', () => {
    const upgrades = [upgrade('a', ['worker-1']), upgrade('b', ['worker-2'])];

    const [fault] = withExpected([degradedVolume(['worker-1', 'worker-2']), ...upgrades]);

    expect(fault).toMatchObject({ state: 'info', expectedBy: 'TalosUpgrade/a' });
  });

  it.each<[what: string, fault: Fault, other: Fault]>([
    ['a fault that names no node', degradedVolume([]), upgrade('a', ['worker-1'])],
    [
      'a volume that is lost',
      { ...degradedVolume(['worker-1']), state: 'failed' },
      upgrade('a', ['worker-1']),
    ],
    ['an upgrade that failed', degradedVolume(['worker-1']), upgrade('a', ['worker-1'], { state: 'failed' })],
    ['an upgrade that waits', degradedVolume(['worker-1']), upgrade('a', ['worker-1'], { state: 'info' })],
    [
      'an upgrade of another component',
      degradedVolume(['worker-1']),
      upgrade('a', ['worker-1'], { component: 'flux' }),
    ],
  ])('leaves alone: %s', (_, fault, other) => {
    expect(withExpected([fault, other])[0]).toBe(fault);
  });
});
