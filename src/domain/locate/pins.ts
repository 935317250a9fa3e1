import type { Place } from '../desired/desired.ts';
import { type DocumentLines, documentLines } from '../repository/manifest-lines.ts';
import { anchoredLine, type ImageSpot, imageSpots, isSameRepository, repositoryOf } from './image-spots.ts';
import type { Locator } from './locator.ts';
import { filledIn, fitOf, namePattern } from './name-pattern.ts';
import type { Definition } from './resolve.ts';
import { variableLine } from './variable-line.ts';

interface Spot extends ImageSpot {
  file: string;
}

/**
 * The line that says which image an object runs: of the images given, as they run, the first that is found; else the
 * only one there is. What comes last in Git wins: a kustomization's `images`, then patches, then the manifest. Undefined
 * when it is none or several: nothing is guessed.
 */
export function imageLine(
  locator: Locator,
  definition: Definition,
  running: readonly string[],
): Place | undefined {
  const spots = documentsOf(definition, locator).map(({ file, document }) =>
    imageSpots(document).map((spot): Spot => ({ ...spot, file })),
  );
  for (const image of running) {
    const replaced = replacedLine(image, definition);
    if (replaced) return replaced;
    const spot = spotFor(image, spots, definition);
    if (spot) return placeOf(spot, definition, locator);
  }
  return onlySpot(spots.flat(), running, definition, locator);
}

function replacedLine(image: string, { layers }: Definition): Place | undefined {
  const entries = layers.flatMap(({ images }) => images);
  const found = entries.findLast(({ name, newName }) =>
    isSameRepository(newName ?? name, repositoryOf(image)),
  );
  return found && { file: found.file, line: found.line };
}

function spotFor(image: string, spots: readonly Spot[][], definition: Definition): Spot | undefined {
  const wanted = repositoryOf(image);
  const fitting = spots.map((own) => own.filter((spot) => fits(spot, wanted, definition)));
  const nearest = fitting.find((own) => own.length > 0) ?? [];
  return nearest.find(({ value }) => value !== '' && image.endsWith(value)) ?? nearest[0];
}

function fits({ repository }: ImageSpot, wanted: string, { by }: Definition): boolean {
  if (repository === undefined) return false;
  const filled = filledIn(repository, by.variables);
  return isSameRepository(filled, wanted) || fitOf(namePattern(filled, by.variables), wanted) !== 'no';
}

function onlySpot(
  spots: readonly Spot[],
  running: readonly string[],
  definition: Definition,
  locator: Locator,
): Place | undefined {
  const open = running.length === 0 ? spots : spots.filter(({ repository }) => repository === undefined);
  const [only, another] = open;
  return only && another === undefined ? placeOf(only, definition, locator) : undefined;
}

function placeOf({ value, file, line }: Spot, { by }: Definition, { map }: Locator): Place {
  return variableLine(value, by, map) ?? { file, line };
}

/** The line that pins a HelmRelease's chart: its own version, or that of the source or chart its chartRef names. */
export function chartLine(locator: Locator, definition: Definition): Place | undefined {
  return pinIn(OWN_PIN, definition, locator) ?? referencedPin(definition, locator);
}

interface Pin {
  path: string;
  keys: readonly string[];
}

const OWN_PIN: Pin = { path: 'spec/chart/spec', keys: ['version'] };

/** Of an OCIRepository, and of a HelmChart. */
const SOURCE_PINS: readonly Pin[] = [
  { path: 'spec/ref', keys: ['tag', 'semver', 'digest'] },
  { path: 'spec', keys: ['version'] },
];

function referencedPin(definition: Definition, locator: Locator): Place | undefined {
  for (const { document } of documentsOf(definition, locator)) {
    const find = (key: string): string =>
      textOf(
        document.keys.find((entry) => entry.key === key && isAt(entry.path, 'spec/chartRef')),
        document,
      );
    const wanted = { kind: find('kind'), name: filledIn(find('name'), definition.by.variables) };
    if (wanted.name === '') continue;
    const found = locator.near(wanted, definition.by);
    if (found.found !== 'one') return undefined;
    return SOURCE_PINS.flatMap((pin) => pinIn(pin, found.definition, locator) ?? [])[0];
  }
  return undefined;
}

function textOf(entry: DocumentLines['keys'][number] | undefined, document: DocumentLines): string {
  return entry === undefined ? '' : anchoredLine(entry, document).value;
}

function pinIn({ path, keys }: Pin, definition: Definition, locator: Locator): Place | undefined {
  for (const { file, document } of documentsOf(definition, locator)) {
    const entries = document.keys.filter((entry) => isAt(entry.path, path) && entry.value !== '');
    const pin = keys.flatMap((key) => entries.find((entry) => entry.key === key) ?? [])[0];
    if (pin === undefined) continue;
    const { value, line } = anchoredLine(pin, document);
    return variableLine(value, definition.by, locator.map) ?? { file, line };
  }
  return undefined;
}

function isAt(path: readonly string[], wanted: string): boolean {
  return path.join('/') === wanted;
}

/** The documents that make an object, the one that has the last word first: patches in files, then the manifest. */
function documentsOf(
  { file, line, patches }: Definition,
  { map }: Locator,
): { file: string; document: DocumentLines }[] {
  return [...patches.toReversed(), { file, line }].flatMap((place) => {
    const documents = documentLines(map.texts.get(place.file) ?? '');
    const document = documents.find((one) => one.line === place.line);
    return document ? [{ file: place.file, document }] : [];
  });
}
