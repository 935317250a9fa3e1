import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, warning } from '../../cluster/seed.ts';
import { ago, type Fault, since } from './fault.ts';
import { claim, mounting, podOf, volume } from './parts.ts';

/** Deployment `shop`, whose pod mounts claim `shop` and finds no node or no volume. */
function waiting(state: 'unschedulable' | 'creating', message?: string): Manifest[] {
  const pods = [{ state, message, since: since(30), node: 'worker-1' } as const];
  return mounting('shop', deploymentTree('shop', 'apps', { since: since(30), pods }));
}

const UNBOUND = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.';

const MULTI_ATTACH =
  'Multi-Attach error for volume "pv-shop" Volume is already exclusively attached to one node and can\'t be attached to another';

function attachment(node: string): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: 'csi-shop' },
    spec: { attacher: 'csi.example.test', nodeName: node, source: { persistentVolumeName: 'pv-shop' } },
    status: { attached: true },
  };
}

/** A pod on worker-1 whose volume is still attached to another node. */
function attachedTo(node: string): Manifest[] {
  const objects = waiting('creating');
  return [
    claim('shop', 'pv-shop'),
    volume('pv-shop', 'shop'),
    attachment(node),
    ...objects,
    warning(podOf(objects), 'FailedAttachVolume', MULTI_ATTACH, { count: 9 }),
  ];
}

/** What goes wrong with claims and volumes; the pods that wait for them are consequences. */
export const STORAGE_FAULTS: readonly Fault[] = [
  {
    name: 'a claim gets no volume from its provisioner',
    objects: () => {
      const pending = claim('shop');
      const message = 'failed to provision volume with StorageClass "fast": rpc error: insufficient storage';
      return [
        pending,
        warning(pending, 'ProvisioningFailed', message, { count: 12, since: since(30) }),
        ...waiting('unschedulable', UNBOUND),
      ];
    },
    root: {
      ref: 'PersistentVolumeClaim/apps/shop',
      reason: 'ProvisioningFailed',
      says: /insufficient storage/,
    },
    decoys: ['Deployment/apps/shop'],
  },
  {
    name: 'a claim names a storage class that does not exist',
    objects: () => [claim('shop', undefined, 'fats'), ...waiting('unschedulable', UNBOUND)],
    root: {
      ref: 'PersistentVolumeClaim/apps/shop',
      reason: 'StorageClassMissing',
      says: /storage class fats does not exist/,
    },
    decoys: ['Deployment/apps/shop'],
  },
  {
    name: 'a claim is pending, and nobody says why',
    objects: () => [claim('shop'), ...waiting('unschedulable', UNBOUND)],
    age: 30,
    root: { ref: 'PersistentVolumeClaim/apps/shop', reason: 'ClaimPending' },
    decoys: ['Deployment/apps/shop'],
  },
  {
    name: 'a claim has lost its volume',
    objects: () => [{ ...claim('shop', 'pv-shop'), status: { phase: 'Lost' } }],
    root: { ref: 'PersistentVolumeClaim/apps/shop', reason: 'ClaimLost', says: /pv-shop no longer exists/ },
  },
  {
    name: 'a volume could not be reclaimed',
    objects: () => {
      const failed = volume('pv-old', 'gone', 'Failed');
      return [{ ...failed, status: { phase: 'Failed', message: 'error deleting volume: still in use' } }];
    },
    root: { ref: 'PersistentVolume/pv-old', reason: 'VolumeFailed', says: /still in use/ },
  },
  {
    name: 'a volume cannot grow',
    objects: () => {
      const bound = claim('shop', 'pv-shop');
      const conditions = [
        {
          type: 'ControllerResizeError',
          status: 'True',
          message: 'rpc error: the pool has no room',
          lastTransitionTime: ago(30),
        },
      ];
      return [{ ...bound, status: { ...bound.status, conditions } }, volume('pv-shop', 'shop')];
    },
    root: {
      ref: 'PersistentVolumeClaim/apps/shop',
      reason: 'ControllerResizeError',
      says: /the pool has no room/,
    },
  },
  {
    name: 'a volume is attached to another node that is well',
    objects: () => attachedTo('worker-2'),
    root: {
      ref: 'Deployment/apps/shop',
      reason: 'FailedAttachVolume',
      says: /still attached to node worker-2/,
    },
  },
  {
    name: 'a volume is attached to a node that no longer exists',
    objects: () => attachedTo('worker-9'),
    root: { ref: 'VolumeAttachment/csi-shop', reason: 'NodeGone', says: /worker-9, which does not exist/ },
    decoys: ['Deployment/apps/shop'],
  },
  {
    name: 'a volume lives on a node that no longer exists',
    objects: () => [
      claim('shop', 'pv-shop'),
      volume('pv-shop', 'shop', 'Bound', 'worker-9'),
      ...waiting('unschedulable', '0/3 nodes are available: 3 node(s) had volume node affinity conflict.'),
    ],
    root: { ref: 'PersistentVolume/pv-shop', reason: 'VolumeNodeGone', says: /worker-9/ },
    decoys: ['Deployment/apps/shop'],
  },
  {
    name: 'a claim that is being deleted is still used',
    objects: () => [
      claim('shop', 'pv-shop'),
      volume('pv-shop', 'shop'),
      ...mounting('shop', deploymentTree('shop', 'apps', { since: since(90) })),
    ],
    deleted: [claim('shop')],
    root: {
      ref: 'PersistentVolumeClaim/apps/shop',
      reason: 'Terminating',
      says: /still used by Pod\/apps\/shop/,
    },
  },
];
