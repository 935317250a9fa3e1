import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { Workload } from '#domain/objects/workload.ts';
import { rawCiliumNode } from '../../cluster/crds/cilium.ts';
import { rawInstanceManager, rawLonghornNode } from '../../cluster/crds/longhorn.ts';
import {
  ago,
  condition,
  cronJob,
  deployed,
  job,
  kustomization,
  meta,
  pod,
  warning,
  workload,
} from './objects.ts';
import {
  apiService,
  attachment,
  autoscaler,
  budget,
  claim,
  crd,
  ingress,
  ingressClass,
  namespace,
  service,
  slice,
  storageClass,
  volume,
  webhook,
} from './platform-objects.ts';
import { projected, staticPod, talosNode } from './upgrade-objects.ts';
import { healthyComponents, runs } from './healthy-components.ts';

export type Objects = (AnyObject | FluxObject)[];

const NODES = ['worker-1', 'worker-2', 'worker-3'];

/** A cluster of some 300 objects in which nothing is wrong, with objects of every kind that health looks at. */
export function healthyCluster(): Objects {
  return [
    ...NODES.flatMap(nodeParts),
    ...flux(),
    ...Array.from({ length: 16 }, (_, index) => app(`app-${index}`)).flat(),
    ...core(),
    ...operators(),
    ...healthyComponents(),
  ];
}

function nodeParts(name: string): AnyObject[] {
  return [
    talosNode(name, 'v1.13.9', { open: true, controlPlane: true }),
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((one) =>
      staticPod(one, name, 'v1.36.2'),
    ),
    projected(rawCiliumNode(name)),
    projected(rawLonghornNode(name, ago(600))),
    projected(rawInstanceManager(name)),
  ];
}

const daemon = (name: string, inNamespace: string): Workload =>
  workload('DaemonSet', name, { namespace: inNamespace, desired: 3 });

function operators(): AnyObject[] {
  return [
    daemon('cilium', 'kube-system'),
    daemon('longhorn-manager', 'longhorn-system'),
    daemon('metallb-speaker', 'metallb-system'),
    ...runs('cilium-operator', 'kube-system'),
    ...runs('coredns', 'kube-system'),
    ...runs('snapshot-controller', 'kube-system'),
    ...runs('metallb-controller', 'metallb-system'),
    ...runs('cert-manager', 'cert-manager'),
    ...runs('volsync', 'volsync-system'),
    ...runs('rook-ceph-operator', 'rook-ceph'),
    ...runs('cloudnative-pg', 'cnpg-system'),
    ...runs('openebs-lvm-localpv-controller', 'openebs'),
    ...runs('openebs-zfs-localpv-controller', 'openebs'),
    ...runs('openebs-operator-diskpool', 'openebs'),
    ...runs('prometheus-operator', 'monitoring'),
    ...runs('system-upgrade-controller', 'system-upgrade'),
    ...runs('tuppr', 'system-upgrade'),
  ];
}

const CONTROLLERS = [
  'source-controller',
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
];

function flux(): Objects {
  const source = {
    ...kustomization('cluster'),
    ...meta('GitRepository', 'cluster', 'flux-system'),
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    group: 'source.toolkit.fluxcd.io',
    history: [],
    conditions: [condition('Ready', 'True', 'Succeeded')],
  };
  const release = {
    ...kustomization('charted'),
    ...meta('HelmRelease', 'charted', 'apps'),
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    group: 'helm.toolkit.fluxcd.io',
    history: [],
    conditions: [condition('Ready', 'True', 'UpgradeSucceeded')],
  };
  const apps = Array.from({ length: 16 }, (_, index) => kustomization(`app-${index}`));
  return [...CONTROLLERS.flatMap((name) => runs(name, 'flux-system')), source, release, ...apps];
}

/** Nine objects: a Deployment of two pods with what serves and what stores. */
function app(name: string): AnyObject[] {
  const owned = { kind: 'PersistentVolumeClaim', namespace: 'apps', name };
  return [
    ...deployed(name, 2, (at) => pod(at, { claims: [name] })),
    service(name),
    slice(name, 2),
    ingress(name, name),
    claim(name),
    volume(`pv-${name}`, { claim: owned }),
  ];
}

function core(): AnyObject[] {
  return [
    ...['apps', 'flux-system', 'kube-system', 'longhorn-system'].map((name) => namespace(name)),
    ingressClass(),
    storageClass(),
    attachment('attachment-1', { volume: 'pv-app-0' }),
    workload('StatefulSet', 'db'),
    job('import'),
    cronJob('report'),
    autoscaler({ target: { kind: 'Deployment', name: 'app-0' } }),
    budget({ selector: { app: 'app-0' } }),
    webhook(),
    {
      ...webhook(),
      ...meta('MutatingWebhookConfiguration', 'defaults', undefined),
      kind: 'MutatingWebhookConfiguration',
    },
    service('hook', { namespace: 'hooks' }),
    slice('hook', 1, 0, 'hooks'),
    pod('hook', { namespace: 'hooks', labels: { app: 'hook' } }),
    apiService({ service: undefined }),
    crd({ name: 'plans.upgrade.cattle.io', group: 'upgrade.cattle.io', defines: 'Plan', plural: 'plans' }),
    warning(talosNode('worker-1'), 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem', {
      count: 1,
    }),
  ];
}
