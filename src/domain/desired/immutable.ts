import type { JsonObject } from './engine.ts';

interface Immutable {
  kind: string;
  /** Fields at or below which nothing can change once the object exists. */
  fields: readonly string[];
  /** Fields below those that can. */
  except?: readonly string[];
  /** Only of objects like this. */
  when?: (object: JsonObject) => boolean;
}

const isFrozen = (object: JsonObject): boolean => object['immutable'] === true;

/** What the API server refuses to update (kubernetes/kubernetes, pkg/apis/<group>/validation, ValidateXxxUpdate). */
const IMMUTABLE: readonly Immutable[] = [
  { kind: 'Deployment', fields: ['.spec.selector'] },
  { kind: 'ReplicaSet', fields: ['.spec.selector'] },
  { kind: 'DaemonSet', fields: ['.spec.selector'] },
  {
    kind: 'StatefulSet',
    fields: [
      '.spec.selector',
      '.spec.volumeClaimTemplates',
      '.spec.serviceName',
      '.spec.podManagementPolicy',
    ],
  },
  {
    kind: 'Job',
    fields: ['.spec.selector', '.spec.template', '.spec.completionMode', '.spec.manualSelector'],
  },
  {
    kind: 'PersistentVolumeClaim',
    fields: ['.spec'],
    except: ['.spec.resources.requests.storage', '.spec.volumeAttributesClassName'],
  },
  { kind: 'RoleBinding', fields: ['.roleRef'] },
  { kind: 'ClusterRoleBinding', fields: ['.roleRef'] },
  { kind: 'Service', fields: ['.spec.clusterIP', '.spec.clusterIPs'] },
  { kind: 'ConfigMap', fields: ['.data', '.binaryData', '.immutable'], when: isFrozen },
  { kind: 'Secret', fields: ['.data', '.stringData', '.immutable'], when: isFrozen },
  { kind: 'Secret', fields: ['.type'] },
  { kind: 'IngressClass', fields: ['.spec.controller'] },
  {
    kind: 'StorageClass',
    fields: ['.provisioner', '.parameters', '.reclaimPolicy', '.volumeBindingMode'],
  },
  { kind: 'PriorityClass', fields: ['.value', '.preemptionPolicy'] },
  { kind: 'CustomResourceDefinition', fields: ['.spec.group', '.spec.scope', '.spec.names.plural'] },
];

/** Whether the API server refuses to change a field of an object that exists; `path` is spelled as in a FieldChange. */
export function isImmutable(object: JsonObject, path: string): boolean {
  return IMMUTABLE.some(
    ({ kind, fields, except = [], when }) =>
      kind === object['kind'] &&
      fields.some((field) => isAt(path, field)) &&
      !except.some((field) => isAt(path, field)) &&
      (when === undefined || when(object)),
  );
}

function isAt(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}
