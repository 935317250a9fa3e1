import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';
import type { Node } from '#domain/objects/platform.ts';

import { ago, condition, container, findingsOf, healthOf, node, pod, warning } from './objects.ts';
import { attachment } from './platform-objects.ts';
import { plan, planJob, staticPod, talosNode, talosUpgrade } from './upgrade-objects.ts';

interface Row {
  source: string;
  objects: AnyObject[];
  ref: string;
  state: string;
  reason: string;
  says: RegExp;
}

const restarted = (minutes: number): Partial<Node> => ({
  conditions: [condition('Ready', 'True', 'KubeletReady', undefined, minutes)],
});

const built = (name: string, schematic: string, extra: Partial<Node> = {}): Node =>
  talosNode(name, 'v1.13.9', { annotations: { 'extensions.talos.dev/schematic': schematic }, ...extra });

const ROWS: Row[] = [
  {
    source: 'siderolabs/talos: mixed versions and no upgrade',
    objects: [
      talosNode('control-1', 'v1.13.9', restarted(90)),
      talosNode('worker-1', 'v1.13.8', restarted(900)),
      talosNode('worker-2', 'v1.13.8', restarted(900)),
    ],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: 'MixedTalosVersions',
    says: /^worker-1, worker-2 not at Talos v1.13.9, and no upgrade is under way$/,
  },
  {
    source: 'kubernetes-mixin KubeVersionMismatch',
    objects: [
      talosNode('control-1', 'v1.13.9', restarted(90)),
      talosNode('worker-1', 'v1.13.9', { kubelet: 'v1.36.1', ...restarted(90) }),
    ],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: 'MixedKubernetesVersions',
    says: /worker-1 not at kubelet v1.36.2/,
  },
  {
    source: 'siderolabs/talos compatibility: Kubernetes newer than Talos supports',
    objects: [talosNode('worker-1', 'v1.12.4', { kubelet: 'v1.36.0' })],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: 'UnsupportedKubernetes',
    says: /Kubernetes v1.36.0 on Talos v1.12.4: Talos 1.12 supports Kubernetes 1.30 to 1.35/,
  },
  {
    source: 'siderolabs/image-factory: one node was built otherwise than its peers',
    objects: [built('worker-1', 'aaa'), built('worker-2', 'aaa'), built('worker-3', 'bbb')],
    ref: 'Node/worker-3',
    state: 'degraded',
    reason: 'SchematicsDiffer',
    says: /worker-3 built from another schematic than 2 of its peers/,
  },
  {
    source: 'kubernetes version skew policy: a kubelet newer than an API server',
    objects: [
      talosNode('control-1', 'v1.13.9', { controlPlane: true, kubelet: 'v1.36.2' }),
      staticPod('kube-apiserver', 'control-1', 'v1.35.4'),
    ],
    ref: 'Node/control-1',
    state: 'degraded',
    reason: 'VersionSkew',
    says: /kubelet v1.36.2 is newer than the API server v1.35.4 on control-1/,
  },
  {
    source: 'kubernetes version skew policy: a scheduler two minors behind',
    objects: [
      talosNode('control-1', 'v1.13.9', { controlPlane: true }),
      staticPod('kube-apiserver', 'control-1', 'v1.36.2'),
      staticPod('kube-scheduler', 'control-1', 'v1.34.2'),
    ],
    ref: 'Node/control-1',
    state: 'degraded',
    reason: 'VersionSkew',
    says: /kube-scheduler v1.34.2 is 2 minors behind/,
  },
  {
    source: 'kubernetes-mixin KubeNodeReadinessFlapping: its pods were told five times',
    objects: [
      node('worker-1'),
      pod('web'),
      warning(pod('web'), 'NodeNotReady', 'Node is not ready', { count: 5, first: ago(12), last: ago(1) }),
    ],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: 'Flapping',
    says: /was lost and came back 5 times in 15 minutes/,
  },
  {
    source: 'kubernetes-mixin KubeNodeReadinessFlapping: restarts',
    objects: [
      node('worker-1'),
      ...[2, 6, 11].map((minutes) =>
        warning(node('worker-1'), 'Rebooted', `Node worker-1 has been rebooted, boot id: ${minutes}`, {
          name: `reboot-${minutes}`,
          count: 1,
          first: ago(minutes),
          last: ago(minutes),
        }),
      ),
    ],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: 'Flapping',
    says: /3 times/,
  },
  {
    source: 'kubernetes-mixin KubeletTooManyPods',
    objects: [
      node('worker-1', { maxPods: 20 }),
      ...Array.from({ length: 20 }, (_, index) => pod(`web-${index}`)),
    ],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: 'TooManyPods',
    says: /runs 20 pods of the 20/,
  },
];

describe('nodes and what they run', () => {
  it.each(ROWS)('$source', async ({ objects, ref, state, reason, says }) => {
    const findings = await findingsOf(objects);

    expect(findings[0]).toMatchObject({ ref, state, reason });
    expect(findings[0]?.message).toMatch(says);
  });

  it.each([
    ['one version everywhere', [talosNode('a'), talosNode('b')]],
    [
      'mixed while somebody goes from node to node',
      [talosNode('a', 'v1.13.9', restarted(5)), talosNode('b', 'v1.13.8')],
    ],
    [
      'a node that tuppr is told to keep at its version',
      [
        talosNode('a', 'v1.13.9', restarted(90)),
        talosNode('b', 'v1.13.8', {
          ...restarted(900),
          annotations: { 'tuppr.home-operations.com/version': 'v1.13.8' },
        }),
      ],
    ],
    [
      'mixed kubelets while API servers start anew',
      [
        talosNode('c-1', 'v1.13.9', { kubelet: 'v1.36.1', ...restarted(900) }),
        talosNode('c-2', 'v1.13.9', { kubelet: 'v1.36.2', ...restarted(900) }),
        {
          ...staticPod('kube-apiserver', 'c-1', 'v1.36.2'),
          containers: [
            container({ name: 'kube-apiserver', image: 'x/kube-apiserver:v1.36.2', running: ago(10) }),
          ],
        },
      ],
    ],
    [
      'mixed while a Plan is at work',
      [
        talosNode('a', 'v1.13.9', restarted(90)),
        talosNode('worker-1', 'v1.13.8', restarted(900)),
        plan({ applying: ['worker-1'], complete: ['False', 'SyncJob'] }),
        planJob('worker-1', 3),
      ],
    ],
    [
      'mixed while the rest waits for the next window',
      [
        talosNode('a', 'v1.13.9', restarted(90)),
        talosNode('worker-1', 'v1.13.8', restarted(900)),
        talosUpgrade({ phase: 'MaintenanceWindow', status: { nextMaintenanceWindow: ago(-600) } }, 80),
      ],
    ],
    ['a Talos newer than the table', [talosNode('a', 'v1.16.0', { kubelet: 'v1.38.0' })]],
    [
      'groups of different hardware',
      [built('a', 'aaa'), built('b', 'aaa'), built('c', 'bbb'), built('d', 'bbb')],
    ],
    [
      'a GPU node has a schematic of its own',
      [built('a', 'aaa'), built('b', 'aaa'), built('c', 'bbb', { labels: { 'nvidia.com/gpu.count': '1' } })],
    ],
    [
      'control planes are built otherwise than workers',
      [built('a', 'aaa'), built('b', 'aaa'), built('c', 'bbb', { controlPlane: true })],
    ],
    ['another system', [node('a', { osImage: 'Ubuntu 24.04' }), node('b', { osImage: 'Debian 13' })]],
    [
      'API servers of one minor apart during an upgrade',
      [
        talosNode('c-1', 'v1.13.9', { kubelet: 'v1.35.4' }),
        talosNode('c-2', 'v1.13.9', { kubelet: 'v1.35.4' }),
        staticPod('kube-apiserver', 'c-1', 'v1.36.2'),
        staticPod('kube-apiserver', 'c-2', 'v1.35.4'),
      ],
    ],
    [
      'lost twice',
      [
        node('worker-1'),
        pod('web'),
        warning(pod('web'), 'NodeNotReady', 'Node is not ready', { count: 2, first: ago(12), last: ago(1) }),
      ],
    ],
    [
      'lost five times in many hours',
      [
        node('worker-1'),
        pod('web'),
        warning(pod('web'), 'NodeNotReady', 'Node is not ready', { count: 5, first: ago(200), last: ago(1) }),
      ],
    ],
  ])('is no finding: %s', async (_, objects) => {
    const { verdict } = await healthOf(objects);

    expect(verdict).toBe('healthy');
  });

  it('tells a version that differs, and lays nothing else at its door', async () => {
    const findings = await findingsOf([
      talosNode('control-1', 'v1.13.9', restarted(90)),
      talosNode('worker-1', 'v1.13.8', restarted(900)),
      attachment('a', { attached: false, error: { message: 'timed out', time: ago(60) }, created: ago(60) }),
    ]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['VolumeAttachment/a', 0],
      ['Node/worker-1', 0],
    ]);
  });

  it.each([
    ['failed half-way', talosUpgrade({ phase: 'Failed', status: { completedAt: ago(80) } })],
    [
      'missed its window',
      talosUpgrade({ phase: 'MaintenanceWindow', status: { nextMaintenanceWindow: ago(60) } }, 600),
    ],
  ])('folds versions that differ under the upgrade that %s', async (_what, upgrade) => {
    const findings = await findingsOf([
      talosNode('control-1', 'v1.13.9', restarted(90)),
      talosNode('worker-1', 'v1.13.8', restarted(900)),
      upgrade,
    ]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['TalosUpgrade/cluster', 1],
    ]);
  });
});
