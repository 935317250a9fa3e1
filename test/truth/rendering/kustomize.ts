import { type RenderingCase, configMap, deployment, kustomization } from './case.ts';

const USES_GENERATED = deployment('web', [
  'envFrom: [{configMapRef: {name: made}}, {secretRef: {name: hidden}}]',
]);

const CRON = `apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy, namespace: "@NS"}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: tidy, image: "registry.test/tidy:1", envFrom: [{configMapRef: {name: made}}]}]}}}}
`;

/** What kustomize itself does, as far as real repositories use it. */
export const KUSTOMIZE: readonly RenderingCase[] = [
  {
    name: 'generators with hashes, and what refers to them',
    files: {
      'kustomization.yaml': kustomization(
        'namespace: "@NS"',
        'resources: [web.yaml, tidy.yaml]',
        'configMapGenerator:',
        '  - {name: made, literals: [a=b, "quoted=\'x\'"], files: [settings.ini, renamed.txt=text.txt]}',
        '  - {name: from-env, envs: [some.env]}',
        'secretGenerator:',
        '  - {name: hidden, literals: [password=hunter2], type: Opaque}',
      ),
      'web.yaml': USES_GENERATED,
      'tidy.yaml': CRON,
      'settings.ini': '[a]\nb = c\n\n',
      'text.txt': 'no newline',
      'some.env': '# comment\nONE=1\nTWO=two words\n\n',
    },
  },
  {
    name: 'only generators: Flux itself asks for build metadata',
    files: {
      'kustomization.yaml': kustomization(
        'namespace: "@NS"',
        'configMapGenerator: [{name: made, literals: [a=b]}]',
      ),
    },
  },
  {
    name: 'generator options, without a hash',
    files: {
      'kustomization.yaml': kustomization(
        'namespace: "@NS"',
        'resources: [web.yaml]',
        'generatorOptions: {disableNameSuffixHash: true, labels: {made: "yes"}, annotations: {by: kustomize}}',
        'configMapGenerator: [{name: made, literals: [a=b], options: {labels: {own: "1"}}}]',
        'secretGenerator: [{name: hidden, literals: [a=b], options: {immutable: true}}]',
      ),
      'web.yaml': USES_GENERATED,
    },
  },
  {
    name: 'generators that merge and replace those of a base',
    files: {
      '../base/kustomization.yaml': kustomization(
        'resources: [web.yaml]',
        'configMapGenerator: [{name: made, literals: [a=b, c=d]}]',
        'secretGenerator: [{name: hidden, literals: [a=b]}]',
      ),
      '../base/web.yaml': USES_GENERATED,
      'kustomization.yaml': kustomization(
        'namespace: "@NS"',
        'resources: [../base]',
        'configMapGenerator: [{name: made, behavior: merge, literals: [a=x, e=f]}]',
        'secretGenerator: [{name: hidden, behavior: replace, literals: [z=y]}]',
      ),
    },
  },
  {
    name: 'an object that asks for a hash itself',
    files: {
      'kustomization.yaml': kustomization('resources: [a.yaml, web.yaml]'),
      'a.yaml': configMap(
        'made',
        { a: 'b' },
        '  annotations: {kustomize.config.k8s.io/needs-hash: "true"}\n',
      ),
      'web.yaml': USES_GENERATED,
    },
  },
  {
    name: 'a base beside the directory, patched by a file',
    files: {
      '../base/kustomization.yaml': kustomization('resources: [web.yaml]', 'namePrefix: base-'),
      '../base/web.yaml': USES_GENERATED,
      'kustomization.yaml': kustomization(
        'resources: [../base]',
        'nameSuffix: -prod',
        'patches: [{path: patch.yaml}, {path: json.yaml, target: {kind: Deployment, name: web}}]',
        'replicas: [{name: web, count: 4}]',
      ),
      'patch.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: base-web, namespace: "@NS"}\nspec: {template: {spec: {containers: [{name: side, image: side:1}]}}}\n',
      'json.yaml': '- {op: add, path: /spec/template/metadata/annotations, value: {a: b}}\n',
    },
  },
  {
    name: 'old spellings: bases, commonLabels, patchesStrategicMerge, patchesJson6902',
    files: {
      '../base/kustomization.yaml': kustomization('resources: [web.yaml]'),
      '../base/web.yaml': USES_GENERATED,
      'kustomization.yaml': kustomization(
        'bases: [../base]',
        'commonLabels: {team: a}',
        'commonAnnotations: {note: b}',
        'patchesStrategicMerge:',
        '  - |-',
        '    {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: "@NS"}, spec: {replicas: 7}}',
        'patchesJson6902:',
        '  - target: {group: apps, version: v1, kind: Deployment, name: web}',
        '    patch: "- {op: add, path: /spec/paused, value: true}"',
      ),
    },
  },
  {
    name: 'labels, with and without selectors',
    files: {
      'kustomization.yaml': kustomization(
        'resources: [web.yaml]',
        'labels:',
        '  - {pairs: {plain: "1"}}',
        '  - {pairs: {chosen: "2"}, includeSelectors: true}',
        '  - {pairs: {inside: "3"}, includeTemplates: true}',
      ),
      'web.yaml': USES_GENERATED,
    },
  },
  {
    name: 'replacements',
    files: {
      'kustomization.yaml': kustomization(
        'resources: [a.yaml, web.yaml]',
        'replacements:',
        '  - source: {kind: ConfigMap, name: a, fieldPath: data.host}',
        '    targets:',
        '      - select: {kind: Deployment}',
        '        fieldPaths: ["spec.template.spec.containers.[name=main].env.[name=HOST].value"]',
        '        options: {create: true}',
      ),
      'a.yaml': configMap('a', { host: 'db.example.test' }),
      'web.yaml': deployment('web', ['env: [{name: HOST, value: unset}]']),
    },
  },
  {
    name: 'vars',
    files: {
      'kustomization.yaml': kustomization(
        'resources: [a.yaml, web.yaml]',
        'vars: [{name: NAME, objref: {apiVersion: v1, kind: ConfigMap, name: a}, fieldref: {fieldpath: metadata.name}}]',
        'namePrefix: p-',
      ),
      'a.yaml': configMap('a', { host: 'x' }),
      'web.yaml': deployment('web', ['env: [{name: NAME, value: $(NAME)}]']),
    },
  },
  {
    name: 'a configuration that teaches kustomize references',
    files: {
      'kustomization.yaml': kustomization(
        'resources: [a.yaml, role.yaml]',
        'configurations: [names.yaml]',
        'nameSuffix: -s',
      ),
      'names.yaml':
        'nameReference: [{kind: ConfigMap, fieldSpecs: [{kind: ServiceAccount, path: metadata/annotations/settings}]}]\n',
      'a.yaml': configMap('a', { a: 'b' }),
      'role.yaml':
        'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot, namespace: "@NS", annotations: {settings: a}}\n',
    },
  },
  {
    name: 'order of legacy sorting',
    files: {
      'kustomization.yaml': kustomization('resources: [web.yaml, a.yaml]', 'sortOptions: {order: legacy}'),
      'a.yaml': configMap('a', { a: 'b' }),
      'web.yaml': USES_GENERATED,
    },
  },
  {
    name: 'a chart to inflate is refused',
    files: {
      'kustomization.yaml': kustomization('helmCharts: [{name: x, repo: "https://charts.example.test"}]'),
    },
    fails: /must specify --enable-helm|trouble configuring builtin HelmChartInflationGenerator/,
  },
  {
    name: 'a generator file that is missing',
    files: {
      'kustomization.yaml': kustomization('configMapGenerator: [{name: made, files: [none.ini]}]'),
    },
    fails: /none\.ini/,
  },
  {
    name: 'a Helm template as a resource',
    files: {
      'kustomization.yaml': kustomization('resources: [chart.yaml]'),
      'chart.yaml': `${configMap('{{ .Release.Name }}', { a: '{{ .Values.a }}' })}{{- if .Values.b }}\n  b: c\n{{- end }}\n`,
    },
    fails: /yaml|invalid map key/i,
  },
];
