import type { Manifest, ManifestRef } from '../../test/cluster/manifest.ts';
import { kustomization, ownedBy, suffixOf, warning } from '../../test/cluster/seed.ts';
import { type Aged, DAY, MINUTE, REGISTRY, releasedBy, type Story } from './story.ts';
import { deployment } from './workloads.ts';

/** The Deployment that does not come up. */
export const WIKI: ManifestRef = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'wiki', namespace: 'wiki' },
};

/** Why its release failed. */
export const WAITED_IN_VAIN =
  'resource Deployment/wiki/wiki not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded';

/** Why its Kustomization failed. */
export const UNHEALTHY =
  "health check failed after 5m0.021s: failed early due to stalled resources: [HelmRelease/wiki/wiki status: 'Failed']";

/** A rollout that replaces its only pod: the old one is gone, the new one does not start. */
export function brokenWiki({ now, at }: Story): Aged[] {
  const bumped = at(45 * MINUTE);
  const labels = releasedBy('wiki', 'wiki');
  const [own, set, failing, ...front] = deployment('wiki', 'wiki', {
    now,
    since: bumped,
    image: `${REGISTRY}/wiki:3.3.0`,
    labels,
    annotations: { 'deployment.kubernetes.io/revision': '2' },
    nodes: ['worker-1'],
    stuck: true,
    pods: [
      {
        state: 'crash-looping',
        restarts: 13,
        exitCode: 1,
        since: at(3 * MINUTE),
        message:
          'error: migration 42 (page locales) failed: column "locale" of relation "pages" already exists',
      },
    ],
  }) as [Manifest, Manifest, Manifest, ...Manifest[]];
  const recreating = { ...own, spec: { ...own.spec, strategy: { type: 'Recreate' } } };
  const second = {
    ...set,
    metadata: { ...set.metadata, annotations: { 'deployment.kubernetes.io/revision': '2' } },
  };
  const old = at(170 * DAY);
  return [
    { object: recreating, created: old },
    { object: second, created: bumped },
    { object: failing, created: bumped },
    { object: formerSet(own), created: at(20 * DAY) },
    ...front.map((object) => ({ object, created: old })),
  ];
}

/** The ReplicaSet of the image before, scaled to nothing. */
function formerSet(own: Manifest): Manifest {
  const hash = suffixOf('wiki 3.2.0', 10);
  const labels = { 'app.kubernetes.io/name': 'wiki', 'pod-template-hash': hash };
  const container = {
    name: 'main',
    image: `${REGISTRY}/wiki:3.2.0`,
    ports: [{ name: 'http', containerPort: 8080 }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `wiki-${hash}`,
      namespace: 'wiki',
      labels,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ownerReferences: ownedBy(own),
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
    status: { observedGeneration: 1, replicas: 0 },
  };
}

/** What the last hour left in the event log. */
export function warnings({ now, at }: Story): Aged[] {
  const since = at(44 * MINUTE);
  const times = { now: now - MINUTE, since };
  const release = { ...WIKI, apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' };
  const entry = kustomization('wiki');
  const events = [
    by(
      'helm-controller',
      warning(
        release,
        'UpgradeFailed',
        `Helm upgrade failed for release wiki/wiki with chart wiki@9.5.0: ${WAITED_IN_VAIN}`,
        { ...times, count: 1 },
      ),
    ),
    by('kustomize-controller', warning(entry, 'HealthCheckFailed', UNHEALTHY, { ...times, count: 8 })),
  ];
  return events.map((object) => ({ object, created: since }));
}

/** Of the pod that crashes, once it is known by its uid. */
export function crashEvents(failing: Manifest, now: number): Manifest[] {
  const times = { now: now - 2 * MINUTE, since: new Date(now - 44 * MINUTE) };
  const { name } = failing.metadata;
  return [
    warning(failing, 'BackOff', `Back-off restarting failed container main in pod ${name}_wiki`, {
      ...times,
      count: 187,
    }),
  ];
}

function by(controller: string, event: Manifest): Manifest {
  return { ...event, source: { component: controller }, reportingComponent: controller };
}
