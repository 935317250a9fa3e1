import { execFileSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';

import { nameIn, namespaceIn } from '../../src/domain/locate/instances.ts';
import { type Locator, createLocator } from '../../src/domain/locate/locator.ts';
import { filledIn } from '../../src/domain/locate/name-pattern.ts';
import { mapRepository } from '../../src/domain/locate/repository-map.ts';

/** Run by hand: `node test/truth/locate.ts GIT_DIR…` counts how many HelmReleases of real repositories are found again. */
for (const directory of process.argv.slice(2)) {
  const texts = textsOf(directory);
  const started = performance.now();
  const locator = await createLocator(await mapRepository(texts, pause), pause);
  const read = performance.now();
  const counts = countsOf(locator);
  const took = { map: Math.round(read - started), all: Math.round(performance.now() - read) };
  process.stdout.write(`${JSON.stringify({ directory, ...counts, milliseconds: took }, undefined, 1)}\n`);
}

function pause(): Promise<void> {
  return setImmediate();
}

function textsOf(directory: string): Map<string, string> {
  const git = (...args: string[]): string =>
    execFileSync('git', ['--git-dir', directory, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const files = git('ls-tree', '-r', '-z', '--name-only', 'HEAD')
    .split('\0')
    .filter((file) => /\.ya?ml$|\/Kustomization$/.test(file));
  return new Map(files.map((file) => [file, git('show', `HEAD:${file}`)]));
}

/** Each reachable HelmRelease as its live object: the name as rendered, unknown variables as some text, and its labels. */
function countsOf(locator: Locator): Record<string, unknown> {
  const counts = { one: 0, wrong: 0, several: 0, none: 0 };
  const doubts: string[] = [];
  const reachedFiles = new Set<string>();
  for (const by of locator.instances) {
    for (const reached of by.reached) {
      reachedFiles.add(reached.object.file);
      if (reached.object.kind !== 'HelmRelease') continue;
      const live = (text: string): string =>
        filledIn(text, by.variables).replaceAll(/\$\{[^}]*\}/g, 'unknown');
      const name = live(nameIn(reached));
      const namespace = live(namespaceIn(reached) ?? by.namespace ?? 'default');
      const found = locator.within(
        { kind: 'HelmRelease', name, namespace },
        { name: by.name, namespace: by.namespace, path: by.path },
      );
      const isRight = found.found === 'one' && found.definition.file === reached.object.file;
      counts[found.found === 'one' && !isRight ? 'wrong' : found.found] += 1;
      if (!isRight)
        doubts.push(`${namespace}/${name} of ${by.name}: ${found.found}, is in ${reached.object.file}`);
    }
  }
  const all = [...locator.map.declared.values()].flat().filter(({ kind }) => kind === 'HelmRelease');
  const unreached = all
    .filter(({ file }) => !reachedFiles.has(file))
    .map(({ file, name }) => `${file} ${name}`);
  return {
    files: locator.map.texts.size,
    kustomizations: locator.instances.length,
    declared: all.length,
    ...counts,
    doubts,
    unreached: unreached.slice(0, 30),
  };
}
