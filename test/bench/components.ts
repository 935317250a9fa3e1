import { rawCertificate, rawClusterIssuer, rawRequest, type Told } from '../cluster/crds/cert-manager.ts';
import { rawCiliumEndpoint, rawCiliumPolicy } from '../cluster/crds/cilium.ts';
import { rawPostgresCluster } from '../cluster/crds/cnpg.ts';
import { gatewayCondition, rawGateway, rawGatewayClass, rawRoute } from '../cluster/crds/gateway.ts';
import { rawBackupTarget, rawEngine, rawReplica, rawSetting, rawVolume } from '../cluster/crds/longhorn.ts';
import { rawAddressPool, rawAdvertisement } from '../cluster/crds/metallb.ts';
import { rawLvmNode, rawZfsNode } from '../cluster/crds/openebs.ts';
import { rawServer } from '../cluster/crds/prometheus.ts';
import { rawCephCluster } from '../cluster/crds/rook.ts';
import { rawSnapshot, rawSnapshotClass } from '../cluster/crds/snapshots.ts';
import { rawReplicationSource } from '../cluster/crds/volsync.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { helmRelease, service } from '../cluster/seed.ts';
import { baseObjects, WORKERS } from '../e2e/faults/base.ts';

/** How many of what beside Kustomizations and pods; `each` of volumes, certificates, routes, backups and network objects. */
export interface ComponentCounts {
  releases: number;
  slices: number;
  each: number;
}

const HOUR = 3_600_000;

/** Every component with its operator, all well, beside what a cluster has already. */
export function componentsBeside(
  objects: readonly Manifest[],
  { releases, slices, each }: ComponentCounts,
): Manifest[] {
  const known = new Set(objects.map(keyOf));
  const has = objects.filter(({ kind }) => kind === 'EndpointSlice').length;
  return [
    ...baseObjects().filter((object) => !known.has(keyOf(object))),
    ...single(),
    ...times(each).flatMap(manyOf),
    ...times(releases).map((index) => helmRelease(`release-${index}`, { namespace: 'shop' })),
    ...times(Math.max(0, slices - has)).flatMap(outside),
  ];
}

function keyOf({ apiVersion, kind, metadata: { namespace = '', name } }: Manifest): string {
  return [apiVersion, kind, namespace, name].join(' ');
}

function times(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

const ago = (hours: number): string =>
  new Date(Date.now() - hours * HOUR).toISOString().replace(/\.\d+Z$/, 'Z');

const good = (reason: string): Told => ['True', reason, 'all is well', ago(24)];
const accepted = (): object => gatewayCondition('Accepted', 'True', 'Accepted', ago(24));

function single(): Manifest[] {
  const up = { available: good('Available'), reconciled: good('Reconciled') };
  const programmed = gatewayCondition('Programmed', 'True', 'Programmed', ago(24));
  return [
    charts(),
    rawClusterIssuer(good('ACMEAccountRegistered')),
    rawGatewayClass([accepted()]),
    rawGateway({ conditions: [accepted(), programmed], listener: [accepted(), programmed] }),
    rawBackupTarget(),
    rawSetting('default-replica-count', '3'),
    rawAddressPool('lan', { assigned: 1, available: 19 }),
    rawAdvertisement(),
    rawLvmNode('worker-1', [{}]),
    rawZfsNode('worker-1', { used: '20Gi', free: '80Gi' }),
    rawCephCluster(ago(0)),
    rawSnapshotClass(),
    rawPostgresCluster(ago(10)),
    rawServer('Prometheus', up),
    rawServer('Alertmanager', up),
  ];
}

function charts(): Manifest {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: 'charts', namespace: 'flux-system' },
    spec: { interval: '1h', url: 'https://charts.example.test' },
    status: {
      observedGeneration: 1,
      artifact: {
        path: 'charts.yaml',
        url: 'http://source-controller.flux-system/charts.yaml',
        revision: 'sha256:1',
        digest: `sha256:${'0'.repeat(64)}`,
        lastUpdateTime: ago(1),
      },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Succeeded',
          message: 'stored artifact',
          lastTransitionTime: ago(24),
          observedGeneration: 1,
        },
      ],
    },
  };
}

function manyOf(index: number): Manifest[] {
  const name = `part-${index}`;
  const modes = Object.fromEntries(WORKERS.map((worker) => [`${name}-r-${worker}`, 'RW']));
  const routed = {
    external: [accepted(), gatewayCondition('ResolvedRefs', 'True', 'ResolvedRefs', ago(24))],
  };
  return [
    rawVolume(name, ago(24)),
    rawEngine(name, modes),
    ...WORKERS.map((worker) => rawReplica(name, worker)),
    rawCertificate({
      name,
      notBefore: ago(20 * 24),
      notAfter: ago(-70 * 24),
      renewalTime: ago(-40 * 24),
      ready: good('Ready'),
    }),
    rawRequest(`${name}-1`, { Ready: good('Issued') }, name),
    rawRoute({ name, told: routed, backends: [{ name: 'blog', port: 80 }] }),
    rawCiliumEndpoint(name, 'ready'),
    rawCiliumPolicy(name, { ingress: [{}] }),
    claimOf(name),
    rawReplicationSource(ago(9), { claim: name }),
    rawSnapshot(name, { readyToUse: true }),
  ];
}

function claimOf(name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'apps' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Gi' } },
      volumeName: name,
      storageClassName: 'standard',
    },
    status: { phase: 'Bound', capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOnce'] },
  };
}

/** A Service without a selector, whose endpoint is written by hand. */
function outside(index: number): Manifest[] {
  const name = `outside-${index}`;
  return service(name, 'shop', {}, [{ name, ready: true }]).map((object) =>
    object.kind === 'Service' ? { ...object, spec: { ...object.spec, selector: undefined } } : object,
  );
}
