import type { FluxObject } from '../objects/flux.ts';
import { byText } from '../text.ts';
import type { Blocker } from './blockers.ts';
import { components, cycleFrom, type Graph } from './graph.ts';
import { type Absence, outerRef, outerRootOf } from './outer-root.ts';
import type { OuterRoot } from './verdict.ts';
import type { World } from './world.ts';

/** Which roots keep waiting objects from being ready, all by ref. */
export interface Roots {
  /** Of each object that waits, sorted; an object without an entry waits for nothing. */
  causes: ReadonlyMap<string, readonly string[]>;
  /** Of the first member of each cycle: the way round, both ends the same. */
  cycles: ReadonlyMap<string, readonly string[]>;
  /** Roots that are not among the caller's objects. */
  outer: OuterRoot[];
}

/** What an object waits for directly; its `controller`, by ref, only stands where nothing else does. */
export interface Waits {
  blockers: readonly Blocker[];
  controller?: string;
}

/** Follows each waiting object to its roots; a cycle is one root, named by the first of its members. */
export function rootsOf(waits: ReadonlyMap<string, Waits>, world: World): Roots {
  const graph = graphOf(waits, world);
  const causes = new Map<string, readonly string[]>();
  const cycles = new Map<string, readonly string[]>();
  for (const members of components(graph)) {
    const outward = causesBeyond(members, graph, { causes, cycles });
    const first = members.toSorted(byText)[0] ?? '';
    const cycle = isCyclic(members, graph) ? cycleFrom(first, graph) : [];
    if (cycle.length > 0) cycles.set(first, cycle);
    for (const member of members) {
      causes.set(member, cycle.length === 0 || member === first ? outward : sorted([first, ...outward]));
    }
  }
  return { causes, cycles, outer: outerRoots(waits, world) };
}

function isCyclic(members: readonly string[], graph: Graph): boolean {
  return members.length > 1 || members.some((member) => graph.get(member)?.includes(member));
}

function graphOf(waits: ReadonlyMap<string, Waits>, world: World): Graph {
  return new Map(
    [...waits]
      .map(([ref, wait]) => [ref, targetsOf(wait, world)] as const)
      .filter(([, targets]) => targets.length > 0),
  );
}

function targetsOf({ blockers, controller }: Waits, world: World): string[] {
  if (blockers.length === 0) return controller === undefined ? [] : [controller];
  return blockers.map((blocker) => (blocker.object ? blocker.ref : outerRef(blocker, world)));
}

/** The roots that a component's members point to, those inside it left out. */
function causesBeyond(
  members: readonly string[],
  graph: Graph,
  known: Pick<Roots, 'causes' | 'cycles'>,
): string[] {
  const inside = new Set(members);
  const targets = members
    .flatMap((member) => graph.get(member) ?? [])
    .filter((target) => !inside.has(target));
  return sorted(targets.flatMap((target) => rootsAt(target, known)));
}

function rootsAt(target: string, { causes, cycles }: Pick<Roots, 'causes' | 'cycles'>): readonly string[] {
  const beyond = causes.get(target) ?? [];
  return beyond.length === 0 || cycles.has(target) ? [target, ...beyond] : beyond;
}

function sorted(refs: readonly string[]): string[] {
  return [...new Set(refs)].toSorted(byText);
}

function outerRoots(waits: ReadonlyMap<string, Waits>, world: World): OuterRoot[] {
  const absences = new Map<string, Absence & { waiting: FluxObject[] }>();
  for (const [ref, { blockers }] of waits) {
    const waiting = world.byRef.get(ref);
    for (const blocker of blockers.filter(({ object }) => object === undefined)) {
      const name = outerRef(blocker, world);
      const known = absences.get(name) ?? { blocker, waiting: [] };
      if (waiting) known.waiting.push(waiting);
      absences.set(name, known);
    }
  }
  return [...absences.values()].map((absence) => outerRootOf(absence, world));
}
