import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds } from '../cluster/crds.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { gitRepository } from '../cluster/seed.ts';
import { ask, serveDaytwo } from '../support/daytwo.ts';
import { appliedKustomization, applyAsFlux, rowsIn } from '../support/applied.ts';
import { type TestRepository, openWorkshop } from '../support/git-repository.ts';
import type { Session } from '../support/session.ts';
import { grantPrinted } from '../support/viewer.ts';

const shop = openWorkshop();
const SECRET = 'hand-made-secret-9f2c';

const WIKI = 'apps/wiki/deployment.yaml';

const FILES = {
  'apps/kustomization.yaml': 'resources: [namespace.yaml, wiki, quiet.yaml]\n',
  'apps/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n',
  'apps/wiki/kustomization.yaml':
    'namespace: apps\nresources: [deployment.yaml, service.yaml, settings.yaml]\n',
  [WIKI]: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: wiki
spec:
  replicas: 2
  selector: {matchLabels: {app: wiki}}
  template:
    metadata: {labels: {app: wiki}}
    spec:
      containers:
        - name: wiki
          image: registry.test/wiki:3.2.0
          ports: [{containerPort: 8080}]
          resources: {requests: {cpu: 100m, memory: 0.5Gi}}
`,
  'apps/wiki/service.yaml': `apiVersion: v1
kind: Service
metadata: {name: wiki}
spec: {selector: {app: wiki}, ports: [{port: 80, targetPort: 8080}]}
`,
  'apps/wiki/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {host: "\${HOST}", mode: plain}
`,
  'apps/quiet.yaml': `apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy, namespace: apps}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: tidy, image: "registry.test/tidy:1"}]}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: apps}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: wiki, namespace: apps}
spec: {rules: [{host: wiki.example.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: wiki, port: {number: 80}}}}]}}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: wiki, namespace: apps}
spec: {minAvailable: 1, selector: {matchLabels: {app: wiki}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: wiki, namespace: apps}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wiki}, minReplicas: 1, maxReplicas: 4}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: books, namespace: apps}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: apps}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: wiki, namespace: apps}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: doomed, namespace: apps}
data: {a: b}
`,
};

const VARIABLES: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cluster-config', namespace: 'flux-system' },
  data: { HOST: 'secret-domain.example.test' },
};

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'wiki', namespace: 'apps' },
};

describe.skipIf(inject('controlPlane') === undefined)('a cluster beside its Git', () => {
  let plane: ControlPlane;
  let session: Session;
  let remote: TestRepository;

  beforeAll(async () => {
    plane = await startControlPlane({ audit: true });
    const { admin } = plane;
    await admin.installCrds(await fluxCrds());
    const work = shop.repository('work');
    const commit = work.commit('Start', FILES);
    remote = shop.bare('remote', work);
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } });
    await admin.apply(VARIABLES);
    const variables = { HOST: 'secret-domain.example.test' };
    const objects = await applyAsFlux(admin, { files: FILES, path: 'apps', variables });
    const postBuild = { substituteFrom: [{ kind: 'ConfigMap', name: 'cluster-config' }] };
    await admin.createAll([
      gitRepository('cluster', { revision: `main@sha1:${commit}` }),
      appliedKustomization('apps', { path: 'apps', commit, objects, spec: { postBuild } }),
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

  test('right after a reconciliation nothing differs, whatever the kind', async () => {
    const answer = await ask(session, 'drift_diff');

    expect(rowsIn(answer, 'drift')).toEqual([]);
    expect(answer.verdict).toBe('clean');
    expect(answer['summary']).toEqual(['13 objects of 1 Kustomizations and releases: 13 clean']);
  });

  test('a scaled Deployment and an added variable are told with who, where and what becomes of them', async () => {
    await plane.admin.patch(
      DEPLOYMENT,
      { spec: { replicas: 5 } },
      { subresource: 'scale', fieldManager: 'kubectl' },
    );
    await plane.admin.patch(
      DEPLOYMENT,
      {
        spec: {
          template: { spec: { containers: [{ name: 'wiki', env: [{ name: 'EXTRA', value: SECRET }] }] } },
        },
      },
      { type: 'strategic-merge', fieldManager: 'kubectl-edit' },
    );

    const answer = await ask(session, 'drift_diff', { kind: 'Deployment', name: 'wiki', namespace: 'apps' });

    const rows = rowsIn(answer, 'drift');
    const env = '.spec.template.spec.containers[name="wiki"].env';
    expect(rows.map(({ field, by, fate, place }) => [field, by, fate, place])).toEqual([
      ['.spec.replicas', 'kubectl scale', 'reverted', `${WIKI}:6`],
      [expect.stringContaining(env), 'kubectl edit', 'reverted', `${WIKI}:12`],
    ]);
    expect(rows[0]).toMatchObject({ live: '5', git: '2', is: 'drifted' });
    expect(rows[0]?.['when']).toMatch(/^after 20/);
    expect(rows[1]).toMatchObject({ live: '[EXTRA]', git: null });
    const [, by = ''] = /^by (.*)/.exec(String(rows[1]?.['when'])) ?? [];
    expect(Date.now() - Date.parse(by)).toBeLessThan(60_000);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  test('an adoption puts the scaled number into Git', async () => {
    const answer = await ask(session, 'drift_diff', { kind: 'Deployment', name: 'wiki' });

    const blob = remote.git('rev-parse', `main:${WIKI}`);
    expect(answer['adopt']).toContainEqual({
      object: 'Deployment/apps/wiki',
      field: '.spec.replicas',
      edit: { path: WIKI, blob, set: { at: 'spec.replicas', document: 'Deployment/wiki', value: 5 } },
    });
  });

  test('what is deleted by hand is told, and that Flux makes it again', async () => {
    await plane.admin.remove({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'doomed', namespace: 'apps' },
    });

    const rows = rowsIn(await ask(session, 'drift_diff', { kind: 'ConfigMap' }), 'drift');

    expect(rows).toEqual([
      expect.objectContaining({ object: 'ConfigMap/apps/doomed', is: 'deleted', fate: 'created' }),
    ]);
  });

  test('a value that a live ConfigMap gave to Git is never shown', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'apps' } };
    await plane.admin.patch(object, { data: { host: SECRET, mode: SECRET } }, { fieldManager: 'k9s' });

    const answer = await ask(session, 'drift_diff', { kind: 'ConfigMap', name: 'settings' });

    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${SECRET}|secret-domain`));
    expect(rowsIn(answer, 'drift')).toEqual([
      expect.objectContaining({ field: '.data.mode', live: '[not shown]', git: 'plain', by: 'k9s' }),
    ]);
  });

  test('a suspended Kustomization puts nothing back until it is resumed', async () => {
    const apps = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'apps', namespace: 'flux-system' },
    };
    await plane.admin.patch(apps, { spec: { suspend: true } }, { fieldManager: 'flux' });
    await expect
      .poll(
        async () => {
          const rows = rowsIn(await ask(session, 'drift_diff', { kind: 'Deployment' }), 'drift');
          return rows.map(({ fate }) => fate);
        },
        { timeout: 10_000 },
      )
      .toEqual(['held', 'held']);
  });

  test('the whole answer stays under 8 KB, and only reads were made', async () => {
    const answer = await ask(session, 'drift_diff');
    const entries = await plane.auditEntries('viewer');

    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(8 * 1024);
    expect(
      [...new Set(entries.map(({ verb }) => verb))].filter(
        (verb) => !['get', 'list', 'watch'].includes(verb),
      ),
    ).toEqual([]);
    expect(entries.filter(({ uri }) => uri.includes('/secrets'))).toEqual([]);
  });
});
