import { rawKubernetesUpgrade, rawPlan, rawTalosUpgrade } from '../../cluster/crds/upgrade.ts';
import { node } from '../../cluster/seed.ts';
import { ago, DAY, ownNode } from './components-parts.ts';
import type { Fault } from './fault.ts';

const PLAN = 'Plan/system-upgrade/talos';
const OLD = 'v1.13.8';

const failedJob =
  'Job system-upgrade/apply-talos-on-forge-1-with-f00dfeed failed on Node forge-1: BackoffLimitExceeded: Job has reached the specified backoff limit';

const NODES: readonly Fault[] = [
  {
    name: 'a node has too little memory while it says Ready',
    objects: () => [node('forge-1', { state: 'memory-pressure' })],
    root: { ref: 'Node/forge-1', reason: 'MemoryPressure' },
  },
  {
    name: 'a node runs a Kubernetes that its Talos does not support',
    objects: () => [ownNode('forge-1', { talos: 'v1.12.4', kubelet: 'v1.36.0' })],
    root: { ref: 'Node/forge-1', reason: 'UnsupportedKubernetes' },
  },
];

const PLANS: readonly Fault[] = [
  {
    name: 'a plan is Complete and its node marked as done, and the node runs what it ran before',
    objects: () => [
      ownNode('forge-1', { talos: OLD, labels: { 'plan.upgrade.cattle.io/talos': 'f00dfeed' } }),
      rawPlan({ at: ago(300) }),
    ],
    root: { ref: PLAN, reason: 'PlanWithoutEffect' },
    decoys: ['Node/forge-1'],
  },
  {
    name: 'a plan is Complete=True because it matches no node: Node Feature Discovery labels none',
    objects: () => [
      ownNode('forge-1', { talos: OLD, labels: { 'home.example.test/upgrade': 'true' } }),
      rawPlan({ at: ago(300) }),
    ],
    root: { ref: PLAN, reason: 'NoNodeFeatures' },
  },
  {
    name: 'the Job of a plan failed again and again, and is gone by now',
    objects: () => [
      ownNode('forge-1', { talos: OLD, labels: { 'home.example.test/upgrade': 'true' } }),
      rawPlan({ at: ago(180), applying: ['forge-1'], complete: ['False', 'JobFailed', failedJob] }),
    ],
    root: { ref: PLAN, reason: 'JobFailed' },
    decoys: ['Node/forge-1'],
  },
  {
    name: 'the daily window of a plan has come and gone, and it waits still',
    objects: () => [
      ownNode('forge-1', { talos: OLD, labels: { 'home.example.test/upgrade': 'true' } }),
      rawPlan({
        at: ago(2 * DAY),
        complete: ['False', 'Waiting', 'current time is not within configured window'],
        spec: { window: { startTime: '02:00', endTime: '05:00', timeZone: 'UTC' } },
      }),
    ],
    root: { ref: PLAN, reason: 'WindowMissed' },
    decoys: ['Node/forge-1'],
  },
  {
    name: 'a plan would set a node back that was upgraded by hand',
    objects: () => [ownNode('forge-1', { talos: 'v1.13.9' }), rawPlan({ version: OLD, at: ago(900) })],
    root: { ref: PLAN, reason: 'StalePin' },
  },
];

const TUPPR: readonly Fault[] = [
  {
    name: 'tuppr has been rebooting a node for two hours with Ready=True, and the next upgrade waits for it',
    objects: () => [
      ownNode('forge-1', { talos: OLD }),
      rawTalosUpgrade({
        phase: 'Rebooting',
        at: ago(120),
        status: { startedAt: ago(130), currentNodes: ['forge-1'] },
      }),
      rawKubernetesUpgrade({
        phase: 'Pending',
        reason: 'WaitingForOtherUpgrade',
        message: "Waiting for TalosUpgrade 'cluster' to complete",
        at: ago(110),
      }),
    ],
    root: { ref: 'TalosUpgrade/cluster', reason: 'Rebooting' },
    decoys: ['KubernetesUpgrade/kubernetes', 'Node/forge-1'],
  },
  {
    name: 'tuppr says Completed, and a node still runs the old version',
    objects: () => [
      ownNode('forge-1', { talos: OLD }),
      rawTalosUpgrade({ phase: 'Completed', at: ago(90), status: { completedAt: ago(90) } }),
    ],
    root: { ref: 'TalosUpgrade/cluster', reason: 'UpgradeWithoutEffect' },
    decoys: ['Node/forge-1'],
  },
  {
    name: 'the window that tuppr waited for is long past, and it waits still',
    objects: () => [
      ownNode('forge-1', { talos: OLD }),
      rawTalosUpgrade({
        phase: 'MaintenanceWindow',
        at: ago(3000),
        status: { nextMaintenanceWindow: ago(600) },
      }),
    ],
    root: { ref: 'TalosUpgrade/cluster', reason: 'WindowMissed' },
  },
];

/** Nodes, Talos, system-upgrade-controller and tuppr. */
export const UPGRADE_FAULTS: readonly Fault[] = [...NODES, ...PLANS, ...TUPPR];
