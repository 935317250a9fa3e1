import { ToolError } from '../../errors.ts';

/** How a string is quoted. */
export type Quoting = 'plain' | 'double' | 'single';

/** What a writer must know of its surroundings. */
export interface Style {
  /** Line end. */
  eol: string;
  /** Spaces a nested map is indented by. */
  step: number;
  /** Spaces a list is indented by below its key. */
  listStep: number;
  /** The quotes this file uses where some are needed. */
  quotes: 'double' | 'single';
  /** JSON: every key and string in double quotes. */
  json: boolean;
  /** `{ a: 1 }` rather than `{a: 1}`. */
  padded: boolean;
}

/** A value without parts. */
export type Plain = string | number | boolean | null;

/** One-line text of a scalar in the wanted quoting, or in the file's own quotes where that could be read as another value. */
export function scalarText(value: Plain, wanted: Quoting, style: Style, isFlow: boolean): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'string') return String(value);
  const quoting = style.json ? 'double' : quotingFor(value, wanted, style, isFlow);
  if (quoting === 'plain') return value;
  return quoting === 'single' ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

/** True for a string that means itself without quotes, for parsers of YAML 1.1 (as Kubernetes has) and 1.2 alike. */
export function isPlainSafe(text: string, isFlow: boolean): boolean {
  if (text === '' || text !== text.trim() || /[\n\t]/.test(text)) return false;
  if (/^[,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^(?:---|\.\.\.)|^<<$|^=$/.test(text)) return false;
  if (/:(?:\s|$)|\s#/.test(text)) return false;
  if (isFlow && /[,[\]{}]|^[-?:]|:$/.test(text)) return false;
  return !OTHER_TYPES.some((pattern) => pattern.test(text));
}

/** What a parser of either version may take for no string. */
const OTHER_TYPES: readonly RegExp[] = [
  /^(?:~|null|true|false|yes|no|on|off|y|n)$/i,
  /^[-+]?\.?\d[\d_,]*(?:\.[\d_]*)?(?:e[-+]?\d+)?$/i,
  /^[-+]?0(?:x[\da-f_]+|o[0-7_]+|b[01_]+)$/i,
  /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/,
  /^[-+]?\.(?:inf|nan)$/i,
  /^\d{4}-\d\d?-\d\d?(?:$|[Tt\s])/,
];

function quotingFor(value: string, wanted: Quoting, style: Style, isFlow: boolean): Quoting {
  if (wanted === 'plain' && isPlainSafe(value, isFlow)) return 'plain';
  const quoting = wanted === 'plain' ? style.quotes : wanted;
  return /[\n\t]/.test(value) ? 'double' : quoting;
}

function numberText(value: number): string {
  const text = String(value);
  if (/^-?\d+(?:\.\d+)?$/.test(text) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
    return text;
  throw new ToolError(
    'invalid_input',
    `the number ${text} has no one spelling in YAML`,
    'Give it as a string, or write it with a replace edit.',
  );
}
