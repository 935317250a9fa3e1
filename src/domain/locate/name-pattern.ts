import { matchesGlob } from '../glob.ts';

/** A name as Flux would write it; where something in it is not known, `glob` is what it can be. */
export interface NamePattern {
  /** Known variables filled in. */
  text: string;
  glob?: string;
  /** A hash follows it. */
  hashed: boolean;
}

/** How well a name fits. */
export type Fit = 'exact' | 'pattern' | 'no';

const VARIABLE = /\$\{([A-Za-z_]\w*)(?::?[-=]([^${}]*))?[^{}]*\}/g;

/** Characters above which a text is no name, path or image. */
const LONGEST = 1_000;

/** Fills in variables, defaults too, as Flux's postBuild does; what no value is known for can be any text. */
export function namePattern(
  text: string,
  variables: ReadonlyMap<string, string>,
  hashed = false,
): NamePattern {
  const filled = filledIn(text, variables);
  if (filled.length > LONGEST) return { text: filled, hashed };
  const isOpen = filled.includes('${') || filled.startsWith('*');
  const glob = filled.startsWith('*') ? '*' : filled.replaceAll(/\$\{[^}]*\}/g, '*');
  return { text: filled, hashed, ...(isOpen && { glob }) };
}

/** A text with the variables whose value is known, or that have a default. */
export function filledIn(text: string, variables: ReadonlyMap<string, string>): string {
  if (text.length > LONGEST) return text;
  return text.replaceAll(
    VARIABLE,
    (whole, name: string, fallback?: string) => variables.get(name) ?? fallback ?? whole,
  );
}

/** Whether a pattern can stand for a name. */
export function fitOf({ text, glob, hashed }: NamePattern, name: string): Fit {
  const own = hashed ? name.replace(/-[a-z0-9]{10}$/, '') : name;
  if (glob === undefined) return text === own ? 'exact' : 'no';
  return matchesGlob(glob, own) ? 'pattern' : 'no';
}

/**
 * Whether the `name` of a patch's target fits: a regular expression for kustomize, of which only literals and `.*` are
 * understood here, so that no repository can make matching slow.
 */
export function targets(expression: string, name: string): boolean {
  const plain = expression.replace(/^\^/, '').replace(/\$$/, '').replaceAll('\\.', '.');
  const glob = plain.replaceAll(/\.[*+]/g, '*');
  return !/[()[\]{}|?+\\]/.test(glob) && matchesGlob(glob, name);
}
