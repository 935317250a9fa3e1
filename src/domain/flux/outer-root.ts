import { appliedBy } from '../applied-by.ts';
import { conditionOf } from '../conditions.ts';
import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { Blocker } from './blockers.ts';
import type { OuterRoot } from './verdict.ts';
import type { World } from './world.ts';

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
  const applied = [...world.byRef.values()].find(
    ({ remote, inventory }) => !remote && inventory.some((entry) => refOf(entry) === blocker.ref),
  );
  if (applied !== undefined) return `, though ${refOf(applied)} once applied it`;
  const parents = waiting.map((object) => world.byRef.get(appliedBy(object) ?? ''));
  const parent = parents.find((found) => found !== undefined && isNotReady(found));
  return parent === undefined ? '' : `; ${refOf(parent)}, which may have to create it, is not ready`;
}

function isNotReady(object: FluxObject): boolean {
  return object.suspended || conditionOf(object, 'Ready')?.status !== 'True';
}
