/** A line that a change adds; `line` counts from 1 in the new file. */
export interface AddedLine {
  line: number;
  text: string;
}

/** The lines of a text that another does not hold, as often as they occur; what only moved was there before. */
export function addedLines(before: string, after: string): AddedLine[] {
  const held = new Map<string, number>();
  for (const line of linesOf(before)) held.set(line, (held.get(line) ?? 0) + 1);
  return linesOf(after).flatMap((text, index) => {
    const left = held.get(text) ?? 0;
    held.set(text, left - 1);
    return left > 0 ? [] : [{ line: index + 1, text }];
  });
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}
