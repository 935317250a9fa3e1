import { PHRASES, STOP_WORDS, SYNONYMS } from './vocabulary.ts';

/**
 * The words of a text as they are indexed and asked: lower case, names in camel case whole and in pieces, synonyms made
 * one, stems only, without stop words; in order, repeats kept.
 */
export function termsOf(text: string): string[] {
  const spoken = PHRASES.reduce((words, [pattern, word]) => words.replaceAll(pattern, word), text);
  return wordsOf(spoken).flatMap((word) => {
    const pieces = piecesOf(word);
    return pieces.length > 1 ? [word.toLowerCase(), ...pieces.flatMap(termOf)] : termOf(word);
  });
}

/** The words of a name, without the name itself. */
export function termsOfName(name: string): string[] {
  return termsOf(piecesOf(name).join(' '));
}

/** Whether a word is written as a name of several words, such as `CrashLoopBackOff` or `out_of_ips`. */
export function isName(word: string): boolean {
  return /[a-z0-9][A-Z]|[A-Z]{2}[a-z]|[A-Za-z]_[A-Za-z]/.test(word);
}

/** The raw words of a text: letters, digits and underscores. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+/gu) ?? [];
}

/** The words that a name is made of; a plain word alone. */
export function piecesOf(word: string): string[] {
  return word.split(/_|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/).filter((piece) => piece !== '');
}

function termOf(word: string): string[] {
  const lower = word.toLowerCase();
  if (lower.length < 2 || STOP_WORDS.has(lower)) return [];
  return [stem(SYNONYMS.get(lower) ?? lower)];
}

/** Endings in the order they are tried, each with the shortest stem that may be left. */
const ENDINGS: readonly (readonly [string, number])[] = [
  ['ications', 4],
  ['ication', 4],
  ['ations', 4],
  ['ation', 4],
  ['ings', 4],
  ['ing', 3],
  ['ions', 4],
  ['ion', 4],
  ['ies', 3],
  ['ied', 3],
  ['ed', 3],
  ['es', 3],
  ['ly', 4],
  ['e', 3],
  ['y', 5],
  ['s', 3],
];

/** A light stem: enough to bring a word's forms together, the same for texts and questions. */
function stem(word: string): string {
  if (/[^a-z]/.test(word) || /(?:ss|us)$/.test(word)) return word;
  const ending = ENDINGS.find(([end, least]) => word.endsWith(end) && word.length - end.length >= least);
  if (ending === undefined) return word;
  return word.slice(0, -ending[0].length).replace(/([bdfgkmnprt])\1$/, '$1');
}
