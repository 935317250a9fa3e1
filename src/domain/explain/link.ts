import type { World } from '../health/world.ts';
import type { NetworkPolicy } from '../objects/access.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';

/** Where a link leads and how it is called; `note` says what is worth knowing of it when nothing is wrong. */
export interface Step {
  how: string;
  ref: string;
  note?: string;
}

/** One object beside the explained one: `up` is what made it or leads to it, `down` what it makes, selects or stands on. */
export interface Link extends Step {
  direction: 'up' | 'down';
}

/** What is looked at beside the world of health. */
export interface Beside {
  policies: readonly NetworkPolicy[];
  /** Refs by the ref of their owner. */
  children: ReadonlyMap<string, readonly string[]>;
}

/** Steps from one object to those around it. */
export type Steps = (object: ClusterObject, world: World, beside: Beside) => Step[];

/** Refs of what each object owns, linear in the number of objects. */
export function childrenIn(world: World): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const [ref, object] of world.byRef) {
    const owner = ownerRef(object, world);
    if (owner === undefined) continue;
    const known = children.get(owner);
    if (known) known.push(ref);
    else children.set(owner, [ref]);
  }
  return children;
}

/** The ref of an object's owner; an owner reference does not say whether it is cluster-scoped, as Nodes are. */
export function ownerRef({ owner, namespace }: ClusterObject, world: World): string | undefined {
  if (owner === undefined) return undefined;
  const inside = refOf({ ...owner, namespace });
  const outside = refOf({ ...owner, namespace: undefined });
  const isOutside = world.byRef.has(outside) || (owner.kind === 'Node' && (owner.group ?? '') === '');
  return !world.byRef.has(inside) && isOutside ? outside : inside;
}

/** A step to another object of the same namespace. */
export function stepIn(
  { namespace }: ClusterObject,
  how: string,
  { kind, name, note }: { kind: string; name: string; note?: string },
): Step {
  return { how, ref: refOf({ kind, name, namespace }), ...(note !== undefined && { note }) };
}
