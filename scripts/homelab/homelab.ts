import type { Manifest } from '../../test/cluster/manifest.ts';
import { revisionOf, suffixOf } from '../../test/cluster/seed.ts';
import { drill } from './drill.ts';
import { rootsOf } from './flux.ts';
import { platform } from './platform.ts';
import { objectsOf, plainKustomizations } from './service-objects.ts';
import { servicesOf } from './services.ts';
import { DAY, type Aged, type Story } from './story.ts';
import { brokenWiki, warnings } from './wiki.ts';

/**
 * A fictional home cluster in its bad hour, `now` being the moment. An image bump has the wiki crash-loop for three
 * quarters of an hour, which fails its release and its Kustomization and blocks the two that wait for it. Beside that: a
 * Kustomization suspended for six days, a backup drill that has failed for three nights, and a forgotten cordon.
 */
export function homelab(now: number): Aged[] {
  const at = (age: number): Date => new Date(now - age);
  const story = {
    now,
    at,
    head: revisionOf('wiki 3.2.0 -> 3.3.0'),
    before: revisionOf('before'),
    old: revisionOf('last week'),
  };
  const services = servicesOf(story).flatMap((service) => objectsOf(service, story));
  const applied = [...services, ...plainKustomizations(story)];
  const roots = rootsOf(
    applied.filter(({ kind }) => kind === 'Kustomization'),
    story,
  );
  const steady = [...platform(story), ...roots, ...applied, ...drill(story)];
  const aged = distinct(steady).map((object) => ({ object, created: createdOf(object, story) }));
  return [...aged, ...brokenWiki(story), ...warnings(story)];
}

/** Two services may share a namespace. */
function distinct(objects: readonly Manifest[]): Manifest[] {
  const byName = new Map(
    objects.map((object) => [`${object.kind}/${object.metadata.namespace}/${object.metadata.name}`, object]),
  );
  return [...byName.values()];
}

/** Runs began when they say, pods are younger than what owns them, everything else came with the cluster in some order. */
function createdOf({ kind, metadata, status }: Manifest, { at }: Story): Date {
  const owner = metadata.ownerReferences?.[0]?.kind;
  if (kind === 'Job' || owner === 'Job') return new Date(String(status?.['startTime']));
  const [letter = 0] = Buffer.from(suffixOf(metadata.name, 1));
  return at(kind === 'Pod' ? (5 + (letter % 9)) * DAY : (150 + (letter % 60)) * DAY);
}
