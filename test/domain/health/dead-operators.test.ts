import { describe, expect, it } from 'vitest';

import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { Workload } from '#domain/objects/workload.ts';

import {
  longhornCondition,
  rawBackupTarget,
  rawLonghornNode,
  rawVolume,
} from '../../cluster/crds/longhorn.ts';
import { rawLvmVolume } from '../../cluster/crds/openebs.ts';
import { rawReplicationSource } from '../../cluster/crds/volsync.ts';
import {
  ago,
  answerFor,
  condition,
  crashing,
  deadNode,
  deployed,
  findingsOf,
  kustomization,
  node,
  pod,
  unready,
  workload,
} from './objects.ts';
import { claim, crd } from './platform-objects.ts';
import { plan, projected, talosNode } from './upgrade-objects.ts';

type Objects = (AnyObject | FluxObject)[];

const DAY = 24 * 60;
const SYSTEM = 'system-upgrade';
const CONTROLLER = 'Deployment/system-upgrade/system-upgrade-controller';

const worker = talosNode('worker-1', 'v1.13.9', { open: true });
const controller = (extra: Partial<Workload> = {}): Workload =>
  workload('Deployment', 'system-upgrade-controller', { namespace: SYSTEM, ...extra });

const without = (minutes: number, broken = true): AnyObject[] =>
  deployed(
    'system-upgrade-controller',
    1,
    (name) => unready(name, minutes, broken ? { containers: [crashing()] } : {}),
    { namespace: SYSTEM },
  );

const source = (): AnyObject[] => [claim('data'), projected(rawReplicationSource(ago(30)), 90 * DAY)];
const volsyncDefinition = crd({
  name: 'replicationsources.volsync.backube',
  group: 'volsync.backube',
  defines: 'ReplicationSource',
  plural: 'replicationsources',
});
const neverSeen = (name = 'data'): AnyObject =>
  projected(rawReplicationSource(ago(0), { name, status: {} }), 3 * DAY);

interface Row {
  what: string;
  objects: Objects;
  /** Ref, state, reason and number of consequences of each finding. */
  findings: [ref: string, state: string, reason: string, consequences: number][];
}

const ROWS: Row[] = [
  {
    what: 'an operator that crashes: its own fault leads, and the plan it completed says nothing any more',
    objects: [worker, plan(), ...without(40)],
    findings: [[CONTROLLER, 'failed', 'CrashLoopBackOff', 1]],
  },
  {
    what: 'one that is scaled to zero',
    objects: [worker, plan(), controller({ desired: 0 })],
    findings: [[CONTROLLER, 'failed', 'OperatorDown', 1]],
  },
  {
    what: 'one that is scaled to zero and has nothing to do',
    objects: [controller({ desired: 0 })],
    findings: [],
  },
  {
    what: 'a rolling update of it, for a minute',
    objects: [
      worker,
      plan(),
      controller({
        available: 0,
        ready: 0,
        conditions: [
          condition('Available', 'False', 'MinimumReplicasUnavailable', 'no minimum availability', 1),
          condition('Progressing', 'True', 'ReplicaSetUpdated', 'is progressing', 1),
        ],
      }),
    ],
    findings: [],
  },
  { what: 'one that runs', objects: [worker, plan(), controller()], findings: [] },
  {
    what: 'one that runs under a name of its own, by its image',
    objects: [
      worker,
      plan(),
      workload('Deployment', 'suc', {
        desired: 0,
        images: { suc: 'docker.io/rancher/system-upgrade-controller:v0.18.0' },
      }),
    ],
    findings: [['Deployment/apps/suc', 'failed', 'OperatorDown', 1]],
  },
  {
    what: 'one that is not seen while all its objects look well: it may have another name',
    objects: [...source(), volsyncDefinition, workload('Deployment', 'web')],
    findings: [],
  },
  {
    what: 'one that is not seen, with an object that nobody has ever looked at',
    objects: [claim('data'), neverSeen(), volsyncDefinition, workload('Deployment', 'web')],
    findings: [['Deployment/volsync-system/volsync', 'failed', 'OperatorDown', 1]],
  },
  {
    what: 'one that is not seen, with an object whose status has no words to tell that nobody looks: its own fault leads',
    objects: [
      projected(rawLvmVolume('pvc-1', { state: 'Failed', error: { code: 'Internal', message: 'lvcreate' } })),
      crd({
        name: 'lvmvolumes.local.openebs.io',
        group: 'local.openebs.io',
        defines: 'LVMVolume',
        plural: 'lvmvolumes',
      }),
      workload('Deployment', 'web'),
    ],
    findings: [['LVMVolume/openebs/pvc-1', 'failed', 'Internal', 0]],
  },
  {
    what: 'the source that nobody has looked at, not known to be without operator where no workload is seen at all',
    objects: [claim('data'), neverSeen(), volsyncDefinition],
    findings: [['ReplicationSource/apps/data', 'failed', 'NeverSynced', 0]],
  },
  {
    what: 'a node that is down, the DaemonSet that had its only pod there, and all kinds that it looks after',
    objects: [
      deadNode('worker-1', 40),
      pod('longhorn-manager-a', {
        namespace: 'longhorn-system',
        owner: { kind: 'DaemonSet', name: 'longhorn-manager', namespace: 'longhorn-system' },
        conditions: [condition('PodScheduled', 'True'), condition('Ready', 'False', 'NodeLost', 'lost', 40)],
      }),
      workload('DaemonSet', 'longhorn-manager', { namespace: 'longhorn-system', available: 0, ready: 0 }),
      projected(rawVolume('pvc-1', ago(600)), 10 * DAY),
      projected(rawBackupTarget()),
    ],
    findings: [['Node/worker-1', 'failed', 'NotReady', 3]],
  },
  {
    what: 'a finding of an operator that is down: it is as old as that, and folds under it',
    objects: [
      node('worker-2'),
      workload('DaemonSet', 'longhorn-manager', { namespace: 'longhorn-system', desired: 0 }),
      projected(
        rawLonghornNode('worker-2', ago(600), {
          status: {
            conditions: [longhornCondition('RequiredPackages', 'False', ago(20), 'Missing', 'no iscsi')],
          },
        }),
      ),
    ],
    findings: [['DaemonSet/longhorn-system/longhorn-manager', 'failed', 'OperatorDown', 1]],
  },
  {
    what: "Flux's own controller, scaled to zero: what it reconciles is stale",
    objects: [
      workload('Deployment', 'kustomize-controller', { namespace: 'flux-system', desired: 0 }),
      kustomization('apps', {
        history: [{ status: 'ReconciliationSucceeded', last: ago(180) }],
        conditions: [condition('Ready', 'True', 'ReconciliationSucceeded', 'applied', 180)],
      }),
    ],
    findings: [['Deployment/flux-system/kustomize-controller', 'failed', 'ControllerDown', 1]],
  },
];

describe('operators that are down', () => {
  it.each(ROWS)('$what', async ({ objects, findings }) => {
    const told = await findingsOf(objects);

    expect(told.map(({ ref, state, reason, consequences }) => [ref, state, reason, consequences])).toEqual(
      findings,
    );
  });

  it('calls what its objects last said stale, good or bad, when asked', async () => {
    const objects = [
      workload('Deployment', 'volsync', { namespace: 'volsync-system', desired: 0 }),
      ...source(),
      neverSeen('other'),
    ];
    const [root] = await findingsOf(objects);
    const { consequences } = await answerFor(objects, { finding: root?.id });

    expect(consequences?.rows).toEqual([
      ['ReplicationSource/apps/data', 'stale', 'Stale'],
      ['ReplicationSource/apps/other', 'stale', 'NeverSynced'],
    ]);
  });

  it('lets a plan whose operator is down excuse nothing', async () => {
    const cordoned = talosNode('worker-1', 'v1.13.8', {
      open: true,
      unschedulable: true,
      taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', since: ago(90) }],
    });

    const findings = await findingsOf([
      cordoned,
      plan({ applying: ['worker-1'] }, 95),
      controller({ desired: 0 }),
    ]);

    expect(findings.map(({ ref, reason }) => [ref, reason])).toContainEqual(['Node/worker-1', 'Cordoned']);
  });

  it('does not blame an operator that the caller may not see', async () => {
    const { findings } = await answerFor(
      [claim('data'), neverSeen(), volsyncDefinition, workload('Deployment', 'web')],
      {},
      { states: { Deployment: 'unknown' } },
    );

    expect(findings.map(({ ref }) => ref)).toEqual(['ReplicationSource/apps/data']);
  });
});
