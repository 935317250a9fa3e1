import type { EndpointSlice, Ingress, IngressClass, Service } from '#domain/objects/network.ts';
import type {
  ApiService,
  Attachment,
  Claim,
  CustomResource,
  Namespace,
  StorageClass,
  Volume,
  WebhookConfiguration,
} from '#domain/objects/platform.ts';
import type { Autoscaler, DisruptionBudget } from '#domain/objects/workload.ts';

import { condition, meta } from './objects.ts';

/** A bound claim in `apps`. */
export function claim(name: string, extra: Partial<Claim> = {}): Claim {
  return {
    ...meta('PersistentVolumeClaim', name, 'apps'),
    kind: 'PersistentVolumeClaim',
    phase: 'Bound',
    volume: `pv-${name}`,
    storageClass: 'fast',
    requested: '1Gi',
    capacity: '1Gi',
    accessModes: ['ReadWriteOnce'],
    ...extra,
  };
}

/** A claim that has been waiting for a volume. */
export function pendingClaim(name: string, created: string, extra: Partial<Claim> = {}): Claim {
  return claim(name, { phase: 'Pending', volume: undefined, capacity: undefined, created, ...extra });
}

/** The storage class `fast`, binding at once. */
export function storageClass(extra: Partial<StorageClass> = {}): StorageClass {
  return {
    ...meta('StorageClass', 'fast', undefined),
    kind: 'StorageClass',
    provisioner: 'csi.example.test',
    waitsForConsumer: false,
    isDefault: false,
    ...extra,
  };
}

/** A bound volume. */
export function volume(name: string, extra: Partial<Volume> = {}): Volume {
  return {
    ...meta('PersistentVolume', name, undefined),
    kind: 'PersistentVolume',
    phase: 'Bound',
    claim: { kind: 'PersistentVolumeClaim', namespace: 'apps', name: 'data' },
    reclaimPolicy: 'Delete',
    nodes: [],
    ...extra,
  };
}

/** A volume attached to `worker-1`. */
export function attachment(name: string, extra: Partial<Attachment> = {}): Attachment {
  return {
    ...meta('VolumeAttachment', name, undefined),
    kind: 'VolumeAttachment',
    node: 'worker-1',
    volume: 'pv-data',
    attached: true,
    ...extra,
  };
}

/** A ClusterIP Service in `apps` that selects `app=name` and targets port `http`. */
export function service(name: string, extra: Partial<Service> = {}): Service {
  return {
    ...meta('Service', name, 'apps'),
    kind: 'Service',
    type: 'ClusterIP',
    headless: false,
    selector: { app: name },
    ports: [{ name: 'web', port: 80, targetPort: '8080', protocol: 'TCP' }],
    ingressPoints: 0,
    publishNotReady: false,
    ...extra,
  };
}

/** The slice of a Service with so many ready and unready endpoints. */
export function slice(of: string, ready: number, unready = 0, inNamespace = 'apps'): EndpointSlice {
  return {
    ...meta('EndpointSlice', `${of}-x1`, inNamespace),
    kind: 'EndpointSlice',
    service: of,
    endpoints: Array.from({ length: ready + unready }, (_, index) => ({ ready: index < ready })),
    ports: [{ name: 'web', port: 8080 }],
  };
}

/** An Ingress of class `internal` to port 80 of a Service. */
export function ingress(name: string, backend: string, extra: Partial<Ingress> = {}): Ingress {
  return {
    ...meta('Ingress', name, 'apps'),
    kind: 'Ingress',
    className: 'internal',
    hosts: [`${name}.example.test`],
    backends: [{ service: backend, port: '80' }],
    tlsSecrets: [],
    ingressPoints: 1,
    ...extra,
  };
}

/** The ingress class `internal`. */
export function ingressClass(): IngressClass {
  return {
    ...meta('IngressClass', 'internal', undefined),
    kind: 'IngressClass',
    controller: 'example.test/ingress',
    isDefault: false,
  };
}

/** A validating webhook `check.example.test` served by Service `hooks/hook`. */
export function webhook(failurePolicy: 'Fail' | 'Ignore' = 'Fail'): WebhookConfiguration {
  return {
    ...meta('ValidatingWebhookConfiguration', 'checks', undefined),
    kind: 'ValidatingWebhookConfiguration',
    webhooks: [
      {
        name: 'check.example.test',
        failurePolicy,
        service: { kind: 'Service', namespace: 'hooks', name: 'hook', port: 443 },
      },
    ],
  };
}

/** The metrics API, served by Service `kube-system/metrics-server`. */
export function apiService(extra: Partial<ApiService> = {}): ApiService {
  return {
    ...meta('APIService', 'v1beta1.metrics.k8s.io', undefined),
    kind: 'APIService',
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    service: { kind: 'Service', namespace: 'kube-system', name: 'metrics-server' },
    conditions: [condition('Available', 'True', 'Passed')],
    ...extra,
  };
}

/** An established CRD of kind Widget. */
export function crd(extra: Partial<CustomResource> = {}): CustomResource {
  return {
    ...meta('CustomResourceDefinition', 'widgets.example.test', undefined),
    kind: 'CustomResourceDefinition',
    group: 'example.test',
    defines: 'Widget',
    plural: 'widgets',
    namespaced: true,
    versions: ['v1'],
    conditions: [condition('NamesAccepted', 'True'), condition('Established', 'True')],
    ...extra,
  };
}

/** A namespace. */
export function namespace(name: string, extra: Partial<Namespace> = {}): Namespace {
  return { ...meta('Namespace', name, undefined), kind: 'Namespace', phase: 'Active', ...extra };
}

/** An autoscaler of Deployment `web` between 1 and 5. */
export function autoscaler(extra: Partial<Autoscaler> = {}): Autoscaler {
  return {
    ...meta('HorizontalPodAutoscaler', 'web', 'apps'),
    kind: 'HorizontalPodAutoscaler',
    target: { kind: 'Deployment', name: 'web' },
    min: 1,
    max: 5,
    current: 2,
    desired: 2,
    conditions: [condition('AbleToScale', 'True'), condition('ScalingActive', 'True')],
    ...extra,
  };
}

/** A budget over `app=web` that allows one disruption. */
export function budget(extra: Partial<DisruptionBudget> = {}): DisruptionBudget {
  return {
    ...meta('PodDisruptionBudget', 'web', 'apps'),
    kind: 'PodDisruptionBudget',
    minAvailable: '1',
    disruptionsAllowed: 1,
    expectedPods: 2,
    currentHealthy: 2,
    desiredHealthy: 1,
    selector: { app: 'web' },
    ...extra,
  };
}
