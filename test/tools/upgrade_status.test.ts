import { describe, expect, it } from 'vitest';

import type { ListingState } from '#domain/cluster.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { LonghornBackup, LonghornVolume } from '#domain/objects/longhorn.ts';
import type { Table, Cell } from '#domain/table.ts';
import type { ReadContext, z } from '#tool';

import tool from '../../tools/upgrade_status.ts';
import { rawPostgresBackup } from '../cluster/crds/cnpg.ts';
import { kubernetesSelector, rawPlan } from '../cluster/crds/upgrade.ts';
import {
  ago,
  cronJob,
  deadNode,
  job,
  kustomization,
  meta,
  notReady,
  NOW,
  pod,
} from '../domain/health/objects.ts';
import { budget, claim } from '../domain/health/platform-objects.ts';
import {
  kubernetesUpgrade,
  plan,
  planJob,
  projected,
  staticPod,
  talosNode,
  talosUpgrade,
} from '../domain/health/upgrade-objects.ts';
import { readContext } from '../support/context.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { memoryRepository } from '../support/memory-repository.ts';

type Answer = z.output<typeof tool.output>;

interface Setup {
  objects: (AnyObject | FluxObject)[];
  files?: Record<string, string>;
  states?: Record<string, ListingState>;
  repo?: ReadContext['optionalRepo'];
}

async function ask({ objects, files, states, repo }: Setup): Promise<Answer> {
  const optionalRepo = files ? { reader: memoryRepository(files) } : repo;
  const context = readContext(memoryCluster({ objects, states }), NOW, {
    ...(optionalRepo && { optionalRepo }),
  });
  return tool.output.parse(await tool.handler(tool.input.parse({}), context));
}

/** The rows of a list as objects. */
function rowsOf({ columns, rows }: Pick<Table, 'columns' | 'rows'>): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

function checkOf(answer: Answer, name: string): Record<string, Cell> | undefined {
  return rowsOf(answer.preflight).find(({ check }) => check === name);
}

const planes = ['control-1', 'control-2', 'control-3'];

const controlPlane = (talos = 'v1.13.9', kubernetes = 'v1.36.2'): AnyObject[] =>
  planes.flatMap((name) => [
    talosNode(name, talos, { controlPlane: true, kubelet: kubernetes }),
    staticPod('kube-apiserver', name, kubernetes),
  ]);

const kubernetesPlan = (version = 'v1.36.2', talos = 'v1.13.9'): AnyObject =>
  projected(
    rawPlan({
      name: 'kubernetes',
      at: ago(600),
      version,
      spec: {
        nodeSelector: kubernetesSelector(talos),
        upgrade: {
          image: `registry.example.test/talosctl:${talos}`,
          args: ['upgrade-k8s', `--to=${version}`],
        },
      },
    }),
  );

const longhorn = (name: string, extra: Partial<LonghornVolume> = {}): LonghornVolume => ({
  ...meta('Volume', name, 'longhorn-system'),
  apiVersion: 'longhorn.io/v1beta2',
  kind: 'Volume',
  state: 'attached',
  robustness: 'healthy',
  replicas: 3,
  standby: false,
  ...extra,
});

const longhornBackup = (name: string, state: string): LonghornBackup => ({
  ...meta('Backup', name, 'longhorn-system'),
  apiVersion: 'longhorn.io/v1beta2',
  kind: 'Backup',
  state,
});

/** Live upgrade-settings, as its ConfigMap is read. */
const settings = (version: string): AnyObject => ({
  ...meta('ConfigMap', 'upgrade-settings', 'flux-system'),
  kind: 'ConfigMap' as const,
  keys: ['KUBERNETES_VERSION', 'TALOS_VERSION', 'TALOS_INSTALLER_IMAGE_STANDARD'],
  versions: {
    KUBERNETES_VERSION: 'v1.36.2',
    TALOS_VERSION: version,
    TALOS_INSTALLER_IMAGE_STANDARD: version,
  },
});

const FILES = {
  'clusters/main/talos/talconfig.yaml': 'talosVersion: v1.13.9\nkubernetesVersion: v1.36.2\n',
  'clusters/main/kubernetes/flux-system/flux/upgradesettings.yaml':
    'kind: ConfigMap\nmetadata:\n  name: upgrade-settings\ndata:\n  TALOS_VERSION: v1.13.9\n  TALOS_INSTALLER_IMAGE_STANDARD: factory.example.test/installer/613e1592b2da41ae:v1.13.9\n  KUBERNETES_VERSION: v1.36.2\n',
};

const DONE = [...controlPlane(), talosNode('worker-1'), plan(), kubernetesPlan()];

describe('the verdict', () => {
  it('is up to date when Git, Plans and every node agree', async () => {
    const answer = await ask({ objects: DONE, files: FILES });

    expect(answer.verdict).toBe('up to date');
    expect(answer.summary).toEqual([
      'every node runs what is aimed at',
      'talos: runs v1.13.9, target v1.13.9',
      'kubernetes: runs v1.36.2, target v1.36.2',
      'preflight: all 11 checks say yes',
    ]);
    expect(answer.git).toBe('0123456789ab: 5 pins');
    expect(rowsOf(answer.agreement).every(({ agrees }) => agrees === true)).toBe(true);
    expect(rowsOf(answer.nodes)).toEqual([
      {
        nodes: 'control-1, control-2, control-3',
        role: 'control-plane',
        state: 'Ready',
        talos: 'v1.13.9',
        kubelet: 'v1.36.2',
        apiServer: 'v1.36.2',
        schematic: null,
      },
      {
        nodes: 'worker-1',
        role: 'worker',
        state: 'Ready',
        talos: 'v1.13.9',
        kubelet: 'v1.36.2',
        apiServer: null,
        schematic: null,
      },
    ]);
    expect(answer.upgrades).toBeUndefined();
  });

  it.each<[what: string, verdict: Answer['verdict'], why: RegExp, setup: Setup]>([
    [
      'a Plan that matched no node says Complete=True',
      'gate closed',
      /gate closed: no node has home.example.test\/upgrade=true; not at v1.13.9: control-1/,
      { objects: [...controlPlane('v1.13.8'), plan()], files: FILES },
    ],
    [
      'the Kubernetes Plan waits for Talos',
      'gate closed',
      /Talos comes first/,
      {
        objects: [
          ...planes.map((name) =>
            talosNode(name, 'v1.13.8', { controlPlane: true, kubelet: 'v1.36.1', open: true }),
          ),
          kubernetesPlan(),
        ],
      },
    ],
    [
      'tuppr waits for its window',
      'gate closed',
      /waits for its window/,
      { objects: [...controlPlane('v1.13.8'), talosUpgrade({ phase: 'MaintenanceWindow' })] },
    ],
    [
      'a Job of a Plan runs',
      'upgrade running',
      /upgrade to v1.13.9 runs on worker-1/,
      {
        objects: [
          ...controlPlane(),
          talosNode('worker-1', 'v1.13.8', { open: true }),
          plan({ applying: ['worker-1'], complete: ['False', 'SyncJob'] }),
          planJob('worker-1', 3),
        ],
      },
    ],
    [
      'tuppr is at work',
      'upgrade running',
      /Rebooting/,
      {
        objects: [
          ...controlPlane('v1.13.8'),
          talosUpgrade({ phase: 'Rebooting', status: { startedAt: ago(4) } }),
        ],
      },
    ],
    [
      'tuppr failed, its cause is a node',
      'stuck',
      /TalosUpgrade\/cluster: failed on worker-1/,
      {
        objects: [
          ...controlPlane(),
          { ...deadNode('worker-1', 40), osImage: 'Talos (v1.13.8)' },
          talosUpgrade({
            phase: 'Failed',
            status: { completedAt: ago(30), failedNodes: [{ nodeName: 'worker-1', lastError: 'timed out' }] },
          }),
        ],
      },
    ],
    [
      'a node is marked as done and is not',
      'stuck',
      /worker-1 marked as done, but it runs v1.13.8/,
      {
        objects: [
          ...controlPlane(),
          talosNode('worker-1', 'v1.13.8', { labels: { 'plan.upgrade.cattle.io/talos': 'f00dfeed' } }),
          plan(),
        ],
      },
    ],
    [
      'talconfig and upgrade-settings differ',
      'disagreement',
      /^talos: Git clusters\/main\/talos\/talconfig.yaml:1 talosVersion says v1.13.8, aimed at is v1.13.9; it is older than what runs: following it would undo an upgrade$/,
      {
        objects: DONE,
        files: {
          ...FILES,
          'clusters/main/talos/talconfig.yaml': 'talosVersion: v1.13.8\nkubernetesVersion: v1.36.2\n',
        },
      },
    ],
    [
      'Git was not applied to the Plan',
      'disagreement',
      /^talos: Git clusters\/main\/kubernetes\/.*upgradesettings.yaml:5 TALOS_VERSION says v1.13.9 \(and 2 more\), aimed at is v1.13.8$/,
      { objects: [...controlPlane('v1.13.8'), plan({ version: 'v1.13.8' })], files: FILES },
    ],
    [
      'the live settings were not filled into the Plan',
      'disagreement',
      /^talos: ConfigMap\/flux-system\/upgrade-settings TALOS_VERSION says v1.13.10 \(and 1 more\), aimed at is v1.13.9$/,
      { objects: [...DONE, settings('v1.13.10')], files: FILES },
    ],
    [
      'only live settings say what to run',
      'disagreement',
      /not everything runs talos v1.13.9, and no upgrade would change that/,
      { objects: [...controlPlane('v1.13.8'), settings('v1.13.9')] },
    ],
    [
      'a stale pin would undo a manual upgrade',
      'disagreement',
      /would set control-1 back from v1.13.9 to v1.13.8/,
      { objects: [...controlPlane(), plan({ version: 'v1.13.8' })] },
    ],
    [
      'one API server was left behind',
      'disagreement',
      /not everything runs kubernetes v1.36.2/,
      {
        objects: [
          ...DONE.filter(({ name }) => name !== 'kube-apiserver-control-3'),
          staticPod('kube-apiserver', 'control-3', 'v1.36.1'),
        ],
        files: FILES,
      },
    ],
    [
      'Git is ahead, and nothing in the cluster would upgrade',
      'disagreement',
      /not everything runs talos v1.13.9, and no upgrade would change that/,
      { objects: controlPlane('v1.13.8'), files: FILES },
    ],
    [
      'nothing says what to run',
      'unknown',
      /no Plan, no upgrade of tuppr and no pin/,
      { objects: controlPlane() },
    ],
    [
      'Plans may not be read',
      'unknown',
      /Plan could not be read/,
      { objects: DONE, states: { Plan: 'unknown' }, files: FILES },
    ],
    [
      'nodes may not be read',
      'unknown',
      /Node could not be read/,
      { objects: DONE, states: { Node: 'unknown' } },
    ],
  ])('when %s: %s', async (_, verdict, why, setup) => {
    const answer = await ask(setup);

    expect(answer.verdict).toBe(verdict);
    expect(answer.summary[0]).toMatch(why);
  });
});

it('says that no API server is seen, which kubelets cannot stand for', async () => {
  const answer = await ask({ objects: [talosNode('worker-1'), kubernetesPlan()] });

  expect(answer.summary[2]).toBe('kubernetes: runs v1.36.2, target v1.36.2, no API server is seen');
});

it('takes a node that is kept at a version by its annotation as it is wanted', async () => {
  const kept = talosNode('worker-1', 'v1.13.8', {
    annotations: { 'tuppr.home-operations.com/version': 'v1.13.8' },
  });

  const answer = await ask({ objects: [...controlPlane(), kept, talosUpgrade({ phase: 'Completed' })] });

  expect(answer.verdict).toBe('up to date');
  expect(rowsOf(answer.agreement)).toContainEqual({
    of: 'talos',
    where: 'Talos on worker-1 (by annotation)',
    version: 'v1.13.8',
    agrees: true,
  });
});

describe('the Git side', () => {
  it('says of what no version was found', async () => {
    const some = await ask({ objects: DONE, files: { 'talenv.yaml': 'talosVersion: v1.13.9\n' } });
    const none = await ask({ objects: DONE, files: { 'README.md': 'Talos v1.13.9' } });

    expect(some.git).toBe('0123456789ab: 1 pins, none found of kubernetes');
    expect(none.git).toBe('0123456789ab: 0 pins, none found of talos, kubernetes');
    expect(none.verdict).toBe('up to date');
  });

  it('is unchecked without a repository, and the rest is as before', async () => {
    const withGit = await ask({ objects: DONE, files: FILES });
    const without = await ask({ objects: DONE });

    expect(without.git).toBe('unchecked: no repository is configured');
    expect(without.verdict).toBe('up to date');
    expect(without.nodes).toEqual(withGit.nodes);
    expect(without.preflight).toEqual(withGit.preflight);
  });

  it('is unchecked when the repository cannot be read after all', async () => {
    const whole = memoryRepository(FILES);
    const reader = { ...whole, head: () => whole.read('c', 'a/file', AbortSignal.timeout(1_000)) } as never;

    const answer = await ask({ objects: DONE, repo: { reader } });

    expect(answer.git).toMatch(/^unchecked: .* does not exist$/);
  });

  it('says what is encrypted', async () => {
    const talconfig =
      'talosVersion: ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:d,iv:e,tag:f,type:str]\n';

    const answer = await ask({
      objects: DONE,
      files: { ...FILES, 'clusters/main/talos/talconfig.yaml': talconfig },
    });

    expect(answer.git).toBe('0123456789ab: 4 pins, 1 not readable');
    expect(rowsOf(answer.agreement)[0]).toEqual({
      of: 'talos',
      where: 'Git clusters/main/talos/talconfig.yaml:1 talosVersion',
      version: 'encrypted or masked: not readable',
      agrees: null,
    });
  });
});

describe('the preflight', () => {
  it.each<[check: string, ok: string, why: RegExp, objects: (AnyObject | FluxObject)[]]>([
    [
      'pins and plans agree',
      'no',
      /talos/,
      [...controlPlane(), plan(), talosUpgrade({ phase: 'Completed', version: 'v1.13.8' })],
    ],
    [
      'Talos runs this Kubernetes',
      'no',
      /^Kubernetes v1.37.0 on Talos v1.13.9: Talos 1.13 supports Kubernetes 1.31 to 1.36$/,
      [...controlPlane('v1.13.9', 'v1.36.2'), kubernetesUpgrade({ phase: 'Pending', version: 'v1.37.0' })],
    ],
    ['Talos runs this Kubernetes', 'unknown', /not in the table/, [...controlPlane('v1.16.1', 'v1.38.0')]],
    [
      'step to the target allowed',
      'no',
      /kubernetes v1.34.2 to v1.36.2: 2 minors at once/,
      [...controlPlane('v1.13.9', 'v1.34.2'), kubernetesPlan()],
    ],
    [
      'step to the target allowed',
      'warn',
      /talos v1.11.5 to v1.13.9: 2 minors at once/,
      [...controlPlane('v1.11.5', 'v1.34.2'), plan()],
    ],
    [
      'installers match the nodes',
      'no',
      /no Plan installs the schematic of worker-2$/,
      [
        ...controlPlane(),
        plan(),
        talosNode('worker-1', 'v1.13.9', {
          annotations: { 'extensions.talos.dev/schematic': `613e1592b2da41ae${'0'.repeat(48)}` },
        }),
        talosNode('worker-2', 'v1.13.9', {
          annotations: { 'extensions.talos.dev/schematic': 'a'.repeat(64) },
        }),
      ],
    ],
    [
      'version skew allowed',
      'no',
      /kubelet v1.36.2 is newer than the API server v1.35.1/,
      [
        talosNode('control-1', 'v1.13.9', { controlPlane: true }),
        staticPod('kube-apiserver', 'control-1', 'v1.35.1'),
      ],
    ],
    [
      'control planes first',
      'warn',
      /^control-1 still runs v1.13.8, ahead of it: worker-1 \(v1.13.9\)$/,
      [...controlPlane('v1.13.8'), talosNode('worker-1'), talosNode('worker-2', 'v1.13.8')],
    ],
    ['version skew allowed', 'unknown', /no API server pod is seen/, [talosNode('worker-1')]],
    [
      'version skew allowed',
      'no',
      /kube-proxy v1.32.1 is 4 minors behind the API server v1.36.2 on worker-1/,
      [...controlPlane(), talosNode('worker-1'), staticPod('kube-proxy', 'worker-1', 'v1.32.1')],
    ],
    [
      'nodes ready and schedulable',
      'no',
      /worker-1 \(cordoned\), worker-2/,
      [...controlPlane(), talosNode('worker-1', 'v1.13.9', { unschedulable: true }), deadNode('worker-2')],
    ],
    ['etcd majority', 'warn', /2 control planes: an even number/, controlPlane().slice(0, 4)],
    [
      'etcd majority',
      'no',
      /not Ready control-4/,
      [...controlPlane(), { ...deadNode('control-4'), controlPlane: true }],
    ],
    ['API servers ready', 'no', /not ready on control-3/, controlPlane().slice(0, 5)],
    [
      'disruption budgets allow a drain',
      'no',
      /allow none: apps\/web/,
      [...controlPlane(), budget({ disruptionsAllowed: 0 })],
    ],
    [
      'no backup running',
      'no',
      /Job\/apps\/volsync-src-paperless/,
      [...controlPlane(), job('volsync-src-paperless', { active: 1, conditions: [], completed: undefined })],
    ],
    [
      'backups fresh',
      'no',
      /CronJob\/apps\/etcd-backup/,
      [...controlPlane(), cronJob('etcd-backup', { lastSuccessful: ago(60 * 24 * 3) })],
    ],
    [
      'backups fresh',
      'unknown',
      /^nothing that is read backs up 2 PersistentVolumeClaims$/,
      [...controlPlane(), claim('data'), claim('more'), cronJob('cleanup')],
    ],
    [
      'volumes whole',
      'no',
      /Volume\/longhorn-system\/pvc-1/,
      [...controlPlane(), longhorn('pvc-1', { robustness: 'degraded' }), longhorn('pvc-2')],
    ],
    [
      'volumes whole',
      'no',
      /PersistentVolumeClaim\/apps\/data/,
      [...controlPlane(), claim('data', { phase: 'Lost' })],
    ],
    [
      'volumes on more than one node',
      'no',
      /^one replica only: Volume\/longhorn-system\/pvc-1$/,
      [
        ...controlPlane(),
        longhorn('pvc-1', { replicas: 1 }),
        longhorn('pvc-2', { replicas: 1, state: 'detached', robustness: 'unknown' }),
        longhorn('pvc-3', { replicas: 1, standby: true }),
      ],
    ],
    [
      'no backup running',
      'no',
      /Backup\.longhorn\.io\/longhorn-system\/backup-1/,
      [...controlPlane(), longhornBackup('backup-1', 'InProgress'), longhornBackup('backup-2', 'Completed')],
    ],
    [
      'no backup running',
      'no',
      /Backup\.postgresql\.cnpg\.io\/apps\/db-2/,
      [
        ...controlPlane(),
        projected(rawPostgresBackup('db-1', ago(600))),
        projected(rawPostgresBackup('db-2', ago(2), { phase: 'running' })),
      ],
    ],
    [
      'Flux green',
      'no',
      /Kustomization\/flux-system\/apps/,
      [...controlPlane(), kustomization('apps', notReady('BuildFailed', 'no such file'))],
    ],
    [
      'no other upgrade',
      'no',
      /TalosUpgrade\/cluster/,
      [...controlPlane('v1.13.8'), talosUpgrade({ phase: 'Upgrading', status: { startedAt: ago(3) } })],
    ],
  ])('%s: %s', async (name, ok, why, objects) => {
    const row = checkOf(await ask({ objects }), name);

    expect(row).toMatchObject({ ok, why: expect.stringMatching(why) });
  });

  it('has nothing to say of backups where they are fresh, or nothing is there to back up', async () => {
    const fresh = [...DONE, claim('data'), cronJob('etcd-backup', { lastSuccessful: ago(60) })];

    expect(checkOf(await ask({ objects: fresh }), 'backups fresh')).toMatchObject({ ok: 'yes' });
    expect(checkOf(await ask({ objects: DONE }), 'backups fresh')).toBeUndefined();
  });

  it('calls unknown what could not be read, and leaves the other checks as they are', async () => {
    const before = await ask({ objects: DONE, files: FILES });
    const answer = await ask({ objects: DONE, files: FILES, states: { PodDisruptionBudget: 'unknown' } });

    expect(checkOf(answer, 'disruption budgets allow a drain')).toEqual({
      check: 'disruption budgets allow a drain',
      ok: 'unknown',
      why: 'PodDisruptionBudget could not be read',
    });
    expect(answer.preflight.rows.filter(([check]) => check !== 'disruption budgets allow a drain')).toEqual(
      before.preflight.rows.filter(([check]) => check !== 'disruption budgets allow a drain'),
    );
    expect(answer.verdict).toBe('up to date');
  });
});

it('stays under 4 KB whatever there is to say, what differs first', async () => {
  const nodes = Array.from({ length: 60 }, (_, index) =>
    talosNode(`a-node-with-a-long-name-in-rack-${index}`, `v1.13.${index % 9}`, {
      kubelet: `v1.36.${index % 7}`,
      controlPlane: index < 5,
      annotations: { 'extensions.talos.dev/schematic': String(index).repeat(64) },
    }),
  );
  const plans = Array.from({ length: 20 }, (_, index) =>
    plan({ name: `talos-for-hardware-of-sort-${index}`, version: `v1.13.${index}` }),
  );
  const budgets = Array.from({ length: 40 }, (_, index) =>
    budget({ name: `a-budget-of-some-length-${index}`, disruptionsAllowed: 0 }),
  );

  const answer = await ask({
    objects: [
      ...nodes,
      ...plans,
      ...budgets,
      pod('web', { labels: { app: 'web' } }),
      talosUpgrade({ phase: 'Failed', message: 'x'.repeat(900) }),
    ],
    files: Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `clusters/main/a/directory/of/some/depth/number-${index}/talconfig.yaml`,
        `talosVersion: v1.13.${index}\n`,
      ]),
    ),
  });

  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(4_096);
  expect(answer.agreement.cut).toMatch(/^\d+ of \d+ shown$/);
  expect(rowsOf(answer.agreement)[0]?.['agrees']).toBe(false);
  expect(answer.upgrades?.rows[0]?.slice(0, 2)).toEqual(['TalosUpgrade/cluster', 'failed']);
});
