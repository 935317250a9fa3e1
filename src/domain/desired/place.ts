import { matchesGlob } from '../glob.ts';
import { scanManifests } from '../repository/manifests.ts';
import type { Place } from './desired.ts';
import type { JsonObject } from './engine.ts';
import { mapAt, textAt } from './manifest.ts';

/** The directory of a path; the empty string is the root. */
export function dirname(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path with `.` and `..` resolved, without a leading or trailing slash; undefined when it leaves the root. */
export function normalPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.join('/');
}

interface Document {
  kind: string;
  name: string | undefined;
  line: number;
}

interface Scan {
  documents: readonly Document[];
  /** Those that an object has been found in. */
  taken: Set<Document>;
}

/** Finds the lines of objects in files, in the order of the build; each file is scanned once. */
export function lineFinder(
  textOf: (file: string) => string | undefined,
): (file: string, object: JsonObject) => Place {
  const scans = new Map<string, Scan>();
  return (file, object) => {
    const scan = scans.get(file) ?? {
      documents: scanManifests(textOf(file) ?? '').manifests,
      taken: new Set<Document>(),
    };
    scans.set(file, scan);
    const document = documentOf(scan, object);
    if (document) scan.taken.add(document);
    return { file, line: document?.line ?? 1 };
  };
}

/** By kind and name; where the build made the name (variables, a prefix), the first of the kind that fits and is not taken. */
function documentOf({ documents, taken }: Scan, object: JsonObject): Document | undefined {
  const ofKind = documents.filter(({ kind }) => kind === object['kind']);
  const name = textAt(mapAt(object, 'metadata'), 'name');
  const free = ofKind.filter((document) => !taken.has(document));
  const named = (among: readonly Document[]): Document | undefined =>
    among.find((document) => document.name === name);
  return (
    named(free) ??
    named(ofKind) ??
    free.find((document) => mayBecome(document, name)) ??
    ofKind.find((document) => mayBecome(document, name)) ??
    free[0] ??
    ofKind[0] ??
    documents[0]
  );
}

function mayBecome({ name: written }: Document, name: string): boolean {
  if (written === undefined) return false;
  const open = written.replaceAll(/\$\{[^}]*\}/g, '*');
  return open === written ? name.includes(written) : matchesGlob(open, name);
}
