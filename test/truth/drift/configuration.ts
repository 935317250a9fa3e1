import {
  CLUSTER_ROLE,
  CONFIG_MAP,
  DEFINITION,
  INGRESS,
  NAMESPACE,
  NETWORK_POLICY,
  ROLE,
  ROLE_BINDING,
  SERVICE,
  SERVICE_ACCOUNT,
  VOLUME_CLAIM,
} from './objects.ts';
import { type DriftPair, object, withFields, withSpec, yaml } from './pair.ts';

/** A change by `kubectl patch`. */
function byHand(patch: string): { kubectl: string[] } {
  return { kubectl: ['patch', '@', '--type=merge', '-p', JSON.stringify(yaml(patch))] };
}

/** What happens to everything that is no workload. */
export const CONFIGURATION: readonly DriftPair[] = [
  { name: 'a Service becomes a NodePort', git: SERVICE, by: [byHand('spec: {type: NodePort}')] },
  {
    name: 'a Service becomes a NodePort by k9s',
    git: SERVICE,
    by: [{ as: 'k9s', merge: yaml('spec: {type: NodePort}') }],
  },
  {
    name: 'a Service of type ClusterIP in Git becomes a LoadBalancer',
    git: withSpec(SERVICE, 'type: ClusterIP'),
    by: [byHand('spec: {type: LoadBalancer}')],
  },
  {
    name: 'a port added, one changed',
    git: SERVICE,
    by: [
      {
        as: 'node-fetch',
        strategic: yaml('spec: {ports: [{port: 443, name: https}, {port: 80, targetPort: 9999}]}'),
      },
    ],
  },
  {
    name: 'a port added by kubectl',
    git: SERVICE,
    by: [{ kubectl: ['patch', '@', '-p', '{"spec":{"ports":[{"port":443,"name":"https"}]}}'] }],
  },
  {
    name: 'kubectl set selector',
    git: SERVICE,
    by: [{ kubectl: ['set', 'selector', '@', 'app=other,more=yes'] }],
  },
  {
    name: 'addresses and affinity of a Service',
    git: SERVICE,
    by: [byHand('spec: {externalIPs: [192.0.2.1], sessionAffinity: ClientIP}')],
  },
  {
    name: 'traffic policy of a Service by a controller',
    git: SERVICE,
    by: [{ as: 'cilium-operator', merge: yaml('spec: {internalTrafficPolicy: Local}') }],
  },
  {
    name: 'a node port chosen by hand',
    git: withSpec(SERVICE, 'type: NodePort'),
    by: [{ as: 'k9s', strategic: yaml('spec: {ports: [{port: 80, nodePort: 30999}]}') }],
  },
  {
    name: 'a Service that Git names no type for, with two families',
    git: withSpec(SERVICE, 'ipFamilyPolicy: PreferDualStack'),
    by: [byHand('spec: {publishNotReadyAddresses: true}')],
  },
  { name: 'hosts of an Ingress', git: INGRESS, by: [{ edit: 's#a.example.test#b.example.test#' }] },
  {
    name: 'certificates of an Ingress by cert-manager',
    git: INGRESS,
    by: [
      {
        as: 'cert-manager-ingress-shim',
        merge: yaml(
          'metadata: {annotations: {cert-manager.io/issuer: x}}\nspec: {tls: [{hosts: [a.example.test], secretName: t}]}',
        ),
      },
    ],
  },
  {
    name: 'class of an Ingress',
    git: INGRESS,
    by: [byHand('spec: {ingressClassName: outer, defaultBackend: {service: {name: x, port: {number: 1}}}}')],
  },
  { name: 'data added and changed by kubectl', git: CONFIG_MAP, by: [byHand('data: {a: "9", added: x}')] },
  {
    name: 'data added and changed by k9s',
    git: CONFIG_MAP,
    by: [{ as: 'k9s', merge: yaml('data: {a: "9", added: x}') }],
  },
  {
    name: 'data taken away',
    git: CONFIG_MAP,
    by: [{ as: 'Mozilla', json: [{ op: 'remove', path: '/data/b' }] }],
  },
  {
    name: 'all data taken away',
    git: CONFIG_MAP,
    by: [{ as: 'Mozilla', json: [{ op: 'remove', path: '/data' }] }],
  },
  { name: 'binary data', git: CONFIG_MAP, by: [byHand('binaryData: {bytes: AAEC}')] },
  { name: 'kubectl edit of a file in data', git: CONFIG_MAP, by: [{ edit: 's/x: y/x: z/' }] },
  {
    name: 'kubectl replace',
    git: CONFIG_MAP,
    by: [
      {
        kubectl: ['replace', '-f', '-'],
        stdin: withFields(CONFIG_MAP, 'data: {a: "7", app.yaml: null, c: "3"}'),
      },
    ],
  },
  {
    name: 'kubectl apply, twice',
    git: CONFIG_MAP,
    by: [
      { kubectl: ['apply', '-f', '-'], stdin: withFields(CONFIG_MAP, 'data: {c: "3"}') },
      { kubectl: ['apply', '-f', '-'], stdin: withFields(CONFIG_MAP, 'data: {d: "4", b: null}') },
    ],
  },
  {
    name: 'kubectl apply --server-side under another manager',
    git: CONFIG_MAP,
    by: [
      {
        kubectl: ['apply', '--server-side', '--force-conflicts', '--field-manager=pipeline', '-f', '-'],
        stdin: withFields(CONFIG_MAP, 'data: {a: "7", c: "3"}'),
      },
    ],
  },
  {
    name: 'kubectl apply under the manager that escapes the takeover',
    git: CONFIG_MAP,
    by: [
      {
        kubectl: ['apply', '--field-manager=flux-client-side-apply', '-f', '-'],
        stdin: withFields(CONFIG_MAP, 'data: {a: "7", c: "3"}'),
      },
    ],
  },
  {
    name: 'a rule of a NetworkPolicy',
    git: NETWORK_POLICY,
    by: [{ as: 'k9s', json: [{ op: 'add', path: '/spec/ingress/-', value: {} }] }],
  },
  {
    name: 'a NetworkPolicy opened by hand',
    git: NETWORK_POLICY,
    by: [byHand('spec: {policyTypes: [Ingress, Egress], egress: [{}]}')],
  },
  {
    name: 'selector of a NetworkPolicy',
    git: NETWORK_POLICY,
    by: [byHand('spec: {podSelector: {matchLabels: {more: x}}}')],
  },
  {
    name: 'a rule of a Role',
    git: ROLE,
    by: [
      {
        as: 'node-fetch',
        json: [
          {
            op: 'add',
            path: '/rules/-',
            value: yaml('{apiGroups: [apps], resources: [deployments], verbs: ["*"]}'),
          },
        ],
      },
    ],
  },
  {
    name: 'verbs of a ClusterRole',
    git: CLUSTER_ROLE,
    by: [
      {
        kubectl: [
          'patch',
          '@',
          '--type=json',
          '-p',
          '[{"op":"add","path":"/rules/0/verbs/-","value":"delete"}]',
        ],
      },
    ],
  },
  {
    name: 'a ClusterRole that gathers others',
    git: withFields(
      object(
        '{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {labels: {cluster: scoped}}}',
      ),
      'aggregationRule: {clusterRoleSelectors: [{matchLabels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}]}',
    ),
    by: [byHand('metadata: {labels: {added: "yes"}}')],
  },
  {
    name: 'subjects of a RoleBinding',
    git: ROLE_BINDING,
    by: [{ kubectl: ['set', 'subject', '@', '--user=mallory'] }],
  },
  {
    name: 'pull secrets and token of a ServiceAccount',
    git: SERVICE_ACCOUNT,
    by: [byHand('imagePullSecrets: [{name: pull}, {name: more}]\nautomountServiceAccountToken: false')],
  },
  {
    name: 'pull secrets of a ServiceAccount by a controller',
    git: SERVICE_ACCOUNT,
    by: [{ as: 'puller', strategic: yaml('imagePullSecrets: [{name: more}]\nsecrets: [{name: token}]') }],
  },
  {
    name: 'pod security of a Namespace',
    git: NAMESPACE,
    by: [{ kubectl: ['label', '@', 'pod-security.kubernetes.io/enforce=privileged'] }],
  },
  {
    name: 'a Namespace known to another tool',
    git: NAMESPACE,
    by: [
      {
        as: 'rancher',
        merge: yaml('metadata: {annotations: {field.cattle.io/projectId: x}, labels: {tier: other}}'),
      },
    ],
  },
  {
    name: 'a claim that a provisioner has taken',
    git: VOLUME_CLAIM,
    by: [
      {
        as: 'kube-controller-manager',
        merge: yaml(
          'metadata: {annotations: {pv.kubernetes.io/bind-completed: "yes"}}\nspec: {volumeName: pv-1}',
        ),
      },
    ],
  },
  {
    name: 'a claim in the storage that was chosen by hand',
    git: VOLUME_CLAIM,
    by: [byHand('metadata: {annotations: {volume.kubernetes.io/selected-node: n1}}')],
  },
  {
    name: 'certificates that an injector writes into a definition',
    git: DEFINITION,
    by: [
      {
        as: 'cert-manager-cainjector',
        merge: yaml('spec: {conversion: {webhook: {clientConfig: {caBundle: "@CA"}}}}'),
      },
    ],
  },
  {
    name: 'names of a definition',
    git: DEFINITION,
    by: [byHand('spec: {names: {shortNames: [th, thg], categories: [all]}}')],
  },
  {
    name: 'columns and schema of a definition',
    git: DEFINITION,
    by: [
      {
        as: 'k9s',
        json: [
          {
            op: 'add',
            path: '/spec/versions/0/additionalPrinterColumns/-',
            value: yaml('{name: Age, type: date, jsonPath: .metadata.creationTimestamp}'),
          },
          {
            op: 'add',
            path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/color',
            value: { type: 'string' },
          },
        ],
      },
    ],
  },
];
