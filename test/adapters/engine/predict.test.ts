import { afterAll, describe, expect, test } from 'vitest';

import { entry, predictOf, schemasOf, testEngine, told } from './support.ts';

const engine = testEngine();
afterAll(() => engine.close());

const FLUX = 'kustomize-controller';

/** As Git has it: two replicas of one container. */
const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: home}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: web:1
          args: [--port, '80']
          env: [{name: MODE, value: fast}]
          ports: [{containerPort: 80}]
          resources: {requests: {cpu: 1000m, memory: 1024Mi}}
`;

/** As the API server stores it: with defaults and in its own spelling. */
const STORED = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: home
  uid: 2f0
  resourceVersion: '7'
  generation: 3
  creationTimestamp: '2026-01-01T00:00:00Z'
  annotations: {deployment.kubernetes.io/revision: '1'}
spec:
  progressDeadlineSeconds: 600
  replicas: 2
  revisionHistoryLimit: 10
  selector: {matchLabels: {app: web}}
  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}, type: RollingUpdate}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: web:1
          imagePullPolicy: IfNotPresent
          args: [--port, '80']
          env: [{name: MODE, value: fast}]
          ports: [{containerPort: 80, protocol: TCP}]
          resources: {requests: {cpu: '1', memory: 1Gi}}
          terminationMessagePath: /dev/termination-log
          terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
status: {replicas: 2, readyReplicas: 2}
`;

const APPS = { apiVersion: 'apps/v1' };

const OWN = `
f:spec:
  f:replicas: {}
  f:selector: {}
  f:template:
    f:metadata: {f:labels: {f:app: {}}}
    f:spec:
      f:containers:
        k:{"name":"app"}:
          .: {}
          f:name: {}
          f:image: {}
          f:args: {}
          f:env: {'k:{"name":"MODE"}': {.: {}, f:name: {}, f:value: {}}}
          f:ports: {'k:{"containerPort":80,"protocol":"TCP"}': {.: {}, f:containerPort: {}, f:protocol: {}}}
          f:resources: {f:requests: {f:cpu: {}, f:memory: {}}}
`.replace('k:{"name":"app"}:', `'k:{"name":"app"}':`);

const STATUS = entry(
  'kube-controller-manager',
  "f:metadata: {f:annotations: {.: {}, 'f:deployment.kubernetes.io/revision': {}}}\nf:status: {f:replicas: {}, f:readyReplicas: {}}",
  { ...APPS, subresource: 'status' },
);

function own(fields = OWN) {
  return entry(FLUX, fields, APPS);
}

function inContainer(fields: string): string {
  return `f:spec: {f:template: {f:spec: {f:containers: {'k:{"name":"app"}': ${fields}}}}}`;
}

const CONTAINER = '.spec.template.spec.containers[name="app"]';

describe('a Deployment', () => {
  test('as it was applied is the same, whatever its spelling and defaults', async () => {
    const prediction = await predictOf(engine, DEPLOYMENT, STORED, [own(), STATUS]);

    expect(told(prediction)).toEqual([]);
  });

  const cases: [
    what: string,
    edit: readonly [from: string, to: string],
    others: { manager: string; fields: string; more?: Record<string, string> },
    gone: string,
    wanted: string[],
  ][] = [
    [
      'scaled by kubectl goes back to what Git says',
      ['replicas: 2\n  revision', 'replicas: 5\n  revision'],
      { manager: 'kubectl', fields: 'f:spec: {f:replicas: {}}', more: { subresource: 'scale' } },
      '  f:replicas: {}\n',
      ['.spec.replicas changes 5 -> 2 by 1'],
    ],
    [
      'with an environment variable added by kubectl edit loses it',
      ['env: [{name: MODE, value: fast}]', 'env: [{name: MODE, value: fast}, {name: EXTRA, value: x}]'],
      {
        manager: 'kubectl-edit',
        fields: inContainer(`{f:env: {'k:{"name":"EXTRA"}': {.: {}, f:name: {}, f:value: {}}}}`),
      },
      '',
      [`${CONTAINER}.env[name="EXTRA"] removes {"name":"EXTRA","value":"x"} -> - by 1`],
    ],
    [
      'with an environment variable added by a browser keeps it',
      ['env: [{name: MODE, value: fast}]', 'env: [{name: MODE, value: fast}, {name: EXTRA, value: x}]'],
      {
        manager: 'node-fetch',
        fields: inContainer(`{f:env: {'k:{"name":"EXTRA"}': {.: {}, f:name: {}, f:value: {}}}}`),
      },
      '',
      [`kept ${CONTAINER}.env[name="EXTRA"] removes {"name":"EXTRA","value":"x"} -> - by 1`],
    ],
    [
      'with another image set by a browser gets its own back',
      ['image: web:1', 'image: web:2'],
      { manager: 'Mozilla', fields: inContainer('{f:image: {}}') },
      '          f:image: {}\n',
      [`${CONTAINER}.image changes "web:2" -> "web:1" by 1`],
    ],
    [
      'with other arguments gets the whole list back',
      ["args: [--port, '80']", "args: [--port, '80', --debug]"],
      { manager: 'kubectl-edit', fields: inContainer('{f:args: {}}') },
      '          f:args: {}\n',
      [`${CONTAINER}.args changes ["--port","80","--debug"] -> ["--port","80"] by 1`],
    ],
    [
      'restarted by kubectl loses the annotation that did it',
      [
        'metadata: {labels: {app: web}}',
        'metadata: {labels: {app: web}, annotations: {kubectl.kubernetes.io/restartedAt: now}}',
      ],
      {
        manager: 'kubectl-rollout',
        fields:
          "f:spec: {f:template: {f:metadata: {f:annotations: {.: {}, 'f:kubectl.kubernetes.io/restartedAt': {}}}}}",
      },
      '',
      ['.spec.template.metadata.annotations removes {"kubectl.kubernetes.io/restartedAt":"now"} -> - by 1'],
    ],
    [
      'with a second port of the same number keeps the two apart',
      [
        'ports: [{containerPort: 80, protocol: TCP}]',
        'ports: [{containerPort: 80, protocol: TCP}, {containerPort: 80, protocol: UDP}]',
      ],
      {
        manager: 'kubectl-patch',
        fields: inContainer(
          `{f:ports: {'k:{"containerPort":80,"protocol":"UDP"}': {.: {}, f:containerPort: {}, f:protocol: {}}}}`,
        ),
      },
      '',
      [
        `${CONTAINER}.ports[containerPort=80,protocol="UDP"] removes {"containerPort":80,"protocol":"UDP"} -> - by 1`,
      ],
    ],
    [
      'with a label that has a slash names it in brackets',
      ['  name: web\n', '  name: web\n  labels: {example.org/team: a}\n'],
      { manager: 'kubectl-label', fields: "f:metadata: {f:labels: {'f:example.org/team': {}}}" },
      '',
      ['.metadata.labels removes {"example.org/team":"a"} -> - by 1'],
    ],
    [
      'with another strategy set by kubectl goes back to the defaults',
      ['{rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}, type: RollingUpdate}', '{type: Recreate}'],
      { manager: 'kubectl-edit', fields: 'f:spec: {f:strategy: {f:type: {}}}' },
      '',
      [
        '.spec.strategy.rollingUpdate adds - -> {"maxSurge":"25%","maxUnavailable":"25%"} by ',
        '.spec.strategy.type changes "Recreate" -> "RollingUpdate" by 1',
      ],
    ],
  ];

  test.each(cases)('%s', async (_, [from, to], { manager, fields, more }, gone, wanted) => {
    expect(STORED).toContain(from);
    const managers = [own(OWN.replace(gone, '')), entry(manager, fields, { ...APPS, ...more }), STATUS];

    const prediction = await predictOf(engine, DEPLOYMENT, STORED.replace(from, to), managers);

    expect(told(prediction)).toEqual(wanted);
  });

  test('whose replicas an autoscaler owns, and Git does not set, keeps them', async () => {
    const desired = DEPLOYMENT.replace('  replicas: 2\n', '');
    const managers = [
      own(OWN.replace('  f:replicas: {}\n', '')),
      entry('kube-controller-manager', 'f:spec: {f:replicas: {}}', { ...APPS, subresource: 'scale' }),
    ];

    const prediction = await predictOf(
      engine,
      desired,
      STORED.replace('replicas: 2\n  rev', 'replicas: 9\n  rev'),
      managers,
    );

    expect(told(prediction)).toEqual(['kept .spec.replicas removes 9 -> - by 1']);
  });

  test('loses what Git no longer has, down to its default', async () => {
    const desired = DEPLOYMENT.replace('  replicas: 2\n', '').replace(
      '          env: [{name: MODE, value: fast}]\n',
      '',
    );

    const prediction = await predictOf(engine, desired, STORED, [own(), STATUS]);

    expect(told(prediction)).toEqual([
      '.spec.replicas changes 2 -> 1 by 0',
      `${CONTAINER}.env removes [{"name":"MODE","value":"fast"}] -> - by 0`,
    ]);
  });

  test('applied by kubectl before keeps its defaults, which kubectl owned', async () => {
    const everything = `
f:metadata: {f:annotations: {.: {}, 'f:kubectl.kubernetes.io/last-applied-configuration': {}}}
f:spec:
  f:progressDeadlineSeconds: {}
  f:revisionHistoryLimit: {}
  f:strategy: {f:rollingUpdate: {.: {}, f:maxSurge: {}, f:maxUnavailable: {}}, f:type: {}}
  f:template:
    f:spec:
      f:dnsPolicy: {}
      f:restartPolicy: {}
      f:schedulerName: {}
      f:securityContext: {}
      f:terminationGracePeriodSeconds: {}
      f:containers: {'k:{"name":"app"}': {f:imagePullPolicy: {}, f:terminationMessagePath: {}, f:terminationMessagePolicy: {}}}
`;
    const live = STORED.replace(
      'annotations: {',
      "annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}', ",
    );

    const prediction = await predictOf(engine, DEPLOYMENT, live, [
      own(),
      entry('kubectl-client-side-apply', everything, APPS),
      STATUS,
    ]);

    expect(told(prediction)).toEqual([
      '.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] removes "{}" -> - by 1',
    ]);
  });

  test.each(['Merge', 'merge'])('with ssa: %s keeps what kubectl added', async (value) => {
    const desired = DEPLOYMENT.replace(
      '{name: web, namespace: home}',
      `{name: web, namespace: home, annotations: {kustomize.toolkit.fluxcd.io/ssa: ${value}}}`,
    );
    const live = STORED.replace(
      'annotations: {',
      `annotations: {kustomize.toolkit.fluxcd.io/ssa: ${value}, `,
    ).replace('replicas: 2\n  rev', 'replicas: 2\n  paused: true\n  rev');

    const prediction = await predictOf(engine, desired, live, [
      own(`${OWN}f:metadata: {f:annotations: {'f:kustomize.toolkit.fluxcd.io/ssa': {}}}\n`),
      entry('kubectl-edit', 'f:spec: {f:paused: {}}', APPS),
    ]);

    expect(told(prediction)).toEqual(['kept .spec.paused removes true -> - by 1']);
  });

  test('with a misspelt field in Git has it dropped by Flux, and the default instead', async () => {
    const desired = DEPLOYMENT.replace('  replicas: 2', '  replica: 2');

    const prediction = await predictOf(engine, desired, STORED, [own()]);

    expect(told(prediction)).toEqual(['.spec.replicas changes 2 -> 1 by 0']);
  });
});

describe('other kinds', () => {
  test('a Service keeps what was allocated for it', async () => {
    const desired = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: home}
spec: {type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
`;
    const live = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: home}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http, protocol: TCP, nodePort: 30080}]
  clusterIP: 10.0.0.7
  clusterIPs: [10.0.0.7]
  internalTrafficPolicy: Cluster
  externalTrafficPolicy: Cluster
  ipFamilies: [IPv4]
  ipFamilyPolicy: SingleStack
  sessionAffinity: None
`;
    const everything = `
f:spec:
  f:clusterIP: {}
  f:clusterIPs: {}
  f:internalTrafficPolicy: {}
  f:externalTrafficPolicy: {}
  f:ipFamilies: {}
  f:ipFamilyPolicy: {}
  f:sessionAffinity: {}
  f:type: {}
  f:selector: {}
  f:ports: {.: {}, 'k:{"port":80,"protocol":"TCP"}': {.: {}, f:name: {}, f:port: {}, f:protocol: {}, f:targetPort: {}, f:nodePort: {}}}
`;

    const prediction = await predictOf(engine, desired, live, [entry('kubectl-create', everything)]);

    expect(told(prediction)).toEqual([]);
  });

  test('a Secret is compared as it is stored', async () => {
    const desired = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hello}\n';
    const live = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: Opaque\ndata: {a: aGVsbG8=}\n';

    const prediction = await predictOf(engine, desired, live, [entry(FLUX, 'f:data: {f:a: {}}')]);

    expect(told(prediction)).toEqual([]);
  });

  test('a Role without rules is a Role without rules', async () => {
    const desired = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: []\n';
    const live = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: null\n';

    const prediction = await predictOf(engine, desired, live, [
      entry(FLUX, 'f:rules: {}', { apiVersion: 'rbac.authorization.k8s.io/v1' }),
    ]);

    expect(told(prediction)).toEqual([]);
  });

  test('a finalizer in a set is named by its value', async () => {
    const desired = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, finalizers: [a/b]}\n';
    const live = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, finalizers: [a/b, c/d]}\n';

    const prediction = await predictOf(engine, desired, live, [
      entry(FLUX, `f:metadata: {f:finalizers: {'v:"a/b"': {}}}`),
      entry('kubectl-patch', `f:metadata: {f:finalizers: {'v:"c/d"': {}}}`),
    ]);

    expect(told(prediction)).toEqual(['.metadata.finalizers[="c/d"] removes "c/d" -> - by 1']);
  });

  test('values that are false, zero and empty are values', async () => {
    const desired = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nimmutable: false\ndata: {a: ""}\n';
    const live = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nimmutable: false\ndata: {a: x}\n';

    const prediction = await predictOf(engine, desired, live, [
      entry(FLUX, 'f:immutable: {}\nf:data: {f:a: {}}'),
    ]);

    expect(told(prediction)).toEqual(['.data.a changes "x" -> "" by 0']);
  });
});

describe('custom resources', () => {
  const schemas = schemasOf({
    'apis/example.org/v1': {
      components: {
        schemas: {
          'org.example.v1.Widget': {
            type: 'object',
            'x-kubernetes-group-version-kind': [{ group: 'example.org', version: 'v1', kind: 'Widget' }],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object', additionalProperties: { type: 'string' } },
              spec: {
                type: 'object',
                properties: {
                  mode: { type: 'string', default: 'auto' },
                  size: { type: 'integer' },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['id'],
                    items: {
                      type: 'object',
                      properties: { id: { type: 'string' }, weight: { type: 'integer', default: 1 } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  });
  const API = { apiVersion: 'example.org/v1' };
  const HEAD = 'apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\n';

  test('are compared by the keys and defaults of their schema', async () => {
    const desired = `${HEAD}spec: {parts: [{id: a}, {id: b, weight: 2}]}\n`;
    const live = `${HEAD}spec: {mode: auto, parts: [{id: b, weight: 3}, {id: x, weight: 1}, {id: a, weight: 1}]}\n`;

    const prediction = await predictOf(
      engine,
      desired,
      live,
      [
        entry(
          FLUX,
          `f:spec: {f:mode: {}, f:parts: {'k:{"id":"a"}': {.: {}, f:id: {}, f:weight: {}}, 'k:{"id":"b"}': {.: {}, f:id: {}}}}`,
          API,
        ),
        entry(
          'kubectl-edit',
          `f:spec: {f:parts: {'k:{"id":"b"}': {f:weight: {}}, 'k:{"id":"x"}': {.: {}, f:id: {}, f:weight: {}}}}`,
          API,
        ),
      ],
      schemas,
    );

    expect(told(prediction)).toEqual([
      '.spec.parts[id="b"].weight changes 3 -> 2 by 1',
      '.spec.parts[id="x"] removes {"id":"x","weight":1} -> - by 1',
    ]);
  });

  test('without a schema are compared with each list as a whole', async () => {
    const desired = `${HEAD}spec: {size: 1, parts: [{id: a}]}\n`;
    const live = `${HEAD}spec: {size: 1, parts: [{id: a}, {id: x}]}\n`;

    const prediction = await predictOf(engine, desired, live, [
      entry(FLUX, 'f:spec: {f:size: {}}', API),
      entry('kubectl-edit', 'f:spec: {f:parts: {}}', API),
    ]);

    expect(told(prediction)).toEqual(['.spec.parts changes [{"id":"a"},{"id":"x"}] -> [{"id":"a"}] by 1']);
  });

  test('with a field of the wrong type are refused by name', async () => {
    const prediction = await predictOf(
      engine,
      `${HEAD}spec: {size: big}\n`,
      `${HEAD}spec: {size: 1}\n`,
      [],
      schemas,
    );

    expect(told(prediction)).toEqual([
      expect.stringMatching(/^failed: the API server will refuse the object: .*spec\.size/s),
    ]);
  });
});
