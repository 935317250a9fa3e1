import type { Question } from '#domain/runbooks/question.ts';

/** A question and the runbook that answers it; `heading` where one section of it is plainly the right one. */
export interface Asked {
  question: Question;
  runbook: string;
  heading?: RegExp;
}

const finding = (reason: string, kind: string, component: string): Question => ({
  finding: { reason, kind, component },
});

/** Those that were looked at while words and weights were tuned. */
export const TUNING: readonly Asked[] = [
  { question: { alert: 'VolSyncVolumeOutOfSync' }, runbook: 'backup-overdue' },
  { question: { alert: 'KubePodCrashLooping' }, runbook: 'crashloop-after-image-bump' },
  { question: { alert: 'KubeNodeNotReady' }, runbook: 'node-not-ready' },
  { question: { alert: 'CertManagerCertNotReady' }, runbook: 'certificate-renewal-failure' },
  { question: { alert: 'LonghornVolumeStatusWarning' }, runbook: 'volume-degraded' },
  { question: { alert: 'FluxKustomizationNotReady' }, runbook: 'kustomization-build-failure' },
  { question: finding('BuildFailed', 'Kustomization', 'flux'), runbook: 'kustomization-build-failure' },
  { question: finding('DependencyNotReady', 'Kustomization', 'flux'), runbook: 'dependency-not-ready' },
  { question: finding('RetriesExceeded', 'HelmRelease', 'flux'), runbook: 'helmrelease-retries-exhausted' },
  { question: finding('CrashLoopBackOff', 'Deployment', 'workload'), runbook: 'crashloop-after-image-bump' },
  { question: finding('Suspended', 'HelmRelease', 'flux'), runbook: 'suspended-and-forgotten' },
  { question: finding('ControllerDown', 'Deployment', 'flux'), runbook: 'flux-controller-down' },
  { question: finding('NotReady', 'Node', 'node'), runbook: 'node-not-ready' },
  { question: finding('Terminating', 'Namespace', 'deletion'), runbook: 'namespace-stuck-terminating' },
  {
    question: finding('NoLoadBalancerAddress', 'Service', 'network'),
    runbook: 'loadbalancer-pool-exhausted',
  },
  { question: finding('Overdue', 'CronJob', 'job'), runbook: 'backup-overdue' },
  { question: { text: 'last night the restic backup of paperless did not run' }, runbook: 'backup-overdue' },
  { question: { text: 'how do I test that I can restore a pvc' }, runbook: 'restore-drill' },
  {
    question: { text: 'browser says the tls certificate of the wiki expired' },
    runbook: 'certificate-renewal-failure',
  },
  { question: { text: 'set up kubectl, flux and sops on my new laptop' }, runbook: 'operator-bootstrap' },
  {
    question: { text: 'pod keeps restarting since renovate merged a new tag' },
    runbook: 'crashloop-after-image-bump',
  },
  { question: { text: 'flux says kustomize build failed' }, runbook: 'kustomization-build-failure' },
  { question: { text: 'everything waits for longhorn to become ready' }, runbook: 'dependency-not-ready' },
  {
    question: { text: 'cannot decrypt secret, no identity matched any of the recipients' },
    runbook: 'sops-decryption-failure',
  },
  {
    question: { text: 'helm upgrade gave up after three attempts' },
    runbook: 'helmrelease-retries-exhausted',
  },
  {
    question: { text: 'which apps did somebody suspend and never resume' },
    runbook: 'suspended-and-forgotten',
  },
  { question: { text: 'kustomize-controller is not running' }, runbook: 'flux-controller-down' },
  { question: { text: 'kubelet stopped posting node status' }, runbook: 'node-not-ready' },
  { question: { text: 'talos upgrade hangs while draining' }, runbook: 'upgrade-stuck' },
  { question: { text: 'replica is rebuilding forever in longhorn' }, runbook: 'volume-degraded' },
  { question: { text: 'external ip stays pending' }, runbook: 'loadbalancer-pool-exhausted' },
  { question: { text: 'namespace will not go away' }, runbook: 'namespace-stuck-terminating' },
  {
    question: { text: 'how do I know the restore drill succeeded' },
    runbook: 'restore-drill',
    heading: /Verification/,
  },
  {
    question: { text: 'roll back the image in git when the pod crash loops' },
    runbook: 'crashloop-after-image-bump',
    heading: /Remedy/,
  },
  { question: { text: 'restic forget fails with lock' }, runbook: 'backup-overdue' },
  { question: { text: 'is the longhorn backup from tonight ok?' }, runbook: 'backup-overdue' },
  { question: { text: 'volsync synchronizing stuck for 6 hours' }, runbook: 'backup-overdue' },
  { question: { text: 'restore vaultwarden data to a scratch pvc' }, runbook: 'restore-drill' },
  { question: { text: 'ACME order in state invalid' }, runbook: 'certificate-renewal-failure' },
  { question: { text: 'NET::ERR_CERT_DATE_INVALID on all sites' }, runbook: 'certificate-renewal-failure' },
  {
    question: { text: 'deployment stuck in CrashLoopBackOff after chart update' },
    runbook: 'crashloop-after-image-bump',
  },
  { question: { text: 'ImagePullBackOff manifest unknown' }, runbook: 'crashloop-after-image-bump' },
  { question: { text: 'immich-server OOMKilled' }, runbook: 'crashloop-after-image-bump' },
  {
    question: { text: 'kustomization not reconciling: no matches for kind Gateway' },
    runbook: 'kustomization-build-failure',
  },
  { question: { text: 'yaml error in ks.yaml' }, runbook: 'kustomization-build-failure' },
  { question: { text: 'apps blocked by dependsOn' }, runbook: 'dependency-not-ready' },
  { question: { text: 'gitrepository authentication failed' }, runbook: 'dependency-not-ready' },
  { question: { text: 'failed to get the data key' }, runbook: 'sops-decryption-failure' },
  { question: { text: 'helm release pending-upgrade' }, runbook: 'helmrelease-retries-exhausted' },
  { question: { text: 'install retries exhausted' }, runbook: 'helmrelease-retries-exhausted' },
  { question: { text: 'list suspended flux resources' }, runbook: 'suspended-and-forgotten' },
  { question: { text: 'source-controller OOM' }, runbook: 'flux-controller-down' },
  { question: { text: 'worker-2 NotReady' }, runbook: 'node-not-ready' },
  { question: { text: 'node has disk pressure' }, runbook: 'node-not-ready' },
  { question: { text: 'uncordon node' }, runbook: 'node-not-ready' },
  { question: { text: 'talos node came back with old version after upgrade' }, runbook: 'upgrade-stuck' },
  { question: { text: 'PDB blocks drain' }, runbook: 'upgrade-stuck' },
  { question: { text: 'Multi-Attach error for volume' }, runbook: 'volume-degraded' },
  { question: { text: 'pvc pending' }, runbook: 'volume-degraded' },
  { question: { text: 'LoadBalancer service <pending>' }, runbook: 'loadbalancer-pool-exhausted' },
  { question: { text: 'need more IPs for metallb' }, runbook: 'loadbalancer-pool-exhausted' },
  { question: { text: 'ns stuck in Terminating' }, runbook: 'namespace-stuck-terminating' },
  { question: { text: 'remove finalizer from namespace' }, runbook: 'namespace-stuck-terminating' },
  { question: { text: 'new laptop setup' }, runbook: 'operator-bootstrap' },
];

/** Those that were not. */
export const HELD_OUT: readonly Asked[] = [
  { question: { alert: 'VolSyncMissedIntervals' }, runbook: 'backup-overdue' },
  { question: { alert: 'LonghornBackupFailed' }, runbook: 'backup-overdue' },
  { question: { alert: 'KubeCronJobOverdue' }, runbook: 'backup-overdue' },
  { question: { alert: 'CertManagerCertExpirySoon' }, runbook: 'certificate-renewal-failure' },
  { question: { alert: 'BlackboxProbeSslCertExpiringSoon' }, runbook: 'certificate-renewal-failure' },
  { question: { alert: 'KubeDeploymentRolloutStuck' }, runbook: 'crashloop-after-image-bump' },
  { question: { alert: 'FluxHelmReleaseNotReady' }, runbook: 'helmrelease-retries-exhausted' },
  { question: { alert: 'FluxSuspendedObject' }, runbook: 'suspended-and-forgotten' },
  { question: { alert: 'FluxControllerDown' }, runbook: 'flux-controller-down' },
  { question: { alert: 'KubeNodeUnreachable' }, runbook: 'node-not-ready' },
  { question: { alert: 'KubeletDown' }, runbook: 'node-not-ready' },
  { question: { alert: 'KubeVersionMismatch' }, runbook: 'upgrade-stuck' },
  { question: { alert: 'TupprUpgradeFailed' }, runbook: 'upgrade-stuck' },
  { question: { alert: 'LonghornVolumeFaulted' }, runbook: 'volume-degraded' },
  { question: { alert: 'MetalLBAddressPoolExhausted' }, runbook: 'loadbalancer-pool-exhausted' },
  {
    question: {
      alert: 'KubePodCrashLooping',
      runbookUrl: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping',
    },
    runbook: 'crashloop-after-image-bump',
  },
  {
    question: {
      runbookUrl: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/KubeNodeNotReady/',
    },
    runbook: 'node-not-ready',
  },
  {
    question: {
      alert: 'VolSyncVolumeOutOfSync',
      runbookUrl: 'https://github.com/someone/elsewhere/blob/master/gone/dead-link.md',
    },
    runbook: 'backup-overdue',
  },
  {
    question: finding('ReconciliationFailed', 'Kustomization', 'flux'),
    runbook: 'kustomization-build-failure',
  },
  { question: finding('ArtifactFailed', 'Kustomization', 'flux'), runbook: 'kustomization-build-failure' },
  { question: finding('SourceMissing', 'GitRepository', 'flux'), runbook: 'dependency-not-ready' },
  { question: finding('DependencyMissing', 'Kustomization', 'flux'), runbook: 'dependency-not-ready' },
  { question: finding('DependencyCycle', 'Kustomization', 'flux'), runbook: 'dependency-not-ready' },
  { question: finding('UpgradeFailed', 'HelmRelease', 'flux'), runbook: 'helmrelease-retries-exhausted' },
  { question: finding('InstallFailed', 'HelmRelease', 'flux'), runbook: 'helmrelease-retries-exhausted' },
  {
    question: finding('MissingRollbackTarget', 'HelmRelease', 'flux'),
    runbook: 'helmrelease-retries-exhausted',
  },
  { question: finding('ImagePullBackOff', 'Deployment', 'workload'), runbook: 'crashloop-after-image-bump' },
  { question: finding('OOMKilled', 'StatefulSet', 'workload'), runbook: 'crashloop-after-image-bump' },
  {
    question: finding('ProgressDeadlineExceeded', 'Deployment', 'workload'),
    runbook: 'crashloop-after-image-bump',
  },
  { question: finding('CronJobSuspended', 'CronJob', 'job'), runbook: 'suspended-and-forgotten' },
  { question: finding('ControllerMissing', 'Deployment', 'flux'), runbook: 'flux-controller-down' },
  { question: finding('NotReconciling', 'Kustomization', 'flux'), runbook: 'flux-controller-down' },
  { question: finding('Cordoned', 'Node', 'node'), runbook: 'node-not-ready' },
  { question: finding('DiskPressure', 'Node', 'node'), runbook: 'node-not-ready' },
  { question: finding('BudgetBlocksDrain', 'PodDisruptionBudget', 'scaling'), runbook: 'upgrade-stuck' },
  { question: finding('FailedAttachVolume', 'Deployment', 'workload'), runbook: 'volume-degraded' },
  { question: finding('AttachFailed', 'VolumeAttachment', 'storage'), runbook: 'volume-degraded' },
  { question: { kind: 'ReplicationSource', reason: 'Error' }, runbook: 'backup-overdue' },
  { question: { kind: 'Certificate', reason: 'Failed' }, runbook: 'certificate-renewal-failure' },
  { question: { kind: 'Challenge', reason: 'pending' }, runbook: 'certificate-renewal-failure' },
  { question: { kind: 'Plan', reason: 'JobFailed' }, runbook: 'upgrade-stuck' },
  { question: { kind: 'IPAddressPool' }, runbook: 'loadbalancer-pool-exhausted' },
  { question: { text: 'no snapshot of the photos volume for three days' }, runbook: 'backup-overdue' },
  {
    question: { text: 'volsync mover pod errors with repository is already locked' },
    runbook: 'backup-overdue',
  },
  { question: { text: 'prove that our backups are usable' }, runbook: 'restore-drill' },
  {
    question: { text: "let's encrypt dns challenge does not finish" },
    runbook: 'certificate-renewal-failure',
  },
  {
    question: { text: 'I am new on the team, how do I get access to the cluster' },
    runbook: 'operator-bootstrap',
  },
  { question: { text: 'where does the age key go on a fresh workstation' }, runbook: 'operator-bootstrap' },
  {
    question: { text: 'container exits with code 137 right after the update' },
    runbook: 'crashloop-after-image-bump',
  },
  { question: { text: 'out of memory kills since the last release' }, runbook: 'crashloop-after-image-bump' },
  {
    question: { text: 'accumulating resources: no such file or directory' },
    runbook: 'kustomization-build-failure',
  },
  {
    question: { text: 'variable not set in post build substitution' },
    runbook: 'kustomization-build-failure',
  },
  { question: { text: 'dependency flux-system/cert-manager is not ready' }, runbook: 'dependency-not-ready' },
  {
    question: { text: 'sops mac mismatch after I edited a secret by hand' },
    runbook: 'sops-decryption-failure',
  },
  { question: { text: 'I rotated the age key and now flux fails' }, runbook: 'sops-decryption-failure' },
  {
    question: { text: 'another operation (install/upgrade/rollback) is in progress' },
    runbook: 'helmrelease-retries-exhausted',
  },
  {
    question: { text: 'flux stopped applying my commits, no errors anywhere' },
    runbook: 'flux-controller-down',
  },
  { question: { text: 'one of the workers went offline' }, runbook: 'node-not-ready' },
  { question: { text: 'server was cordoned and nobody uncordoned it' }, runbook: 'node-not-ready' },
  { question: { text: 'system-upgrade-controller job keeps failing on one node' }, runbook: 'upgrade-stuck' },
  { question: { text: 'half of the nodes still run the old kubernetes version' }, runbook: 'upgrade-stuck' },
  { question: { text: 'disk is read-only, longhorn volume faulted' }, runbook: 'volume-degraded' },
  { question: { text: 'metallb has no free addresses left' }, runbook: 'loadbalancer-pool-exhausted' },
  { question: { text: 'cilium lb ipam out of ips' }, runbook: 'loadbalancer-pool-exhausted' },
  {
    question: { text: 'finalizers keep an old namespace from being deleted' },
    runbook: 'namespace-stuck-terminating',
  },
  {
    question: { text: 'when should I stop trying to fix the failed talos upgrade' },
    runbook: 'upgrade-stuck',
    heading: /When to stop/,
  },
  {
    question: { text: 'what does a faulted longhorn volume mean' },
    runbook: 'volume-degraded',
    heading: /Meaning/,
  },
  {
    question: { text: 'verify that the certificate was renewed' },
    runbook: 'certificate-renewal-failure',
    heading: /Verification/,
  },
  {
    question: { text: 'fix in git for an exhausted metallb pool' },
    runbook: 'loadbalancer-pool-exhausted',
    heading: /Remedy/,
  },
  {
    question: { text: 'commands to check why a node is not ready' },
    runbook: 'node-not-ready',
    heading: /Check/,
  },
];

/** Asked of the example's own runbooks; written with them in view, as their operator would. */
export const EXAMPLE_QUESTIONS: readonly Asked[] = [
  { question: { alert: 'BlackboxProbeFailed' }, runbook: 'docs/runbooks/edge-probe-failed' },
  { question: { text: 'the wiki answers 502 at the gateway' }, runbook: 'docs/runbooks/edge-probe-failed' },
  {
    question: { text: 'gatus is green but blackbox says the site is down' },
    runbook: 'docs/runbooks/edge-probe-failed',
  },
  {
    question: { text: 'restic repository is locked by an old run' },
    runbook: 'docs/runbooks/backup-health',
    heading: /locked/,
  },
  {
    question: { text: 'the monthly restore drill is failing' },
    runbook: 'docs/runbooks/backup-health',
    heading: /drill/,
  },
  {
    question: {
      alert: 'PaperlessBackupDrillFailed',
      runbookUrl:
        'https://git.example.test/home/cluster/src/branch/main/docs/runbooks/backup-health.md#repository-is-already-locked',
    },
    runbook: 'docs/runbooks/backup-health',
    heading: /locked/,
  },
  {
    question: { alert: 'LonghornVolumeStatusWarning', runbookUrl: 'docs/runbooks/longhorn-degraded.md' },
    runbook: 'docs/runbooks/longhorn-degraded',
    heading: /Checks/,
  },
  {
    question: { text: 'how do I roll back a crash looping service' },
    runbook: 'docs/runbooks/crashloop-rollback',
    heading: /Remedy/,
  },
];

/** Questions that nothing on the shelf answers; near misses among them. */
export const UNANSWERED: readonly Question[] = [
  { text: 'what is the capital of France' },
  { text: 'how do I change the wifi password of the guests' },
  { text: 'grafana dashboard shows no data' },
  { text: 'postgres replication lag grows' },
  { text: 'add a user to authentik' },
  { text: 'write a network policy that allows dns' },
  { text: 'raise the cpu limit of jellyfin' },
  { text: 'home assistant does not find the zigbee stick' },
  { text: 'how do I update my payment card' },
  { text: 'how is the weather in the mountains today' },
  { alert: 'CPUThrottlingHigh' },
  { alert: 'PrometheusRuleFailures' },
  { alert: 'AlertmanagerFailedToSendAlerts' },
  { alert: 'NodeClockNotSynchronising' },
  {
    alert: 'KubeHpaMaxedOut',
    runbookUrl: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubehpamaxedout',
  },
  finding('MaxedOut', 'HorizontalPodAutoscaler', 'scaling'),
  finding('TargetPortMissing', 'Service', 'network'),
  finding('IngressClassMissing', 'Ingress', 'network'),
  { kind: 'PrometheusRule', reason: 'Invalid' },
  { runbookUrl: 'https://wiki.example.test/alerts/disk-temperature' },
  { text: 'coredns keeps timing out' },
  { text: 'how do I expose jellyfin to the internet' },
  { text: 'ingress returns 404' },
  { text: 'rotate grafana admin password' },
  { text: 'prometheus retention too short' },
  { text: 'which ports does frigate use' },
  { text: 'slow nfs' },
  { text: 'gpu not detected in plex pod' },
  { text: 'hpa does not scale' },
  { text: 'configure email alerts' },
];

/** More of them, not looked at while tuning. */
export const UNANSWERED_HELD_OUT: readonly Question[] = [
  { text: 'which movies were added to jellyfin this week' },
  { text: 'how to enable two factor login for gitea' },
  { text: 'vpn client connects but has no internet' },
  { text: 'the printer does not print' },
  { text: 'create a new postgres database for an app' },
  { text: 'translate this sentence into German' },
  { text: 'loki ingests too many log streams' },
  { alert: 'KubeQuotaAlmostFull' },
  { alert: 'PrometheusOutOfOrderTimestamps' },
  { alert: 'NodeHighNumberConntrackEntriesUsed' },
  finding('BudgetSyncFailed', 'PodDisruptionBudget', 'scaling'),
  finding('BackendMissing', 'Ingress', 'network'),
];
