import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import type { Build, BuildRequest, JsonObject } from '../../../src/domain/desired/engine.ts';
import { buildOf, testEngine } from './support.ts';

const engine = testEngine();
afterAll(() => engine.close());

type Files = Record<string, string>;
type Request = Partial<Omit<BuildRequest, 'artifact'>>;

const LABELS = {
  'kustomize.toolkit.fluxcd.io/name': 'apps',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};

function config(name: string, more = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
}

/** `file: Kind/namespace/name`, one line an object. */
function listed(build: Build): string[] {
  if (!build.ok) return [`failed: ${build.failure.reason}: ${build.failure.message}`];
  return build.objects.map(({ object, file }) => {
    const { kind, metadata } = object as { kind: string; metadata: { namespace?: string; name: string } };
    return `${file ?? '-'}: ${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
  });
}

/** The first object without the labels that every object gets. */
function first(build: Build): JsonObject {
  if (!build.ok) throw new Error(build.failure.message);
  const [built] = build.objects;
  if (built === undefined) throw new Error('nothing was built');
  const { labels, ...metadata } = built.object['metadata'] as { labels: JsonObject } & JsonObject;
  const others = Object.fromEntries(Object.entries(labels).filter(([name]) => !(name in LABELS)));
  return {
    ...built.object,
    metadata: Object.keys(others).length === 0 ? metadata : { ...metadata, labels: others },
  };
}

describe('objects and their files', () => {
  const cases: [what: string, files: Files, request: Request, wanted: string[]][] = [
    [
      'a directory without a kustomization has all its manifests, and those of its folders',
      { 'a.yaml': config('a'), 'sub/b.yml': config('b'), 'readme.md': '# no' },
      {},
      ['a.yaml: ConfigMap//a', 'sub/b.yml: ConfigMap//b'],
    ],
    [
      'a folder with a kustomization is one resource, and not descended into',
      {
        'a.yaml': config('a'),
        'sub/kustomization.yml': 'resources: [b.yaml]',
        'sub/b.yaml': config('b'),
        'sub/ignored.yaml': config('c'),
      },
      {},
      ['a.yaml: ConfigMap//a', 'sub/b.yaml: ConfigMap//b'],
    ],
    ['a directory without manifests has no objects', { 'x/readme.md': 'no' }, { path: 'x' }, []],
    [
      'a path below the root, with spaces and parentheses',
      { 'my apps (new)/a.yaml': config('a') },
      { path: 'my apps (new)' },
      ['my apps (new)/a.yaml: ConfigMap//a'],
    ],
    [
      'a base outside the path is named by its own file',
      {
        'apps/kustomization.yaml': 'resources: [../base]',
        'base/kustomization.yaml': 'resources: [b.yaml]',
        'base/b.yaml': config('b'),
      },
      { path: 'apps' },
      ['base/b.yaml: ConfigMap//b'],
    ],
    [
      'a generated object is named by the kustomization that configures it',
      {
        'kustomization.yaml':
          'configMapGenerator: [{name: g, literals: [a=b], options: {disableNameSuffixHash: true}}]\nresources: [a.yaml]',
        'a.yaml': config('a'),
      },
      {},
      ['a.yaml: ConfigMap//a', 'kustomization.yaml: ConfigMap//g'],
    ],
    [
      'a target namespace, a prefix and a suffix overwrite those of the file',
      { 'kustomization.yaml': 'namespace: x\nnamePrefix: y-\nresources: [a.yaml]', 'a.yaml': config('a') },
      { spec: { targetNamespace: 'home', namePrefix: 'p-', nameSuffix: '-s' } },
      ['a.yaml: ConfigMap/home/p-a-s'],
    ],
    [
      'lists are flattened, and kustomize’s own objects dropped',
      {
        'list.yaml': `apiVersion: v1\nkind: List\nitems:\n- ${config('a').replaceAll('\n', '\n  ')}\n- ${config('b').replaceAll('\n', '\n  ')}`,
      },
      {},
      ['list.yaml: ConfigMap//a', 'list.yaml: ConfigMap//b'],
    ],
    [
      'missing components are ignored when asked',
      { 'a.yaml': config('a') },
      { spec: { components: ['nowhere'], ignoreMissingComponents: true } },
      ['a.yaml: ConfigMap//a'],
    ],
    [
      'components are applied',
      {
        'a.yaml': config('a'),
        'kustomization.yaml': 'resources: [a.yaml]',
        'extra/kustomization.yaml':
          'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [c.yaml]',
        'extra/c.yaml': config('c'),
      },
      { spec: { components: ['extra'] } },
      ['a.yaml: ConfigMap//a', 'extra/c.yaml: ConfigMap//c'],
    ],
    [
      'an empty kustomization is forgiven at the root of the Kustomization',
      { 'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n' },
      {},
      [],
    ],
    [
      'objects stand in the order of the build, which sorts none by kind',
      { 'a.yaml': config('a'), 'ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: home}' },
      {},
      ['a.yaml: ConfigMap//a', 'ns.yaml: Namespace//home'],
    ],
    [
      'a SOPS-encrypted object is built as it is',
      {
        's.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: "ENC[AES256_GCM,data:x,type:str]"}\nsops: {mac: x}',
      },
      {},
      ['s.yaml: Secret//s'],
    ],
  ];

  test.each(cases)('%s', async (_, files, request, wanted) => {
    const build = await buildOf(engine, files, request);

    expect(listed(build)).toEqual(wanted);
  });

  test.each([
    ['without a kustomization', { 'a.yaml': config('a') }, true],
    ['with one', { 'a.yaml': config('a'), Kustomization: 'resources: [a.yaml]' }, false],
  ])('a directory %s says so', async (_, files, generated) => {
    const build = await buildOf(engine, files);

    expect(build).toMatchObject({ ok: true, generated });
  });
});

describe('an object', () => {
  const WEB =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: app, image: "web:1", ports: [{containerPort: 80}]}]}}}';
  const cases: [what: string, files: Files, request: Request, wanted: string][] = [
    [
      'has the common metadata, which is not substituted',
      { 'a.yaml': config('a', '  labels: {team: b}\n') },
      {
        spec: { commonMetadata: { labels: { team: '${A}' }, annotations: { x: 'y' } }, postBuild: {} },
        variables: { A: '1' },
      },
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {team: "${A}"}, annotations: {x: y}}',
    ],
    [
      'is normalised: protocols of ports, quantities, nothing that the API server would drop',
      { 'd.yaml': WEB.replace('ports:', 'resources: {limits: {cpu: 1000m}}, ports:') },
      {},
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: null
  strategy: {}
  template:
    metadata: {}
    spec: {containers: [{name: app, image: "web:1", ports: [{containerPort: 80, protocol: TCP}], resources: {limits: {cpu: "1"}}}]}`,
    ],
    [
      'has the patches and images of the spec, merged by name with those of the file',
      {
        'd.yaml': WEB,
        'kustomization.yaml':
          'resources: [d.yaml]\nimages: [{name: web, newName: registry/web, newTag: "2"}]',
      },
      {
        spec: {
          images: [{ name: 'web', newTag: '3' }],
          patches: [{ patch: '- {op: add, path: /spec/replicas, value: 4}', target: { kind: 'Deployment' } }],
        },
      },
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: null
  strategy: {}
  template:
    metadata: {}
    spec: {containers: [{name: app, image: "registry/web:3", ports: [{containerPort: 80, protocol: TCP}], resources: {}}]}`,
    ],
    [
      'keeps origin annotations where the spec asks for them',
      { 'a.yaml': config('a'), 'kustomization.yaml': 'resources: [a.yaml]' },
      { spec: { buildMetadata: ['originAnnotations'] } },
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {config.kubernetes.io/origin: "path: a.yaml\\n"}}',
    ],
    [
      'keeps them, as Flux adds them, where only generators are',
      {
        'kustomization.yaml':
          'configMapGenerator: [{name: g, literals: [a=b], options: {disableNameSuffixHash: true}}]',
      },
      {},
      `apiVersion: v1
kind: ConfigMap
data: {a: b}
metadata:
  name: g
  annotations:
    config.kubernetes.io/origin: |
      configuredIn: kustomization.yaml
      configuredBy:
        apiVersion: builtin
        kind: ConfigMapGenerator
`,
    ],
    [
      'has no status, and a Secret has its text as data',
      {
        's.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hello}\nstatus: {x: y}',
      },
      {},
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: aGVsbG8=}',
    ],
  ];

  test.each(cases)('%s', async (_, files, request, wanted) => {
    const build = await buildOf(engine, files, request);

    expect(first(build)).toEqual(parse(wanted));
  });

  test('has the labels of its owner', async () => {
    const build = await buildOf(engine, { 'a.yaml': config('a') }, { name: 'web', namespace: 'home' });

    expect(build.ok && build.objects[0]?.object['metadata']).toEqual({
      name: 'a',
      labels: { 'kustomize.toolkit.fluxcd.io/name': 'web', 'kustomize.toolkit.fluxcd.io/namespace': 'home' },
    });
  });

  test('of another schema does not change how the next build merges lists', async () => {
    const custom = {
      'kustomization.yaml': 'resources: [a.yaml]\nopenapi: {path: schema.json}',
      'a.yaml': 'apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a}\nspec: {parts: [{id: x}]}',
      'schema.json':
        '{"definitions":{"v1.Widget":{"type":"object","x-kubernetes-group-version-kind":[{"group":"example.org","version":"v1","kind":"Widget"}],"properties":{"spec":{"type":"object","properties":{"parts":{"type":"array","items":{"type":"object"},"x-kubernetes-patch-merge-key":"id","x-kubernetes-patch-strategy":"merge"}}}}}}}',
    };
    const patches = [
      { patch: 'apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a}\nspec: {parts: [{id: y}]}' },
    ];
    const { 'kustomization.yaml': _, ...plain } = custom;

    const merged = await buildOf(engine, custom, { spec: { patches } });
    const replaced = await buildOf(engine, { 'a.yaml': plain['a.yaml'] }, { spec: { patches } });

    expect(first(merged)['spec']).toEqual({ parts: [{ id: 'y' }, { id: 'x' }] });
    expect(first(replaced)['spec']).toEqual({ parts: [{ id: 'y' }] });
  });
});

describe('substitution', () => {
  const cases: [
    what: string,
    text: string,
    spec: JsonObject,
    variables: Record<string, string>,
    wanted: unknown,
  ][] = [
    ['a variable', '${A}', {}, { A: 'x' }, 'x'],
    ['a value that reads as a number becomes one', '${A}', {}, { A: '7' }, 7],
    ['a quoted value stays text', '"${A}"', {}, { A: '7' }, 7],
    ['a default', '${B:=z}', {}, { A: 'x' }, 'z'],
    ['a default that YAML 1.1 reads as true becomes that', '${B:=y}', {}, { A: 'x' }, true],
    ['an escaped one', '$${A}', {}, { A: 'x' }, '${A}'],
    ['a plain dollar', 'a$b', {}, { A: 'x' }, 'a$b'],
    ['line feeds of a value are dropped', '${A}', {}, { A: 'x\ny' }, 'xy'],
    ['nothing without variables', '${B:=z}', {}, {}, '${B:=z}'],
    ['defaults without variables when always', '${B:=z}', { substituteStrategy: 'Always' }, {}, 'z'],
    ['an upper-case transformation', '${A^^}', {}, { A: 'x' }, 'X'],
  ];

  test.each(cases)('%s', async (_, text, postBuild, variables, wanted) => {
    const build = await buildOf(
      engine,
      { 'a.yaml': config('a', `data:\n  x: ${text}\n`) },
      { spec: { postBuild }, variables },
    );

    expect(first(build)['data']).toEqual({ x: wanted });
  });

  test.each([
    ['labels', 'disabled', '${A}'],
    ['annotations', 'disabled', '${A}'],
    ['annotations', 'Disabled', 'x'],
  ])('%s with substitute: %s', async (where, value, wanted) => {
    const text = config(
      'a',
      `  ${where}: {kustomize.toolkit.fluxcd.io/substitute: ${value}}\ndata: {x: "\${A}"}\n`,
    );

    const build = await buildOf(
      engine,
      { 'a.yaml': text },
      { spec: { postBuild: {} }, variables: { A: 'x' } },
    );

    expect(first(build)['data']).toEqual({ x: wanted });
  });

  test('does nothing without postBuild, whatever the variables', async () => {
    const build = await buildOf(
      engine,
      { 'a.yaml': config('a', 'data: {x: "${A}"}\n') },
      { variables: { A: 'x' } },
    );

    expect(first(build)['data']).toEqual({ x: '${A}' });
  });

  test('leaves an undefined variable empty where Flux is not strict', async () => {
    const build = await buildOf(
      engine,
      { 'a.yaml': config('a', 'data: {x: "a${B}"}\n') },
      { spec: { postBuild: {} }, variables: { A: 'x' }, strict: false },
    );

    expect(first(build)['data']).toEqual({ x: 'a' });
  });
});

describe('a failure', () => {
  const cases: [what: string, files: Files, request: Request, wanted: JsonObject][] = [
    [
      'an undefined variable is named with its file and line',
      { 'apps/a.yaml': config('a', 'data:\n  x: ok\n  y: ${MISSING}\n') },
      { spec: { postBuild: {} }, variables: { A: 'x' } },
      { reason: 'undefined-variable', variable: 'MISSING', file: 'apps/a.yaml', line: 7 },
    ],
    [
      'a path that is not there',
      { 'a.yaml': config('a') },
      { path: 'nowhere' },
      { reason: 'path-not-found' },
    ],
    ['a path that is a file', { 'a.yaml': config('a') }, { path: 'a.yaml' }, { reason: 'path-not-found' }],
    [
      'a remote base',
      { 'kustomization.yaml': 'resources: ["https://github.com/org/repo//base?ref=v1"]' },
      {},
      { reason: 'remote-base', file: 'kustomization.yaml' },
    ],
    [
      'a remote base by its short name',
      { 'kustomization.yaml': 'resources: [github.com/org/repo]' },
      {},
      { reason: 'remote-base', file: 'kustomization.yaml' },
    ],
    [
      'a remote file, in a base',
      {
        'kustomization.yaml': 'resources: [base]',
        'base/kustomization.yaml': 'resources: [https://example.org/x.yaml]',
      },
      {},
      { reason: 'remote-base', file: 'base/kustomization.yaml' },
    ],
    [
      'broken YAML in a generated kustomization',
      { 'sub/bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n bad: [\n' },
      {},
      { reason: 'failed', file: 'sub/bad.yaml', line: 5 },
    ],
    [
      'broken YAML among resources',
      {
        'kustomization.yaml': 'resources: [bad.yaml]',
        'bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n',
      },
      {},
      { reason: 'failed', file: 'bad.yaml' },
    ],
    [
      'a resource that is missing is blamed on who lists it',
      { 'kustomization.yaml': 'resources: [base]', 'base/kustomization.yaml': 'resources: [gone.yaml]' },
      {},
      { reason: 'failed', file: 'base/kustomization.yaml' },
    ],
    [
      'an unknown field of a kustomization',
      { 'kustomization.yaml': 'resources: [base]', 'base/kustomization.yaml': 'resource: [a.yaml]' },
      {},
      { reason: 'failed', file: 'base/kustomization.yaml' },
    ],
    [
      'a patch that fits nothing',
      { 'a.yaml': config('a') },
      {
        spec: {
          patches: [{ patch: '- {op: replace, path: /data/x, value: y}', target: { kind: 'ConfigMap' } }],
        },
      },
      { reason: 'failed' },
    ],
    [
      'an empty kustomization in a base',
      { 'kustomization.yaml': 'resources: [base]', 'base/kustomization.yaml': 'kind: Kustomization' },
      {},
      { reason: 'failed', file: 'base/kustomization.yaml' },
    ],
    [
      'a variable of a name that Flux refuses',
      { 'a.yaml': config('a') },
      { spec: { postBuild: {} }, variables: { 'a-b': 'x' } },
      { reason: 'failed' },
    ],
    [
      'a Helm chart to inflate',
      { 'kustomization.yaml': 'helmCharts: [{name: x, repo: https://example.org}]' },
      {},
      { reason: 'failed', file: 'kustomization.yaml' },
    ],
    [
      'a component that is a path to elsewhere',
      { 'a.yaml': config('a') },
      { spec: { components: ['https://example.org/x'] } },
      { reason: 'remote-base' },
    ],
  ];

  test.each(cases)('%s', async (_, files, request, wanted) => {
    const build = await buildOf(engine, files, request);

    expect(build).toMatchObject({ ok: false, failure: wanted });
  });

  const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n';
  const leaks: [what: string, files: Files, request?: Request][] = [
    [
      'an object without a name',
      { 's.yaml': 'apiVersion: v1\nkind: Secret\nstringData: {password: hunter2}\n' },
    ],
    [
      'an object that a substitution breaks',
      { 's.yaml': `${SECRET}stringData: \${A}\n` },
      { spec: { postBuild: {} }, variables: { A: '}{hunter2' } },
    ],
    [
      'a literal without a key',
      { 'kustomization.yaml': 'secretGenerator: [{name: x, literals: [hunter2]}]' },
    ],
    [
      'a patch that is none',
      { 's.yaml': SECRET },
      { spec: { patches: [{ patch: 'hunter2: [', target: { kind: 'Secret' } }] } },
    ],
    ['a field of the wrong type', { 'kustomization.yaml': 'resources: {a: hunter2}' }],
  ];

  test.each(leaks)('does not quote %s, which may be a secret', async (_, files, request) => {
    const all =
      'kustomization.yaml' in files ? files : { ...files, 'kustomization.yaml': 'resources: [s.yaml]' };

    const build = await buildOf(engine, all, request);

    expect(build.ok).toBe(false);
    expect(JSON.stringify(build)).not.toContain('hunter2');
  });
});
