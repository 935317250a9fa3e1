import { refOf } from '../../objects/meta.ts';
import type { VolumeSnapshot } from '../../objects/snapshot.ts';
import { clip } from '../../text.ts';
import { firstFault, minutesSince, raised, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

/** VolumeSnapshots. */
const SNAPSHOT_RULES: readonly Rule<VolumeSnapshot>[] = [
  {
    name: 'SnapshotClassMissing',
    source: 'kubernetes-csi/external-snapshotter pkg/common-controller, spec.volumeSnapshotClassName',
    judge: classMissing,
  },
  {
    name: 'SnapshotFailed',
    source: 'kubernetes-csi/external-snapshotter client/apis/volumesnapshot/v1 VolumeSnapshotStatus.error',
    judge: failed,
  },
  {
    name: 'SnapshotNotReady',
    source:
      'kubernetes-csi/external-snapshotter client/apis/volumesnapshot/v1 VolumeSnapshotStatus.readyToUse',
    judge: notReady,
  },
];

/** VolumeSnapshots. */
export const SNAPSHOTS: RuleSet = {
  component: 'backup',
  checked: ({ objects }) => objects.VolumeSnapshot,
  judge: (world) =>
    world.objects.VolumeSnapshot.filter(({ deletion, ready }) => deletion === undefined && !ready).flatMap(
      (snapshot) =>
        firstFault(SNAPSHOT_RULES, snapshot, { component: 'backup', ref: refOf(snapshot) }, world) ?? [],
    ),
};

function classMissing(snapshot: VolumeSnapshot, world: World): Symptom | undefined {
  const { class: name, created } = snapshot;
  const exists = world.objects.VolumeSnapshotClass.some((one) => one.name === name);
  if (name === undefined || exists || !world.sees('VolumeSnapshotClass')) return undefined;
  return {
    state: 'failed',
    message: `snapshot class ${name} does not exist`,
    since: created,
    evidence: [{ path: 'spec.volumeSnapshotClassName', value: name }],
  };
}

function failed(snapshot: VolumeSnapshot, world: World): Symptom | undefined {
  const { error, created } = snapshot;
  if (error === undefined) return undefined;
  return {
    state: raised(created, world.now, 15),
    message: clip(`cannot be taken: ${error.message ?? 'no message'}`, 200),
    since: created,
    evidence: [{ path: 'status.error', value: clip(error.message ?? 'none', 140) }],
    causes: causesOf(snapshot, world),
  };
}

/** Minutes until one that is not ready counts as late. */
const LATE = 15;

function notReady(snapshot: VolumeSnapshot, world: World): Symptom | undefined {
  const isLate = minutesSince(snapshot.created, world.now) >= LATE;
  return {
    state: isLate ? 'degraded' : 'progressing',
    message: snapshot.taken === undefined ? 'not yet taken' : 'taken, but not yet ready to be used',
    since: snapshot.created,
    causes: causesOf(snapshot, world),
  };
}

function causesOf({ namespace, claim }: VolumeSnapshot, world: World): string[] {
  const source =
    claim === undefined ? [] : [refOf({ kind: 'PersistentVolumeClaim', namespace, name: claim })];
  return [...source, ...operatorRefs('VolumeSnapshot', world)];
}
