import type { Manifest } from '../../cluster/manifest.ts';
import { object } from './pair.ts';

const POD = `metadata: {labels: {app: "@NAME"}}
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: main
          image: registry.test/app:1.0.0
          args: [serve, --verbose]
          env: [{name: MODE, value: plain}, {name: LEVEL, value: "1"}]
          ports: [{name: http, containerPort: 8080}]
          resources: {requests: {cpu: 100m, memory: 0.5Gi}, limits: {memory: 1Gi}}
          readinessProbe: {httpGet: {path: /ready, port: http}}
          volumeMounts: [{name: settings, mountPath: /etc/app}]
        - name: side
          image: registry.test/side:2
      volumes: [{name: settings, configMap: {name: settings}}]
      tolerations: [{key: a, operator: Exists}]`;

function workload(kind: string, extra: string): Manifest {
  return object(`apiVersion: apps/v1
kind: ${kind}
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec:
  ${extra}
  selector: {matchLabels: {app: "@NAME"}}
  template:
    ${POD}
`);
}

/** One object of each kind, as Git has it, with enough in it to be changed. */
export const DEPLOYMENT = workload('Deployment', 'replicas: 2');
export const UNSCALED = workload('Deployment', 'revisionHistoryLimit: 3');
export const STATEFUL_SET = workload('StatefulSet', 'serviceName: app');
export const DAEMON_SET = workload('DaemonSet', 'updateStrategy: {rollingUpdate: {maxUnavailable: 2}}');

export const SERVICE = object(`apiVersion: v1
kind: Service
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec:
  selector: {app: "@NAME"}
  ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP}]
`);

export const INGRESS = object(`apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec:
  ingressClassName: inner
  rules: [{host: a.example.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}]}}]
`);

export const CONFIG_MAP = object(`apiVersion: v1
kind: ConfigMap
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
data: {a: "1", b: "2", app.yaml: "x: y\\n"}
`);

export const CRON_JOB = object(`apiVersion: batch/v1
kind: CronJob
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec:
  schedule: 0 3 * * *
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: main, image: "registry.test/tidy:1", env: [{name: MODE, value: plain}]}]}
`);

export const AUTOSCALER = object(`apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: nobody}
  maxReplicas: 4
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
`);

export const DISRUPTION_BUDGET = object(`apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec: {minAvailable: 1, selector: {matchLabels: {app: "@NAME"}}}
`);

export const NETWORK_POLICY = object(`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec:
  podSelector: {matchLabels: {app: "@NAME"}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {role: client}}}], ports: [{port: 80}]}]
`);

export const ROLE = object(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
`);

export const CLUSTER_ROLE = object(`apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {labels: {app: "@NAME", tier: web, cluster: scoped}, annotations: {note: from git}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}, {nonResourceURLs: [/metrics], verbs: [get]}]
`);

export const ROLE_BINDING = object(`apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: robot}, {kind: User, apiGroup: rbac.authorization.k8s.io, name: eve}]
`);

export const SERVICE_ACCOUNT = object(`apiVersion: v1
kind: ServiceAccount
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
imagePullSecrets: [{name: pull}]
`);

export const NAMESPACE = object(`apiVersion: v1
kind: Namespace
metadata: {labels: {app: "@NAME", tier: web, cluster: scoped}, annotations: {note: from git}}
`);

export const VOLUME_CLAIM = object(`apiVersion: v1
kind: PersistentVolumeClaim
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}
`);

export const DEFINITION = object(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: "things.@NAME.example.test", labels: {app: "@NAME", tier: web, cluster: scoped}, annotations: {note: from git}}
spec:
  group: "@NAME.example.test"
  scope: Namespaced
  names: {kind: Thing, plural: things, shortNames: [th]}
  conversion:
    strategy: Webhook
    webhook: {conversionReviewVersions: [v1], clientConfig: {service: {name: hook, namespace: default}}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
      additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
`);

export const SHAPE = object(`apiVersion: shapes.example.test/v1
kind: Shape
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec:
  keyed: [{name: a, value: 1}, {name: b, value: 2}]
  double: [{port: 80, value: web}, {port: 53, protocol: UDP, value: dns}]
  set: [x, y]
  atomic: [{name: a, value: 1}, {name: b, value: 2}]
  plain: [1, 2]
  map: {one: "1", two: "2"}
  atomicMap: {one: "1", two: "2"}
  loose: {deep: {list: [1, {a: b}], text: x}}
  either: 8080
  pod: {metadata: {labels: {a: b}}, spec: {containers: [{name: main}]}}
`);

export const BARE = object(`apiVersion: bare.example.test/v1
kind: Bare
metadata: {labels: {app: "@NAME", tier: web}, annotations: {note: from git}}
spec: {list: [{name: a, value: 1}, {name: b, value: 2}], map: {one: "1", two: {three: 3}}, text: x, float: 1.5}
`);

/** A custom kind with every way to merge that a schema can name, one of them without a word about lists. */
export const SHAPE_DEFINITION = object(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shapes.shapes.example.test}
spec:
  group: shapes.example.test
  scope: Namespaced
  names: {kind: Shape, plural: shapes, singular: shape, listKind: ShapeList}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                keyed:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items: {type: object, required: [name], properties: {name: {type: string}, value: {type: integer}, mode: {type: string, default: fast}}}
                double:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [port, protocol]
                  items: {type: object, required: [port], properties: {port: {type: integer}, protocol: {type: string, default: TCP}, value: {type: string}}}
                set: {type: array, x-kubernetes-list-type: set, items: {type: string}}
                atomic: {type: array, x-kubernetes-list-type: atomic, items: {type: object, properties: {name: {type: string}, value: {type: integer}}}}
                plain: {type: array, items: {type: integer}}
                map: {type: object, additionalProperties: {type: string}}
                atomicMap: {type: object, x-kubernetes-map-type: atomic, additionalProperties: {type: string}}
                loose: {type: object, x-kubernetes-preserve-unknown-fields: true}
                either: {x-kubernetes-int-or-string: true}
                size: {type: integer, default: 3}
                nested: {type: object, default: {}, properties: {mode: {type: string, default: slow}, count: {type: integer}}}
                pod: {type: object, properties: {metadata: {type: object, x-kubernetes-preserve-unknown-fields: true}, spec: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`);

/** A custom kind of which the API server knows nothing but its name. */
export const BARE_DEFINITION = object(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: bares.bare.example.test}
spec:
  group: bare.example.test
  scope: Namespaced
  names: {kind: Bare, plural: bares, singular: bare, listKind: BareList}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`);
