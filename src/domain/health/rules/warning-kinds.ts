import type { Component } from '../fault.ts';

/** How often a warning comes until it names a failure that is there now. The reasons are those of the event's writers. */
export const FAILURES: readonly { name: string; reason: RegExp; times: number; source: string }[] = [
  {
    name: 'NodeTrouble',
    reason:
      /^(?:SystemOOM|OOMKilling|FreeDiskSpaceFailed|ImageGCFailed|EvictionThresholdMet|FilesystemIsReadOnly|Ext4Error|KernelOops|TaskHung)$/,
    times: 1,
    source: 'kubernetes pkg/kubelet/events, node-problem-detector config/kernel-monitor.json',
  },
  {
    name: 'Provisioning',
    reason:
      /^(?:Provisioning(?:Cleanup)?Failed|VolumeFailedDelete|VolumeResizeFailed|FileSystemResizeFailed|VolumeDeleteFailed)$/,
    times: 1,
    source: 'kubernetes pkg/controller/volume/events, sig-storage-lib-external-provisioner',
  },
  {
    name: 'Mount',
    reason: /^(?:FailedMount|FailedAttachVolume|FailedMapVolume|FailedDetachVolume)$/,
    times: 2,
    source: 'kubernetes pkg/kubelet/events, pkg/controller/volume/attachdetach',
  },
  {
    name: 'Certificate',
    reason:
      /^(?:BadConfig|ErrInitIssuer|ErrVerifyACMEAccount|ErrGetKeyPair|OrderFailed|IssuerNotFound|CertificateError)$/,
    times: 1,
    source: 'cert-manager pkg/controller/{certificate-shim,issuers}',
  },
  {
    name: 'Sync',
    reason:
      /^(?:(?:Sync|Update|Ensure|Delete)LoadBalancerFailed|FailedToUpdateEndpointSlices|Sync(?:Failed|Error)|Reconcil(?:e|iation)(?:Failed|Error)|FailedSync)$/,
    times: 3,
    source:
      'kubernetes cloud-provider controllers/service and pkg/controller/endpointslice; reasons in common use',
  },
  {
    name: 'Notification',
    reason: /^(?:NotificationDispatchFailed|InvalidConfig)$/,
    times: 2,
    source: 'notification-controller internal/server/event_handlers.go',
  },
  {
    name: 'Probe',
    reason: /^(?:Unhealthy|ProbeError)$/,
    times: 5,
    source: 'kubernetes pkg/kubelet/events ContainerUnhealthy',
  },
];

const COMPONENT_OF: Readonly<Record<string, Component>> = {
  Node: 'node',
  PersistentVolumeClaim: 'storage',
  PersistentVolume: 'storage',
  Service: 'network',
  Ingress: 'network',
  Gateway: 'network',
  CronJob: 'job',
  HorizontalPodAutoscaler: 'scaling',
  PodDisruptionBudget: 'scaling',
  Certificate: 'certificate',
  Issuer: 'certificate',
  ClusterIssuer: 'certificate',
  Alert: 'flux',
  Provider: 'flux',
  Pod: 'workload',
  Deployment: 'workload',
  StatefulSet: 'workload',
  DaemonSet: 'workload',
};

/** The part of a cluster that a ref belongs to, by its kind. */
export function componentOf(ref: string): Component {
  return COMPONENT_OF[ref.split('/')[0] ?? ''] ?? 'other';
}
