/** The lines that one text has and the other has not, in order, by longest common subsequence; a line end counts as its line's. */
export function lineDiff(before: string, after: string): { removed: string[]; added: string[] } {
  const [a, b] = [linesOf(before), linesOf(after)];
  const common = table(a, b);
  const removed: string[] = [];
  const added: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else if (j >= b.length || (i < a.length && at(common, i + 1, j) >= at(common, i, j + 1)))
      removed.push(shown(a[i++]));
    else added.push(shown(b[j++]));
  }
  return { removed, added };
}

function table(a: readonly string[], b: readonly string[]): number[][] {
  const rows = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = rows[i] ?? [];
      row[j] = a[i] === b[j] ? at(rows, i + 1, j + 1) + 1 : Math.max(at(rows, i + 1, j), at(rows, i, j + 1));
    }
  }
  return rows;
}

function at(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}

/** Lines with their ends, so that a changed end is a changed line. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function shown(line = ''): string {
  return line.replace(/\r?\n$/, '');
}
