import type { Health } from '../health/health.ts';
import { HEALTH_KINDS, type HealthKind } from '../health/observed.ts';
import { hasStatus } from '../health/other-kinds.ts';
import type { Root } from '../health/roll-up.ts';
import type { World } from '../health/world.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import { clip, clipMiddle } from '../text.ts';

/** How one object stands, and the root that it is part of or breaks because of. */
export interface Standing {
  state: string;
  why?: string;
  root?: Root;
}

/** States that need no telling: of those links only a count is shown. `exists`: nothing judges it. */
export const FINE: ReadonlySet<string> = new Set([
  'ok',
  'info',
  'suspended',
  'exists',
  'not seen',
  'not looked at',
]);

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
    const object = world.byRef.get(ref);
    return object ? sound(object) : { state: unseen(ref, world) };
  };
}

/** What is told first of an object stands: its own fault is a root and comes later. */
function note(known: Map<string, Standing>, ref: string, standing: Standing): void {
  if (!known.has(ref)) known.set(ref, standing);
}

/** Of a kind without rules that carries no status, only that it exists is known. */
function sound(object: ClusterObject): Standing {
  return { state: isRuled(refOf(object)) || hasStatus(object) ? 'ok' : 'exists' };
}

const RULED: ReadonlySet<string> = new Set(HEALTH_KINDS);

function isRuled(ref: string): ref is HealthKind {
  return RULED.has(kindIn(ref));
}

/** Missing only where the kind is seen: under a scope, or without permission, it may well be there. */
function unseen(ref: string, world: World): string {
  const kind = kindIn(ref);
  if (!isRuled(kind)) return 'not looked at';
  const [, ...rest] = ref.split('/');
  return world.sees(kind, rest.length > 1 ? rest[0] : undefined) ? 'missing' : 'not seen';
}

function kindIn(ref: string): string {
  return ref.split('/')[0] ?? '';
}

/** Conditions by which an object of any kind says that it is not well. */
const GOOD: ReadonlySet<string> = new Set(['Ready', 'Available', 'Healthy', 'Synced', 'Accepted']);

/** How an object stands that is in no world: by its own words, as far as it has any. */
export function unjudged({ kind, conditions, deletion }: ClusterObject): Standing {
  if (deletion)
    return {
      state: 'progressing',
      why: `is being deleted, held by ${deletion.finalizers.join(', ') || 'nothing'}`,
    };
  const bad = conditions.find(({ type, status }) => GOOD.has(type) && status === 'False');
  if (bad)
    return {
      state: 'degraded',
      why: clipMiddle(`${bad.type} is False: ${bad.message ?? bad.reason ?? ''}`, 200),
    };
  const said = conditions.some(({ type, status }) => GOOD.has(type) && status === 'True');
  return said ? { state: 'ok' } : { state: 'exists', why: `no rule judges a ${kind}` };
}
