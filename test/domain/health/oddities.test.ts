import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';

import { rawCertificate } from '../../cluster/crds/cert-manager.ts';
import { rawCiliumNode } from '../../cluster/crds/cilium.ts';
import { rawBackupTarget, rawReplica, rawVolume } from '../../cluster/crds/longhorn.ts';
import { rawReplicationSource } from '../../cluster/crds/volsync.ts';
import { healthyCluster, type Objects } from './healthy-cluster.ts';
import {
  ago,
  answerFor,
  condition,
  container,
  cronJob,
  deployed,
  job,
  kustomization,
  node,
  pod,
  warning,
  workload,
} from './objects.ts';
import {
  attachment,
  autoscaler,
  budget,
  claim,
  ingress,
  namespace,
  pendingClaim,
  service,
  slice,
  storageClass,
  volume,
} from './platform-objects.ts';
import { plan, planJob, projected, talosNode } from './upgrade-objects.ts';

const DAY = 24 * 60;

interface Oddity {
  what: string;
  objects: Objects;
  /** Refs that are told as being under way: an upgrade is no fault, but no secret either. */
  underWay?: string[];
}

const lazy = storageClass({ name: 'lazy', waitsForConsumer: true });
const ended = (name: string, phase: 'Succeeded' | 'Failed'): AnyObject =>
  pod(name, {
    phase,
    conditions: [condition('Ready', 'False', 'PodCompleted')],
    containers: [
      container({ ready: false, running: undefined, terminated: { exitCode: 0, reason: 'Completed' } }),
    ],
    owner: { kind: 'Job', name: 'import', namespace: 'apps' },
  });

const ODDITIES: Oddity[] = [
  {
    what: 'a Deployment that its autoscaler has scaled to zero',
    objects: [
      workload('Deployment', 'idle', { desired: 0 }),
      service('idle'),
      slice('idle', 0),
      autoscaler({
        name: 'idle',
        target: { kind: 'Deployment', name: 'idle' },
        min: 0,
        current: 0,
        desired: 0,
        conditions: [
          condition('AbleToScale', 'True'),
          condition(
            'ScalingActive',
            'False',
            'ScalingDisabled',
            'scaling is disabled since the replica count of the target is zero',
          ),
        ],
      }),
    ],
  },
  {
    what: 'a Deployment scaled to zero by hand, with its Service and Ingress',
    objects: [workload('Deployment', 'off', { desired: 0 }), service('off'), slice('off', 0)],
  },
  {
    what: 'a rollout that is paused',
    objects: [
      workload('Deployment', 'held', {
        desired: 2,
        updated: 1,
        paused: true,
        annotations: { 'kubernetes.io/note': 'until monday' },
      }),
    ],
  },
  {
    what: 'a claim that waits for its first consumer',
    objects: [lazy, pendingClaim('later', ago(9 * DAY), { storageClass: 'lazy' })],
  },
  { what: 'a Job that is done, with its pod', objects: [job('migrate'), ended('migrate-x', 'Succeeded')] },
  {
    what: 'a Job that is suspended',
    objects: [
      job('held', {
        suspended: true,
        started: undefined,
        completed: undefined,
        succeeded: 0,
        conditions: [condition('Suspended', 'True', 'JobSuspended')],
      }),
    ],
  },
  {
    what: 'a CronJob that is suspended, long overdue',
    objects: [
      cronJob('summer', { suspended: true, lastScheduled: ago(200 * DAY), lastSuccessful: ago(200 * DAY) }),
    ],
  },
  {
    what: 'a CronJob that has never had to run',
    objects: [
      cronJob('yearly', {
        schedule: '0 0 1 1 *',
        created: ago(3 * DAY),
        lastScheduled: undefined,
        lastSuccessful: undefined,
      }),
    ],
  },
  {
    what: 'a Longhorn volume that nobody uses: detached, of unknown robustness',
    objects: [
      projected(
        rawVolume('pvc-idle', ago(600), {
          status: { state: 'detached', robustness: 'unknown', currentNodeID: '' },
        }),
        9 * DAY,
      ),
      projected(rawReplica('pvc-idle', 'worker-1', { status: { currentState: 'stopped' } })),
    ],
  },
  {
    what: 'a BackupTarget without a URL: backups are not set up',
    objects: [{ ...projected(rawBackupTarget({ available: false }, '')), name: 'unused' }],
  },
  {
    what: 'a node that is cordoned while a Plan upgrades it',
    objects: [
      talosNode('worker-4', 'v1.13.8', {
        open: true,
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', since: ago(3) }],
      }),
      projected(rawCiliumNode('worker-4')),
      plan({ name: 'talos-4', applying: ['worker-4'], complete: ['False', 'SyncJob'] }, 4),
      planJob('worker-4', 4),
    ],
    underWay: [
      'Job/system-upgrade/apply-talos-on-worker-4-with-f00dfeed',
      'Plan/system-upgrade/talos-4',
      'TalosUpgrade/cluster',
    ],
  },
  {
    what: 'a node cordoned a moment ago',
    objects: [
      projected(rawCiliumNode('spare')),
      node('spare', {
        osImage: 'Talos (v1.13.9)',
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', since: ago(10) }],
      }),
    ],
  },
  {
    what: 'a Service that is only a name for a host elsewhere',
    objects: [service('elsewhere', { type: 'ExternalName', selector: {}, ports: [] })],
  },
  { what: 'a headless Service without pods', objects: [service('peers', { headless: true, selector: {} })] },
  {
    what: 'a Service without selector, whose endpoints somebody writes',
    objects: [service('nas', { selector: {} }), slice('nas', 1)],
  },
  {
    what: 'a volume that was released and is kept',
    objects: [
      volume('pv-old', {
        phase: 'Released',
        reclaimPolicy: 'Retain',
        claim: { kind: 'PersistentVolumeClaim', namespace: 'apps', name: 'gone' },
      }),
    ],
  },
  {
    what: 'a volume that waits to be claimed',
    objects: [volume('pv-spare', { phase: 'Available', claim: undefined })],
  },
  {
    what: 'a backup that is paused',
    objects: [
      claim('paused'),
      projected(
        rawReplicationSource(ago(20 * DAY), { name: 'paused', claim: 'paused', paused: true }),
        90 * DAY,
      ),
    ],
  },
  {
    what: 'a certificate that has just been renewed',
    objects: [
      projected(
        rawCertificate({
          name: 'fresh',
          notBefore: ago(2),
          notAfter: ago(-90 * DAY),
          renewalTime: ago(-60 * DAY),
          ready: ['True', 'Ready', 'Certificate is up to date', ago(1)],
        }),
        200 * DAY,
      ),
    ],
  },
  { what: 'a DaemonSet for which there is no node', objects: [workload('DaemonSet', 'gpu', { desired: 0 })] },
  {
    what: 'a budget over a workload that is scaled to zero',
    objects: [
      budget({
        name: 'off',
        selector: { app: 'off' },
        disruptionsAllowed: 0,
        expectedPods: 0,
        currentHealthy: 0,
      }),
    ],
  },
  {
    what: 'a Kustomization that is suspended on purpose',
    objects: [
      kustomization('frozen', {
        suspended: true,
        history: [{ status: 'ReconciliationSucceeded', last: ago(9 * DAY) }],
      }),
    ],
  },
  { what: 'a namespace with nothing in it', objects: [namespace('empty')] },
  {
    what: 'a StatefulSet that is updated by deletion',
    objects: [
      workload('StatefulSet', 'ring', {
        desired: 3,
        updated: 1,
        strategy: 'OnDelete',
        currentRevision: 'a',
        updateRevision: 'b',
      }),
    ],
  },
  {
    what: 'a pod that a gate holds back from the scheduler',
    objects: [
      pod('gated', {
        phase: 'Pending',
        node: undefined,
        containers: [],
        schedulingGates: ['example.test/quota'],
        conditions: [condition('PodScheduled', 'False', 'SchedulingGated', 'held')],
      }),
    ],
  },
  {
    what: 'a container that restarted days ago',
    objects: [
      pod('old', {
        containers: [
          container({
            restarts: 7,
            last: { exitCode: 137, reason: 'OOMKilled', started: ago(9 * DAY), finished: ago(8 * DAY) },
          }),
        ],
      }),
    ],
  },
  {
    what: 'an attachment of a volume on a node that runs',
    objects: [attachment('attachment-2', { volume: 'pv-app-1', node: 'worker-2' })],
  },
  {
    what: 'an Ingress that has no TLS',
    objects: [
      ...deployed('plain', 1, (at) => pod(at)),
      service('plain'),
      slice('plain', 1),
      ingress('plain', 'plain'),
    ],
  },
  {
    what: 'warnings of a start that went well',
    objects: [
      ...deployed('slow', 1, (at) => pod(at)),
      warning(pod('slow-7d9f-0'), 'Unhealthy', 'Startup probe failed', {
        count: 4,
        first: ago(50),
        last: ago(48),
      }),
    ],
  },
];

describe('what looks odd and is well', () => {
  it.each(ODDITIES)('$what', async ({ objects, underWay = [] }) => {
    const all = [...healthyCluster(), ...objects];
    const answer = await answerFor(all);
    const { findings: moving } = await answerFor(all, { state: 'progressing' });

    expect(answer.findings.map(({ ref, reason, message }) => [ref, reason, message])).toEqual([]);
    expect(answer.verdict).toBe('healthy');
    expect(moving.map(({ ref }) => ref).toSorted()).toEqual(underWay);
  });

  it('is well in one cluster, too', async () => {
    const answer = await answerFor([...healthyCluster(), ...ODDITIES.flatMap(({ objects }) => objects)]);

    expect([answer.verdict, answer.findings]).toEqual(['healthy', []]);
  });
});
