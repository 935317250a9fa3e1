import { groupIn, mapAt, mapsAt, textAt } from '../desired/manifest.ts';
import type { JsonObject } from '../desired/engine.ts';
import { targets } from '../locate/name-pattern.ts';
import { matchesSelector, parseSelector } from '../selector.ts';

const PREFIX = 'kustomize.toolkit.fluxcd.io/';

/** What labels and annotations of an object, and its Kustomization's spec, say about how Flux treats it. */
export interface Treatment {
  /** Why Flux leaves the whole object alone; undefined when it does not. */
  left?: string;
  /** Additions by kubectl stay. */
  keepsAdditions: boolean;
  /** An immutable change is made by making the object anew. */
  isForced: boolean;
  isPruned: boolean;
  /** Fields that are left alone, as paths. */
  ignored: readonly string[];
}

/** kustomize-controller's marks, in whatever case (kustomize-controller, docs/spec/v1/kustomizations.md). */
export function treatmentOf(desired: JsonObject | undefined, live: JsonObject, spec: JsonObject): Treatment {
  const mark = (name: string): string => markOf(desired, name) || markOf(live, name);
  const ssa = mark('ssa');
  const left = leftBy(mark('reconcile'), ssa);
  return {
    ...(left !== undefined && { left }),
    keepsAdditions: ssa === 'merge',
    isForced: mark('force') === 'enabled' || spec['force'] === true,
    isPruned: spec['prune'] === true && mark('prune') !== 'disabled',
    ignored: ignoredIn(desired ?? live, spec),
  };
}

function leftBy(reconcile: string, ssa: string): string | undefined {
  if (reconcile === 'disabled') return `it is marked ${PREFIX}reconcile: disabled`;
  if (ssa === 'ignore') return `it is marked ${PREFIX}ssa: Ignore`;
  return ssa === 'ifnotpresent' ? `it is marked ${PREFIX}ssa: IfNotPresent` : undefined;
}

function markOf(object: JsonObject | undefined, name: string): string {
  const metadata = mapAt(object ?? {}, 'metadata');
  const of = (marks: JsonObject): string => textAt(marks, PREFIX + name).toLowerCase();
  return of(mapAt(metadata, 'annotations')) || of(mapAt(metadata, 'labels'));
}

/** `spec.ignore[]`: JSON pointers, for all objects or for those a target names. */
function ignoredIn(object: JsonObject, spec: JsonObject): string[] {
  return mapsAt(spec, 'ignore')
    .filter((rule) => isTarget(mapAt(rule, 'target'), object))
    .flatMap((rule) => (Array.isArray(rule['paths']) ? (rule['paths'] as unknown[]) : []))
    .filter((path): path is string => typeof path === 'string')
    .map(fromPointer);
}

/** Each part is a regular expression of the whole text, or a selector (fluxcd/pkg, apis/kustomize, Selector). */
function isTarget(target: JsonObject, object: JsonObject): boolean {
  const metadata = mapAt(object, 'metadata');
  const parts = {
    group: groupIn(object),
    version: textAt(object, 'apiVersion').split('/').at(-1) ?? '',
    kind: textAt(object, 'kind'),
    name: textAt(metadata, 'name'),
    namespace: textAt(metadata, 'namespace'),
  };
  return (
    Object.entries(parts).every(([key, value]) => isFit(textAt(target, key), value)) &&
    isSelected(textAt(target, 'labelSelector'), mapAt(metadata, 'labels')) &&
    isSelected(textAt(target, 'annotationSelector'), mapAt(metadata, 'annotations'))
  );
}

function isFit(expression: string, value: string): boolean {
  return expression === '' || targets(expression, value);
}

/** A selector that cannot be read selects nothing. */
function isSelected(selector: string, marks: JsonObject): boolean {
  if (selector === '') return true;
  const texts = Object.keys(marks).map((key) => [key, textAt(marks, key)] as const);
  try {
    return matchesSelector(Object.fromEntries(texts), parseSelector(selector));
  } catch {
    return false;
  }
}

function fromPointer(pointer: string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts
    .map((part) =>
      /^\d+$/.test(part) ? '[]' : /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join('');
}
