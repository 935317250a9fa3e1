import { BARE, CONFIG_MAP, DEPLOYMENT, SERVICE, SHAPE } from './objects.ts';
import { type DriftPair, withFields, withSpec, yaml } from './pair.ts';

function byHand(patch: string): { kubectl: string[] } {
  return { kubectl: ['patch', '@', '--type=merge', '-p', JSON.stringify(yaml(patch))] };
}

/** Custom resources: lists and maps of every kind, and fields that no schema knows. */
export const CUSTOM: readonly DriftPair[] = [
  {
    name: 'a keyed list: an item added by kubectl, one changed',
    git: SHAPE,
    by: [byHand('spec: {keyed: [{name: b, value: 9}, {name: a, value: 1}, {name: c, value: 3}]}')],
  },
  {
    name: 'a keyed list: an item added by k9s, one taken away',
    git: SHAPE,
    by: [{ as: 'k9s', merge: yaml('spec: {keyed: [{name: c, value: 3, mode: slow}, {name: a, value: 1}]}') }],
  },
  {
    name: 'a keyed list: a default of its items overwritten',
    git: SHAPE,
    by: [byHand('spec: {keyed: [{name: a, value: 1, mode: slow}, {name: b, value: 2}]}')],
  },
  {
    name: 'a list with two keys, one of them by default',
    git: SHAPE,
    by: [
      {
        as: 'operator',
        merge: yaml(
          'spec: {double: [{port: 80, value: changed}, {port: 53, value: tcp}, {port: 53, protocol: UDP, value: dns}]}',
        ),
      },
    ],
  },
  { name: 'a set: a value added by kubectl', git: SHAPE, by: [byHand('spec: {set: [x, y, z]}')] },
  {
    name: 'a set: a value added by k9s, one taken away',
    git: SHAPE,
    by: [{ as: 'k9s', merge: yaml('spec: {set: [z, y]}') }],
  },
  {
    name: 'an atomic list',
    git: SHAPE,
    by: [byHand('spec: {atomic: [{name: a, value: 1}, {name: b, value: 2}, {name: c, value: 3}]}')],
  },
  {
    name: 'an atomic list in another order',
    git: SHAPE,
    by: [{ as: 'k9s', merge: yaml('spec: {atomic: [{name: b, value: 2}, {name: a, value: 1}]}') }],
  },
  { name: 'a list that says nothing', git: SHAPE, by: [byHand('spec: {plain: [1, 2, 3]}')] },
  {
    name: 'maps, one of them atomic',
    git: SHAPE,
    by: [byHand('spec: {map: {two: "9", three: "3"}, atomicMap: {three: "3"}}')],
  },
  {
    name: 'maps, one of them atomic, by k9s',
    git: SHAPE,
    by: [{ as: 'k9s', merge: yaml('spec: {map: {two: "9", three: "3"}, atomicMap: {three: "3"}}') }],
  },
  {
    name: 'fields that the schema does not name',
    git: SHAPE,
    by: [byHand('spec: {loose: {deep: {list: [1, {a: c}], more: 1}, text: z}}')],
  },
  {
    name: 'fields that the schema does not name, by k9s',
    git: SHAPE,
    by: [{ as: 'k9s', merge: yaml('spec: {loose: {deep: {list: [1], more: 1}, other: {x: y}}}') }],
  },
  { name: 'a number or a text', git: SHAPE, by: [byHand('spec: {either: http}')] },
  {
    name: 'a default overwritten by kubectl',
    git: SHAPE,
    by: [byHand('spec: {size: 9, nested: {mode: fast, count: 2}}')],
  },
  {
    name: 'a default overwritten by k9s',
    git: SHAPE,
    by: [{ as: 'k9s', merge: yaml('spec: {size: 9, nested: {mode: fast, count: 2}}') }],
  },
  {
    name: 'an embedded pod',
    git: SHAPE,
    by: [byHand('spec: {pod: {metadata: {labels: {a: z, c: d}}, spec: {containers: [{name: other}]}}}')],
  },
  {
    name: 'a status beside a change',
    git: SHAPE,
    by: [
      byHand('spec: {either: 1}'),
      { as: 'operator', merge: yaml('status: {phase: Ready}'), subresource: 'status' },
    ],
  },
  {
    name: 'a field taken away',
    git: SHAPE,
    by: [
      {
        as: 'k9s',
        json: [
          { op: 'remove', path: '/spec/map' },
          { op: 'remove', path: '/spec/keyed/0/value' },
        ],
      },
    ],
  },
  {
    name: 'without a schema: a list and a map',
    git: BARE,
    by: [byHand('spec: {list: [{name: a, value: 9}], map: {one: "9", two: {four: 4}}}')],
  },
  {
    name: 'without a schema: a list and a map, by k9s',
    git: BARE,
    by: [
      {
        as: 'k9s',
        merge: yaml('spec: {list: [{name: a, value: 9}], map: {one: "9", two: {four: 4}}, added: {x: [y]}}'),
      },
    ],
  },
  {
    name: 'without a schema: numbers',
    git: BARE,
    by: [{ as: 'operator', merge: yaml('spec: {float: 1.25, text: 7}') }],
  },
  {
    name: 'without a schema: all of it',
    git: BARE,
    by: [{ as: 'operator', json: [{ op: 'replace', path: '/spec', value: { other: true } }] }],
  },
];

const CONTAINER = 'name: main, image: "registry.test/app:1.0.0"';

/** What Git itself changes, alone or after a hand has been there. */
export const COMMITS: readonly DriftPair[] = [
  {
    name: 'a commit adds and removes data',
    git: CONFIG_MAP,
    by: [],
    next: withFields(CONFIG_MAP, 'data: {a: null, c: "3", b: "9"}'),
  },
  {
    name: 'a commit sets what k9s has set',
    git: CONFIG_MAP,
    by: [{ as: 'k9s', merge: yaml('data: {c: "3"}') }],
    next: withFields(CONFIG_MAP, 'data: {c: "3"}'),
  },
  {
    name: 'a commit removes what k9s has changed',
    git: CONFIG_MAP,
    by: [{ as: 'k9s', merge: yaml('data: {a: "9"}') }],
    next: withFields(CONFIG_MAP, 'data: {a: null}'),
  },
  {
    name: 'a commit removes what k9s has applied too',
    git: CONFIG_MAP,
    by: [{ as: 'k9s', apply: { data: { a: '1' } } }],
    next: withFields(CONFIG_MAP, 'data: {a: null}'),
  },
  { name: 'a commit removes all data', git: CONFIG_MAP, by: [], next: withFields(CONFIG_MAP, 'data: null') },
  {
    name: 'a commit removes a label and an annotation',
    git: CONFIG_MAP,
    by: [],
    next: withFields(CONFIG_MAP, 'metadata: {labels: {tier: null}, annotations: null}'),
  },
  {
    name: 'a commit removes replicas',
    git: DEPLOYMENT,
    by: [],
    next: withSpec(DEPLOYMENT, 'replicas: null'),
  },
  {
    name: 'a commit removes replicas after a scaling',
    git: DEPLOYMENT,
    by: [{ kubectl: ['scale', '@', '--replicas=5'] }],
    next: withSpec(DEPLOYMENT, 'replicas: null'),
  },
  {
    name: 'a commit removes most of a container',
    git: DEPLOYMENT,
    by: [],
    next: withSpec(
      DEPLOYMENT,
      `template: {spec: {containers: [{${CONTAINER}}], volumes: null, tolerations: null, terminationGracePeriodSeconds: null}}`,
    ),
  },
  {
    name: 'a commit adds probes, ports and an init container',
    git: DEPLOYMENT,
    by: [],
    next: withSpec(
      DEPLOYMENT,
      `template: {spec: {initContainers: [{name: init, image: init}], containers: [{${CONTAINER}, livenessProbe: {tcpSocket: {port: 80}}, ports: [{containerPort: 8080}, {containerPort: 8080, protocol: UDP}]}]}}`,
    ),
  },
  {
    name: 'a commit changes a port',
    git: SERVICE,
    by: [],
    next: withSpec(SERVICE, 'ports: [{name: http, port: 81, targetPort: 8081}]'),
  },
  { name: 'a commit makes a NodePort', git: SERVICE, by: [], next: withSpec(SERVICE, 'type: NodePort') },
  { name: 'a commit takes a NodePort back', git: withSpec(SERVICE, 'type: NodePort'), by: [], next: SERVICE },
  {
    name: 'a commit empties a Service of its selector',
    git: SERVICE,
    by: [],
    next: withSpec(SERVICE, 'selector: null'),
  },
  {
    name: 'a commit changes lists of every kind',
    git: SHAPE,
    by: [],
    next: withSpec(
      SHAPE,
      'keyed: [{name: b, value: 5}]\ndouble: [{port: 80, value: web}]\nset: [y, z]\natomic: [{name: a, value: 1}]\nplain: null\nmap: {one: "1"}\natomicMap: {two: "2"}\nloose: {deep: {list: []}}',
    ),
  },
  {
    name: 'a commit sets defaults of its own',
    git: SHAPE,
    by: [],
    next: withSpec(SHAPE, 'size: 5\nnested: {count: 1}'),
  },
  {
    name: 'a commit takes defaults of its own back',
    git: withSpec(SHAPE, 'size: 5\nnested: {mode: fast, count: 1}'),
    by: [],
    next: SHAPE,
  },
  {
    name: 'a commit without a schema',
    git: BARE,
    by: [],
    next: withSpec(BARE, 'list: [{name: a, value: 1}]\nmap: {two: {three: 4}}\ntext: null'),
  },
];
