import type { Cell } from './table.ts';

import type { ServedKind } from './cluster.ts';
import { ageOf } from './duration.ts';
import { conditionOf } from './conditions.ts';
import { knownKindOf } from './kinds.ts';
import type { AnyObject } from './objects/index.ts';
import type { BackupTarget, LonghornBackup, LonghornVolume } from './objects/longhorn.ts';
import type { ClusterObject } from './objects/meta.ts';
import type { Service } from './objects/network.ts';
import type { Claim, Event, Node } from './objects/platform.ts';
import type { Plan } from './objects/upgrade.ts';
import type { Replication } from './objects/volsync.ts';
import type { CronJob, Job, Pod, Workload } from './objects/workload.ts';

interface Column<T> {
  name: string;
  value: (object: T, now: number) => Cell;
}

/** What a list of a kind shows beside namespace, name and age; kinds without an entry show their status. */
const COLUMNS: Readonly<Record<string, readonly Column<never>[]>> = {
  Pod: [
    column<Pod>('ready', ({ containers }) => readyOf(containers.filter(({ role }) => role === 'main'))),
    column<Pod>('status', podStatus),
    column<Pod>('restarts', ({ containers }) => containers.reduce((sum, { restarts }) => sum + restarts, 0)),
    column<Pod>('node', ({ node }) => node ?? null),
  ],
  Deployment: workloadColumns(),
  StatefulSet: workloadColumns(),
  DaemonSet: workloadColumns(),
  ReplicaSet: workloadColumns(),
  Job: [
    column<Job>('status', (job) => statusOf(job)),
    column<Job>('succeeded', ({ succeeded, completions }) => `${succeeded}/${completions ?? 1}`),
    column<Job>('failed', ({ failed }) => failed),
  ],
  CronJob: [
    column<CronJob>('schedule', ({ schedule }) => schedule),
    column<CronJob>('suspended', ({ suspended }) => suspended),
    column<CronJob>('lastSuccess', ({ lastSuccessful }, now) => ageOf(lastSuccessful, now) ?? null),
  ],
  Node: [
    column<Node>(
      'status',
      (node) => `${readyCondition(node)}${node.unschedulable ? ',SchedulingDisabled' : ''}`,
    ),
    column<Node>('controlPlane', ({ controlPlane }) => controlPlane),
    column<Node>('kubelet', ({ kubelet }) => kubelet),
    column<Node>('os', ({ osImage }) => osImage),
  ],
  PersistentVolumeClaim: [
    column<Claim>('status', ({ phase }) => phase),
    column<Claim>('capacity', ({ capacity, requested }) => capacity ?? requested ?? null),
    column<Claim>('storageClass', ({ storageClass }) => storageClass ?? null),
  ],
  Plan: [
    column<Plan>('complete', planStatus),
    column<Plan>('version', ({ latestVersion, version }) => latestVersion ?? version ?? null),
    column<Plan>('applying', ({ applying }) => applying.join(',') || null),
  ],
  Service: [
    column<Service>('type', ({ type }) => type),
    column<Service>('ports', ({ ports }) =>
      ports.map(({ port, protocol }) => `${port}/${protocol}`).join(','),
    ),
  ],
  ReplicationSource: replicationColumns(),
  ReplicationDestination: replicationColumns(),
  Volume: [
    column<LonghornVolume>('status', ({ robustness }) => robustness),
    column<LonghornVolume>('state', ({ state }) => state),
    column<LonghornVolume>('node', ({ node }) => node ?? null),
    column<LonghornVolume>('claim', ({ claim }) => (claim ? `${claim.namespace}/${claim.name}` : null)),
  ],
  'Backup.longhorn.io': [
    column<LonghornBackup>('status', ({ state }) => state ?? 'unknown'),
    column<LonghornBackup>('volume', ({ volume }) => volume ?? null),
  ],
  BackupTarget: [
    column<BackupTarget>('configured', ({ configured }) => configured),
    column<BackupTarget>('available', ({ available }) => available),
  ],
  Event: [
    column<Event>('reason', ({ reason }) => reason),
    column<Event>('message', ({ message }) => message.slice(0, 160)),
    column<Event>('times', ({ count }) => count),
  ],
};

/** The names of the columns that `cellsOf` fills for this kind. */
export function columnsOf({ kind, group }: Pick<ServedKind, 'kind' | 'group'>): string[] {
  return columnsFor(kind, group).map(({ name }) => name);
}

/** The cells of one object for the columns of its kind. */
export function cellsOf(object: AnyObject, now: number): Cell[] {
  const [group = '', version] = object.apiVersion.split('/');
  const columns = columnsFor(object.kind, version === undefined ? '' : group);
  return columns.map(({ value }) => value(object as never, now));
}

/** A namesake in another group, such as Longhorn's Node, has not the fields of the kind the columns are made for. */
function columnsFor(kind: string, group: string): readonly Column<never>[] {
  return COLUMNS[knownKindOf(kind, group) ?? ''] ?? DEFAULT;
}

const DEFAULT: readonly Column<never>[] = [column<ClusterObject>('status', statusOf)];

function column<T>(name: string, value: Column<T>['value']): Column<never> {
  return { name, value };
}

function workloadColumns(): Column<never>[] {
  return [
    column<Workload>('ready', ({ ready, desired }) => `${ready}/${desired}`),
    column<Workload>('updated', ({ updated }) => updated),
    column<Workload>('available', ({ available }) => available),
  ];
}

function replicationColumns(): Column<never>[] {
  return [
    column<Replication>('status', ({ result, paused }) => (paused ? 'Paused' : (result ?? 'unknown'))),
    column<Replication>('lastSync', ({ lastSync }, now) => ageOf(lastSync, now) ?? null),
    column<Replication>('schedule', ({ schedule }) => schedule ?? null),
    column<Replication>('claim', ({ claim }) => claim ?? null),
  ];
}

function readyOf(containers: readonly { ready: boolean }[]): string {
  return `${containers.filter(({ ready }) => ready).length}/${containers.length}`;
}

/** The reason kubectl would print: what a container waits for before the phase, which says Running over a crash loop. */
function podStatus(pod: Pod): string {
  if (pod.deletion) return 'Terminating';
  if (pod.reason) return pod.reason;
  const waiting = pod.containers.find(({ waiting: state }) => state?.reason)?.waiting?.reason;
  const ended = pod.containers.find(({ role, terminated }) => role === 'main' && terminated?.reason)
    ?.terminated?.reason;
  return waiting ?? ended ?? pod.phase;
}

/** Complete=True may mean that no node was let through: the column says what the Plan says, not that nodes are upgraded. */
function planStatus(plan: Plan): string {
  const complete = conditionOf(plan, 'Complete');
  return complete === undefined ? 'unknown' : [complete.status, complete.reason].filter(Boolean).join(': ');
}

/** Conditions that mean an end when they are true, worst first. */
const FINAL = ['Stalled', 'Failed', 'Complete'] as const;

/** What the object says of itself, worst first; a kind that says nothing is `unknown`, which is not healthy. */
function statusOf(object: ClusterObject): string {
  if (object.deletion) return 'Terminating';
  if ('suspended' in object && object.suspended === true) return 'Suspended';
  for (const type of FINAL) {
    const condition = conditionOf(object, type);
    if (condition?.status === 'True') return condition.reason ? `${type}: ${condition.reason}` : type;
  }
  return object.phase ?? readyCondition(object);
}

function readyCondition(object: ClusterObject): string {
  const ready =
    conditionOf(object, 'Ready') ?? conditionOf(object, 'Available') ?? conditionOf(object, 'Established');
  if (ready === undefined) return 'unknown';
  if (ready.status === 'True') return ready.type;
  return `Not${ready.type}${ready.reason ? `: ${ready.reason}` : ''}`;
}
