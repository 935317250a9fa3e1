import { stringify } from 'yaml';

import type { Manifest } from '../../cluster/manifest.ts';
import { type RenderingCase, configMap, deployment, kustomization } from './case.ts';

const ROLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "@NS-reader"}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
`;

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: "gadgets.@NS.example.test"}
spec:
  group: "@NS.example.test"
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
  conversion: {strategy: None}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
`;

/** Which objects a directory gives: Flux's own kustomization, and files of every shape. */
export const GENERATION: readonly RenderingCase[] = [
  {
    name: 'a directory without a kustomization gives every manifest below it',
    files: {
      'a.yaml': configMap('a', { from: 'root' }),
      'deep/down/b.yml': configMap('b', { from: 'below' }),
      'deep/README.md': '# not a manifest\n',
      'deep/values.json': '{"not": "a manifest"}',
    },
  },
  {
    name: 'a subdirectory with a kustomization is one resource and is not walked',
    files: {
      'a.yaml': configMap('a', { from: 'root' }),
      'inner/kustomization.yml': kustomization('resources: [used.yaml]', 'namePrefix: inner-'),
      'inner/used.yaml': configMap('used', { a: 'b' }),
      'inner/unused.yaml': configMap('unused', { a: 'b' }),
      'inner/below/unused.yaml': configMap('unused-too', { a: 'b' }),
      'other/Kustomization': kustomization('resources: [x.yaml]', 'nameSuffix: -other'),
      'other/x.yaml': configMap('x', { a: 'b' }),
    },
  },
  {
    name: 'a generated kustomization refuses YAML that is no manifest',
    files: { 'a.yaml': configMap('a', { a: 'b' }), 'values.yaml': 'replicas: 3\nimage: x\n' },
    fails: /failed to decode Kubernetes YAML|kind|apiVersion/i,
  },
  {
    name: 'a generated kustomization refuses a Helm template',
    files: {
      'templates/deployment.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n',
    },
    fails: /failed to decode Kubernetes YAML|invalid map key|yaml/i,
  },
  {
    name: 'a directory with nothing for Kubernetes gives nothing',
    files: { 'README.md': 'nothing here\n' },
  },
  {
    name: 'documents that are empty or comments only are passed over',
    files: {
      'many.yaml': `---\n# only a comment\n---\n${configMap('a', { a: 'b' })}---\n---\n${configMap('b', { a: 'b' })}---\n`,
    },
  },
  {
    name: 'a List is taken apart',
    files: {
      'list.yaml': `apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: "@NS"}, data: {a: b}}
  - {apiVersion: v1, kind: ServiceAccount, metadata: {name: s, namespace: "@NS"}}
`,
    },
  },
  {
    name: 'a ConfigMapList in a kustomization is taken apart',
    files: {
      'kustomization.yaml': kustomization('resources: [list.yaml]', 'namePrefix: p-'),
      'list.yaml': `apiVersion: v1
kind: ConfigMapList
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: "@NS"}, data: {a: b}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: "@NS"}, data: {a: b}}
`,
    },
  },
  {
    name: 'a kustomization that is empty is forgiven at the root',
    files: { 'kustomization.yaml': kustomization() },
  },
  {
    name: 'a kustomization that is empty is not forgiven below the root',
    files: {
      'kustomization.yaml': kustomization('resources: [inner]'),
      'inner/kustomization.yaml': kustomization(),
    },
    fails: /kustomization\.yaml is empty/,
  },
  {
    name: 'two names for a kustomization in one directory are refused',
    files: {
      'kustomization.yaml': kustomization('resources: [a.yaml]'),
      'kustomization.yml': kustomization('resources: [a.yaml]'),
      'a.yaml': configMap('a', { a: 'b' }),
    },
    fails: /Found multiple kustomization files/i,
  },
  {
    name: 'a path that does not exist',
    files: { 'a.yaml': configMap('a', { a: 'b' }) },
    spec: { path: './nowhere' },
    fails: /kustomization path not found/,
  },
  {
    name: 'a resource that does not exist',
    files: { 'kustomization.yaml': kustomization('resources: [missing.yaml]') },
    fails: /missing\.yaml/,
  },
  {
    name: 'kustomizations in a circle',
    files: {
      'kustomization.yaml': kustomization('resources: [../b]'),
      '../b/kustomization.yaml': kustomization('resources: [../app]'),
    },
    fails: /cycle detected/,
  },
  {
    name: 'the same object twice',
    files: {
      'kustomization.yaml': kustomization('resources: [a.yaml, b.yaml]'),
      'a.yaml': configMap('same', { a: 'b' }),
      'b.yaml': configMap('same', { a: 'c' }),
    },
    fails: /already registered id/,
  },
  {
    name: 'a field that kustomize does not know',
    files: {
      'kustomization.yaml': kustomization('resources: [a.yaml]', 'resouces: [b.yaml]'),
      'a.yaml': configMap('a', { a: 'b' }),
    },
  },
  {
    name: 'objects for kustomize itself and for tools are not applied',
    files: {
      'kustomization.yaml': kustomization('resources: [a.yaml, local.yaml]'),
      'a.yaml': configMap('a', { a: 'b' }),
      'local.yaml': configMap(
        'local',
        { a: 'b' },
        '  annotations: {config.kubernetes.io/local-config: "true"}\n',
      ),
    },
  },
  {
    name: 'namespaces, definitions and cluster roles beside what is in them',
    files: {
      'all.yaml': `${configMap('a', { a: 'b' })}---\n${ROLE}---\n${CRD}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: "@NS-extra", labels: {a: b}}\n`,
    },
  },
  {
    name: 'scalars of every spelling',
    files: {
      'a.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: scalars
  namespace: "@NS"
  annotations: {date: "2026-01-02", version: "1.10", yes: "on"}
data:
  octal: "0777"
  empty: ""
  folded: >-
    one
    line
  kept: |+
    two

  quoted: 'it''s'
  unicode: "caf\\u00e9 \\U0001F600 ünï"
  long: "${'x'.repeat(200)} ${'y'.repeat(200)}"
  colon: "a: b # c"
  tab: "a\\tb"
binaryData: {bytes: AAEC}
`,
      'crlf.yaml': configMap('crlf', { a: 'b' }).replaceAll('\n', '\r\n'),
    },
  },
  {
    name: 'texts over several lines, which kustomize does not write as it reads them',
    files: {
      'texts.yaml': String.raw`apiVersion: v1
kind: ConfigMap
metadata: {name: texts, namespace: "@NS"}
data:
  folded: >
    [
      one,
      two
    ]
  stripped: >-
    object.exists(c,
      c.image == "a"
    )
  kept: |2+
      indented

    lines

  tabs: "a\tb\nc"
  trailing: "spaces  \n  and more \n"
  lonely: >-
    one line only
  wide: "grüße – \u00a0 \u2028 \ufeff 🙂"
  long: ${'word '.repeat(60)}end
  items: "no list"
`,
    },
  },
  {
    name: 'texts of many shapes, quoted and as blocks',
    files: {
      'quoted.json': JSON.stringify(textsNamed('quoted')),
      'blocks.yaml': stringify(textsNamed('blocks'), { defaultStringType: 'BLOCK_LITERAL' }),
    },
  },
  {
    name: 'a key that is a number',
    files: {
      'a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: keys, namespace: "@NS"}\ndata: {k: {1: a}}\n',
    },
    fails: /unsupported type: map\[interface \{\}\]/,
  },
  {
    name: 'numbers, quantities and ports keep their types',
    files: {
      'a.yaml': deployment('typed', [
        'ports: [{containerPort: 8080}, {containerPort: 9090, protocol: UDP, name: udp}]',
        'resources: {requests: {cpu: 1, memory: 0.5Gi}, limits: {cpu: 1500m, memory: 1073741824}}',
        'livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 010}',
        'env: [{name: A, value: "1"}, {name: B, value: "true"}, {name: C}]',
      ]),
    },
  },
  {
    name: 'anchors, aliases and merge keys',
    files: {
      'a.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: anchors
  namespace: "@NS"
  labels: &labels {a: b, c: d}
  annotations:
    <<: *labels
    e: f
data: {text: &text same, again: *text}
`,
    },
  },
  {
    name: 'string data of a Secret and nulls',
    files: {
      'a.yaml': `apiVersion: v1
kind: Secret
metadata: {name: mixed, namespace: "@NS"}
type: Opaque
data: {a: YQ==, b: Yg==}
stringData: {b: other, c: plain}
---
apiVersion: v1
kind: Secret
metadata: {name: nulls, namespace: "@NS", annotations: {}}
data:
  empty:
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: "@NS", labels: null}
spec: {selector: {app: s}, ports: [{port: 80, name: web}, {port: 53, protocol: UDP, name: dns}]}
status: {loadBalancer: {}}
`,
    },
  },
  {
    name: 'labels of Flux that are there already are replaced',
    files: {
      'a.yaml': configMap('a', { a: 'b' }, '  labels: {kustomize.toolkit.fluxcd.io/name: other, keep: me}\n'),
    },
  },
  {
    name: 'an object without a kind',
    files: {
      'kustomization.yaml': kustomization('resources: [a.yaml]'),
      'a.yaml': 'apiVersion: v1\nmetadata: {name: a}\n',
    },
    fails: /kind/i,
  },
];

/** A ConfigMap with a text of each start, middle and end that YAML has rules of its own for. */
function textsNamed(name: string): Manifest {
  const starts = ['', ' ', '\n', '# ', '- ', 'a: ', '"', '%'];
  const middles = ['b', 'b\nc', 'b\n\nc', 'b \nc', 'b\n  c', 'b\n---\nc', '{{ b }}\n\tc', 'yes'];
  const ends = ['', '\n', '\n\n', ' ', '\n '];
  const texts = starts.flatMap((start) =>
    middles.flatMap((middle) => ends.map((end) => `${start}${middle}${end}`)),
  );
  const data = Object.fromEntries(texts.map((text, index) => [`text-${index}`, text]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: '@NS' }, data };
}
