import type { Manifest } from '../../test/cluster/manifest.ts';
import { gitRepository, namespace, node, rfc3339 } from '../../test/cluster/seed.ts';
import { helmRepository, ociRepository } from './flux.ts';
import { appliedBy, DAY, FLUX, MINUTE, NODES, REGISTRY, releasedBy, type Story } from './story.ts';
import { daemonSet, deployment } from './workloads.ts';

/** Nodes, network, Flux and its sources. */
export function platform({ now, at, head }: Story): Manifest[] {
  const since = at(100 * DAY);
  const steady = { now, since };
  const spread = { ...steady, nodes: NODES };
  const flux = {
    'app.kubernetes.io/part-of': 'flux',
    'app.kubernetes.io/version': 'v2.9.5',
    ...appliedBy('flux'),
  };
  const controllers = {
    'source-controller': '1.9.4',
    'kustomize-controller': '1.9.4',
    'helm-controller': '1.6.3',
    'notification-controller': '1.9.2',
  };
  return [
    namespace(FLUX),
    node('control-1', { ...steady, controlPlane: true }),
    node('worker-1', steady),
    cordoned(node('worker-2', steady), at(9 * DAY)),
    ...Object.entries(controllers).flatMap(([name, version]) =>
      deployment(name, FLUX, {
        ...spread,
        labels: flux,
        image: `${REGISTRY}/fluxcd/${name}:v${version}`,
        service: name !== 'kustomize-controller' && name !== 'helm-controller',
      }),
    ),
    ...daemonSet('cilium', 'kube-system', {
      ...spread,
      image: `${REGISTRY}/cilium/cilium:1.19.3`,
      labels: {},
    }),
    ...deployment('coredns', 'kube-system', { ...spread, replicas: 2, image: `${REGISTRY}/coredns:1.14.1` }),
    storageClass(),
    gitRepository('cluster', {
      now,
      since: at(46 * MINUTE),
      revision: head,
      url: 'ssh://git@git.example.test/home/cluster.git',
      interval: '5m0s',
    }),
    ociRepository(at(62 * DAY)),
    helmRepository('home-charts'),
    helmRepository('system-charts'),
    upgradeSettings(),
  ];
}

/** Cordoned by hand, with the time the node lifecycle controller noted. */
function cordoned(object: Manifest, since: Date): Manifest {
  const taint = {
    key: 'node.kubernetes.io/unschedulable',
    effect: 'NoSchedule',
    timeAdded: rfc3339(since.getTime()),
  };
  return { ...object, spec: { ...object.spec, unschedulable: true, taints: [taint] } };
}

function storageClass(): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: 'longhorn',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      labels: releasedBy('longhorn', 'longhorn-system'),
    },
    provisioner: 'driver.longhorn.io',
    volumeBindingMode: 'Immediate',
  };
}

function upgradeSettings(): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'upgrade-settings', namespace: FLUX, labels: appliedBy('flux-entry') },
    data: { TALOS_VERSION: 'v1.13.9', KUBERNETES_VERSION: 'v1.36.2' },
  };
}
