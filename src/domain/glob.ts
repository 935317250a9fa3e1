/**
 * A path pattern, split into segments: `**` stands for any number of segments, `*` for any characters within one. There
 * is no other syntax, so that no pattern can be slow.
 */
export interface Glob {
  source: string;
  segments: readonly string[];
}

export function compileGlob(source: string): Glob {
  return { source, segments: source.split('/') };
}

/** What is wrong with a pattern, or undefined. */
export function globProblem(source: string): string | undefined {
  if (source.startsWith('/')) return 'a path is relative to the root of the repository: remove the leading /';
  if (/[?[\]{}!\\]/.test(source)) return 'only * and ** are understood in a path';
  const segments = source.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'a path has no empty segment, no . and no ..';
  }
  if (segments.some((segment) => segment.includes('**') && segment !== '**'))
    return '** stands alone between slashes';
  return undefined;
}

/** Matches a whole path against a pattern that is asked for once. */
export function matchesGlob(source: string, path: string): boolean {
  return globMatches(compileGlob(source), path);
}

/** Matches a whole path, in time proportional to the product of both lengths. */
export function globMatches(glob: Glob, path: string): boolean {
  const segments = path.split('/');
  let reached = new Set([0]);
  for (const part of glob.segments) {
    reached = part === '**' ? everyFrom(reached, segments.length) : step(part, reached, segments);
  }
  return reached.has(segments.length);
}

function everyFrom(reached: ReadonlySet<number>, end: number): Set<number> {
  const first = Math.min(...reached);
  return new Set(Array.from({ length: Math.max(0, end - first + 1) }, (_, index) => first + index));
}

function step(part: string, reached: ReadonlySet<number>, segments: readonly string[]): Set<number> {
  const next = new Set<number>();
  for (const at of reached) {
    const segment = segments[at];
    if (segment !== undefined && segmentMatches(part, segment)) next.add(at + 1);
  }
  return next;
}

function segmentMatches(part: string, segment: string): boolean {
  const pieces = part.split('*');
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return part === segment;
  const last = pieces.at(-1) ?? '';
  if (segment.length < first.length + last.length) return false;
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false;
  return holdsInOrder(segment.slice(first.length, segment.length - last.length), pieces.slice(1, -1));
}

function holdsInOrder(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return true;
}

/** Matches a whole text against a pattern in which `*` stands for any characters; nothing else is special. */
export function matchesText(pattern: string, text: string): boolean {
  return segmentMatches(pattern, text);
}
