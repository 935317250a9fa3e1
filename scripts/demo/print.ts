import { styleText } from 'node:util';

const COLOURS: Readonly<Record<string, 'red' | 'yellow' | 'blue' | 'green'>> = {
  failed: 'red',
  stalled: 'red',
  suspended: 'blue',
  ready: 'green',
};

export function say(text: string): void {
  console.log(text);
}

export function dim(text: string): void {
  say(styleText('dim', text));
}

export function bold(text: string): string {
  return styleText('bold', text);
}

export function question(text: string): void {
  say(`\n${styleText(['bold', 'cyan'], text)}`);
}

/** In the colour of a state. */
export function coloured(state: string, text: string): string {
  return styleText(COLOURS[state] ?? 'yellow', text);
}

/** Indented as answers are. */
export function showLines(text: string): void {
  for (const line of text.split('\n')) say(line === '' ? '' : `  ${line}`);
}

/** A unified diff, added lines green and removed ones red. */
export function showDiff(diff: string): void {
  showLines(diff.trimEnd().split('\n').map(colouredLine).join('\n'));
}

function colouredLine(line: string): string {
  if (/^(diff|index|---|\+\+\+|@@)/.test(line)) return styleText('dim', line);
  if (line.startsWith('+')) return styleText('green', line);
  return line.startsWith('-') ? styleText('red', line) : line;
}

/** Time since an RFC 3339 date. */
export function ageOf(since: string): string {
  const minutes = Math.round((Date.now() - Date.parse(since)) / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}

export function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
