import { rawCiliumNode } from '../../cluster/crds/cilium.ts';
import { planCondition, rawPlan, rawTalosUpgrade } from '../../cluster/crds/upgrade.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { node } from '../../cluster/seed.ts';
import { ago, type Fault, since } from './fault.ts';

const PLAN = 'Plan/system-upgrade/talos';

/** A Talos node as Node Feature Discovery labels it. */
function talos(name: string, version: string, labels: Record<string, string> = {}): Manifest {
  const base = node(name, { controlPlane: true, since: since(600) });
  const nodeInfo = { ...(base.status?.['nodeInfo'] as object), osImage: `Talos (${version})` };
  const features = {
    'feature.node.kubernetes.io/system-os_release.ID': 'talos',
    'feature.node.kubernetes.io/system-os_release.VERSION_ID': version,
  };
  return {
    ...base,
    metadata: { ...base.metadata, labels: { ...base.metadata.labels, ...features, ...labels } },
    status: { ...base.status, nodeInfo },
  };
}

/** What goes wrong with upgrades, and what says it is through and is not. */
export const UPGRADE_FAULTS: readonly Fault[] = [
  {
    name: 'nodes run two versions of Talos and nobody upgrades',
    objects: () => [talos('worker-4', 'v1.13.8'), rawCiliumNode('worker-4')],
    root: { ref: 'Node/worker-4', reason: 'MixedTalosVersions', says: /worker-4 not at Talos v1\.13\.9/ },
  },
  {
    name: 'the Job of a Plan fails',
    objects: () => [
      rawPlan({
        at: ago(60),
        applying: ['worker-2'],
        complete: [
          'False',
          'JobFailed',
          'Job system-upgrade/apply-talos failed on Node worker-2: BackoffLimitExceeded',
        ],
      }),
    ],
    root: { ref: PLAN, reason: 'JobFailed', says: /on Node worker-2/ },
  },
  {
    name: 'a Plan cannot find out its version',
    objects: () => [
      rawPlan({
        at: ago(60),
        conditions: [
          planCondition(
            'LatestResolved',
            'False',
            'Error',
            ago(60),
            'cannot resolve plan: missing channel and version',
          ),
        ],
      }),
    ],
    root: { ref: PLAN, reason: 'PlanUnresolved', says: /missing channel and version/ },
  },
  {
    name: 'a Plan is complete and its node runs the old version',
    objects: () => [
      talos('worker-4', 'v1.13.8', {
        'home.example.test/upgrade': 'true',
        'plan.upgrade.cattle.io/talos': 'f00dfeed',
      }),
      rawCiliumNode('worker-4'),
      rawPlan({ at: ago(180) }),
    ],
    root: { ref: PLAN, reason: 'PlanWithoutEffect', says: /Complete=True and worker-4 marked as done/ },
    decoys: ['Node/worker-4'],
  },
  {
    name: 'an upgrade by tuppr has failed',
    objects: () => [
      rawTalosUpgrade({
        phase: 'Failed',
        at: ago(60),
        message: 'worker-2 never converged to v1.13.9 after 5 completion cycles',
      }),
    ],
    root: { ref: 'TalosUpgrade/cluster', reason: 'UpgradeFailed', says: /never converged/ },
  },
  {
    name: 'an upgrade by tuppr drains a node for two hours while Ready is True',
    objects: () => [rawTalosUpgrade({ phase: 'Draining', at: ago(120), message: 'draining worker-2' })],
    root: { ref: 'TalosUpgrade/cluster', reason: 'Draining', says: /stuck in Draining/ },
  },
];
