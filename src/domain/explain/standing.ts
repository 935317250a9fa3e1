import type { Health } from '../health/health.ts';
import type { Root } from '../health/roll-up.ts';
import type { World } from '../health/world.ts';
import { clip } from '../text.ts';

/** How one object stands, and the root that it is part of or breaks because of. */
export interface Standing {
  state: string;
  why?: string;
  root?: Root;
}

/** Looks objects up in a judgement of the whole cluster. */
export function standings(health: Health, world: World): (ref: string) => Standing {
  const known = new Map<string, Standing>();
  for (const root of [...health.roots, ...health.known]) {
    for (const { ref, state, message } of root.consequences) note(known, ref, { state, why: message, root });
    for (const ref of root.fault.members)
      note(known, ref, { state: root.state, why: root.fault.message, root });
    known.set(root.ref, { state: root.state, why: root.fault.message, root });
  }
  return (ref) => {
    const standing = known.get(ref);
    if (standing) return { ...standing, ...(standing.why !== undefined && { why: clip(standing.why, 140) }) };
    const verdict = world.verdicts.get(ref);
    if (verdict)
      return { state: verdict.state === 'ready' ? 'ok' : verdict.state, why: clip(verdict.message, 140) };
    return { state: world.byRef.has(ref) ? 'ok' : 'not seen' };
  };
}

/** What is told first of an object stands: its own fault is a root and comes later. */
function note(known: Map<string, Standing>, ref: string, standing: Standing): void {
  if (!known.has(ref)) known.set(ref, standing);
}
