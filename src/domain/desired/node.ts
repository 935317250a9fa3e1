import type { DesiredObject, Place, Rendering } from './desired.ts';
import type { Document } from './documents.ts';
import type { JsonObject } from './engine.ts';
import { mapAt, textAt } from './manifest.ts';
import { normalPath } from './place.ts';

/** A Flux Kustomization that is to be rendered. */
export interface Node {
  ref: string;
  namespace: string;
  name: string;
  spec: JsonObject;
  /** Paths of its spec, such as `.postBuild.substitute.HOST`, whose values are not plain in Git. */
  hidden: ReadonlySet<string>;
  parent?: string;
  declared?: Place;
  unreached?: boolean;
  /** What it hangs from, with the directory which that applies: namesakes elsewhere are of another cluster. */
  root?: { key: string; path: string };
  /** The commit it last applied, if that is asked for and known. */
  applied?: string;
}

/** A source as a Kustomization names it: `Kind/namespace/name`. */
export function sourceRef({ spec, namespace }: Pick<Node, 'spec' | 'namespace'>): string {
  const source = mapAt(spec, 'sourceRef');
  return `${textAt(source, 'kind')}/${textAt(source, 'namespace') || namespace}/${textAt(source, 'name')}`;
}

/** `spec.path` from the artifact's root; undefined when it leaves it. */
export function pathOf({ spec }: Pick<Node, 'spec'>): string | undefined {
  return normalPath(textAt(spec, 'path'));
}

/** A child as its parent renders it. */
export function childNode(child: DesiredObject, parent: Rendering): Node {
  const metadata = mapAt(child.object, 'metadata');
  const holes = [...child.holes.keys()].filter((path) => /^\.spec(?:[.[]|$)/.test(path));
  const namespace = textAt(metadata, 'namespace') || parent.namespace;
  const name = textAt(metadata, 'name');
  return {
    ref: `Kustomization/${namespace}/${name}`,
    namespace,
    name,
    spec: mapAt(child.object, 'spec'),
    hidden: new Set(holes.map((path) => path.slice('.spec'.length))),
    parent: parent.ref,
    ...(child.place && { declared: child.place }),
  };
}

/** One as it is written, before any parent has patched it. */
export function writtenNode({ object, name, namespace, file, line }: Document, home: string): Node {
  const own = namespace ?? home;
  return {
    ref: `Kustomization/${own}/${name}`,
    namespace: own,
    name,
    spec: mapAt(object, 'spec'),
    hidden: new Set(),
    declared: { file, line },
  };
}

/** Names of inline variables whose values are not plain: one by one, or where a map around them is closed as a whole. */
export function hiddenVariables({ hidden, spec }: Node): ReadonlySet<string> {
  const inline = Object.keys(mapAt(mapAt(spec, 'postBuild'), 'substitute'));
  const isClosed = ['', '.postBuild', '.postBuild.substitute'].some((path) => hidden.has(path));
  return new Set(inline.filter((name) => isClosed || hidden.has(`.postBuild.substitute.${name}`)));
}
