import type { Change } from '../../cluster/field-managers.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import * as objects from './objects.ts';
import type { DriftPair } from './pair.ts';

/** What can happen to the labels and annotations of an object of any kind. */
const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  'kubectl label adds one and overwrites one': [
    { kubectl: ['label', '@', '--overwrite', 'added=yes', 'tier=hand'] },
  ],
  'kubectl annotate takes one away, a user interface adds one': [
    { kubectl: ['annotate', '@', 'note-', 'other=hand'] },
    { as: 'Mozilla', put: { metadata: { annotations: { ui: 'was here' } } } },
  ],
  'k9s takes a label away and adds one': [
    {
      as: 'k9s',
      json: [
        { op: 'remove', path: '/metadata/labels/tier' },
        { op: 'add', path: '/metadata/labels/added', value: 'k9s' },
      ],
    },
  ],
};

const KINDS: Readonly<Record<string, Manifest>> = {
  Deployment: objects.DEPLOYMENT,
  StatefulSet: objects.STATEFUL_SET,
  DaemonSet: objects.DAEMON_SET,
  Service: objects.SERVICE,
  Ingress: objects.INGRESS,
  ConfigMap: objects.CONFIG_MAP,
  CronJob: objects.CRON_JOB,
  HorizontalPodAutoscaler: objects.AUTOSCALER,
  PodDisruptionBudget: objects.DISRUPTION_BUDGET,
  NetworkPolicy: objects.NETWORK_POLICY,
  Role: objects.ROLE,
  ClusterRole: objects.CLUSTER_ROLE,
  RoleBinding: objects.ROLE_BINDING,
  ServiceAccount: objects.SERVICE_ACCOUNT,
  Namespace: objects.NAMESPACE,
  PersistentVolumeClaim: objects.VOLUME_CLAIM,
  CustomResourceDefinition: objects.DEFINITION,
  Shape: objects.SHAPE,
  Bare: objects.BARE,
};

/** Every kind with every change of its metadata. */
export const METADATA: readonly DriftPair[] = Object.entries(KINDS).flatMap(([kind, git]) =>
  Object.entries(CHANGES).map(([change, by]): DriftPair => ({ name: `${kind}: ${change}`, git, by })),
);

/** Marks on metadata that are not labels or annotations of the operator's own. */
export const MARKED: readonly DriftPair[] = [
  {
    name: 'ssa: Merge in Git keeps what kubectl adds',
    git: marked(objects.CONFIG_MAP, { 'kustomize.toolkit.fluxcd.io/ssa': 'Merge' }),
    by: [{ kubectl: ['patch', '@', '-p', '{"data":{"a":"9","added":"by hand"}}'] }],
  },
  {
    name: 'ssa: Merge on the live object keeps what kubectl adds',
    git: objects.CONFIG_MAP,
    by: [
      { kubectl: ['annotate', '@', 'kustomize.toolkit.fluxcd.io/ssa=merge'] },
      { kubectl: ['patch', '@', '-p', '{"data":{"a":"9","added":"by hand"}}'] },
    ],
  },
  {
    name: 'a finalizer of another tool',
    git: objects.CONFIG_MAP,
    by: [{ as: 'protector', merge: { metadata: { finalizers: ['example.test/protected'] } } }],
  },
  {
    name: 'a finalizer by kubectl',
    git: objects.CONFIG_MAP,
    by: [{ kubectl: ['patch', '@', '-p', '{"metadata":{"finalizers":["example.test/by-hand"]}}'] }],
  },
  {
    name: 'marks of an old Flux',
    git: objects.CONFIG_MAP,
    by: [
      {
        as: 'flux',
        merge: {
          metadata: {
            labels: { 'fluxcd.io/sync-gc-mark': 'x' },
            annotations: { 'fluxcd.io/sync-checksum': 'y', 'kustomize.toolkit.fluxcd.io/checksum': 'z' },
          },
        },
      },
    ],
  },
  {
    name: 'before-first-apply and an Update by Flux itself',
    git: objects.CONFIG_MAP,
    by: [
      { as: 'before-first-apply', merge: { data: { old: 'x' } } },
      { as: 'kustomize-controller', merge: { data: { older: 'y', a: '5' } } },
    ],
  },
  {
    name: 'a label of Flux overwritten by hand',
    git: objects.CONFIG_MAP,
    by: [{ kubectl: ['label', '@', '--overwrite', 'kustomize.toolkit.fluxcd.io/name=other'] }],
  },
  {
    name: 'a finalizer of Git, taken away by k9s',
    git: {
      ...objects.CONFIG_MAP,
      metadata: { ...objects.CONFIG_MAP.metadata, finalizers: ['example.test/kept'] },
    },
    by: [{ as: 'k9s', json: [{ op: 'remove', path: '/metadata/finalizers' }] }],
    isUnseen: true,
  },
];

function marked(git: Manifest, annotations: Readonly<Record<string, string>>): Manifest {
  return {
    ...git,
    metadata: { ...git.metadata, annotations: { ...git.metadata.annotations, ...annotations } },
  };
}
