/** A heading and where it stands, lines counted from 0; `end` is the line after all that belongs to it. */
export interface Heading {
  level: number;
  title: string;
  start: number;
  /** First line below it. */
  body: number;
  end: number;
}

/** The headings of Markdown lines in order; none inside code fences or HTML comments. Never fails. */
export function outlineOf(lines: readonly string[]): Heading[] {
  const nextOf: number[] = [];
  return headingsOf(lines)
    .toReversed()
    .map((heading) => {
      const end = Math.min(lines.length, ...nextOf.slice(0, heading.level + 1).filter(Boolean));
      nextOf[heading.level] = heading.start;
      return { ...heading, end };
    })
    .toReversed();
}

/** Marks the lines that are code or comment: what stands in them is no markup. Fence lines are marked too. */
export function verbatimLines(lines: readonly string[]): boolean[] {
  let closing: RegExp | undefined;
  return lines.map((line) => {
    if (closing !== undefined) {
      if (closing.test(line)) closing = undefined;
      return true;
    }
    closing = closingOf(line);
    return closing !== undefined || /^ {0,3}<!--.*-->\s*$/.test(line);
  });
}

function closingOf(line: string): RegExp | undefined {
  const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
  if (fence !== undefined) return new RegExp(`^ {0,3}${fence[0]}{${fence.length},}\\s*$`);
  return /^ {0,3}<!--(?!.*-->)/.test(line) ? /-->/ : undefined;
}

/** Longest line that is looked at as a heading, in characters. */
const LONGEST_TITLE = 400;

function headingsOf(lines: readonly string[]): Omit<Heading, 'end'>[] {
  const verbatim = verbatimLines(lines);
  return lines.flatMap((whole, start) => {
    if (verbatim[start]) return [];
    const line = whole.slice(0, LONGEST_TITLE).trimEnd();
    const marked = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(line);
    if (marked) {
      const title = plainText(marked[2] ?? '');
      return [{ level: marked[1]?.length ?? 1, title, start, body: start + 1 }];
    }
    const underlined = verbatim[start + 1]
      ? undefined
      : underlineOf(line, lines[start + 1]?.slice(0, LONGEST_TITLE));
    return underlined === undefined
      ? []
      : [{ level: underlined, title: plainText(line), start, body: start + 2 }];
  });
}

/** The level of a heading that is underlined; the line before must be plain text. */
function underlineOf(line: string, next: string | undefined): number | undefined {
  if (!/^ {0,3}[^\s>|#*+\-=]/.test(line) || /^ {0,3}\d+[.)]\s/.test(line)) return undefined;
  if (/^ {0,3}=+\s*$/.test(next ?? '')) return 1;
  return /^ {0,3}-{2,}\s*$/.test(next ?? '') ? 2 : undefined;
}

/** A line without its inline markup. */
function plainText(line: string): string {
  return line
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/(\*\*|__)(.+?)\1/g, '$2')
    .replaceAll(/(?<![\w*])\*([^*]+)\*(?![\w*])/g, '$1')
    .replaceAll(/`+([^`]*)`+/g, '$1')
    .trim();
}
