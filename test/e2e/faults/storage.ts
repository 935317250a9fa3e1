import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, node, warning } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { ago, BEHIND_WIKI, brokenApp, claimVolume, since, SHOP, warnedApp, WIKI } from './workloads-parts.ts';

const CLAIM = 'PersistentVolumeClaim/shop/wiki-data';

const SIZE = { storage: '10Gi' };

interface ClaimShape {
  phase?: string;
  storageClass?: string;
  volume?: string;
  status?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
}

function claim({
  phase = 'Pending',
  storageClass = 'standard',
  volume,
  status,
  metadata,
}: ClaimShape): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'wiki-data', namespace: SHOP, ...metadata },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: SIZE },
      storageClassName: storageClass,
      ...(volume !== undefined && { volumeName: volume }),
    },
    status: { phase, ...status },
  };
}

/** The volume `pvc-wiki`, bound to the claim. */
function persistent(
  spec: Record<string, unknown> = {},
  status: Record<string, unknown> = { phase: 'Bound' },
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pvc-wiki' },
    spec: {
      capacity: SIZE,
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: 'standard',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: SHOP, name: 'wiki-data' },
      csi: { driver: 'driver.longhorn.io', volumeHandle: 'pvc-wiki' },
      ...spec,
    },
    status,
  };
}

const BOUND = {
  phase: 'Bound',
  volume: 'pvc-wiki',
  status: { capacity: SIZE, accessModes: ['ReadWriteOnce'] },
};

function attachment(name: string): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: `csi-${name}` },
    spec: { attacher: 'driver.longhorn.io', nodeName: name, source: { persistentVolumeName: 'pvc-wiki' } },
    status: { attached: true },
  };
}

/** The application, waiting for the claim that it mounts. */
function waitingFor(message: string): Manifest[] {
  return brokenApp([{ state: 'unschedulable', message: `0/4 nodes are available: ${message}` }]).map(
    mounting,
  );
}

function mounting(object: Manifest): Manifest {
  if (object.kind !== 'Pod') return object;
  return { ...object, spec: { ...object.spec, volumes: [claimVolume('wiki-data')] } };
}

const UNBOUND =
  'pod has unbound immediate PersistentVolumeClaims. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.';

function unbound(name: string, shape: ClaimShape, reason: string, said?: readonly [string, string]): Fault {
  return {
    name,
    objects: () => {
      const own = claim(shape);
      const told = said ? [warning(own, ...said, { count: 12, since: since(38) })] : [];
      return [own, ...told, ...waitingFor(UNBOUND)];
    },
    root: { ref: CLAIM, reason },
    decoys: [WIKI, ...BEHIND_WIKI],
  };
}

/** Claims that get no volume. */
const CLAIMS: readonly Fault[] = [
  unbound('the storage class of a claim does not exist', { storageClass: 'fast' }, 'ProvisioningFailed', [
    'ProvisioningFailed',
    'storageclass.storage.k8s.io "fast" not found',
  ]),
  unbound(
    'the storage class of a claim does not exist, and the event of it is gone',
    { storageClass: 'fast' },
    'StorageClassMissing',
  ),
  unbound('no provisioner answers for a claim, and nothing warns of it', {}, 'ClaimPending'),
  unbound('the storage has no room for a claim', {}, 'ProvisioningFailed', [
    'ProvisioningFailed',
    'failed to provision volume with StorageClass "standard": rpc error: code = ResourceExhausted desc = not enough free space',
  ]),
  {
    name: 'a claim has lost its volume, and its pod finds no node',
    objects: () => [
      claim({ phase: 'Lost', volume: 'pvc-wiki' }),
      ...waitingFor('persistentvolumeclaim "wiki-data" bound to non-existent persistentvolume "pvc-wiki".'),
    ],
    root: { ref: CLAIM, reason: 'ClaimLost' },
    decoys: [WIKI, ...BEHIND_WIKI],
  },
  {
    name: 'trap: a volume cannot grow, while all that uses it runs',
    objects: () => [
      claim({
        ...BOUND,
        status: {
          ...BOUND.status,
          conditions: [
            {
              type: 'ControllerResizeError',
              status: 'True',
              lastTransitionTime: ago(40),
              message:
                'failed to expand volume: rpc error: code = ResourceExhausted desc = insufficient storage',
            },
          ],
        },
      }),
      persistent(),
      ...deploymentTree('wiki', SHOP, { since: since(), service: true }).map(mounting),
    ],
    root: { ref: CLAIM, reason: 'ControllerResizeError' },
  },
  {
    name: 'trap: a claim is being deleted while a running pod mounts it',
    objects: () => [
      claim({
        ...BOUND,
        metadata: { finalizers: ['kubernetes.io/pvc-protection'], deletionTimestamp: ago(40) },
      }),
      persistent(),
      ...deploymentTree('wiki', SHOP, { since: since(), service: true }).map(mounting),
    ],
    root: { ref: CLAIM, reason: 'Terminating' },
  },
  {
    name: 'a volume whose claim is gone cannot be deleted',
    objects: () => [
      persistent(
        {},
        { phase: 'Failed', message: 'rpc error: code = FailedPrecondition desc = volume is still in use' },
      ),
    ],
    root: { ref: 'PersistentVolume/pvc-wiki', reason: 'VolumeFailed' },
  },
];

const MULTI_ATTACH =
  'Multi-Attach error for volume "pvc-wiki" Volume is already exclusively attached to one node and can\'t be attached to another';

const attaching = (): Manifest[] =>
  warnedApp({ state: 'creating', node: 'worker-1' }, 'FailedAttachVolume', MULTI_ATTACH, {
    volumes: [claimVolume('wiki-data')],
  });

const NFS =
  'MountVolume.SetUp failed for volume "media" : mount failed: exit status 32 Mounting command: mount Mounting arguments: -t nfs nas.example.test:/media Output: mount.nfs: Connection timed out';

/** Volumes that exist and do not come to their pod. */
const VOLUMES: readonly Fault[] = [
  {
    name: 'a volume is still attached to another node, which is well',
    objects: () => [claim(BOUND), persistent(), attachment('worker-2'), ...attaching()],
    root: { ref: WIKI, reason: 'FailedAttachVolume' },
    decoys: BEHIND_WIKI,
  },
  {
    name: 'a volume is still attached to a node that is dead',
    objects: () => [
      node('worker-2', { state: 'lost', since: since(45) }),
      claim(BOUND),
      persistent(),
      attachment('worker-2'),
      ...attaching(),
    ],
    root: { ref: 'Node/worker-2', reason: 'NotReady' },
    decoys: [WIKI, ...BEHIND_WIKI],
  },
  {
    name: 'a volume lies on a node that is dead: its pod may go nowhere else',
    objects: () => [
      node('worker-3', { state: 'lost', since: since(45) }),
      claim(BOUND),
      persistent({
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['worker-3'] }] },
            ],
          },
        },
      }),
      ...waitingFor(
        "1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 3 node(s) didn't match PersistentVolume's node affinity.",
      ),
    ],
    root: { ref: 'Node/worker-3', reason: 'NotReady' },
    decoys: [WIKI, ...BEHIND_WIKI],
  },
  {
    name: 'the file server does not answer: a volume cannot be mounted',
    objects: () => warnedApp({ state: 'creating' }, 'FailedMount', NFS),
    root: { ref: WIKI, reason: 'FailedMount' },
    decoys: BEHIND_WIKI,
  },
  {
    name: 'a ConfigMap that is mounted does not exist',
    objects: () =>
      warnedApp(
        { state: 'creating' },
        'FailedMount',
        'MountVolume.SetUp failed for volume "config" : configmap "wiki-config" not found',
      ),
    root: { ref: WIKI, reason: 'MissingConfig' },
    decoys: BEHIND_WIKI,
  },
];

/** Claims, volumes and what hinders them. */
export const STORAGE_FAULTS: readonly Fault[] = [...CLAIMS, ...VOLUMES];
