import type { Manifest, ManifestRef } from '../../test/cluster/manifest.ts';
import type { KustomizationOptions, Labels, ReleaseOptions } from '../../test/cluster/seed.ts';
import { linkChecker } from './link-checker.ts';
import { WAITED_IN_VAIN, WIKI, UNHEALTHY } from './wiki.ts';
import { DAY, MINUTE, NODES, REGISTRY, type Story } from './story.ts';
import { claim, daemonSet, deployment, statefulSet } from './workloads.ts';

/** A service as the repository has it: a folder with a Kustomization, a HelmRelease and what that runs. */
export interface Service {
  name: string;
  category: 'apps' | 'core' | 'system';
  /** Its own when absent. */
  space?: string;
  version: string;
  dependsOn?: readonly string[];
  kustomization?: Partial<KustomizationOptions>;
  release?: Partial<ReleaseOptions>;
  /** When its chart was pulled; twenty days ago when absent. */
  chartSince?: Date;
  /** When its Kustomization was last reconciled, where that is long ago. */
  quietSince?: Date;
  /** What its Kustomization applies beside the release. */
  alsoApplies?: readonly ManifestRef[];
  /** What its release installs beside the workloads. */
  applied?: readonly ManifestRef[];
  workloads: (space: string, labels: Labels) => Manifest[];
}

/** All services of the cluster, what they stand on first. */
export function servicesOf(story: Story): Service[] {
  return [...systemServices(story), ...appServices(story)];
}

/** One Deployment of a pod, on the workers in turn. */
function single(
  name: string,
  image: string,
  { now, at }: Story,
  more: { service?: boolean; since?: Date } = {},
) {
  return (space: string, labels: Labels): Manifest[] =>
    deployment(name, space, {
      now,
      since: at(6 * DAY),
      image: `${REGISTRY}/${image}`,
      labels,
      nodes: ['worker-1', 'control-1'],
      ...more,
    });
}

function systemServices(story: Story): Service[] {
  const { now, at } = story;
  const everywhere = { now, since: at(6 * DAY), nodes: NODES };
  const system = { category: 'system' as const };
  const updated = { since: at(44 * MINUTE) };
  return [
    {
      ...system,
      name: 'cert-manager',
      version: '1.20.1',
      release: updated,
      chartSince: updated.since,
      workloads: (space, labels) =>
        ['cert-manager', 'cert-manager-cainjector', 'cert-manager-webhook'].flatMap((name) =>
          single(name, `jetstack/${name}:v1.20.1`, story, updated)(space, labels),
        ),
    },
    {
      ...system,
      name: 'longhorn',
      space: 'longhorn-system',
      version: '1.11.2',
      workloads: (space, labels) => [
        ...daemonSet('longhorn-manager', space, {
          ...everywhere,
          image: `${REGISTRY}/longhorn/manager:v1.11.2`,
          labels,
        }),
        ...single('longhorn-ui', 'longhorn/ui:v1.11.2', story)(space, labels),
      ],
    },
    {
      ...system,
      name: 'volsync',
      space: 'volsync-system',
      version: '0.15.0',
      dependsOn: ['longhorn'],
      workloads: single('volsync', 'volsync:0.15.0', story, { service: false }),
    },
    {
      ...system,
      name: 'kube-prometheus-stack',
      space: 'monitoring',
      version: '81.4.2',
      dependsOn: ['longhorn'],
      workloads: (space, labels) => [
        ...single('kube-prometheus-stack-operator', 'prometheus/operator:v0.89.0', story)(space, labels),
        ...statefulSet('prometheus', space, {
          ...everywhere,
          nodes: ['worker-1'],
          image: `${REGISTRY}/prometheus:v3.10.0`,
          labels,
        }),
        ...daemonSet('node-exporter', space, {
          ...everywhere,
          image: `${REGISTRY}/node-exporter:v1.11.0`,
          labels,
        }),
        ...claim('prometheus-db', space, '40Gi'),
      ],
    },
    {
      ...system,
      name: 'blackbox-exporter',
      space: 'monitoring',
      version: '11.8.0',
      dependsOn: ['kube-prometheus-stack'],
      workloads: single('blackbox-exporter', 'blackbox-exporter:v0.28.0', story),
    },
    {
      name: 'system-upgrade-controller',
      category: 'core',
      space: 'system-upgrade',
      version: '0.18.0',
      workloads: single('system-upgrade-controller', 'system-upgrade-controller:v0.18.0', story, {
        service: false,
      }),
    },
  ];
}

function appServices(story: Story): Service[] {
  const { at, before, head } = story;
  const apps = { category: 'apps' as const };
  const failing = { since: at(40 * MINUTE) };
  const stored = (name: string, image: string, size: string) => (space: string, labels: Labels) => [
    ...single(name, image, story)(space, labels),
    ...claim(`${name}-data`, space, size),
  ];
  const onWiki = {
    ...apps,
    dependsOn: ['wiki'],
    quietSince: at(50 * MINUTE),
    kustomization: { state: 'blocked' as const, ...failing, revision: head, previous: before },
  };
  return [
    {
      ...apps,
      name: 'homepage',
      version: '12.3.0',
      workloads: single('homepage', 'homepage:1.11.0', story),
      alsoApplies: linkChecker(story).filter(({ kind }) => kind === 'Deployment'),
    },
    {
      ...apps,
      name: 'paperless',
      version: '15.0.4',
      dependsOn: ['longhorn'],
      workloads: stored('paperless', 'paperless:2.21.1', '50Gi'),
    },
    {
      ...apps,
      name: 'jellyfin',
      version: '23.1.2',
      dependsOn: ['longhorn'],
      kustomization: { state: 'suspended', since: at(40 * DAY), revision: before },
      quietSince: at(6 * DAY),
      workloads: stored('jellyfin', 'jellyfin:10.12.1', '20Gi'),
    },
    {
      ...apps,
      name: 'wiki',
      version: '9.5.0',
      dependsOn: ['longhorn'],
      kustomization: {
        state: 'failed',
        ...failing,
        reason: 'HealthCheckFailed',
        message: UNHEALTHY,
      },
      release: {
        state: 'stalled',
        ...failing,
        message: WAITED_IN_VAIN,
      },
      applied: [WIKI],
      workloads: (space) => claim('wiki-data', space, '10Gi'),
    },
    {
      ...onWiki,
      name: 'wiki-search',
      version: '2.4.0',
      workloads: single('wiki-search', 'wiki-search:2.4.0', story),
    },
    { ...onWiki, name: 'wiki-export', version: '1.1.0', workloads: () => [] },
    {
      ...apps,
      name: 'gatus',
      version: '4.7.0',
      dependsOn: ['kube-prometheus-stack'],
      workloads: single('gatus', 'gatus:5.34.0', story),
    },
    {
      ...apps,
      name: 'code-server',
      version: '17.2.1',
      dependsOn: ['longhorn'],
      workloads: stored('code-server', 'code-server:4.110.0', '10Gi'),
    },
  ];
}
