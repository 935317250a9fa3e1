/** Counts a masked secret and gives the text that stands in its place. */
export type Mask = (rule: string) => string;

/** One pass over a text; in linear time, and a second one changes nothing. */
export type Pass = (text: string, mask: Mask) => string;

const BEGIN = '-----BEGIN ';
const LONGEST_LABEL = 64;

/** Private keys in PEM; one without an end (a text that was cut) is masked up to the end of the text. */
export const maskPrivateKeys: Pass = (text, mask) => {
  if (!text.includes('PRIVATE KEY') && !text.includes(BEGIN)) return text;
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(BEGIN); at !== -1; at = text.indexOf(BEGIN, from)) {
    const end = endOfKey(text, at);
    parts.push(text.slice(from, at), end === undefined ? BEGIN : mask('private-key'));
    from = end ?? at + BEGIN.length;
  }
  return maskKeyTails(parts.join('') + text.slice(from), mask);
};

/** Whether a text opens a private key that it does not close. */
export function opensPrivateKey(text: string): boolean {
  const at = text.lastIndexOf(BEGIN);
  return at !== -1 && endOfKey(text, at) === text.length && !text.includes('-----END ', at);
}

function endOfKey(text: string, at: number): number | undefined {
  const labelled = text.slice(at + BEGIN.length, at + BEGIN.length + LONGEST_LABEL);
  const [label = ''] = labelled.split('-----', 1);
  if (!label.includes('PRIV')) return undefined;
  const end = `-----END ${label}-----`;
  const found = text.indexOf(end, at);
  return found === -1 ? text.length : found + end.length;
}

const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** Keys whose beginning was cut off: the lines of base64 before their end. */
function maskKeyTails(text: string, mask: Mask): string {
  const parts: string[] = [];
  let from = 0;
  for (const end of text.matchAll(KEY_END)) {
    parts.push(withoutKeyLines(text.slice(from, end.index)), mask('private-key'));
    from = end.index + end[0].length;
  }
  return from === 0 ? text : parts.join('') + text.slice(from);
}

function withoutKeyLines(text: string): string {
  const lineEnd = text.endsWith('\\n') ? '\\n' : '\n';
  const lines = text.split(lineEnd);
  const isLast = lines.length - 2;
  const prose = lines.findLastIndex((line, index) => !isKeyLine(line.trim(), index < isLast ? 16 : 0));
  const kept = lines.slice(0, prose + 1).join(lineEnd);
  return prose === -1 || prose === lines.length - 1 ? kept : kept + lineEnd;
}

function isKeyLine(line: string, shortest: number): boolean {
  return line.length >= shortest && /^[A-Za-z0-9+/=]*$/.test(line);
}

/** The data of Secrets that are written out, as YAML documents or as JSON within any number of quotings. */
export const maskSecretDocuments: Pass = (text, mask) => {
  if (!text.includes('Secret') || !text.includes('kind')) return text;
  return maskJsonSecrets(maskYamlSecrets(text, mask), mask);
};

const KIND_SECRET = /^([ \t-]*)kind:[ \t]*["']?Secret["']?[ \t\r]*$/;
const DATA = /^([ \t-]*)(?:data|stringData):/;

function maskYamlSecrets(text: string, mask: Mask): string {
  const lines = text.split('\n');
  const columns = secretColumns(lines);
  let block: Block | undefined;
  return lines
    .flatMap((line, index) => {
      if (block && isWithin(line, block.column)) return maskDataLine(line, block, mask);
      block = dataBlock(line, columns[index] ?? NONE);
      return block && block.inline !== '' && block.inline !== MASKED
        ? [line.slice(0, -block.inline.length) + mask('secret')]
        : [line];
    })
    .join('\n');
}

interface Block {
  column: number;
  inline: string;
  /** Column of the block's keys, once its first line has been seen. */
  keys?: number;
}

const MASKED = '[redacted:secret]';
const NONE: ReadonlySet<number> = new Set();

/** For each line, the columns at which its document says, before or after it, that it is a Secret. */
function secretColumns(lines: readonly string[]): ReadonlySet<number>[] {
  let current = new Set<number>();
  return lines.map((line) => {
    if (line.startsWith('---')) current = new Set();
    const kind = KIND_SECRET.exec(line);
    if (kind) current.add(kind[1]?.length ?? 0);
    return current;
  });
}

function dataBlock(line: string, columns: ReadonlySet<number>): Block | undefined {
  const data = DATA.exec(line);
  const column = data?.[1]?.length ?? 0;
  if (!data || !columns.has(column)) return undefined;
  return { column, inline: line.slice(data[0].length).trim() };
}

function isWithin(line: string, column: number): boolean {
  return line.trim() === '' || line.search(/\S/) > column;
}

/** Keys stay; what continues a value over several lines goes. */
function maskDataLine(line: string, block: Block, mask: Mask): string[] {
  const column = line.search(/\S/);
  if (column === -1) return [line];
  block.keys ??= column;
  const key = /^\s*["']?[\w.-]+["']?:(?=\s|$)/.exec(line);
  if (line.endsWith(MASKED)) return [line];
  return column === block.keys && key ? [`${key[0]} ${mask('secret')}`] : [];
}

const JSON_SECRET = /"kind\\{0,7}"\s{0,9}:\s{0,9}\\{0,7}"Secret\\{0,7}"/;
const JSON_DATA = /(\\{0,7})"(?:data|stringData)\\{0,7}"\s{0,9}:\s{0,9}\{/g;

function maskJsonSecrets(text: string, mask: Mask): string {
  if (!JSON_SECRET.test(text)) return text;
  const parts: string[] = [];
  let from = 0;
  for (const found of text.matchAll(JSON_DATA)) {
    if (found.index < from) continue;
    const quote = `${found[1] ?? ''}"`;
    const open = found.index + found[0].length;
    parts.push(text.slice(from, open - 1), `${quote}${mask('secret')}${quote}`);
    from = endOfObject(text, open, quote);
  }
  return parts.join('') + text.slice(from);
}

/** Where a flat JSON object ends, whose strings are delimited by `quote`; the end of the text if it does not. */
function endOfObject(text: string, open: number, quote: string): number {
  let at = open;
  let close = text.indexOf('}', at);
  while (close !== -1) {
    const string = nextQuote(text, at, quote);
    if (string === -1 || close < string) return close + 1;
    const end = nextQuote(text, string + quote.length, quote);
    if (end === -1) return text.length;
    at = end + quote.length;
    if (close < at) close = text.indexOf('}', at);
  }
  return text.length;
}

/** The next delimiter that is not itself quoted more deeply. */
function nextQuote(text: string, from: number, quote: string): number {
  let at = text.indexOf(quote, from);
  while (at > from && text[at - 1] === '\\') at = text.indexOf(quote, at + quote.length);
  return at;
}
