import { toToolError } from '../../errors.ts';
import type { Base } from './base.ts';
import { type Built, unbuilt } from './build.ts';
import type { Asking } from './desired-state.ts';
import type { Rendering } from './desired.ts';
import { mapAt, mapsAt, textAt } from './manifest.ts';
import { type Node, pathOf, sourceRef } from './node.ts';
import { withNames } from './sentinels.ts';

/** A Kustomization with its rendering; without a base where nothing could be read. */
export interface Made {
  node: Node;
  rendering: Rendering;
  base?: Base;
}

/** Renders Kustomizations; those that take variables from ConfigMaps come after those that may render the ConfigMaps. */
export async function makeAll(nodes: readonly Node[], asking: Asking): Promise<Made[]> {
  const made = new Map<Node, Made>();
  const [first, later] = [
    nodes.filter((node) => !takesFromConfigMap(node)),
    nodes.filter(takesFromConfigMap),
  ];
  for (const group of [first, later]) {
    const done = await Promise.all(group.map((node) => make(node, asking)));
    for (const one of done) {
      made.set(one.node, one);
      asking.sources.note(one.node, one.rendering);
    }
  }
  return nodes.flatMap((node) => made.get(node) ?? []);
}

function takesFromConfigMap({ spec }: Node): boolean {
  const sources = mapsAt(mapAt(spec, 'postBuild'), 'substituteFrom');
  return sources.some((source) => textAt(source, 'kind') === 'ConfigMap');
}

async function make(node: Node, asking: Asking): Promise<Made> {
  try {
    if (mapAt(node.spec, 'sourceRef')['kind'] === undefined)
      return { node, rendering: renderingOf(node, unbuilt('it names no source'), '') };
    const base = await asking.baseFor(node);
    if (base === undefined) return { node, rendering: renderingOf(node, foreign(node), '') };
    return { node, base, rendering: renderingOf(node, await asking.build(node, base), base.commit) };
  } catch (error) {
    asking.signal.throwIfAborted();
    const { code, message } = toToolError(error);
    if (code === 'unavailable') throw error;
    return { node, rendering: renderingOf(node, unbuilt(message), node.applied ?? '') };
  }
}

function foreign(node: Node): Built {
  const reason = `follows ${withNames(sourceRef(node))}, which is not this repository`;
  return { ...unbuilt(reason), status: 'foreign source' };
}

/** Nothing can be said of what it applies: its build failed, or its source is elsewhere. */
export function isUnbuilt({ status, objects }: Rendering): boolean {
  return objects.length === 0 && status !== 'ok' && status !== 'generated';
}

/** What is known of a Kustomization, with what its build gave. */
export function renderingOf(node: Node, built: Built, commit: string): Rendering {
  const { ref, namespace, name, spec, parent, declared, unreached } = node;
  return {
    ref: withNames(ref),
    namespace,
    name,
    path: withNames(pathOf(node) ?? ''),
    spec,
    ...(parent !== undefined && { parent }),
    ...(declared && { declared }),
    ...(unreached === true && { unreached }),
    ...built,
    commit,
  };
}
