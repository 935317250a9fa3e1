/** One step of a field path: a field, or a list item by its keys; `by` is empty for a place in a list. */
export interface PathStep {
  field?: string;
  by?: ReadonlyMap<string, string>;
}

const STEP = /\.([\w-]+)|\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]/y;
const PAIR = /([\w.-]*)=("(?:[^"\\]|\\.)*"|[^,\]]*)/g;

/** The steps of a field path; what cannot be read ends it. */
export function stepsIn(path: string): PathStep[] {
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  for (let match = STEP.exec(path); match !== null; match = STEP.exec(path)) {
    const [, plain, quoted, item] = match;
    if (plain !== undefined) steps.push({ field: plain });
    else if (quoted !== undefined) steps.push({ field: quoted });
    else steps.push({ by: keysIn(item ?? '') });
  }
  return steps;
}

function keysIn(item: string): ReadonlyMap<string, string> {
  return new Map([...item.matchAll(PAIR)].map(([, key = '', value = '']) => [key, value]));
}

/**
 * Whether two field paths can mean the same place, or one a place within the other. List items count as the same unless a
 * key that both name has another value: where it is not known, a hole is taken to be there.
 */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [stepsIn(a), stepsIn(b)];
  return left.slice(0, right.length).every((step, at) => fits(step, right[at] ?? {}));
}

function fits(a: PathStep, b: PathStep): boolean {
  if (a.field !== undefined || b.field !== undefined) return a.field === b.field;
  return [...(a.by ?? [])].every(([key, value]) => (b.by?.get(key) ?? value) === value);
}

/** The last field of a path. */
export function lastField(path: string): string {
  return stepsIn(path).findLast(({ field }) => field !== undefined)?.field ?? '';
}

/** The fields of a path that leads through maps only; undefined when it goes into a list. */
export function fieldsOf(path: string): string[] | undefined {
  const fields = stepsIn(path).map(({ field }) => field);
  return fields.every((field) => field !== undefined) ? fields : undefined;
}
