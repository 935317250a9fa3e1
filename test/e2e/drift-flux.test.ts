import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds, permissiveCrd } from '../cluster/crds.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { gitRepository, helmRelease } from '../cluster/seed.ts';
import { appliedKustomization, applyAsFlux, rowsIn } from '../support/applied.ts';
import { ask, serveDaytwo } from '../support/daytwo.ts';
import { type TestRepository, openWorkshop } from '../support/git-repository.ts';
import type { Session } from '../support/session.ts';
import { grantPrinted } from '../support/viewer.ts';

const shop = openWorkshop();

const RELEASE = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: charted, namespace: apps}
spec:
  interval: 1h
  chart: {spec: {chart: charted, version: 1.2.3, sourceRef: {kind: HelmRepository, name: charts, namespace: flux-system}}}
`;

const CHILD = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: child, namespace: flux-system}
spec:
  interval: 10m
  path: ./child
  prune: true
  sourceRef: {kind: GitRepository, name: cluster}
`;

const settings = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: apps}\ndata:\n${data}`;

const FILES = {
  'apps/kustomization.yaml':
    'resources: [namespace.yaml, release.yaml, child.yaml, gadget.yaml, settings.yaml]\n',
  'apps/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n',
  'apps/release.yaml': RELEASE,
  'apps/child.yaml': CHILD,
  'apps/gadget.yaml':
    'apiVersion: example.test/v1\nkind: Gadget\nmetadata: {name: gadget, namespace: apps}\nspec: {size: 1}\n',
  'apps/settings.yaml': settings('  mode: plain\n'),
  'child/kustomization.yaml': 'resources: []\n',
};

/** What the chart has made. */
const CHARTED: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'charted', namespace: 'apps' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'charted' } },
    template: {
      metadata: { labels: { app: 'charted' } },
      spec: { containers: [{ name: 'main', image: 'registry.test/charted:1' }] },
    },
  },
};

describe.skipIf(inject('controlPlane') === undefined)('Flux objects beside their Git', () => {
  let plane: ControlPlane;
  let session: Session;
  let work: TestRepository;
  let remote: TestRepository;

  beforeAll(async () => {
    plane = await startControlPlane();
    const { admin } = plane;
    await admin.installCrds([
      ...(await fluxCrds()),
      permissiveCrd({
        group: 'example.test',
        version: 'v1',
        kind: 'Gadget',
        plural: 'gadgets',
        namespaced: true,
      }),
    ]);
    work = shop.repository('work');
    const commit = work.commit('Start', FILES);
    remote = shop.bare('remote', work);
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } });
    const objects = await applyAsFlux(admin, { files: FILES, path: 'apps' });
    await admin.apply(CHARTED, 'helm-controller');
    const deployed = helmRelease('charted', { namespace: 'apps', inventory: [CHARTED] });
    await admin.patchStatus(deployed, deployed['status'] ?? {});
    const child = appliedKustomization('child', { path: 'child', commit, objects: [] });
    await admin.patchStatus(child, child['status'] ?? {});
    await admin.createAll([
      gitRepository('cluster', { revision: `main@sha1:${commit}` }),
      appliedKustomization('apps', { path: 'apps', commit, objects }),
    ]);
    await grantPrinted(admin, 'viewer');
    const args = ['--repo', `file://${remote.path}`, '--cache-dir', shop.folder('cache')];
    session = await serveDaytwo(plane.kubeconfig('viewer'), { args });
  }, 300_000);

  afterAll(async () => {
    await session?.close();
    await plane?.stop();
    shop.remove();
  });

  test('nothing differs at first; a kind of an unlisted group is said to be open, and how to read it', async () => {
    const answer = await ask(session, 'drift_diff');

    expect(rowsIn(answer, 'drift')).toEqual([]);
    expect(answer.verdict).toBe('unverifiable');
    expect(answer['unverifiable']).toEqual([
      {
        why: expect.stringContaining('start daytwo with --api-groups example.test') as string,
        count: 1,
        objects: 'Gadget/apps/gadget',
      },
    ]);
  });

  test('what is suspended in the cluster alone is drift of the Flux object itself', async () => {
    const suspended = [
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'child', namespace: 'flux-system' },
      },
      {
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: { name: 'charted', namespace: 'apps' },
      },
    ];
    for (const object of suspended)
      await plane.admin.patch(object, { spec: { suspend: true } }, { fieldManager: 'flux' });

    const rows = rowsIn(await ask(session, 'drift_diff'), 'drift');

    expect(
      rows.map(({ object, field, live, git, by, fate, place }) => [
        object,
        field,
        live,
        git,
        by,
        fate,
        place,
      ]),
    ).toEqual([
      [
        'HelmRelease/apps/charted',
        '.spec.suspend',
        'true',
        null,
        'the flux command',
        'kept',
        'apps/release.yaml:4',
      ],
      [
        'Kustomization/flux-system/child',
        '.spec.suspend',
        'true',
        null,
        'the flux command',
        'kept',
        'apps/child.yaml:4',
      ],
    ]);
  });

  test.each([
    [5, 'kubectl scale'],
    [0, 'a scaling to zero, which leaves no name'],
  ])(
    'what a chart has made and a hand has scaled to %i is told, and that nothing puts it back',
    async (replicas, by) => {
      await plane.admin.patch(
        CHARTED,
        { spec: { replicas } },
        { subresource: 'scale', fieldManager: 'kubectl' },
      );

      const rows = rowsIn(await ask(session, 'drift_diff', { kind: 'Deployment' }), 'drift');

      expect(rows).toMatchObject([
        {
          object: 'Deployment/apps/charted',
          field: '.spec.replicas',
          live: String(replicas),
          by,
          fate: 'held',
        },
      ]);
    },
  );

  test('what Git has added since is pending, there and against the head alike', async () => {
    work.commit('Add', { 'apps/settings.yaml': settings('  mode: plain\n  more: of it\n') });
    work.git('push', '--quiet', remote.path, 'main');
    await expect
      .poll(async () => rowsIn(await ask(session, 'drift_diff', { name: 'settings' }), 'drift'), {
        timeout: 90_000,
        interval: 5_000,
      })
      .toMatchObject([{ is: 'clean', head: 'ahead' }]);

    const answer = await ask(session, 'drift_diff', { name: 'settings', against: 'head' });

    expect(answer.verdict).toBe('pending');
    expect(rowsIn(answer, 'drift')).toMatchObject([
      {
        is: 'pending',
        head: 'ahead',
        field: '.data.more',
        live: null,
        git: 'of it',
        by: null,
        fate: 'applied',
        place: 'apps/settings.yaml:6',
      },
    ]);
  }, 120_000);

  test('what nothing applies is not found', async () => {
    const { text, failed } = await session.call('drift_diff', { kind: 'Deployment', name: 'chart' });

    expect(failed).toBe(true);
    expect(text).toMatch(/not_found.*Did you mean charted\?/s);
  });
});
