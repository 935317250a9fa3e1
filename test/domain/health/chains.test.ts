import { describe, expect, it } from 'vitest';

import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';

import {
  rawCertificate,
  rawChallenge,
  rawClusterIssuer,
  rawOrder,
  rawRequest,
} from '../../cluster/crds/cert-manager.ts';
import { rawCiliumNode } from '../../cluster/crds/cilium.ts';
import { gatewayCondition, rawGateway, rawGatewayClass, rawRoute } from '../../cluster/crds/gateway.ts';
import {
  longhornCondition,
  rawEngine,
  rawInstanceManager,
  rawLonghornNode,
  rawReplica,
  rawVolume,
} from '../../cluster/crds/longhorn.ts';
import { rawAddressPool, rawAdvertisement } from '../../cluster/crds/metallb.ts';
import { rawReplicationSource, statusAt, synchronizing } from '../../cluster/crds/volsync.ts';
import {
  ago,
  answerFor,
  condition,
  container,
  crashing,
  deadNode,
  deployed,
  findingsOf,
  kustomization,
  node,
  notReady,
  pod,
  unready,
  waiting,
  warning,
  workload,
} from './objects.ts';
import {
  claim,
  ingress,
  ingressClass,
  namespace,
  pendingClaim,
  service,
  slice,
  storageClass,
  volume,
  webhook,
} from './platform-objects.ts';
import { projected } from './upgrade-objects.ts';

type Objects = (AnyObject | FluxObject)[];

const DAY = 24 * 60;

/** Its Service, Ingress and Kustomization, and one that depends on that: what breaks with a workload. */
function above(name: string): Objects {
  return [
    service(name),
    slice(name, 0, 1),
    ingressClass(),
    ingress(name, name),
    kustomization(name, {
      inventory: [{ kind: 'Deployment', namespace: 'apps', name, group: 'apps' }],
      ...notReady('HealthCheckFailed', 'timeout waiting for health checks'),
    }),
    kustomization(`${name}-extras`, {
      dependsOn: [{ namespace: 'flux-system', name }],
      ...notReady('DependencyNotReady', `dependency 'flux-system/${name}' is not ready`),
    }),
  ];
}

const crash = (name: string): AnyObject[] =>
  deployed(name, 1, (at) => unready(at, 40, { node: 'worker-2', containers: [crashing()] }));

/** A Longhorn volume of the claim `data` with its only replica on worker-1. */
function longhornOn(dead: string): AnyObject[] {
  const status = { claim: 'data' };
  return [
    projected(
      rawVolume('pv-data', ago(600), {
        spec: { numberOfReplicas: 1, nodeID: dead },
        status: {
          robustness: 'faulted',
          state: 'detached',
          kubernetesStatus: {
            pvName: 'pv-data',
            pvStatus: 'Bound',
            namespace: 'apps',
            pvcName: status.claim,
          },
        },
      }),
      10 * DAY,
    ),
    projected(rawEngine('pv-data', {})),
    projected(
      rawReplica('pv-data', dead, { spec: { failedAt: ago(40) }, status: { currentState: 'stopped' } }),
    ),
    projected(rawInstanceManager(dead, 'unknown')),
    projected(
      rawLonghornNode(dead, ago(600), {
        status: {
          conditions: [
            longhornCondition('Ready', 'False', ago(40), 'KubernetesNodeNotReady', 'node is not ready'),
          ],
        },
      }),
    ),
  ];
}

const told = (type: string, status: string, reason: string, message = ''): object =>
  gatewayCondition(type, status, reason, ago(40), message);
const ACCEPTED = told('Accepted', 'True', 'Accepted');

interface Chain {
  what: string;
  objects: Objects;
  /** Refs of the findings in order, each with the number of its consequences. */
  roots: [ref: string, consequences: number][];
}

const CHAINS: Chain[] = [
  {
    what: 'node → instance manager → volume → pod → Service → Ingress → Kustomization → what depends on it',
    objects: [
      deadNode('worker-1', 40),
      node('worker-2'),
      ...longhornOn('worker-1'),
      claim('data'),
      volume('pv-data', { driver: 'driver.longhorn.io', handle: 'pv-data' }),
      ...deployed('web', 1, (at) =>
        pod(at, {
          phase: 'Pending',
          node: 'worker-2',
          claims: ['data'],
          containers: [waiting('ContainerCreating')],
          conditions: [
            condition('PodScheduled', 'True', undefined, undefined, 40),
            condition('Ready', 'False', 'ContainersNotReady', 'containers with unready status: [app]', 40),
          ],
        }),
      ),
      warning(pod('web-7d9f-0'), 'FailedAttachVolume', 'volume pv-data is not ready for workloads'),
      ...above('web'),
    ],
    roots: [['Node/worker-1', 8]],
  },
  {
    what: 'the same beside a Deployment that crashes by itself: two roots, the node first',
    objects: [
      deadNode('worker-1', 40),
      ...longhornOn('worker-1'),
      claim('data'),
      volume('pv-data'),
      ...crash('other'),
      ...above('other'),
    ],
    roots: [
      ['Node/worker-1', 3],
      ['Deployment/apps/other', 4],
    ],
  },
  {
    what: 'issuer → request → order → certificate → Gateway → route',
    objects: [
      projected(rawClusterIssuer(['False', 'ErrRegisterACMEAccount', 'account is forbidden', ago(60)])),
      projected(
        rawCertificate({
          ready: ['False', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(50)],
          issuing: ['True', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(50)],
        }),
        50,
      ),
      projected(rawRequest('wiki-1', { Ready: ['False', 'Pending', 'waiting for the issuer', ago(49)] }), 49),
      projected(rawGatewayClass([ACCEPTED])),
      projected(
        rawGateway({
          conditions: [ACCEPTED, told('Programmed', 'False', 'Invalid', 'listener is invalid')],
          listener: [
            ACCEPTED,
            told('ResolvedRefs', 'False', 'InvalidCertificateRef', 'secret apps/wiki-tls does not exist'),
            told('Programmed', 'False', 'Invalid', 'listener is invalid'),
          ],
        }),
      ),
      service('wiki'),
      slice('wiki', 1),
      pod('wiki', { labels: { app: 'wiki' } }),
      projected(
        rawRoute({
          told: {
            external: [
              told('Accepted', 'False', 'NoReadyListeners', 'no listener is ready'),
              told('ResolvedRefs', 'True', 'ResolvedRefs'),
            ],
          },
        }),
      ),
    ],
    roots: [['ClusterIssuer/letsencrypt', 4]],
  },
  {
    what: 'challenge → order → request → certificate → Ingress',
    objects: [
      projected(rawClusterIssuer(['True', 'ACMEAccountRegistered', 'registered', ago(60)])),
      projected(
        rawCertificate({
          ready: ['False', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(90)],
          issuing: ['True', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(90)],
        }),
        90,
      ),
      projected(rawRequest('wiki-1', { Ready: ['False', 'Pending', 'waiting for order', ago(89)] }), 89),
      projected(rawOrder('wiki-1-22', 'wiki-1', { state: 'pending' }), 89),
      projected(
        rawChallenge('wiki-1-22-333', 'wiki-1-22', {
          state: 'pending',
          reason: 'wrong status code 404',
          presented: true,
          processing: true,
        }),
        89,
      ),
      ingressClass(),
      ingress('wiki', 'wiki', { tlsSecrets: ['wiki-tls'] }),
      service('wiki'),
      slice('wiki', 1),
      pod('wiki', { labels: { app: 'wiki' } }),
    ],
    roots: [['Challenge/apps/wiki-1-22-333', 4]],
  },
  {
    what: 'pool → Service → Gateway',
    objects: [
      projected(rawAddressPool('lan', { assigned: 20, available: 0 })),
      projected(rawAdvertisement()),
      service('cilium-gateway-external', {
        namespace: 'network',
        labels: { 'gateway.networking.k8s.io/gateway-name': 'external' },
        type: 'LoadBalancer',
        selector: {},
        created: ago(40),
      }),
      warning(
        service('cilium-gateway-external', { namespace: 'network' }),
        'AllocationFailed',
        'Failed to allocate IP: no available IPs',
        { first: ago(40) },
      ),
      projected(rawGatewayClass([ACCEPTED])),
      projected(
        rawGateway({
          conditions: [ACCEPTED, told('Programmed', 'False', 'AddressNotAssigned', 'address is pending')],
          listener: [
            ACCEPTED,
            told('Programmed', 'True', 'Programmed'),
            told('ResolvedRefs', 'True', 'ResolvedRefs'),
          ],
        }),
      ),
    ],
    roots: [['IPAddressPool/metallb-system/lan', 2]],
  },
  {
    what: 'claim without space → pod → Deployment → Service → Ingress → Kustomization',
    objects: [
      storageClass(),
      pendingClaim('data', ago(40)),
      warning(claim('data'), 'ProvisioningFailed', 'not enough free space in pool', { first: ago(40) }),
      ...deployed('web', 1, (at) =>
        pod(at, {
          phase: 'Pending',
          node: undefined,
          claims: ['data'],
          containers: [],
          conditions: [
            condition(
              'PodScheduled',
              'False',
              'Unschedulable',
              'pod has unbound immediate PersistentVolumeClaims',
              40,
            ),
          ],
        }),
      ),
      ...above('web'),
    ],
    roots: [['PersistentVolumeClaim/apps/data', 5]],
  },
  {
    what: 'a Deployment that crashes → its Service → the webhook → everything that the API server refuses',
    objects: [
      namespace('hooks'),
      ...deployed('hook', 1, (at) => unready(at, 40, { containers: [crashing()] }), { namespace: 'hooks' }),
      service('hook', { namespace: 'hooks' }),
      slice('hook', 0, 1, 'hooks'),
      webhook(),
      workload('StatefulSet', 'db', { desired: 2, current: 1, available: 1 }),
      warning(
        workload('StatefulSet', 'db'),
        'FailedCreate',
        'create Pod db-1 failed: Internal error occurred: failed calling webhook "check.example.test": no endpoints available',
      ),
      kustomization(
        'apps',
        notReady(
          'ReconciliationFailed',
          'Service/apps/x dry-run failed: Internal error occurred: failed calling webhook "check.example.test": no endpoints available',
        ),
      ),
    ],
    roots: [['Deployment/hooks/hook', 4]],
  },
  {
    what: 'Cilium down on a node → sandboxes there',
    objects: [
      node('worker-1'),
      projected(rawCiliumNode('worker-1')),
      workload('DaemonSet', 'cilium', { namespace: 'kube-system', available: 0, ready: 0 }),
      unready('cilium-x1', 40, {
        namespace: 'kube-system',
        labels: { 'k8s-app': 'cilium' },
        owner: { kind: 'DaemonSet', name: 'cilium', namespace: 'kube-system' },
        containers: [crashing()],
      }),
      ...deployed('web', 1, (at) =>
        pod(at, {
          phase: 'Pending',
          containers: [waiting('ContainerCreating')],
          conditions: [
            condition('PodScheduled', 'True', undefined, undefined, 40),
            condition('Ready', 'False', undefined, undefined, 40),
          ],
        }),
      ),
      warning(pod('web-7d9f-0'), 'FailedCreatePodSandBox', 'plugin type="cilium-cni" failed (add)'),
      ...above('web'),
    ],
    roots: [['DaemonSet/kube-system/cilium', 6]],
  },
  {
    what: 'a mover that crashes → the backup that it should make',
    objects: [
      claim('data'),
      projected(
        rawReplicationSource(ago(3 * DAY), {
          status: statusAt(ago(3 * DAY), {
            latestMoverStatus: { result: 'Failed', logs: 'Fatal: repository is locked' },
            lastSyncStartTime: ago(40),
            conditions: [synchronizing('True', 'SyncInProgress', ago(40), 'in progress')],
          }),
        }),
        90 * DAY,
      ),
    ],
    roots: [['ReplicationSource/apps/data', 0]],
  },
];

describe('one cause and what comes of it', () => {
  it.each(CHAINS)('$what', async ({ objects, roots }) => {
    const findings = await findingsOf(objects);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual(roots);
  });

  it.each(CHAINS)('lists what comes of it on demand: $what', async ({ objects, roots }) => {
    const [first] = await findingsOf(objects);
    const { consequences } = await answerFor(objects, { finding: first?.id });
    const refs = consequences?.rows.map(([ref]) => ref) ?? [];

    expect(new Set(refs).size).toBe(refs.length);
    expect(refs.length).toBeGreaterThanOrEqual(roots[0]?.[1] ?? 0);
  });

  it('ranks layers from the bottom up where nothing joins them', async () => {
    const objects = [
      ...crash('web'),
      kustomization('unbuilt', notReady('BuildFailed', 'no such file')),
      deadNode('worker-9', 40),
      pendingClaim('data', ago(40), { storageClass: 'none' }),
      pod('idle', { containers: [container()] }),
    ];

    const findings = await findingsOf(objects);

    expect(findings.map(({ component }) => component)).toEqual(['node', 'storage', 'flux', 'workload']);
  });
});
