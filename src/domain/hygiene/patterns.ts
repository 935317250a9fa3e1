import { RE2JS } from 're2js';

/** A test of whether a regular expression of Go finds something in a text; undefined for one that Go refuses. Linear, as RE2 is. */
export function finderOf(pattern: string): ((text: string) => boolean) | undefined {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch {
    return undefined;
  }
}

/** Why Go refuses a pattern; undefined for one it takes. */
export function problemOf(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
}
