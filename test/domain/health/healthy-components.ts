import type { AnyObject } from '#domain/objects/index.ts';
import {
  rawCertificate,
  rawChallenge,
  rawClusterIssuer,
  rawOrder,
  rawRequest,
  type Told,
} from '../../cluster/crds/cert-manager.ts';
import { rawCiliumEndpoint, rawCiliumPolicy, rawCiliumPool } from '../../cluster/crds/cilium.ts';
import { rawPostgresBackup, rawPostgresCluster, rawScheduledBackup } from '../../cluster/crds/cnpg.ts';
import { gatewayCondition, rawGateway, rawGatewayClass, rawRoute } from '../../cluster/crds/gateway.ts';
import {
  rawBackupTarget,
  rawEngine,
  rawEngineImage,
  rawLonghornBackup,
  rawRecurringJob,
  rawReplica,
  rawSetting,
  rawVolume,
} from '../../cluster/crds/longhorn.ts';
import {
  rawAddressPool,
  rawAdvertisement,
  rawConfigurationState,
  rawServiceL2Status,
} from '../../cluster/crds/metallb.ts';
import {
  rawDiskPool,
  rawLvmNode,
  rawLvmVolume,
  rawZfsNode,
  rawZfsVolume,
} from '../../cluster/crds/openebs.ts';
import { rawMonitor, rawProbe, rawServer } from '../../cluster/crds/prometheus.ts';
import { rawCephCluster, rawCephPart } from '../../cluster/crds/rook.ts';
import { rawSnapshot, rawSnapshotClass } from '../../cluster/crds/snapshots.ts';
import {
  rawKopiaMaintenance,
  rawReplicationDestination,
  rawReplicationSource,
} from '../../cluster/crds/volsync.ts';
import { ago, deployed, pod } from './objects.ts';
import { claim, service, slice, volume } from './platform-objects.ts';
import { kubernetesUpgrade, plan, projected, talosUpgrade } from './upgrade-objects.ts';

const DAY = 24 * 60;
const NODES = ['worker-1', 'worker-2', 'worker-3'];

/** A workload of one healthy pod. */
export const runs = (name: string, inNamespace: string): AnyObject[] =>
  deployed(name, 1, (at) => pod(at), { namespace: inNamespace });

/** What each component of a home cluster holds while all is well. */
export function healthyComponents(): AnyObject[] {
  return [
    ...upgrades(),
    ...longhorn(),
    ...otherStorage(),
    ...backups(),
    ...network(),
    ...certificates(),
    ...gateways(),
    ...monitoring(),
  ];
}

function upgrades(): AnyObject[] {
  return [
    plan(),
    talosUpgrade({ phase: 'Completed' }, 3 * DAY),
    kubernetesUpgrade({ phase: 'Completed' }, 3 * DAY),
  ];
}

function longhorn(): AnyObject[] {
  const modes = Object.fromEntries(NODES.map((node) => [`pvc-1-r-${node}`, 'RW']));
  return [
    rawVolume('pvc-1', ago(600)),
    rawEngine('pvc-1', modes),
    ...NODES.map((node) => rawReplica('pvc-1', node)),
    rawEngineImage('ei-1'),
    rawBackupTarget(),
    rawLonghornBackup('backup-1', 'pvc-1', ago(300)),
    rawRecurringJob('daily', '0 2 * * *'),
    rawSetting('default-replica-count', '3'),
  ].map((raw) => projected(raw, 10 * DAY));
}

function otherStorage(): AnyObject[] {
  return [
    rawLvmVolume('pvc-lvm'),
    rawLvmNode('worker-1', [{}]),
    rawZfsVolume('pvc-zfs'),
    rawZfsNode('worker-1', { used: '20Gi', free: '80Gi' }),
    rawDiskPool('pool-1'),
    rawCephCluster(ago(1)),
    rawCephPart('CephBlockPool', 'Ready'),
    rawCephPart('CephFilesystem', 'Ready'),
    rawCephPart('CephObjectStore', 'Ready'),
    rawSnapshotClass(),
    rawSnapshot('data-1', { readyToUse: true }),
    rawPostgresCluster(ago(600)),
    rawPostgresBackup('db-1', ago(600)),
    rawScheduledBackup(),
  ].map((raw) => projected(raw, 10 * DAY));
}

function backups(): AnyObject[] {
  return [
    claim('data'),
    volume('pv-data'),
    projected(rawReplicationSource(ago(9 * 60)), 90 * DAY),
    projected(rawReplicationDestination(ago(9 * DAY)), 90 * DAY),
    projected(rawKopiaMaintenance(ago(7 * 60)), 90 * DAY),
  ];
}

function network(): AnyObject[] {
  return [
    rawCiliumEndpoint('app-0', 'ready'),
    rawCiliumPolicy('allow', { ingress: [{}] }),
    {
      ...rawCiliumPolicy('allow', { ingress: [{}] }),
      kind: 'CiliumClusterwideNetworkPolicy',
      metadata: { name: 'allow' },
    },
    rawCiliumPool('lan'),
    rawAddressPool('lan', { assigned: 1, available: 19 }),
    rawAdvertisement(),
    rawAdvertisement([], 'BGPAdvertisement'),
    rawServiceL2Status('edge', 'worker-1'),
    rawConfigurationState('Valid'),
  ].map((raw) => projected(raw, 10 * DAY));
}

const good = (reason: string): Told => ['True', reason, 'all is well', ago(20 * DAY)];

function certificates(): AnyObject[] {
  return [
    rawClusterIssuer(good('ACMEAccountRegistered')),
    {
      ...rawClusterIssuer(good('ACMEAccountRegistered')),
      kind: 'Issuer',
      metadata: { name: 'own', namespace: 'apps' },
    },
    rawCertificate({
      notBefore: ago(20 * DAY),
      notAfter: ago(-70 * DAY),
      renewalTime: ago(-40 * DAY),
      ready: good('Ready'),
    }),
    rawRequest('wiki-1', { Ready: good('Issued') }),
    rawOrder('wiki-1-22', 'wiki-1', { state: 'valid' }),
    rawChallenge('wiki-1-22-333', 'wiki-1-22', { state: 'valid', presented: false, processing: false }),
  ].map((raw) => projected(raw, 20 * DAY));
}

const told = (type: string, reason: string): object => gatewayCondition(type, 'True', reason, ago(600));

function gateways(): AnyObject[] {
  const accepted = told('Accepted', 'Accepted');
  const routed = { external: [accepted, told('ResolvedRefs', 'ResolvedRefs')] };
  const listener = [...routed.external, told('Programmed', 'Programmed')];
  return [
    rawGatewayClass([accepted]),
    rawGateway({ conditions: [accepted, told('Programmed', 'Programmed')], listener }),
    ...['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map((kind) =>
      rawRoute({ kind, told: routed, backends: [{ name: 'app-0', port: 80 }] }),
    ),
  ].map((raw) => projected(raw, 10 * DAY));
}

function monitoring(): AnyObject[] {
  const up = { available: good('Available'), reconciled: good('Reconciled') };
  return [
    ...runs('blackbox-exporter', 'monitoring'),
    service('blackbox-exporter', { namespace: 'monitoring' }),
    slice('blackbox-exporter', 1, 0, 'monitoring'),
    ...[
      rawServer('Prometheus', up),
      rawServer('Alertmanager', up),
      ...['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'ScrapeConfig'].map((kind) => rawMonitor(kind)),
      rawProbe({ staticConfig: { static: ['https://a.example.test'] } }),
    ].map((raw) => projected(raw, 10 * DAY)),
  ];
}
