import type { ClusterReader, ServedKind } from '../cluster.ts';
import type { JsonObject } from '../desired/engine.ts';
import type { LiveObjects } from '../desired/live.ts';
import { mapAt, refIn, textAt } from '../desired/manifest.ts';
import { ownersIn } from '../drift/managed-fields.ts';
import { isBenign, wordsFor } from '../drift/managers.ts';
import { ownedPaths } from '../drift/owned-paths.ts';
import { parseTime } from '../duration.ts';
import { nameSome } from '../text.ts';

/** What a hand changed on an object: fields by their paths, never a value. */
export interface HandEdit {
  ref: string;
  kind: string;
  namespace?: string;
  name: string;
  /** RFC 3339: then or before. */
  when: string;
  by: string;
  fields: string;
}

/** Finds objects that something other than a controller has changed since a time. */
export interface EditReader {
  since(time: number, signal: AbortSignal): Promise<{ edits: HandEdit[]; unread: string[] }>;
}

/** Kinds that people edit. */
const EDITED: readonly (readonly [group: string, kind: string])[] = [
  ['apps', 'Deployment'],
  ['apps', 'StatefulSet'],
  ['apps', 'DaemonSet'],
  ['batch', 'CronJob'],
  ['', 'Service'],
  ['', 'ConfigMap'],
  ['', 'PersistentVolumeClaim'],
  ['', 'Node'],
  ['networking.k8s.io', 'Ingress'],
  ['networking.k8s.io', 'NetworkPolicy'],
  ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
  ['helm.toolkit.fluxcd.io', 'HelmRelease'],
  ['source.toolkit.fluxcd.io', 'GitRepository'],
];

const FIELDS = 4;

/** Reads managedFields of the kinds that people edit; kinds that cannot be read are `unread`. */
export function createEditReader(cluster: ClusterReader, live: LiveObjects): EditReader {
  return {
    async since(time, signal) {
      const { kinds } = await cluster.discover(signal);
      const wanted = EDITED.flatMap(
        ([group, kind]) => kinds.find((one) => one.group === group && one.kind === kind) ?? [],
      );
      const lists = await Promise.all(wanted.map((kind) => read(live, kind, time, signal)));
      return { edits: lists.flatMap(({ edits }) => edits), unread: lists.flatMap(({ unread }) => unread) };
    },
  };
}

async function read(
  live: LiveObjects,
  kind: ServedKind,
  time: number,
  signal: AbortSignal,
): Promise<{ edits: HandEdit[]; unread: string[] }> {
  const listing = await live.list(kind, undefined, signal);
  const unread = listing.state === 'current' ? [] : [kind.kind];
  return { edits: listing.items.flatMap((object) => editsOn(object, time)), unread };
}

/** Creation is a change by itself, and no edit. */
function editsOn(object: JsonObject, time: number): HandEdit[] {
  const metadata = mapAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  return ownersIn(object).flatMap((owner, at) => {
    const isRecent = (parseTime(owner.time) ?? 0) >= time;
    if (!isRecent || owner.time === undefined || isBenign(owner) || owner.subresource === 'status') return [];
    const paths = ownedPaths(object, at, FIELDS + 1);
    return [
      {
        ref: refIn(object),
        kind: textAt(object, 'kind'),
        ...(namespace !== '' && { namespace }),
        name: textAt(metadata, 'name'),
        when: owner.time,
        by: wordsFor(owner),
        fields: nameSome(paths, FIELDS),
      },
    ];
  });
}
