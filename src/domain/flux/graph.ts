/** A directed graph: each node with those it points to; a target that is no key points nowhere. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * The graph's strongly connected components (Tarjan), each after all those it points to. A component of more than one
 * node is a cycle, or several entangled ones.
 */
export function components(graph: Graph): string[][] {
  const found: string[][] = [];
  const stack: string[] = [];
  const marks = new Map<string, { index: number; low: number; open: boolean }>();
  const visit = (node: string): number => {
    const mark = { index: marks.size, low: marks.size, open: true };
    marks.set(node, mark);
    stack.push(node);
    for (const target of graph.get(node) ?? []) {
      const known = marks.get(target);
      if (known === undefined) mark.low = Math.min(mark.low, visit(target));
      else if (known.open) mark.low = Math.min(mark.low, known.index);
    }
    if (mark.low === mark.index) found.push(close(node));
    return mark.low;
  };
  const close = (node: string): string[] => {
    const members = stack.splice(stack.lastIndexOf(node));
    for (const member of members) marks.set(member, { index: 0, low: 0, open: false });
    return members;
  };
  for (const node of graph.keys()) if (!marks.has(node)) visit(node);
  return found;
}

/** The shortest way from a node back to itself, both ends included; empty when there is none. */
export function cycleFrom(start: string, graph: Graph): string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const target of graph.get(node) ?? []) {
      if (target === start) return [...pathTo(node, start, cameFrom), start];
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  }
  return [];
}

function pathTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path = [end];
  for (let at = end; at !== start;) {
    at = cameFrom.get(at) ?? start;
    path.unshift(at);
  }
  return path;
}
