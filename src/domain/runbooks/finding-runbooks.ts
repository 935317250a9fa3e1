import type { FindingRunbook } from './finding-runbook.ts';
import { NETWORK_RUNBOOKS } from './network-runbooks.ts';

const BACKUP = /backup|snapshot|restic|kopia|velero|volsync|barman|dump|etcd/i;
const FLUX_SOURCES = ['GitRepository', 'OCIRepository', 'HelmRepository', 'HelmChart', 'Bucket'];

/** Reasons of the rules in domain/health and domain/flux, and of the controllers that they pass on. */
export const FINDING_RUNBOOKS: readonly FindingRunbook[] = [
  { reasons: ['NotReady', 'NodeStatusUnknown', 'Flapping'], kinds: ['Node'], runbook: 'node-not-ready' },
  {
    reasons: [
      'JobFailed',
      'SelectNodesFailed',
      'ValidationFailed',
      'PlanInvalid',
      'PlanUnresolved',
      'PlanStuck',
      'PlanUnseen',
      'PlanWithoutEffect',
      'NoNodeFeatures',
      'UpgradeFailed',
      'UpgradeUnseen',
      'UpgradeWithoutEffect',
      'UnsupportedStep',
      'StalePin',
      'HealthChecking',
      'PreHook',
      'Draining',
      'Upgrading',
      'Rebooting',
      'PostHook',
      'PrePullFailed',
      'NodeUnreachable',
    ],
    kinds: ['Plan', 'TalosUpgrade', 'KubernetesUpgrade'],
    runbook: 'upgrade-stuck',
  },
  {
    reasons: ['MixedTalosVersions', 'MixedKubernetesVersions', 'VersionSkew', 'UnsupportedKubernetes'],
    runbook: 'upgrade-stuck',
  },
  {
    reasons: [
      'VolumeFaulted',
      'VolumeDegraded',
      'FilesystemReadOnly',
      'ReplicaSchedulingFailure',
      'NotScheduled',
      'VolumeAlmostFull',
    ],
    kinds: ['Volume'],
    runbook: 'volume-degraded',
  },
  {
    reasons: [
      'ManagerPodDown',
      'ManagerPodMissing',
      'LonghornNodeNotReady',
      'RequiredPackages',
      'KernelModulesLoaded',
      'MountPropagation',
      'DiskNotReady',
      'DiskFailing',
      'DiskPressure',
      'DiskAlmostFull',
      'InstanceManagerDown',
    ],
    kinds: ['Node.longhorn.io', 'InstanceManager'],
    runbook: 'volume-degraded',
  },
  {
    reasons: ['SyncOverdue', 'NeverSynced', 'MoverFailed', 'ScheduleUnreadable'],
    kinds: ['ReplicationDestination'],
    names: /restore-?drill/,
    runbook: 'restore-drill',
  },
  {
    reasons: ['MoverFailed', 'SyncOverdue', 'NeverSynced', 'SyncSlow', 'SourceMissing', 'ScheduleUnreadable'],
    kinds: ['ReplicationSource', 'ReplicationDestination'],
    runbook: 'backup-overdue',
  },
  {
    reasons: [
      'BackupFailed',
      'BackupOverdue',
      'BackupTargetUnavailable',
      'NoBackupTarget',
      'LastBackupFailed',
      'ContinuousArchivingFailing',
      'walArchivingFailing',
      'SnapshotFailed',
      'SnapshotNotReady',
      'SnapshotClassMissing',
    ],
    runbook: 'backup-overdue',
  },
  {
    reasons: ['ScheduleUnreadable'],
    kinds: ['RecurringJob', 'ScheduledBackup'],
    runbook: 'backup-overdue',
  },
  {
    reasons: ['SyncPaused', 'ScheduleSuspended', 'Hibernated'],
    runbook: 'suspended-and-forgotten',
  },
  {
    reasons: [
      'NetworkUnavailable',
      'MemoryPressure',
      'DiskPressure',
      'PIDPressure',
      'Cordoned',
      'Evicted',
      'NodeGone',
    ],
    runbook: 'node-not-ready',
  },
  { reasons: ['ControllerDown', 'ControllerMissing', 'NotReconciling'], runbook: 'flux-controller-down' },
  {
    reasons: [
      'DependencyNotReady',
      'DependencyMissing',
      'DependencyCycle',
      'SourceMissing',
      'SourceNotReady',
    ],
    runbook: 'dependency-not-ready',
  },
  { reasons: ['HealthCheckFailed', 'HealthCheckCanceled'], runbook: 'dependency-not-ready' },
  {
    reasons: ['GitOperationFailed', 'AuthenticationFailed', 'FetchFailed', 'NotReady', 'Stalled'],
    kinds: FLUX_SOURCES,
    runbook: 'dependency-not-ready',
  },
  {
    reasons: [
      'RetriesExceeded',
      'MissingRollbackTarget',
      'InstallFailed',
      'UpgradeFailed',
      'RollbackFailed',
      'UninstallFailed',
      'TestFailed',
    ],
    runbook: 'helmrelease-retries-exhausted',
  },
  {
    reasons: ['ArtifactFailed', 'Stalled', 'NotReady'],
    kinds: ['HelmRelease'],
    runbook: 'helmrelease-retries-exhausted',
  },
  {
    reasons: ['BuildFailed'],
    says: /decrypt|\bsops\b|no identity matched/i,
    runbook: 'sops-decryption-failure',
  },
  {
    reasons: [
      'BuildFailed',
      'ReconciliationFailed',
      'ArtifactFailed',
      'PruneFailed',
      'InvalidCELExpression',
      'AccessDenied',
      'FeatureGateDisabled',
      'Stalled',
      'NotReady',
    ],
    kinds: ['Kustomization'],
    runbook: 'kustomization-build-failure',
  },
  {
    reasons: ['Suspended', 'CronJobSuspended', 'JobSuspended', 'Paused'],
    runbook: 'suspended-and-forgotten',
  },
  {
    reasons: ['CrashLoopBackOff', 'OOMKilled', 'ImagePullBackOff', 'ErrImagePull', 'InvalidImageName'],
    runbook: 'crashloop-after-image-bump',
  },
  {
    reasons: ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'ErrImageNeverPull'],
    runbook: 'crashloop-after-image-bump',
  },
  { reasons: ['ProgressDeadlineExceeded', 'RolloutStuck'], runbook: 'crashloop-after-image-bump' },
  {
    reasons: ['JobFailed', 'BackoffLimitExceeded', 'DeadlineExceeded', 'Overdue'],
    kinds: ['Job', 'CronJob'],
    names: BACKUP,
    runbook: 'backup-overdue',
  },
  {
    reasons: ['ScheduleUnreadable', 'UnknownTimeZone', 'UnparseableSchedule'],
    names: BACKUP,
    runbook: 'backup-overdue',
  },
  {
    reasons: ['FailedAttachVolume', 'FailedMount', 'AttachFailed', 'ClaimLost', 'ClaimPending'],
    runbook: 'volume-degraded',
  },
  {
    reasons: ['ProvisioningFailed', 'StorageClassMissing', 'VolumeFailed'],
    runbook: 'volume-degraded',
  },
  ...NETWORK_RUNBOOKS,
  { reasons: ['BudgetBlocksDrain'], runbook: 'upgrade-stuck' },
  { reasons: ['Terminating'], kinds: ['Namespace'], runbook: 'namespace-stuck-terminating' },
];

/** What of a finding a row is compared with; `name` may be left out where only the subject is asked. */
export interface FindingFacts {
  reason: string;
  kind?: string;
  name?: string;
  message?: string;
}

/** The id of the built-in runbook for a finding; undefined where none is about it. */
export function builtInFor(facts: FindingFacts): string | undefined {
  return FINDING_RUNBOOKS.find((row) => isAbout(row, facts) && isNamed(row, facts))?.runbook;
}

/** Ids of built-in runbooks that share the finding's reason, but are about objects of other names. */
export function ruledOutFor(facts: FindingFacts): string[] {
  return FINDING_RUNBOOKS.filter((row) => isAbout(row, facts) && !isNamed(row, facts)).map(
    ({ runbook }) => runbook,
  );
}

function isAbout(
  { reasons, kinds, says }: FindingRunbook,
  { reason, kind, message = '' }: FindingFacts,
): boolean {
  if (!reasons.includes(reason)) return false;
  if (kinds !== undefined && !(kind !== undefined && kinds.includes(kind))) return false;
  return says === undefined || says.test(message);
}

function isNamed({ names }: FindingRunbook, { name }: FindingFacts): boolean {
  return names === undefined || name === undefined || names.test(name);
}
