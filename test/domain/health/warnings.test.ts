import { describe, expect, it } from 'vitest';

import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';
import type { Event } from '#domain/objects/platform.ts';

import {
  ago,
  condition,
  crashing,
  deadNode,
  deployed,
  findingsOf,
  job,
  kustomization,
  node,
  pod,
  unready,
  warning,
} from './objects.ts';
import {
  autoscaler,
  claim,
  ingress,
  ingressClass,
  service,
  slice,
  storageClass,
  volume,
} from './platform-objects.ts';

type Objects = (AnyObject | FluxObject)[];

const web = (): AnyObject[] => deployed('web', 2, (name) => pod(name));

/** A warning that came `count` times between `first` and `last` minutes ago. */
const seen = (
  on: ClusterObject,
  reason: string,
  message: string,
  [count, first, last]: [count: number, first: number, last: number],
  extra: Partial<Event> = {},
): Event => warning(on, reason, message, { count, first: ago(first), last: ago(last), ...extra });

const atWeb = (objects: readonly AnyObject[], index = 0): AnyObject =>
  objects.filter(({ kind }) => kind === 'Pod')[index] as AnyObject;

interface Row {
  source: string;
  objects: Objects;
  finding: [ref: string, state: string, reason: string];
  says: RegExp;
}

const READINESS = 'Readiness probe failed: HTTP probe failed with statuscode: 503';

const ROWS: Row[] = [
  {
    source: 'kubelet events Unhealthy: a probe that fails time and again on a ready pod',
    objects: [...web(), seen(atWeb(web()), 'Unhealthy', READINESS, [24, 50, 4])],
    finding: ['Deployment/apps/web', 'degraded', 'Unhealthy'],
    says: /warns again and again, ×24 in 46 min: Readiness probe failed/,
  },
  {
    source: 'the same on both pods: one finding of their Deployment',
    objects: [
      ...web(),
      seen(atWeb(web(), 0), 'Unhealthy', READINESS, [3, 12, 4]),
      seen(atWeb(web(), 1), 'Unhealthy', READINESS, [4, 11, 2]),
    ],
    finding: ['Deployment/apps/web', 'degraded', 'Unhealthy'],
    says: /×7 in 10 min/,
  },
  {
    source: 'kubelet events FailedMount after the pod was ready: a rotated volume',
    objects: [
      ...web(),
      seen(atWeb(web()), 'FailedMount', 'MountVolume.SetUp failed for volume "token"', [3, 9, 2]),
    ],
    finding: ['Deployment/apps/web', 'degraded', 'FailedMount'],
    says: /MountVolume.SetUp failed/,
  },
  {
    source: 'kubelet events SystemOOM on a node that is Ready',
    objects: [
      node('worker-1'),
      seen(node('worker-1'), 'SystemOOM', 'System OOM encountered, victim process: java', [1, 5, 5]),
    ],
    finding: ['Node/worker-1', 'degraded', 'SystemOOM'],
    says: /warns: System OOM encountered/,
  },
  {
    source: 'external provisioner VolumeFailedDelete: a volume whose storage does not go away',
    objects: [
      volume('pv-data'),
      claim('data', { volume: 'pv-data' }),
      seen(volume('pv-data'), 'VolumeFailedDelete', 'rpc error: in use', [1, 3, 3]),
    ],
    finding: ['PersistentVolume/pv-data', 'degraded', 'VolumeFailedDelete'],
    says: /rpc error: in use/,
  },
  {
    source: 'cloud-provider controllers/service SyncLoadBalancerFailed',
    objects: [
      ...web(),
      service('web'),
      slice('web', 2),
      seen(service('web'), 'SyncLoadBalancerFailed', 'Error syncing load balancer: no quota', [4, 14, 1]),
    ],
    finding: ['Service/apps/web', 'degraded', 'SyncLoadBalancerFailed'],
    says: /Error syncing load balancer/,
  },
  {
    source: 'cert-manager certificate-shim BadConfig on an Ingress',
    objects: [
      ...web(),
      ingressClass(),
      ingress('web', 'web'),
      service('web'),
      slice('web', 2),
      seen(
        ingress('web', 'web'),
        'BadConfig',
        'TLS entry 0 is invalid: secret "web-tls" is used twice',
        [1, 4, 4],
      ),
    ],
    finding: ['Ingress/apps/web', 'degraded', 'BadConfig'],
    says: /used twice/,
  },
  {
    source: 'a reason that nobody foresaw, twelve times in half an hour',
    objects: [...web(), seen(atWeb(web()), 'FrobnicationFailed', 'cannot frobnicate', [12, 31, 1])],
    finding: ['Deployment/apps/web', 'degraded', 'FrobnicationFailed'],
    says: /×12 in 30 min: cannot frobnicate/,
  },
  {
    source: 'a warning that comes every ten minutes only: its own rhythm tells that it goes on',
    objects: [...web(), seen(autoscaler(), 'OddMetric', 'metric is odd', [12, 119, 15]), autoscaler()],
    finding: ['HorizontalPodAutoscaler/apps/web', 'degraded', 'OddMetric'],
    says: /×12 in 104 min/,
  },
];

const SILENT: { what: string; objects: Objects }[] = [
  {
    what: 'a probe that failed a few times',
    objects: [...web(), seen(atWeb(web()), 'Unhealthy', READINESS, [4, 14, 1])],
  },
  {
    what: 'a slow start: the probe failed from the beginning until the pod was ready, and not since',
    objects: [
      pod('web', { started: ago(20), conditions: [condition('Ready', 'True', undefined, undefined, 4)] }),
      seen(pod('web'), 'Unhealthy', 'Startup probe failed', [40, 19, 5]),
    ],
  },
  {
    what: 'a burst that is over',
    objects: [...web(), seen(atWeb(web()), 'FrobnicationFailed', 'cannot frobnicate', [60, 58, 40])],
  },
  {
    what: 'many in a minute, once',
    objects: [...web(), seen(atWeb(web()), 'FrobnicationFailed', 'cannot frobnicate', [30, 3, 2])],
  },
  {
    what: 'a mount that failed before the pod was ready',
    objects: [
      pod('web', { conditions: [condition('Ready', 'True', undefined, undefined, 3)] }),
      seen(pod('web'), 'FailedMount', 'not attached yet', [5, 6, 4]),
    ],
  },
  {
    what: 'provisioning that failed before the claim was bound',
    objects: [
      storageClass(),
      claim('data'),
      seen(claim('data'), 'ProvisioningFailed', 'no space', [2, 9, 5]),
    ],
  },
  {
    what: 'writers that raced, and what kubelets always say',
    objects: [
      ...web(),
      seen(
        atWeb(web()),
        'FailedSync',
        'Operation cannot be fulfilled: the object has been modified',
        [20, 40, 1],
      ),
      seen(atWeb(web(), 1), 'DNSConfigForming', 'Nameserver limits were exceeded', [400, 59, 1]),
      node('worker-1'),
      seen(node('worker-1'), 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem', [12, 40, 1]),
    ],
  },
  {
    what: 'events of a former pod of the same name',
    objects: [...web(), seen({ ...atWeb(web()), uid: 'former' }, 'FrobnicationFailed', 'x', [40, 50, 1])],
  },
  { what: 'a Job that is done', objects: [job('import'), seen(job('import'), 'Odd', 'x', [40, 50, 1])] },
  {
    what: "Flux's objects: their conditions say it all",
    objects: [
      kustomization('apps'),
      seen(kustomization('apps'), 'ReconciliationFailed', 'timed out', [12, 40, 6]),
    ],
  },
];

describe('warnings on what looks well', () => {
  it.each(ROWS)('$source', async ({ objects, finding, says }) => {
    const findings = await findingsOf(objects);

    expect(findings.map(({ ref, state, reason }) => [ref, state, reason])).toEqual([finding]);
    expect(findings[0]?.message).toMatch(says);
  });

  it.each(SILENT)('says nothing of $what', async ({ objects }) => {
    expect(await findingsOf(objects)).toEqual([]);
  });

  it('folds a warning into the finding of its object', async () => {
    const failing = deployed('web', 1, (name) => unready(name, 5, { containers: [crashing()] }));

    const findings = await findingsOf([
      ...failing,
      seen(atWeb(failing), 'Unhealthy', READINESS, [24, 50, 1]),
    ]);

    expect(findings.map(({ ref, reason }) => [ref, reason])).toEqual([
      ['Deployment/apps/web', 'CrashLoopBackOff'],
    ]);
    expect(findings[0]?.evidence).toContainEqual({
      path: 'events[Unhealthy]',
      value: expect.stringContaining('×24'),
    });
  });

  it('follows a warning of pods on a node that is down to that node', async () => {
    const objects = [deadNode('worker-1'), ...web(), seen(atWeb(web()), 'Unhealthy', READINESS, [24, 50, 1])];

    const findings = await findingsOf(objects);

    expect(findings.map(({ ref }) => ref)).toEqual(['Node/worker-1']);
  });
});
