import { type RenderingCase, configMap, deployment, kustomization } from './case.ts';

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: "@NS"}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

const BOUND = `apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "@NS-robot"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: robot, namespace: default}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: robot, namespace: elsewhere}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: default}, {kind: User, apiGroup: rbac.authorization.k8s.io, name: eve}]
`;

const COMPONENT = `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 3
`;

const WITH_SETTINGS = deployment('web', [
  'envFrom: [{configMapRef: {name: settings}}]',
  'env: [{name: KEEP, value: "1"}, {name: DROP, value: "2"}]',
]);

const WEB = { 'web.yaml': WITH_SETTINGS, 'settings.yaml': configMap('settings', { a: 'b' }) };
const IMAGES = `${deployment('web')}        - name: side
          image: registry.test/side@sha256:${'a'.repeat(64)}
        - name: bare
          image: busybox
      initContainers:
        - {name: init, image: registry.test/web:0.9.0}
`;

/** Each field that the Kustomization's spec lays over the directory. */
export const OVERLAY: readonly RenderingCase[] = [
  {
    name: 'targetNamespace over a directory of its own',
    files: { 'all.yaml': BOUND, 'a.yaml': configMap('a', { a: 'b' }) },
    spec: { targetNamespace: '@NS' },
  },
  {
    name: 'targetNamespace wins over the kustomization',
    files: {
      'kustomization.yaml': kustomization('namespace: elsewhere', 'resources: [all.yaml, inner]'),
      'all.yaml': BOUND,
      'inner/kustomization.yaml': kustomization('namespace: inner', 'resources: [a.yaml]'),
      'inner/a.yaml': configMap('a', { a: 'b' }),
    },
    spec: { targetNamespace: '@NS' },
  },
  {
    name: 'prefix and suffix reach names and what refers to them',
    files: WEB,
    spec: { namePrefix: 'pre-', nameSuffix: '-post' },
  },
  {
    name: 'prefix and suffix replace those of the kustomization',
    files: {
      ...WEB,
      'kustomization.yaml': kustomization(
        'resources: [web.yaml, settings.yaml]',
        'namePrefix: gone-',
        'nameSuffix: -gone',
      ),
    },
    spec: { namePrefix: 'pre-', nameSuffix: '-post' },
  },
  {
    name: 'patches: strategic by target, JSON by label, one without a target',
    files: { ...WEB, 'service.yaml': SERVICE },
    spec: {
      patches: [
        {
          target: { kind: 'Deployment', name: 'we.*' },
          patch:
            'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ignored}\nspec: {template: {spec: {containers: [{name: main, env: [{name: DROP, $patch: delete}, {name: NEW, value: "3"}]}]}}}',
        },
        {
          target: { labelSelector: 'app=web' },
          patch: '- {op: add, path: /metadata/annotations, value: {patched: "yes"}}',
        },
        {
          patch:
            'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: "@NS"}\nspec: {type: NodePort}',
        },
      ],
    },
  },
  {
    name: 'a patch that deletes, and one whose target is not there',
    files: { ...WEB, 'service.yaml': SERVICE },
    spec: {
      patches: [
        { patch: '$patch: delete\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: "@NS"}' },
        {
          target: { kind: 'StatefulSet' },
          patch: '- {op: remove, path: /spec}',
        },
      ],
    },
  },
  {
    name: 'a patch come after those of the kustomization',
    files: {
      ...WEB,
      'kustomization.yaml': kustomization(
        'resources: [web.yaml]',
        'patches: [{target: {kind: Deployment}, patch: "- {op: replace, path: /spec/replicas, value: 5}"}]',
      ),
    },
    spec: {
      patches: [
        {
          target: { kind: 'Deployment' },
          patch:
            '- {op: test, path: /spec/replicas, value: 5}\n- {op: replace, path: /spec/replicas, value: 6}',
        },
      ],
    },
  },
  {
    name: 'a patch to a field that is not there',
    files: WEB,
    spec: { patches: [{ target: { kind: 'Deployment' }, patch: '- {op: remove, path: /spec/paused}' }] },
    fails: /remove operation does not apply|missing key|nonexistent|Unable to remove/i,
  },
  {
    name: 'a strategic patch without its object',
    files: WEB,
    spec: {
      patches: [{ patch: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nobody}\ndata: {a: c}' }],
    },
    fails: /no resource matches strategic merge patch|no matches for Id/,
  },
  {
    name: 'components, one of them beside the directory',
    files: {
      ...WEB,
      'kustomization.yaml': kustomization('resources: [web.yaml]'),
      '../more/kustomization.yaml': COMPONENT,
      'own/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [../settings.yaml]\nnamePrefix: c-\n',
    },
    spec: { components: ['../more', './own'] },
  },
  {
    name: 'a component that is missing and may be',
    files: { ...WEB, 'kustomization.yaml': kustomization('resources: [web.yaml]') },
    spec: { components: ['../none'], ignoreMissingComponents: true },
  },
  {
    name: 'a component that is missing',
    files: { ...WEB, 'kustomization.yaml': kustomization('resources: [web.yaml]') },
    spec: { components: ['../none'] },
    fails: /none/,
  },
  {
    name: 'a component as the root',
    files: { 'kustomization.yaml': `${COMPONENT}resources: [web.yaml]\n`, 'web.yaml': WITH_SETTINGS },
  },
  {
    name: 'images by name, tag and digest',
    files: { 'web.yaml': IMAGES },
    spec: {
      images: [
        { name: 'registry.test/web', newTag: '2.0.0' },
        { name: 'registry.test/side', newName: 'mirror.test/side', newTag: '1.1' },
        { name: 'busybox', digest: `sha256:${'b'.repeat(64)}` },
      ],
    },
  },
  {
    name: 'images merge with those of the kustomization field by field',
    files: {
      'web.yaml': IMAGES,
      'kustomization.yaml': kustomization(
        'resources: [web.yaml]',
        `images: [{name: registry.test/web, newName: mirror.test/web, newTag: "1.5"}, {name: registry.test/side, digest: "sha256:${'c'.repeat(64)}"}]`,
      ),
    },
    spec: {
      images: [
        { name: 'registry.test/web', newTag: '3.0.0' },
        { name: 'registry.test/side', newTag: '4.0' },
      ],
    },
  },
  {
    name: 'common metadata lies over everything, and is not substituted',
    files: { ...WEB, 'service.yaml': SERVICE },
    spec: {
      commonMetadata: { labels: { app: 'over', team: 'a' }, annotations: { note: 'keep ${THIS}' } },
      postBuild: { substitute: { THIS: 'that' } },
    },
  },
  {
    name: 'build metadata of the spec',
    files: { ...WEB, 'kustomization.yaml': kustomization('resources: [web.yaml]', 'namePrefix: x-') },
    spec: { buildMetadata: ['originAnnotations', 'transformerAnnotations'] },
  },
  {
    name: 'build metadata of the kustomization',
    files: {
      'kustomization.yaml': kustomization(
        'resources: [web.yaml]',
        'configMapGenerator: [{name: made, namespace: "@NS", literals: [a=b]}]',
        'buildMetadata: [managedByLabel, originAnnotations]',
      ),
      'web.yaml': WITH_SETTINGS,
    },
  },
  {
    name: 'marks that tell Flux to leave an object alone',
    files: {
      'a.yaml': configMap('applied', { a: 'b' }),
      'b.yaml': configMap(
        'off',
        { a: 'b' },
        '  annotations: {kustomize.toolkit.fluxcd.io/reconcile: Disabled}\n',
      ),
      'c.yaml': configMap('once', { a: 'b' }, '  labels: {kustomize.toolkit.fluxcd.io/ssa: IfNotPresent}\n'),
      'd.yaml': configMap('never', { a: 'b' }, '  annotations: {kustomize.toolkit.fluxcd.io/ssa: ignore}\n'),
      'e.yaml': configMap('merged', { a: 'b' }, '  annotations: {kustomize.toolkit.fluxcd.io/ssa: Merge}\n'),
    },
  },
];
