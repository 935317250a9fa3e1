import type { UpgradeSubject } from '../objects/upgrade.ts';
import type { DocumentLines } from '../repository/manifest-lines.ts';

/** Where versions stand: a document's kind (the empty string: none), the keys above, and the key. */
export interface PinSite {
  kind: string;
  path: string;
  key: RegExp;
  subject: UpgradeSubject | ((document: DocumentLines) => UpgradeSubject | undefined);
}

/** Parts of the control plane that a machine configuration names an image for (siderolabs/talos v1alpha1 ClusterConfig). */
const CONTROL_PLANE = ['apiServer', 'controllerManager', 'scheduler', 'proxy'] as const;

/** Homes of the variables that Flux fills in. */
const VARIABLES = [
  { kind: 'ConfigMap', path: 'data' },
  { kind: 'Kustomization', path: 'spec/postBuild/substitute' },
] as const;

/** talconfig and talenv, lists of versions, machine configurations and their templates, variables, Plans and tuppr. */
export const PIN_SITES: readonly PinSite[] = [
  { kind: '', path: '', key: /^(?:talosVersion|talos_version)$/, subject: 'talos' },
  { kind: '', path: '', key: /^(?:kubernetesVersion|(?:kubernetes|k8s)_version)$/, subject: 'kubernetes' },
  { kind: '', path: 'machine/install', key: /^image$/, subject: 'talos' },
  { kind: '', path: 'machine/kubelet', key: /^image$/, subject: 'kubernetes' },
  ...CONTROL_PLANE.map((part): PinSite => ({
    kind: '',
    path: `cluster/${part}`,
    key: /^image$/,
    subject: 'kubernetes',
  })),
  { kind: 'UnattendedInstallConfig', path: 'installer', key: /^image$/, subject: 'talos' },
  { kind: 'KubeletConfig', path: '', key: /^image$/, subject: 'kubernetes' },
  ...VARIABLES.flatMap((home): PinSite[] => [
    { ...home, key: /^TALOS_VERSION$/, subject: 'talos' },
    { ...home, key: /^TALOS_INSTALLER_IMAGE_\w+$/, subject: 'talos' },
    { ...home, key: /^KUBERNETES_VERSION$/, subject: 'kubernetes' },
  ]),
  { kind: 'TalosUpgrade', path: 'spec/talos', key: /^version$/, subject: 'talos' },
  { kind: 'KubernetesUpgrade', path: 'spec/kubernetes', key: /^version$/, subject: 'kubernetes' },
  { kind: 'Plan', path: 'spec', key: /^version$/, subject: planSubject },
];

/** Texts by which files with versions are found. */
export const PIN_TRACES = [
  'talosVersion',
  'talos_version',
  'k8s_version',
  'kubernetes_version',
  'TALOS_VERSION',
  'KUBERNETES_VERSION',
  'TALOS_INSTALLER_IMAGE_',
  'installer/',
  'siderolabs/',
  'tuppr.home-operations.com',
  'upgrade.cattle.io',
] as const;

/** Files that hold versions by their name: one that is encrypted or kept back is not found by its text. */
export const PIN_FILES =
  /(?:^|\/)(?:talconfig|talenv|machine-?config|[\w.-]*upgrade-?settings)(?:\.[\w-]+)*\.ya?ml(?:\.\w+)?$/i;

function planSubject(document: DocumentLines): UpgradeSubject | undefined {
  const name =
    document.keys.find(({ key, path }) => key === 'name' && path.join() === 'metadata')?.value ?? '';
  if (/upgrade-k8s|k3s-upgrade|rke2-upgrade/.test(document.text) || /kube|k8s/i.test(name))
    return 'kubernetes';
  return /talos/i.test(document.text) ? 'talos' : undefined;
}
