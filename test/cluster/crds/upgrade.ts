import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const KINDS: readonly PermissiveKind[] = [
  { group: 'upgrade.cattle.io', version: 'v1', kind: 'Plan', plural: 'plans', namespaced: true },
  {
    group: 'tuppr.home-operations.com',
    version: 'v1alpha1',
    kind: 'TalosUpgrade',
    plural: 'talosupgrades',
    namespaced: false,
  },
  {
    group: 'tuppr.home-operations.com',
    version: 'v1alpha1',
    kind: 'KubernetesUpgrade',
    plural: 'kubernetesupgrades',
    namespaced: false,
  },
];

/** The CRDs of system-upgrade-controller and tuppr, without a schema. */
export function upgradeCrds(): Manifest[] {
  return KINDS.map(permissiveCrd);
}

/** A raw status with the condition that a Plan's controller writes: it knows `lastUpdateTime` only. */
export function planCondition(
  type: string,
  status: string,
  reason: string,
  at: string,
  message = '',
): object {
  return { type, status, reason, lastUpdateTime: at, ...(message !== '' && { message }) };
}

/** What a Plan of Talos in the shape of the conventions is made of; times are RFC 3339. */
export interface PlanShape {
  name?: string;
  version?: string;
  hash?: string;
  /** Hostnames. */
  applying?: readonly string[];
  /** The Complete condition: status, reason, message. */
  complete?: readonly [status: string, reason: string, message?: string];
  at: string;
  conditions?: readonly object[];
  spec?: Record<string, unknown>;
}

/** `spec.nodeSelector` of a Talos Plan: Talos nodes that are let through the gate and do not run the version yet. */
function talosSelector(version: string): object {
  return {
    matchExpressions: [
      { key: 'feature.node.kubernetes.io/system-os_release.ID', operator: 'In', values: ['talos'] },
      { key: 'home.example.test/upgrade', operator: 'In', values: ['true'] },
      {
        key: 'feature.node.kubernetes.io/system-os_release.VERSION_ID',
        operator: 'NotIn',
        values: [version],
      },
      { key: 'nvidia.com/gpu', operator: 'DoesNotExist' },
    ],
  };
}

/** `spec.nodeSelector` of a Kubernetes Plan: control planes that are let through and already run the Talos version. */
export function kubernetesSelector(talos: string): object {
  return {
    matchExpressions: [
      { key: 'feature.node.kubernetes.io/system-os_release.ID', operator: 'In', values: ['talos'] },
      { key: 'home.example.test/upgrade', operator: 'In', values: ['true'] },
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' },
      { key: 'feature.node.kubernetes.io/system-os_release.VERSION_ID', operator: 'In', values: [talos] },
    ],
  };
}

/** A Plan of system-upgrade-controller, as stored; by default it is through and rests. */
export function rawPlan(shape: PlanShape): Manifest {
  const { name = 'talos', version = 'v1.13.9', hash = 'f00dfeed', applying = [], at } = shape;
  const [status, reason, message] = shape.complete ?? ['True', 'Complete'];
  return {
    apiVersion: 'upgrade.cattle.io/v1',
    kind: 'Plan',
    metadata: { name, namespace: 'system-upgrade' },
    spec: {
      version,
      concurrency: 1,
      exclusive: true,
      serviceAccountName: 'system-upgrade',
      secrets: [{ name: 'talos', path: '/var/run/secrets/talos.dev', ignoreUpdates: true }],
      nodeSelector: talosSelector(version),
      upgrade: {
        image: `registry.example.test/talosctl:${version}`,
        envs: [{ name: 'TOKEN', value: 'hunter2-environment' }],
        args: [
          '--nodes=$(NODE_IP)',
          'upgrade',
          `--image=factory.example.test/installer/613e1592b2da41ae:${version}`,
          '--wait=false',
        ],
      },
      ...shape.spec,
    },
    status: {
      latestVersion: version,
      latestHash: hash,
      ...(applying.length > 0 && { applying }),
      conditions: shape.conditions ?? [
        planCondition('Validated', 'True', 'PlanIsValid', at),
        planCondition('LatestResolved', 'True', 'Version', at),
        planCondition('Complete', status, reason, at, message),
      ],
    },
  };
}

/** The Job by which a Plan is applied to a node, as stored; `status` is the Job's. */
export function rawPlanJob(
  node: string,
  status: Record<string, unknown>,
  { plan = 'talos', version = 'v1.13.9', hash = 'f00dfeed' } = {},
): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `apply-${plan}-on-${node}-with-${hash}`,
      namespace: 'system-upgrade',
      labels: {
        'upgrade.cattle.io/controller': 'system-upgrade-controller',
        'upgrade.cattle.io/exclusive': 'true',
        'upgrade.cattle.io/node': node,
        'upgrade.cattle.io/plan': plan,
        'upgrade.cattle.io/version': version,
        [`plan.upgrade.cattle.io/${plan}`]: hash,
      },
    },
    spec: {
      backoffLimit: 99,
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 900,
      completions: 1,
      parallelism: 1,
      template: {
        metadata: { labels: { 'upgrade.cattle.io/plan': plan, 'upgrade.cattle.io/node': node } },
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'upgrade', image: `registry.example.test/talosctl:${version}` }],
        },
      },
    },
    status,
  };
}

/** The conditions tuppr writes in a phase: Ready is True in each but Failed. */
function tupprConditions(phase: string, at: string, reason = phase, message = ''): object[] {
  const inFlight = ['PreHook', 'Draining', 'Upgrading', 'Rebooting', 'PostHook'].includes(phase);
  const common = { reason, message, lastTransitionTime: at, observedGeneration: 1 };
  return [
    { type: 'Progressing', status: inFlight ? 'True' : 'False', ...common },
    { type: 'Ready', status: phase === 'Failed' ? 'False' : 'True', ...common },
  ];
}

/** What an upgrade of tuppr is made of; times are RFC 3339. */
export interface TupprShape {
  name?: string;
  version?: string;
  phase: string;
  /** Reason of its conditions where it is not the phase. */
  reason?: string;
  message?: string;
  at: string;
  annotations?: Readonly<Record<string, string>>;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** A TalosUpgrade of tuppr, as stored. */
export function rawTalosUpgrade(shape: TupprShape): Manifest {
  const { version = 'v1.13.9' } = shape;
  return tuppr('TalosUpgrade', { name: 'cluster', ...shape }, { talos: { version }, ...shape.spec });
}

/** The KubernetesUpgrade of tuppr, as stored. */
export function rawKubernetesUpgrade(shape: TupprShape): Manifest {
  const { version = 'v1.36.2' } = shape;
  return tuppr(
    'KubernetesUpgrade',
    { name: 'kubernetes', ...shape },
    { kubernetes: { version }, ...shape.spec },
  );
}

function tuppr(kind: string, shape: TupprShape, spec: Record<string, unknown>): Manifest {
  const { name = '', phase, reason, message = phase, at, annotations, status } = shape;
  return {
    apiVersion: 'tuppr.home-operations.com/v1alpha1',
    kind,
    metadata: { name, generation: 1, ...(annotations && { annotations }) },
    spec,
    status: {
      phase,
      message,
      lastUpdated: at,
      observedGeneration: 1,
      conditions: tupprConditions(phase, at, reason, message),
      ...status,
    },
  };
}
