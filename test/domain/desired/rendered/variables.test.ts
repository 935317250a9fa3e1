import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { DesiredObject } from '#domain/desired/desired.ts';

import {
  type DesiredBench,
  type State,
  configMap,
  kustomization,
  listing,
  openDesiredBench,
} from '../desired-bench.ts';

let bench: DesiredBench;

beforeAll(() => {
  bench = openDesiredBench();
});

afterAll(() => bench.close());

const SECRET = `apiVersion: v1
kind: Secret
metadata: {name: keys, namespace: flux-system}
stringData:
  TOKEN: ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]
  COUNT: ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]
sops:
  mac: ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]
`;

/** Builds `object` with variables from a plain ConfigMap, an encrypted Secret and the spec itself. */
async function built(
  object: string,
  from = 'substituteFrom: [{kind: ConfigMap, name: settings}, {kind: Secret, name: keys}]',
): Promise<State> {
  const repository = bench.repository({
    'clusters/main/root.yaml': kustomization('root', './root'),
    'root/kustomization.yaml': listing('settings.yaml', 'keys.yaml', 'app.yaml'),
    'root/settings.yaml': configMap(
      'settings',
      '{HOST: web.example, PORT: "8080", TOKEN: "of the map"}',
      'flux-system',
    ),
    'root/keys.yaml': SECRET,
    'root/app.yaml': kustomization(
      'app',
      './app',
      `  postBuild:\n    substitute: {INLINE: "here"}\n    ${from}\n`,
    ),
    'app/object.yaml': object,
  });
  return (await bench.of(repository)).render();
}

async function oneObject(object: string, from?: string): Promise<DesiredObject> {
  const state = await built(object, from);
  const [one] = state.of('app').objects;
  if (one === undefined) throw new Error(JSON.stringify(state.of('app')));
  return one;
}

describe('values', () => {
  test('plain in Git are put in, the later source and then the inline ones win', async () => {
    const { object, holes } = await oneObject(
      configMap('web', '{A: "${HOST}:${PORT}", B: "${INLINE}", C: "${NONE:=x}"}'),
    );

    expect(object['data']).toEqual({ A: 'web.example:8080', B: 'here', C: 'x' });
    expect([...holes]).toEqual([]);
  });

  test('of a Secret stand for themselves, also where an earlier source has the name', async () => {
    const { holes } = await oneObject(
      configMap('web', '{A: "${TOKEN}", B: "https://${TOKEN}@${HOST}/x", C: "${HOST}"}'),
    );

    expect(Object.fromEntries(holes)).toEqual({
      '.data.A': '${TOKEN}',
      '.data.B': 'https://${TOKEN}@web.example/x',
    });
  });

  test('of a Secret that are cut or changed make a hole too', async () => {
    const { holes } = await oneObject(
      configMap('web', '{A: "${TOKEN:0:2}", B: "${TOKEN^^}", C: "${#TOKEN}"}'),
    );

    expect([...holes.keys()]).toEqual(['.data.A', '.data.B', '.data.C']);
  });

  test('of a Secret in what a Secret encodes make a hole', async () => {
    const { holes } = await oneObject(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData: {url: "x-${TOKEN}"}\n',
    );

    expect([...holes.keys()]).toEqual(['.data.url']);
  });

  test('of a Secret in a field that takes a number leave the object what it is', async () => {
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: \${COUNT}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, resources: {limits: {cpu: 1000m}}}]}
`;

    const { object, holes } = await oneObject(deployment);

    expect([...holes]).toEqual([['.spec.replicas', '${COUNT}']]);
    expect(JSON.stringify(object)).toContain('"cpu":"1"');
  });

  test('of a Secret in a key close the map', async () => {
    const { holes } = await oneObject(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {"${TOKEN}": "1", C: "2"}\n',
    );

    expect([...holes]).toEqual([['.data', '[depends on a variable]']]);
  });

  test('of a Secret in a name leave nothing to compare', async () => {
    const { unverifiable, place } = await oneObject(configMap('web-${TOKEN}', '{A: b}'));

    expect(unverifiable).toBe('its name depends on ${TOKEN}');
    expect(place).toEqual({ file: 'app/object.yaml', line: 1 });
  });

  test('of a Secret that is not in Git are what nothing else defines', async () => {
    const state = await built(
      configMap('web', '{A: "${ANY}", B: "${INLINE}"}'),
      'substituteFrom: [{kind: Secret, name: made-elsewhere}]',
    );

    const app = state.of('app');
    expect(app).toMatchObject({ status: 'generated', unresolved: ['ANY'] });
    expect(Object.fromEntries(app.objects[0]?.holes ?? [])).toEqual({ '.data.A': '${ANY}' });
  });

  test('of a ConfigMap that is not in Git are not known to exist', async () => {
    const state = await built(
      configMap('web', '{A: "${ANY}"}'),
      'substituteFrom: [{kind: ConfigMap, name: made-elsewhere}]',
    );

    expect(state.of('app')).toMatchObject({
      status: 'unresolved variables',
      reason: 'nothing known defines ANY',
      unresolved: ['ANY'],
    });
    expect(state.of('app').objects).toHaveLength(1);
  });
});

test('a variable that nothing defines fails the build, with file and line', async () => {
  const state = await built(configMap('web', '\n  A: "${HOST}"\n  B: "${DOMAIN_1}"'));

  expect(state.of('app')).toMatchObject({
    status: 'unresolved variables',
    reason: 'nothing defines ${DOMAIN_1}',
    unresolved: ['DOMAIN_1'],
    failure: { file: 'app/object.yaml', line: 8 },
    objects: [],
  });
});

test('a ConfigMap counts as its own Kustomization renders it', async () => {
  const repository = bench.repository({
    'clusters/main/root.yaml': kustomization('root', './root'),
    'root/settings.yaml': kustomization('settings', './settings', '  targetNamespace: flux-system\n'),
    'root/web.yaml': kustomization(
      'web',
      './web',
      '  postBuild: {substituteFrom: [{kind: ConfigMap, name: made}]}\n',
    ),
    'settings/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\ngeneratorOptions: {disableNameSuffixHash: true}\nconfigMapGenerator: [{name: made, literals: [HOST=made.example]}]\n',
    'web/map.yaml': configMap('web', '{A: "${HOST}"}'),
  });

  const state = await (await bench.of(repository)).render();

  expect(state.object('ConfigMap/default/web').object['data']).toEqual({ A: 'made.example' });
  expect(state.of('web').unresolved).toEqual([]);
});

describe('encrypted files', () => {
  test('give objects of which only the existence is known', async () => {
    const state = await built(configMap('web', '{A: b}'));

    expect(state.object('Secret/flux-system/keys')).toMatchObject({
      unverifiable: 'encrypted by SOPS',
      place: { file: 'root/keys.yaml', line: 1 },
    });
  });

  test('leave a name with a hash of them unknown, and what refers to it', async () => {
    const repository = bench.repository({
      'clusters/main/root.yaml': kustomization('root', './app'),
      'app/kustomization.yaml': `${listing('pod.yaml')}secretGenerator: [{name: keys, files: [keys.env]}]\nconfigMapGenerator: [{name: plain, literals: [A=b]}]\n`,
      'app/keys.env':
        'TOKEN=ENC[AES256_GCM,data:eA==,type:str]\nsops_mac=ENC[AES256_GCM,data:eA==,type:str]\n',
      'app/pod.yaml': `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default}
spec:
  containers:
    - {name: web, image: web, envFrom: [{secretRef: {name: keys}}, {configMapRef: {name: plain}}]}
`,
    });

    const [root] = (await (await bench.of(repository)).render()).renderings;

    const known = root?.objects.map(({ object, unverifiable, holes }) => [
      object['kind'],
      unverifiable,
      [...holes.keys()],
    ]);
    expect(known).toEqual([
      ['Pod', undefined, ['.spec.containers[name="web"].envFrom[0].secretRef.name']],
      ['ConfigMap', undefined, []],
      ['Secret', 'encrypted by SOPS', expect.any(Array)],
    ]);
  });
});
