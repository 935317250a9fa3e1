import { RE2JS } from 're2js';

/** Whether a regular expression of Go finds something in a text; undefined for one that Go refuses. Linear, as RE2 is. */
export function finds(pattern: string, text: string): boolean | undefined {
  const compiled = compiledOf(pattern);
  return compiled?.matcher(text).find();
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

function compiledOf(pattern: string): ReturnType<typeof RE2JS.compile> | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
