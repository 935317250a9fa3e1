/** A row of the decision log; `line` counts from 1, `revisit` is a date as written. */
export interface Decision {
  service: string;
  decision: string;
  reason: string;
  reviewer: string;
  date: string;
  revisit: string;
  file: string;
  line: number;
}

const COLUMNS: readonly (readonly [key: keyof Decision, header: RegExp])[] = [
  ['service', /^service\b/i],
  ['decision', /^decision\b/i],
  ['reason', /^reason\b/i],
  ['reviewer', /^(?:reviewer|by|owner)\b/i],
  ['date', /^date\b/i],
  ['revisit', /^(?:revisit|review)\b/i],
];

/** True for a file that is a decision log by its name. */
export function isDecisionLog(path: string): boolean {
  return /(?:^|\/)[^/]*(?:disabled|decision)[^/]*log[^/]*\.md$/i.test(path);
}

/** The rows of every table in a Markdown text that has columns for service and decision. */
export function decisionsIn(file: string, text: string): Decision[] {
  const decisions: Decision[] = [];
  let columns: (keyof Decision | undefined)[] | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const cells = cellsIn(line);
    if (cells === undefined) columns = undefined;
    else if (columns === undefined) columns = columnsOf(cells);
    else if (!cells.every((cell) => /^:?-+:?$/.test(cell)))
      decisions.push(rowOf(cells, columns, file, index + 1));
  }
  return decisions.filter(({ service, decision }) => service !== '' && decision !== '');
}

function cellsIn(line: string): string[] | undefined {
  const trimmed = line.trim();
  if (!trimmed.startsWith('|') || !trimmed.endsWith('|') || trimmed.length < 3) return undefined;
  return trimmed
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function columnsOf(cells: readonly string[]): (keyof Decision | undefined)[] | undefined {
  const columns = cells.map((cell) => COLUMNS.find(([, header]) => header.test(plain(cell)))?.[0]);
  return columns.includes('service') && columns.includes('decision') ? columns : undefined;
}

function rowOf(
  cells: readonly string[],
  columns: readonly (keyof Decision | undefined)[],
  file: string,
  line: number,
): Decision {
  const of = (key: keyof Decision): string => plain(cells[columns.indexOf(key)] ?? '');
  return {
    service: of('service').replace(/^\.?\//, ''),
    decision: of('decision'),
    reason: of('reason'),
    reviewer: of('reviewer'),
    date: of('date'),
    revisit: of('revisit'),
    file,
    line,
  };
}

/** Text without the marks of code, links and emphasis. */
function plain(cell: string): string {
  return cell
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .trim();
}
