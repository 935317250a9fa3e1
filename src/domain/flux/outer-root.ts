import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { Blocker } from './blockers.ts';
import type { OuterRoot } from './verdict.ts';
import { conditionOf, targetOf, type World } from './world.ts';

/** An object that others wait for and that the caller's objects do not hold. */
export interface Absence {
  blocker: Blocker;
  /** Those that wait for it. */
  waiting: readonly FluxObject[];
}

/** The ref to name it by: of one that the policy may hide, nothing but the kind is told. */
export function outerRef(blocker: Blocker, world: World): string {
  return mayBeHidden(blocker, world) ? `${blocker.kind}/hidden` : blocker.ref;
}

/** The root that stands for it: missing only where it is sure that neither the policy nor a failed read hides it. */
export function outerRootOf({ blocker, waiting }: Absence, world: World): OuterRoot {
  const ref = outerRef(blocker, world);
  if (mayBeHidden(blocker, world)) {
    return { ref, state: 'unknown', reason: 'HiddenOrMissing', message: 'hidden by policy or missing' };
  }
  if (world.unreadableKinds.has(blocker.kind)) {
    return {
      ref,
      state: 'unknown',
      reason: 'NotReadable',
      message: `objects of kind ${blocker.kind} could not be read`,
    };
  }
  const reason = blocker.link === 'source' ? 'SourceMissing' : 'DependencyMissing';
  return { ref, state: 'failed', reason, message: `does not exist${explanation(blocker, waiting, world)}` };
}

/** The policy hides by kind and namespace: where one object of a pair is visible, all are. */
function mayBeHidden({ kind, namespace }: Blocker, world: World): boolean {
  return world.hiddenPossible && !world.visible.has(`${kind}/${namespace}`);
}

function explanation(blocker: Blocker, waiting: readonly FluxObject[], world: World): string {
  const applied = [...world.byRef.values()].find(({ inventory }) =>
    inventory.some((entry) => refOf(entry) === blocker.ref),
  );
  if (applied !== undefined) return `, though ${refOf(applied)} once applied it`;
  const parent = waiting.map((object) => parentOf(object, world)).find((found) => found && isNotReady(found));
  return parent === undefined ? '' : `; ${refOf(parent)}, which may have to create it, is not ready`;
}

/** The Kustomization that applied an object, by its labels; undefined when it has none or is not seen. */
function parentOf(object: FluxObject, world: World): FluxObject | undefined {
  const name = object.labels['kustomize.toolkit.fluxcd.io/name'];
  const namespace = object.labels['kustomize.toolkit.fluxcd.io/namespace'];
  if (name === undefined || namespace === undefined) return undefined;
  return targetOf(object, { kind: 'Kustomization', namespace, name }, world).object;
}

function isNotReady(object: FluxObject): boolean {
  return object.suspended || conditionOf(object, 'Ready')?.status !== 'True';
}
