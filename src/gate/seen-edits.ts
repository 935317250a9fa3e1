import { type EditReader, type HandEdit, createEditReader } from '#domain/changes/hand-edits.ts';
import type { ClusterReader } from '#domain/cluster.ts';
import type { LiveObjects } from '#domain/desired/live.ts';

import type { Sight } from './sight.ts';
import { type Touched, noteHidden, noteSeen } from './touched.ts';

/** A cluster that may have whole objects to look at: a recording may have none. */
export type MaybeLive = ClusterReader & { live?: LiveObjects };

/** Hand-made changes as the policy lets one caller see them. */
export function seenEdits(
  cluster: MaybeLive,
  sight: Pick<Sight, 'allows' | 'reaches'>,
  touched: Touched,
): EditReader {
  return {
    async since(time, signal) {
      const { live } = cluster;
      if (live === undefined) return { edits: [], unread: ['any kind'] };
      const { edits, unread } = await createEditReader(cluster, live).since(time, signal);
      return { edits: edits.filter((edit) => isSeen(edit, sight, touched)), unread };
    },
  };
}

function isSeen(
  { kind, namespace }: HandEdit,
  sight: Pick<Sight, 'allows' | 'reaches'>,
  touched: Touched,
): boolean {
  if (sight.allows(kind, namespace)) {
    noteSeen(touched, kind, namespace);
    return true;
  }
  noteHidden(touched, kind);
  if (namespace !== undefined && !sight.reaches(namespace)) touched.hiddenNamespaces.add(namespace);
  return false;
}
