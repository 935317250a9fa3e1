import { afterAll, afterEach, describe, expect, test } from 'vitest';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import { type RepositoryBench, openRepositoryBench } from '../support/repository-bench.ts';

const engine = createEngine({ wasm: engineFiles() });
afterAll(() => engine.close());

const ROOT = 'clusters/main';
const APP = `${ROOT}/apps/wiki/deployment.yaml`;
const KS = `${ROOT}/apps.yaml`;
const LIST = `${ROOT}/apps/wiki/kustomization.yaml`;

const FILES = {
  [`${ROOT}/flux-entry.yaml`]: kustomization('flux-entry', ROOT),
  [`${ROOT}/kustomization.yaml`]: 'resources: [apps.yaml]\n',
  [KS]: kustomization('apps', `${ROOT}/apps/wiki`),
  [LIST]: 'namespace: wiki\nresources:\n  - deployment.yaml\n  - claim.yaml\n  - secret.yaml\n',
  [APP]: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: wiki
spec:
  replicas: 2
  selector:
    matchLabels:
      app: wiki
  template:
    metadata:
      labels:
        app: wiki
    spec:
      containers:
        - name: app
          image: registry.test/wiki:1.0.0
`,
  [`${ROOT}/apps/wiki/claim.yaml`]:
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: books\nspec:\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n',
  [`${ROOT}/apps/wiki/secret.yaml`]:
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\nstringData:\n  password: ${PASSWORD}\n',
};

function kustomization(name: string, path: string): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  interval: 10m
  path: ./${path}
  prune: true
  sourceRef:
    kind: GitRepository
    name: cluster
  postBuild:
    substitute:
      TITLE: Wiki
    substituteFrom:
      - kind: Secret
        name: cluster-secrets
`;
}

let open: RepositoryBench[] = [];
afterEach(() => {
  for (const made of open) made.close();
  open = [];
});

async function bench(files: Record<string, string> = {}): Promise<RepositoryBench> {
  const made = await openRepositoryBench({ files: { ...FILES, ...files }, engine });
  open.push(made);
  return made;
}

/** Proposes one text in the place of another. */
function propose(made: RepositoryBench, path: string, find: string, replaced: string, preview = true) {
  return made.ask('propose_change', {
    title: 'Change the wiki',
    reason: 'a test wants to see what comes of it',
    preview,
    edits: [{ path, blob: made.blob(path), replace: { find, with: replaced } }],
  });
}

const effectIn = (data: Record<string, unknown> | undefined) => data?.['effect'] as Record<string, unknown>;

describe('a proposal shows what it would do', () => {
  test('to fields of objects, in its answer', async () => {
    const { data } = await propose(await bench(), APP, 'wiki:1.0.0', 'wiki:1.1.0');

    expect(effectIn(data)).toMatchObject({
      summary: 'objects: 1 changed',
      warnings: [],
      unchecked: [],
      changes: {
        rows: [
          [
            'changes',
            'Deployment/wiki/wiki',
            '.spec.template.spec.containers[name="app"].image',
            'registry.test/wiki:1.0.0',
            'registry.test/wiki:1.1.0',
          ],
        ],
      },
    });
  });

  test('and in its commit', async () => {
    const made = await bench();

    const { data } = await propose(made, APP, 'replicas: 2', 'replicas: 0', false);

    expect(effectIn(data)['warnings']).toEqual(['Deployment/wiki/wiki is scaled to zero']);
    const message = made.remote.git('log', '-1', '--format=%B', String(data?.['branch']));
    expect(message.replaceAll(/\s+/g, ' ')).toContain(
      'In the cluster: - changes Deployment/wiki/wiki: .spec.replicas 2 -> 0',
    );
  });

  test('to what a parent gives its children: a Kustomization that is suspended', async () => {
    const { data } = await propose(await bench(), KS, '  prune: true\n', '  prune: true\n  suspend: true\n');

    expect(effectIn(data)['warnings']).toEqual(['Kustomization/flux-system/apps is suspended by this']);
  });

  test('nothing, where only words change', async () => {
    const { data } = await propose(await bench({ 'docs/a.md': 'one\n' }), 'docs/a.md', 'one', 'two');

    expect(effectIn(data)).toMatchObject({ summary: 'no object in the cluster changes', warnings: [] });
  });
});

describe('a proposal is refused', () => {
  test.each([
    {
      what: 'when a claim would be pruned',
      path: LIST,
      find: '  - claim.yaml\n',
      replaced: '',
      why: /PersistentVolumeClaim\/wiki\/books would be pruned/,
    },
    {
      what: 'when the build would fail',
      path: LIST,
      find: '- deployment.yaml',
      replaced: '- nowhere.yaml',
      why: /Kustomization\/flux-system\/apps could not be built/,
    },
    {
      what: 'when the YAML breaks',
      path: APP,
      find: '  replicas: 2',
      replaced: '  replicas: [2',
      why: /would be broken: line 7/,
    },
  ])('$what', async ({ path, find, replaced, why }) => {
    const made = await bench();
    const before = made.remote.references();

    const { text, failed } = await propose(made, path, find, replaced, false);

    expect(failed).toBe('tool');
    expect(text).toMatch(why);
    expect(made.remote.references()).toBe(before);
  });

  test('when it uses a variable that nothing defines', async () => {
    const strict = kustomization('apps', `${ROOT}/apps/wiki`).replace(/ {4}substituteFrom:[\s\S]*/, '');
    const made = await bench({
      [KS]: strict,
      [`${ROOT}/flux-entry.yaml`]: kustomization('flux-entry', ROOT).replace(
        / {4}substituteFrom:[\s\S]*/,
        '',
      ),
      [`${ROOT}/apps/wiki/secret.yaml`]:
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {title: "${TITLE}"}\n',
    });

    const { text, failed } = await propose(made, APP, 'wiki:1.0.0', 'wiki:${VERSION}', false);

    expect(failed).toBe('tool');
    expect(text).toContain('VERSION');
  });
});

test('values of a Secret that stands in Git are never in the effect', async () => {
  const made = await bench();

  const { text } = await propose(made, APP, 'replicas: 2', 'replicas: 3');

  expect(text).not.toContain('zq');
  expect(text).not.toContain('PASSWORD');
});

test('what could not be built before is no reason to refuse what mends something else', async () => {
  const made = await bench({
    [LIST]: 'namespace: wiki\nresources: [deployment.yaml, nowhere.yaml]\n',
    'docs/a.md': 'one\n',
  });

  const { data } = await propose(made, 'docs/a.md', 'one', 'two');

  expect(effectIn(data)['unchecked']).toEqual([
    expect.stringMatching(/^Kustomization\/flux-system\/apps: failed/),
  ]);
});
