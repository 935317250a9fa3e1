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

/** Finds the lines of objects in files; each file is scanned once. */
export function lineFinder(
  textOf: (file: string) => string | undefined,
): (file: string, object: JsonObject) => Place {
  const scans = new Map<string, readonly Document[]>();
  return (file, object) => {
    const known = scans.get(file);
    const documents = known ?? scanManifests(textOf(file) ?? '').manifests;
    if (known === undefined) scans.set(file, documents);
    return { file, line: lineIn(documents, object) };
  };
}

/** By kind and name; a name that the build made (a prefix, a variable) leaves the kind, and then the first document. */
function lineIn(documents: readonly Document[], object: JsonObject): number {
  const ofKind = documents.filter(({ kind }) => kind === object['kind']);
  const name = textAt(mapAt(object, 'metadata'), 'name');
  const named = ofKind.find((document) => document.name === name);
  const close = ofKind.find((document) => document.name !== undefined && name.includes(document.name));
  return (named ?? close ?? ofKind[0] ?? documents[0])?.line ?? 1;
}
