import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Manifest } from '../../test/cluster/manifest.ts';
import { suffixOf } from '../../test/cluster/seed.ts';
import { drill } from './drill.ts';
import { rootsOf } from './flux.ts';
import { linkChecker } from './link-checker.ts';
import { platform } from './platform.ts';
import { buildRepository } from './repository.ts';
import { objectsOf, plainKustomizations } from './service-objects.ts';
import { servicesOf } from './services.ts';
import { DAY, type Aged, type Revisions, type Story } from './story.ts';
import { brokenWiki, warnings } from './wiki.ts';

/**
 * A fictional home cluster in its bad hour, `now` being the moment. An image bump has the wiki crash-loop for three
 * quarters of an hour, which fails its release and its Kustomization and blocks the two that wait for it. Beside that: a
 * Kustomization suspended for six days, a backup drill that has failed for three nights, and a forgotten cordon.
 */
export async function homelab(now: number): Promise<Aged[]> {
  const at = (age: number): Date => new Date(now - age);
  const story = { now, at, ...(await revisions()) };
  const services = servicesOf(story).flatMap((service) => objectsOf(service, story));
  const applied = [...services, ...plainKustomizations(story)];
  const roots = rootsOf(
    applied.filter(({ kind }) => kind === 'Kustomization'),
    story,
  );
  const steady = [...platform(story), ...roots, ...applied, ...linkChecker(story), ...drill(story)];
  const aged = distinct(steady).map((object) => ({ object, created: createdOf(object, story) }));
  return [...aged, ...brokenWiki(story), ...warnings(story)];
}

/** The commits of the example's repository, as Flux writes them. */
async function revisions(): Promise<Revisions> {
  const directory = await mkdtemp(join(tmpdir(), 'daytwo-example-'));
  try {
    const { commits, head } = await buildRepository(directory, { at: 'broken' });
    const beforeWiki = commits.get('fix(helm): update chart jellyfin 23.1.1 -> 23.1.2');
    if (beforeWiki === undefined) throw new Error('the history has no commit that updates jellyfin');
    return { head: `main@sha1:${head}`, before: `main@sha1:${beforeWiki}` };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Two services may share a namespace. */
function distinct(objects: readonly Manifest[]): Manifest[] {
  const byName = new Map(
    objects.map((object) => [`${object.kind}/${object.metadata.namespace}/${object.metadata.name}`, object]),
  );
  return [...byName.values()];
}

/**
 * Runs and pods of the last day began when they say, other pods are younger than what owns them, everything else came with
 * the cluster in some order.
 */
function createdOf({ kind, metadata, status }: Manifest, { at }: Story): Date {
  const owner = metadata.ownerReferences?.[0]?.kind;
  const started = new Date(String(status?.['startTime']));
  if (kind === 'Job' || owner === 'Job' || started > at(DAY)) return started;
  const [letter = 0] = Buffer.from(suffixOf(metadata.name, 1));
  return at(kind === 'Pod' ? (5 + (letter % 9)) * DAY : (150 + (letter % 60)) * DAY);
}
