import type { Place } from '../desired/desired.ts';
import type { GitPlace } from '../finding.ts';
import type { ClusterObject, ObjectRef } from '../objects/meta.ts';
import { type Live, locateLive } from './live.ts';
import type { Definition, Located } from './resolve.ts';
import type { IndexedCommit } from './source.ts';
import { type Trouble, usefulLine } from './useful-line.ts';

/** The files of an object, the one that declares it first, then patches; or those that could declare it; or why none does. */
export type ObjectFiles =
  | { found: 'one'; files: readonly Place[] }
  | { found: 'several'; files: readonly Place[] }
  | { found: 'none'; why: string };

/** Where objects are written, as far as the caller may see the files. */
export interface ObjectPlaces {
  commit: string;
  /** The line to look at for a trouble with a live object; undefined where none is known or may be shown. */
  gitOf: (object: ClusterObject, trouble: Trouble, live: Live) => GitPlace | undefined;
  /** Of a live object, by its labels. */
  filesOf: (object: ClusterObject, live: Live) => ObjectFiles;
  /** Of an object that is not seen live, by its name alone. */
  filesNamed: (object: ObjectRef) => ObjectFiles;
}

/** The places of one commit; a file that is not allowed is as if it were not there. */
export function objectPlaces(
  { commit, locator, lastChange }: IndexedCommit,
  allows: (file: string) => boolean,
): ObjectPlaces {
  const marked = (place: Place): GitPlace => {
    const change = lastChange(place.file);
    if (change === undefined) return place;
    return { ...place, commit: change.sha.slice(0, 12), author: change.author, when: change.when };
  };
  return {
    commit,
    gitOf: (object, trouble, live) => {
      const located = locateLive(object, live, locator);
      if (located.found === 'several') return candidatesOf(located.candidates.filter(isShown(allows)));
      if (located.found === 'none' || !allows(located.definition.file)) return undefined;
      const place = usefulLine(trouble, located.definition, locator);
      if (!allows(place.file)) return undefined;
      const patch = patchOf(located.definition, place, allows);
      return { ...marked(place), ...(patch && { patch }) };
    },
    filesOf: (object, live) => filesIn(locateLive(object, live, locator), allows),
    filesNamed: (object) => filesIn(locator.anywhere(object), allows),
  };
}

function isShown(allows: (file: string) => boolean): (place: Place) => boolean {
  return ({ file }) => allows(file);
}

/** Candidates worth naming in an answer. */
const MOST = 3;

function candidatesOf(definitions: readonly Definition[]): GitPlace | undefined {
  if (definitions.length === 0) return undefined;
  return { candidates: definitions.slice(0, MOST).map(textOf) };
}

/** The last patch by name, if it stands in another file than the line. */
function patchOf(
  { patches }: Definition,
  { file }: Place,
  allows: (file: string) => boolean,
): string | undefined {
  const patch = patches.findLast((one) => one.file !== file && allows(one.file));
  return patch && textOf(patch);
}

function textOf({ file, line }: Place): string {
  return `${file}:${line}`;
}

function filesIn(located: Located, allows: (file: string) => boolean): ObjectFiles {
  if (located.found === 'none') return located;
  const places =
    located.found === 'several' ? located.candidates : [located.definition, ...located.definition.patches];
  const files = places.filter(isShown(allows)).map(({ file, line }) => ({ file, line }));
  return files.length === 0
    ? { found: 'none', why: 'no file that may be shown declares it' }
    : { found: located.found, files };
}
