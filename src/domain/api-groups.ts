/** The kinds of one API group that may be read: kind to plural. */
export interface GroupAccess {
  group: string;
  kinds: Readonly<Record<string, string>>;
}

/**
 * Every resource daytwo may read; the transport, the ClusterRole and the policy's kinds all follow it. Secrets are not
 * here and cannot be added by configuration.
 */
export const API_GROUPS: readonly GroupAccess[] = [
  {
    group: '',
    kinds: {
      Namespace: 'namespaces',
      Node: 'nodes',
      Pod: 'pods',
      Service: 'services',
      Endpoints: 'endpoints',
      Event: 'events',
      ConfigMap: 'configmaps',
      PersistentVolume: 'persistentvolumes',
      PersistentVolumeClaim: 'persistentvolumeclaims',
      ResourceQuota: 'resourcequotas',
      LimitRange: 'limitranges',
      ServiceAccount: 'serviceaccounts',
      ReplicationController: 'replicationcontrollers',
    },
  },
  {
    group: 'apps',
    kinds: {
      Deployment: 'deployments',
      StatefulSet: 'statefulsets',
      DaemonSet: 'daemonsets',
      ReplicaSet: 'replicasets',
    },
  },
  { group: 'batch', kinds: { Job: 'jobs', CronJob: 'cronjobs' } },
  { group: 'autoscaling', kinds: { HorizontalPodAutoscaler: 'horizontalpodautoscalers' } },
  { group: 'policy', kinds: { PodDisruptionBudget: 'poddisruptionbudgets' } },
  { group: 'discovery.k8s.io', kinds: { EndpointSlice: 'endpointslices' } },
  {
    group: 'networking.k8s.io',
    kinds: {
      Ingress: 'ingresses',
      IngressClass: 'ingressclasses',
      NetworkPolicy: 'networkpolicies',
      ServiceCIDR: 'servicecidrs',
      IPAddress: 'ipaddresses',
    },
  },
  {
    group: 'gateway.networking.k8s.io',
    kinds: {
      Gateway: 'gateways',
      GatewayClass: 'gatewayclasses',
      HTTPRoute: 'httproutes',
      GRPCRoute: 'grpcroutes',
      TLSRoute: 'tlsroutes',
      TCPRoute: 'tcproutes',
      UDPRoute: 'udproutes',
      ReferenceGrant: 'referencegrants',
      BackendTLSPolicy: 'backendtlspolicies',
      ListenerSet: 'listenersets',
    },
  },
  { group: 'gateway.envoyproxy.io', kinds: { SecurityPolicy: 'securitypolicies' } },
  { group: 'events.k8s.io', kinds: { Event: 'events' } },
  {
    group: 'storage.k8s.io',
    kinds: {
      StorageClass: 'storageclasses',
      VolumeAttachment: 'volumeattachments',
      CSIDriver: 'csidrivers',
      CSINode: 'csinodes',
      CSIStorageCapacity: 'csistoragecapacities',
      VolumeAttributesClass: 'volumeattributesclasses',
    },
  },
  {
    group: 'snapshot.storage.k8s.io',
    kinds: {
      VolumeSnapshot: 'volumesnapshots',
      VolumeSnapshotContent: 'volumesnapshotcontents',
      VolumeSnapshotClass: 'volumesnapshotclasses',
    },
  },
  { group: 'apiextensions.k8s.io', kinds: { CustomResourceDefinition: 'customresourcedefinitions' } },
  { group: 'apiregistration.k8s.io', kinds: { APIService: 'apiservices' } },
  {
    group: 'admissionregistration.k8s.io',
    kinds: {
      ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
      MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
      ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
      ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
    },
  },
  {
    group: 'rbac.authorization.k8s.io',
    kinds: {
      Role: 'roles',
      RoleBinding: 'rolebindings',
      ClusterRole: 'clusterroles',
      ClusterRoleBinding: 'clusterrolebindings',
    },
  },
  {
    group: 'source.toolkit.fluxcd.io',
    kinds: {
      GitRepository: 'gitrepositories',
      OCIRepository: 'ocirepositories',
      HelmRepository: 'helmrepositories',
      HelmChart: 'helmcharts',
      Bucket: 'buckets',
      ExternalArtifact: 'externalartifacts',
    },
  },
  { group: 'source.extensions.fluxcd.io', kinds: { ArtifactGenerator: 'artifactgenerators' } },
  { group: 'kustomize.toolkit.fluxcd.io', kinds: { Kustomization: 'kustomizations' } },
  { group: 'helm.toolkit.fluxcd.io', kinds: { HelmRelease: 'helmreleases' } },
  {
    group: 'notification.toolkit.fluxcd.io',
    kinds: { Alert: 'alerts', Provider: 'providers', Receiver: 'receivers' },
  },
  {
    group: 'image.toolkit.fluxcd.io',
    kinds: {
      ImageRepository: 'imagerepositories',
      ImagePolicy: 'imagepolicies',
      ImageUpdateAutomation: 'imageupdateautomations',
    },
  },
  {
    group: 'fluxcd.controlplane.io',
    kinds: {
      FluxInstance: 'fluxinstances',
      FluxReport: 'fluxreports',
      ResourceSet: 'resourcesets',
      ResourceSetInputProvider: 'resourcesetinputproviders',
    },
  },
  { group: 'upgrade.cattle.io', kinds: { Plan: 'plans' } },
  {
    group: 'tuppr.home-operations.com',
    kinds: { TalosUpgrade: 'talosupgrades', KubernetesUpgrade: 'kubernetesupgrades' },
  },
  {
    group: 'cilium.io',
    kinds: {
      CiliumNode: 'ciliumnodes',
      CiliumEndpoint: 'ciliumendpoints',
      CiliumIdentity: 'ciliumidentities',
      CiliumNetworkPolicy: 'ciliumnetworkpolicies',
      CiliumClusterwideNetworkPolicy: 'ciliumclusterwidenetworkpolicies',
      CiliumLoadBalancerIPPool: 'ciliumloadbalancerippools',
      CiliumL2AnnouncementPolicy: 'ciliuml2announcementpolicies',
      CiliumBGPClusterConfig: 'ciliumbgpclusterconfigs',
      CiliumBGPPeerConfig: 'ciliumbgppeerconfigs',
      CiliumBGPAdvertisement: 'ciliumbgpadvertisements',
      CiliumBGPNodeConfig: 'ciliumbgpnodeconfigs',
      CiliumEgressGatewayPolicy: 'ciliumegressgatewaypolicies',
    },
  },
  {
    group: 'metallb.io',
    kinds: {
      IPAddressPool: 'ipaddresspools',
      L2Advertisement: 'l2advertisements',
      BGPAdvertisement: 'bgpadvertisements',
      BGPPeer: 'bgppeers',
      BFDProfile: 'bfdprofiles',
      Community: 'communities',
      ServiceL2Status: 'servicel2statuses',
      ServiceBGPStatus: 'servicebgpstatuses',
      ConfigurationState: 'configurationstates',
    },
  },
  {
    group: 'longhorn.io',
    kinds: {
      Volume: 'volumes',
      Engine: 'engines',
      Replica: 'replicas',
      Node: 'nodes',
      InstanceManager: 'instancemanagers',
      ShareManager: 'sharemanagers',
      EngineImage: 'engineimages',
      Setting: 'settings',
      BackupTarget: 'backuptargets',
      BackupVolume: 'backupvolumes',
      Backup: 'backups',
      RecurringJob: 'recurringjobs',
      Snapshot: 'snapshots',
    },
  },
  { group: 'local.openebs.io', kinds: { LVMVolume: 'lvmvolumes', LVMNode: 'lvmnodes' } },
  { group: 'zfs.openebs.io', kinds: { ZFSVolume: 'zfsvolumes', ZFSNode: 'zfsnodes' } },
  { group: 'openebs.io', kinds: { DiskPool: 'diskpools' } },
  {
    group: 'volsync.backube',
    kinds: {
      ReplicationSource: 'replicationsources',
      ReplicationDestination: 'replicationdestinations',
      KopiaMaintenance: 'kopiamaintenances',
    },
  },
  {
    group: 'cert-manager.io',
    kinds: {
      Certificate: 'certificates',
      CertificateRequest: 'certificaterequests',
      Issuer: 'issuers',
      ClusterIssuer: 'clusterissuers',
    },
  },
  { group: 'acme.cert-manager.io', kinds: { Order: 'orders', Challenge: 'challenges' } },
  {
    group: 'monitoring.coreos.com',
    kinds: {
      Prometheus: 'prometheuses',
      Alertmanager: 'alertmanagers',
      ServiceMonitor: 'servicemonitors',
      PodMonitor: 'podmonitors',
      Probe: 'probes',
      PrometheusRule: 'prometheusrules',
      ScrapeConfig: 'scrapeconfigs',
    },
  },
  {
    group: 'postgresql.cnpg.io',
    kinds: {
      Cluster: 'clusters',
      Backup: 'backups',
      ScheduledBackup: 'scheduledbackups',
      Pooler: 'poolers',
      Database: 'databases',
    },
  },
  {
    group: 'ceph.rook.io',
    kinds: {
      CephCluster: 'cephclusters',
      CephBlockPool: 'cephblockpools',
      CephFilesystem: 'cephfilesystems',
      CephObjectStore: 'cephobjectstores',
    },
  },
  { group: 'talos.dev', kinds: { ServiceAccount: 'serviceaccounts' } },
];
