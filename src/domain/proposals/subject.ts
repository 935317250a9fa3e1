/** How a repository words its commits. */
export interface Habit {
  /** `type(scope): words` rather than a sentence. */
  isConventional: boolean;
  /** Scopes in use, the commonest first. */
  scopes: readonly string[];
  /** Whether the words begin with a capital. */
  isCapital: boolean;
  /** What stands between two versions: `->`, `→`, `➔` or `➼`; undefined where none is used. */
  arrow: string | undefined;
}

const LONGEST = 72;
const ARROW = /\s*(?:->|=>|[\u2192\u2794\u27BC])\s*/u;
const CONVENTIONAL =
  /^(?<type>build|chore|ci|docs|feat|fix|ops|perf|refactor|revert|security|style|test)(?:\((?<scope>[\w./ -]{1,40})\))?(?<breaking>!)?: (?<words>.+)$/;
/** Subjects that tools write, and say nothing of a habit. */
const MADE = /^(?:Merge |Revert "|fixup!|squash!)/;

/** The habit of the newest subjects; a sentence with a capital where there are too few to tell. */
export function habitOf(subjects: readonly string[]): Habit {
  const own = subjects.filter((subject) => !MADE.test(subject));
  const parsed = own.map((subject) => CONVENTIONAL.exec(subject)?.groups);
  const conventional = parsed.filter((groups) => groups !== undefined);
  const isConventional = own.length >= 3 && conventional.length > own.length / 2;
  const words = isConventional ? conventional.map((groups) => groups['words'] ?? '') : own;
  const letters = words.filter((text) => /^\p{L}/u.test(text));
  const capitals = letters.filter((text) => /^\p{Lu}/u.test(text)).length;
  return {
    isConventional,
    scopes: byCount(conventional.flatMap((groups) => groups['scope'] ?? [])),
    isCapital: letters.length < 3 ? !isConventional : capitals >= letters.length / 2,
    arrow: byCount(own.flatMap((subject) => ARROW.exec(subject)?.[0].trim() ?? []))[0],
  };
}

/** A title as this repository would word it, at most 72 characters; `isCut` when something had to go. */
export function subjectOf(
  title: string,
  habit: Habit,
  paths: readonly string[],
): { text: string; isCut: boolean } {
  const given = CONVENTIONAL.exec(title)?.groups;
  const bare = (given?.['words'] ?? title).replace(/[.\s]+$/, '');
  const prefix = habit.isConventional ? prefixOf(given, habit, paths) : '';
  const arrowed =
    habit.arrow === undefined ? bare : bare.replaceAll(new RegExp(ARROW, 'gu'), ` ${habit.arrow} `);
  const full = prefix + cased(arrowed, habit.isCapital);
  const text = shortened(full);
  return { text: text === '' ? 'Change the cluster' : text, isCut: text !== full };
}

function prefixOf(
  given: Partial<Record<string, string>> | undefined,
  habit: Habit,
  paths: readonly string[],
): string {
  const type = given?.['type'] ?? (paths.every((path) => /\.(?:md|txt)$/i.test(path)) ? 'docs' : 'fix');
  const scope = given?.['scope'] ?? (given ? undefined : scopeOf(habit.scopes, paths));
  return `${type}${scope === undefined ? '' : `(${scope})`}${given?.['breaking'] ?? ''}: `;
}

/** A scope the repository uses that is a directory or the name of a file that all paths share. */
function scopeOf(scopes: readonly string[], paths: readonly string[]): string | undefined {
  const shared = paths
    .map((path) => path.replace(/\.\w+$/, '').split('/'))
    .reduce<string[] | undefined>(
      (common, names) => common?.filter((name) => names.includes(name)) ?? names,
      undefined,
    );
  return scopes.find((scope) => shared?.includes(scope));
}

/** Only a plain word changes its case: names with inner capitals and versions stay. */
function cased(text: string, isCapital: boolean): string {
  const [word = ''] = text.split(' ', 1);
  if (!/^\p{L}\p{Ll}*$/u.test(word)) return text;
  const first = isCapital ? text.slice(0, 1).toUpperCase() : text.slice(0, 1).toLowerCase();
  return first + text.slice(1);
}

function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const cut = text.slice(0, LONGEST + 1);
  const end = cut.lastIndexOf(' ');
  return (
    end > LONGEST / 2 ? cut.slice(0, end) : text.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '')
  ).replace(/[\s,;:(-]+$/, '');
}

function byCount(texts: readonly string[]): string[] {
  return [...Map.groupBy(texts, (text) => text)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([text]) => text);
}
