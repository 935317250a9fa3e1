/**
 * How many objects of real repositories are found again in Git. The referee is Flux's own build: it says under which name
 * each object lives and which file it came from. Usage: locate.ts REPOSITORY…
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DesiredObject, Rendering } from '#domain/desired/desired.ts';
import { createDesiredState } from '#domain/desired/desired-state.ts';
import { groupIn, mapAt, textAt } from '#domain/desired/manifest.ts';
import type { Locator } from '#domain/locate/locator.ts';
import { chartLine, imageLine } from '#domain/locate/pins.ts';
import type { Located } from '#domain/locate/resolve.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import { openRepository } from '../../src/adapters/git/open.ts';
import { createPlaceSource } from '../../src/adapters/places.ts';

const engine = createEngine({ wasm: engineFiles() });
const cacheDir = mkdtempSync(join(tmpdir(), 'daytwo-locate-'));
const signal = AbortSignal.timeout(600_000);

async function measure(path: string): Promise<void> {
  const { reader, close } = await openRepository({
    repository: `file://${path}`,
    cacheDir,
    environment: { ...process.env },
    now: Date.now,
    redact: (text) => text,
  });
  const { commit } = await reader.head(signal);
  const started = performance.now();
  const indexed = await createPlaceSource({ openRepository: async () => reader, patience: 60_000 }).at(
    signal,
  );
  const took = Math.round(performance.now() - started);
  if ('why' in indexed) throw new Error(indexed.why);
  const { renderings } = await createDesiredState({ repository: reader, engine }).render(
    { at: { commit: commit.sha } },
    signal,
  );
  const built = renderings.filter(({ unreached }) => unreached !== true);
  print(`${path}: ${indexed.locator.map.texts.size} files, indexed in ${took} ms`);
  for (const [what, ask] of WAYS) {
    print(`  HelmReleases, ${what}: ${countsOf(built, isRelease, ask, indexed.locator)}`);
    print(`  all objects, ${what}: ${countsOf(built, () => true, ask, indexed.locator)}`);
  }
  print(`  HelmReleases with an image or chart line: ${linesOf(built, isRelease, indexed.locator)}`);
  close();
}

function isRelease({ object }: DesiredObject): boolean {
  return object['kind'] === 'HelmRelease';
}

type Ask = (wanted: ObjectRef, by: Rendering, locator: Locator) => Located;

/** With everything that is live, with the labels alone (the Kustomization cannot be read), and with nothing live. */
const WAYS: readonly (readonly [what: string, ask: Ask])[] = [
  [
    'by label and path',
    (wanted, { name, namespace, path, spec }, locator) => {
      const targetNamespace = textAt(spec, 'targetNamespace') || undefined;
      return locator.within(wanted, { name, namespace, path: `./${path}`, targetNamespace });
    },
  ],
  ['by label alone', (wanted, { name, namespace }, locator) => locator.within(wanted, { name, namespace })],
  ['by name alone', (wanted, _, locator) => locator.anywhere(wanted)],
];

function countsOf(
  renderings: readonly Rendering[],
  isWanted: (object: DesiredObject) => boolean,
  ask: Ask,
  locator: Locator,
): string {
  const counts = { one: 0, wrong: 0, several: 0, 'several without it': 0, none: 0 };
  const doubts: string[] = [];
  for (const by of renderings) {
    for (const object of by.objects.filter(isWanted)) {
      if (object.place === undefined) continue;
      const outcome = judge(ask(referenceOf(object), by, locator), object.place.file);
      counts[outcome] += 1;
      if (outcome !== 'one')
        doubts.push(
          `${outcome}: ${by.ref} ${Object.values(referenceOf(object)).join('/')} ${object.place.file}`,
        );
    }
  }
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  const shown = doubts
    .slice(0, process.env['DOUBTS'] === undefined ? 0 : 20)
    .map((doubt) => `\n      ${doubt}`);
  return told.map(([what, count]) => `${count} ${what}`).join(', ') + shown.join('');
}

function judge(located: Located, file: string): 'one' | 'wrong' | 'several' | 'several without it' | 'none' {
  if (located.found === 'none') return 'none';
  if (located.found === 'one') return located.definition.file === file ? 'one' : 'wrong';
  return located.candidates.some((one) => one.file === file) ? 'several' : 'several without it';
}

function referenceOf({ object }: DesiredObject): ObjectRef {
  const metadata = mapAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  return {
    kind: textAt(object, 'kind'),
    group: groupIn(object),
    name: textAt(metadata, 'name'),
    ...(namespace !== '' && { namespace }),
  };
}

function linesOf(
  renderings: readonly Rendering[],
  isWanted: (object: DesiredObject) => boolean,
  locator: Locator,
): string {
  const counts = { image: 0, chart: 0, neither: 0 };
  for (const by of renderings) {
    for (const object of by.objects.filter(isWanted)) {
      const located = locator.within(referenceOf(object), {
        name: by.name,
        namespace: by.namespace,
        path: by.path,
      });
      if (located.found !== 'one') continue;
      if (imageLine(locator, located.definition, [])) counts.image += 1;
      else if (chartLine(locator, located.definition)) counts.chart += 1;
      else counts.neither += 1;
    }
  }
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

for (const repository of process.argv.slice(2)) await measure(repository);
await engine.close();
rmSync(cacheDir, { recursive: true, force: true });
