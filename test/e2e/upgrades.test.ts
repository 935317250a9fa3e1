import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import {
  planCondition,
  rawKubernetesUpgrade,
  rawPlan,
  rawPlanJob,
  rawTalosUpgrade,
  upgradeCrds,
} from '../cluster/crds/upgrade.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { namespace, node } from '../cluster/seed.ts';
import { openInProcess } from '../support/in-process.ts';
import { grantPrinted } from '../support/viewer.ts';

type Session = ReturnType<typeof openInProcess>;

const ago = (minutes: number): string =>
  new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');

/** A Talos node as Node Feature Discovery labels it. */
function talos(name: string, version: string, controlPlane = false): Manifest {
  const base = node(name, { controlPlane });
  const nodeInfo = { ...(base.status?.['nodeInfo'] as object), osImage: `Talos (${version})` };
  return {
    ...base,
    metadata: {
      ...base.metadata,
      labels: {
        ...base.metadata.labels,
        'feature.node.kubernetes.io/system-os_release.ID': 'talos',
        'feature.node.kubernetes.io/system-os_release.VERSION_ID': version,
      },
    },
    status: { ...base.status, nodeInfo },
  };
}

function apiServer(on: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `kube-apiserver-${on}`, namespace: 'kube-system' },
    spec: {
      nodeName: on,
      containers: [{ name: 'kube-apiserver', image: 'registry.example.test/kube-apiserver:v1.36.2' }],
    },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

async function answer(session: Session, tool: string, input: object = {}): Promise<Record<string, unknown>> {
  const { data, text, failed } = await session.call(tool, input as Record<string, unknown>);
  if (failed || data === undefined) throw new Error(text);
  return data;
}

const PLAN = {
  apiVersion: 'upgrade.cattle.io/v1',
  kind: 'Plan',
  metadata: { name: 'talos', namespace: 'system-upgrade' },
};
const WORKER = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } };

describeCluster('an upgrade from beginning to end', () => {
  let own: ControlPlane;
  let session: Session;

  const verdict = async (): Promise<unknown> => (await answer(session, 'upgrade_status'))['verdict'];
  const upgrades = async (): Promise<unknown> => {
    const { upgrades: table } = await answer(session, 'upgrade_status');
    return (table as { rows: unknown[][] } | undefined)?.rows.map((row) => row.slice(0, 3));
  };
  const findings = async (): Promise<string[]> => {
    const { findings: found } = await answer(session, 'health_summary', { component: 'node' });
    return (found as { ref: string }[]).map(({ ref }) => ref);
  };
  const running = async (): Promise<unknown> => {
    const asked = { state: 'progressing', component: 'upgrade' };
    return (await answer(session, 'health_summary', asked))['findings'];
  };

  beforeAll(async () => {
    own = await startControlPlane();
    await own.admin.installCrds(upgradeCrds());
    await own.admin.createAll([
      namespace('system-upgrade'),
      talos('control-1', 'v1.13.9', true),
      talos('worker-1', 'v1.13.8'),
      apiServer('control-1'),
      rawPlan({ at: ago(60) }),
    ]);
    await grantPrinted(own.admin, 'viewer');
    session = openInProcess(own.kubeconfigWithClientCert('viewer'));
  });

  afterAll(async () => {
    await session?.close();
    await own?.stop();
  });

  test('a Plan that is complete over no node is told by its closed gate', async () => {
    await expect.poll(verdict, { timeout: 20_000 }).toBe('gate closed');

    const { summary, git } = await answer(session, 'upgrade_status');
    expect((summary as string[])[0]).toMatch(
      /no node has home.example.test\/upgrade=true; not at v1.13.9: worker-1/,
    );
    expect(git).toBe('unchecked: no repository is configured');
  });

  test('while its Job runs, the node that restarts is no finding', async () => {
    const { admin } = own;
    await admin.patch(WORKER, {
      metadata: { labels: { 'home.example.test/upgrade': 'true' } },
      spec: { unschedulable: true },
    });
    await admin.createAll([rawPlanJob('worker-1', { active: 1, startTime: ago(0) })]);
    await admin.patchStatus(PLAN, {
      applying: ['worker-1'],
      conditions: [planCondition('Complete', 'False', 'SyncJob', ago(0))],
    });
    await admin.patchStatus(WORKER, {
      conditions: [
        { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: ago(-0.2) },
      ],
    });

    await expect.poll(verdict, { timeout: 20_000 }).toBe('upgrade running');
    await expect
      .poll(running, { timeout: 20_000 })
      .toMatchObject([{ ref: 'Plan/system-upgrade/talos', consequences: 1 }]);
    expect(await findings()).toEqual([]);
  });

  test('once its Job has failed and is gone, it is stuck and the node is a finding again', async () => {
    const { admin } = own;
    await admin.remove(rawPlanJob('worker-1', {}));
    await admin.patchStatus(PLAN, {
      conditions: [
        planCondition(
          'Complete',
          'False',
          'JobFailed',
          ago(0),
          'Job failed on Node worker-1: BackoffLimitExceeded',
        ),
      ],
    });

    await expect.poll(verdict, { timeout: 20_000 }).toBe('stuck');
    await expect.poll(findings, { timeout: 20_000 }).toEqual(['Node/worker-1']);
  });

  test('upgrades of tuppr are read as they are stored', async () => {
    await own.admin.remove(PLAN);
    await own.admin.createAll([
      rawTalosUpgrade({
        phase: 'Failed',
        at: ago(5),
        message: 'Completed with failures: 1 successful, 1 failed',
      }),
      rawKubernetesUpgrade({ phase: 'Completed', at: ago(5) }),
    ]);

    await expect
      .poll(upgrades, { timeout: 20_000 })
      .toEqual([['TalosUpgrade/cluster', 'failed', 'UpgradeFailed']]);
  });
});
