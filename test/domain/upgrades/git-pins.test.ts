import { describe, expect, it } from 'vitest';

import { gitPins } from '#domain/upgrades/git-pins.ts';

import { memoryRepository } from '../../support/memory-repository.ts';

const signal = new AbortController().signal;

const read = (files: Record<string, string>, live: string[] = []) =>
  gitPins(memoryRepository(files), 'c', live, signal);

const TALCONFIG = `clusterName: main
# renovate-disabled: by hand
talosVersion: v1.13.9 # Talos
kubernetesVersion: "v1.36.2"
nodes:
  - hostname: control-1
    talosVersion: v9.9.9
`;

const SETTINGS = `apiVersion: v1
kind: ConfigMap
metadata:
  name: upgrade-settings
data:
  TALOS_VERSION: v1.13.9
  TALOS_INSTALLER_IMAGE_STANDARD: factory.example.test/installer/613e1592b2da41ae:v1.13.9
  TALOS_INSTALLER_IMAGE_NVIDIA: factory.example.test:5000/installer/a5a5cc0e11de7f02
  KUBERNETES_VERSION: v1.36.2
`;

const PLAN = `apiVersion: upgrade.cattle.io/v1
kind: Plan
metadata:
  name: kubernetes
spec:
  version: VERSION
  upgrade:
    image: registry.example.test/talosctl:v1.13.9
    args: [upgrade-k8s]
`;

describe('pins in Git', () => {
  it('of clustertool: talconfig and upgrade-settings, with file and line', async () => {
    const pins = await read({
      'clusters/main/talos/talconfig.yaml': TALCONFIG,
      'clusters/main/kubernetes/flux-system/flux/upgradesettings.yaml': SETTINGS,
      'docs/talos.md': 'talosVersion: v0.0.1',
    });

    expect(pins).toEqual([
      {
        subject: 'kubernetes',
        where: 'clusters/main/kubernetes/flux-system/flux/upgradesettings.yaml:9 KUBERNETES_VERSION',
        version: 'v1.36.2',
      },
      {
        subject: 'kubernetes',
        where: 'clusters/main/talos/talconfig.yaml:4 kubernetesVersion',
        version: 'v1.36.2',
      },
      {
        subject: 'talos',
        where: 'clusters/main/kubernetes/flux-system/flux/upgradesettings.yaml:6 TALOS_VERSION',
        version: 'v1.13.9',
      },
      {
        subject: 'talos',
        where:
          'clusters/main/kubernetes/flux-system/flux/upgradesettings.yaml:7 TALOS_INSTALLER_IMAGE_STANDARD',
        version: 'v1.13.9',
      },
      {
        subject: 'talos',
        where:
          'clusters/main/kubernetes/flux-system/flux/upgradesettings.yaml:8 TALOS_INSTALLER_IMAGE_NVIDIA',
        why: 'an image without tag',
      },
      { subject: 'talos', where: 'clusters/main/talos/talconfig.yaml:3 talosVersion', version: 'v1.13.9' },
    ]);
  });

  it('of home-ops: talenv and the objects of tuppr', async () => {
    const pins = await read({
      'talos/talenv.yaml': 'talosVersion: v1.13.9\nkubernetesVersion: v1.36.2\n',
      'talos/talconfig.yaml': 'talosVersion: "${talosVersion}"\nkubernetesVersion: ${kubernetesVersion}\n',
      'kubernetes/apps/system-upgrade/tuppr/upgrades/talosupgrade.yaml':
        'apiVersion: tuppr.home-operations.com/v1alpha1\nkind: TalosUpgrade\nmetadata:\n  name: talos\nspec:\n  talos:\n    # renovate: datasource=docker\n    version: v1.13.8\n',
      'kubernetes/apps/system-upgrade/tuppr/upgrades/kubernetesupgrade.yaml':
        'apiVersion: tuppr.home-operations.com/v1alpha1\nkind: KubernetesUpgrade\nmetadata:\n  name: kubernetes\nspec:\n  kubernetes:\n    version: v1.36.1\n',
    });

    expect(pins.map(({ where, version }) => [where.replace(/.*\//, ''), version])).toEqual([
      ['kubernetesupgrade.yaml:7 version', 'v1.36.1'],
      ['talenv.yaml:2 kubernetesVersion', 'v1.36.2'],
      ['talosupgrade.yaml:8 version', 'v1.13.8'],
      ['talenv.yaml:1 talosVersion', 'v1.13.9'],
    ]);
  });

  it('of Plans: a literal version counts, one that names a plain pin adds nothing, another is not readable', async () => {
    const pins = await read({
      'a.yaml': PLAN.replace('VERSION', 'v1.35.0'),
      'b.yaml': PLAN.replace('VERSION', '${KUBERNETES_VERSION}'),
      'c.yaml': PLAN.replace('VERSION', '${FROM_A_SECRET}'),
      'upgradesettings.yaml': SETTINGS,
    });

    expect(pins.filter(({ where }) => where.endsWith(' version'))).toEqual([
      { subject: 'kubernetes', where: 'a.yaml:6 version', version: 'v1.35.0' },
      {
        subject: 'kubernetes',
        where: 'c.yaml:6 version',
        why: '${FROM_A_SECRET} is not plain in the repository',
      },
    ]);
  });

  it('says of an encrypted file that it is not readable', async () => {
    const sops = `kind: ConfigMap
metadata:
  name: upgrade-settings
data:
  TALOS_VERSION: ENC[AES256_GCM,data:aaaa,iv:bbbb,tag:cccc,type:str]
sops:
  lastmodified: "2026-03-01T08:00:00Z"
  mac: ENC[AES256_GCM,data:dddd,iv:eeee,tag:ffff,type:str]
`;

    const pins = await read({ 'clusters/main/kubernetes/upgrade-settings.secret.yaml': sops });

    expect(pins).toEqual([
      {
        subject: 'talos',
        where: 'clusters/main/kubernetes/upgrade-settings.secret.yaml:5 TALOS_VERSION',
        why: 'encrypted or masked: not readable',
      },
    ]);
  });

  it('of several clusters: only those of the one that is asked', async () => {
    const files = {
      'clusters/main/talos/talconfig.yaml': TALCONFIG,
      'clusters/edge/talos/talconfig.yaml': TALCONFIG.replace('v1.13.9', 'v1.12.0'),
    };

    const own = await read(files, ['./clusters/main/kubernetes', './repositories']);

    expect(own.map(({ where }) => where.split('/')[1])).toEqual(['main', 'main']);
  });

  it('of several clusters: none counts while nothing tells which is this one', async () => {
    const pins = await read(
      {
        'clusters/main/talos/talconfig.yaml': 'talosVersion: v1.13.9\n',
        'clusters/edge/talos/talconfig.yaml': 'talosVersion: v1.12.0\n',
      },
      ['./kubernetes/apps'],
    );

    expect(pins.map(({ version, why }) => [version, why])).toEqual([
      [undefined, 'not known whose it is: of edge, main'],
      [undefined, 'not known whose it is: of edge, main'],
    ]);
  });

  it.each<[what: string, live: string[], files: string[], own: string[]]>([
    [
      'below clusters/ at any depth',
      ['kube/clusters/main/flux', './kube/deploy/apps/wiki'],
      ['kube/clusters/main/talos/talconfig.yaml', 'kube/clusters/edge/talos/talconfig.yaml'],
      ['kube/clusters/main/talos/talconfig.yaml'],
    ],
    [
      'only the other one has pins',
      ['./clusters/main/kubernetes'],
      ['clusters/edge/talos/talconfig.yaml', 'clusters/main/kubernetes/flux-entry.yaml'],
      [],
    ],
    [
      'two directories alike, one of them applied',
      ['./kubernetes/main/apps/media'],
      ['kubernetes/main/apps/upgrades/talconfig.yaml', 'kubernetes/staging/apps/upgrades/talconfig.yaml'],
      ['kubernetes/main/apps/upgrades/talconfig.yaml'],
    ],
    [
      'alike outside of what is applied',
      ['./kubernetes/clusters/main'],
      ['kubernetes/clusters/main/talconfig.yaml', 'talos/main/talconfig.yaml', 'talos/edge/talconfig.yaml'],
      ['kubernetes/clusters/main/talconfig.yaml', 'talos/main/talconfig.yaml'],
    ],
    [
      'alike, both applied by one path above them',
      ['./apps/plans', './apps/talos'],
      ['apps/plans/talos/talconfig.yaml', 'apps/plans/nvidia/talconfig.yaml'],
      ['apps/plans/nvidia/talconfig.yaml', 'apps/plans/talos/talconfig.yaml'],
    ],
    [
      'archives and hidden directories',
      ['./apps'],
      [
        '.archive/a/talconfig.yaml',
        'old/archive/talconfig.yaml',
        '_archive/talconfig.yaml',
        'b/talconfig.yaml',
      ],
      ['b/talconfig.yaml'],
    ],
  ])('of files that are not in force: %s', async (_, live, files, own) => {
    const pins = await read(
      Object.fromEntries(
        files.map((path) => [path, path.includes('talconfig') ? 'talosVersion: v1.13.9\n' : '']),
      ),
      live,
    );

    expect(pins.map(({ where }) => where.replace(/:.*/, ''))).toEqual(own);
  });

  it('of machine configurations, their templates, and lists of versions', async () => {
    const pins = await read({
      'talos/version.yaml': 'talos_version: v1.14.0-rc.1\nk8s_version: v1.36.2\n',
      'talos/cluster.yaml.j2':
        'kind: UnattendedInstallConfig\ninstaller:\n  image: factory.example.test/metal-installer/{{ schematic }}:{{ talos_version }}\n---\nkind: KubeletConfig\nimage: ghcr.io/siderolabs/kubelet:v1.36.4@sha256:abc\n',
      'talos/nodes/machineconfig.yaml.j2':
        'version: v1alpha1\nmachine:\n  install:\n    image: factory.example.test/metal-installer/{{ ENV.SCHEMATIC }}:{{ ENV.RELEASE }}\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.36.2\ncluster:\n  apiServer:\n    image: registry.k8s.io/kube-apiserver:v1.36.2\n',
    });

    expect(pins).toEqual([
      { subject: 'kubernetes', where: 'talos/cluster.yaml.j2:6 image', version: 'v1.36.4' },
      {
        subject: 'kubernetes',
        where: 'talos/nodes/machineconfig.yaml.j2:6 image and 1 more',
        version: 'v1.36.2',
      },
      { subject: 'kubernetes', where: 'talos/version.yaml:2 k8s_version', version: 'v1.36.2' },
      {
        subject: 'talos',
        where: 'talos/nodes/machineconfig.yaml.j2:4 image',
        why: '${RELEASE} is not plain in the repository',
      },
      { subject: 'talos', where: 'talos/version.yaml:1 talos_version', version: 'v1.14.0-rc.1' },
    ]);
  });

  it('of variables that a Kustomization substitutes, and of a default where none does', async () => {
    const pins = await read({
      'ks.yaml':
        'kind: Kustomization\nspec:\n  postBuild:\n    substitute:\n      TALOS_VERSION: "v1.6.4"\n      TALOS_IMAGE: factory.example.test/installer/fb46\n',
      'a.yaml': PLAN.replace('VERSION', '&v "${TALOS_VERSION}"'),
      'b.yaml': PLAN.replace('VERSION', '${KUBE:=v1.29.2}'),
    });

    expect(pins.map(({ where, version }) => [where, version])).toEqual([
      ['b.yaml:6 version', 'v1.29.2'],
      ['ks.yaml:5 TALOS_VERSION', 'v1.6.4'],
    ]);
  });

  it('names a file whose versions are masked or kept back', async () => {
    const pins = await read({
      'talos/machineconfig.yaml':
        'version: v1alpha1\nmachine:\n  token: abcdef.0123456789abcdef\n  ca:\n    crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\n    key: LS0tLS1CRUdJTiBFRDI1NTE5IFBSSVZBVEUgS0VZLS0tLS0=\n  install:\n    image: ghcr.io/siderolabs/installer:v1.13.9\n',
    });

    expect(
      pins.map(({ where, version, why }) => [where, version, /not readable/.test(why ?? '')]),
    ).toContainEqual([expect.stringMatching(/^talos\/machineconfig.yaml/), undefined, true]);
  });

  it('survives what is no YAML, and a version that is none', async () => {
    const pins = await read({
      'talos/talconfig.yaml': 'talosVersion: latest\n{{ template }}\n  kubernetesVersion: "v1.36.2\n',
    });

    expect(pins).toMatchObject([{ subject: 'talos', why: 'no version' }]);
  });
});
