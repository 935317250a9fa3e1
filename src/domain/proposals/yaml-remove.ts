import { ToolError } from '../../errors.ts';
import { entryEnd, entryStart, hasComment, isFlow, lineAfter, lineStart } from './yaml-source.ts';
import type { Collection, Source, Splice } from './yaml-source.ts';

/** Removes some entries of a collection, never all of them: their lines with the comments on these lines, and no others. */
export function removeEntries(
  collection: Collection,
  indexes: readonly number[],
  { text }: Source,
): Splice[] {
  const gone = new Set(indexes);
  if (gone.size === 0) return [];
  if (isFlow(collection)) return flowRemovals(collection, gone, text);
  const splices: Splice[] = [];
  const first = firstKept(collection, gone);
  const opening = entryStart(collection, 0);
  const isInline = text.slice(lineStart(text, opening), opening).trim() !== '';
  if (isInline && first > 0) splices.push(between(text, opening, entryStart(collection, first)));
  for (const index of gone) {
    if (isInline && index < first) continue;
    const start = lineStart(text, entryStart(collection, index));
    splices.push({ start, end: lineAfter(text, entryEnd(collection, index)), text: '' });
  }
  return splices;
}

function firstKept(collection: Collection, gone: ReadonlySet<number>): number {
  return collection.items.findIndex((_, index) => !gone.has(index));
}

/** An entry that has a kept one behind it goes with the comma after it, the others with the comma before. */
function flowRemovals(collection: Collection, gone: ReadonlySet<number>, text: string): Splice[] {
  const lastKept = collection.items.findLastIndex((_, index) => !gone.has(index));
  return [...gone].map((index) =>
    index < lastKept
      ? between(text, entryStart(collection, index), entryStart(collection, index + 1))
      : between(text, entryEnd(collection, index - 1), entryEnd(collection, index)),
  );
}

function between(text: string, start: number, end: number): Splice {
  if (!hasComment(text, start, end)) return { start, end, text: '' };
  throw new ToolError(
    'invalid_input',
    'a comment stands in the way of what would be removed',
    'Use a replace edit with the exact text.',
  );
}
