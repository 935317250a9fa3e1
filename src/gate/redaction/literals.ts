import type { Mask, Pass } from './blocks.ts';

const SHORTEST = 6;

/**
 * Masks known values wherever they stand: as they are, URL-encoded, escaped as in JSON, and inside base64 at any offset.
 * Values under six characters are left alone: they would mask ordinary words.
 */
export function literalPass(literals: () => readonly string[]): Pass {
  let known: readonly string[] = [];
  let forms: readonly string[] = [];
  return (text, mask) => {
    const now = literals();
    if (now.length !== known.length || now.some((value, index) => value !== known[index])) {
      known = [...now];
      forms = allForms(known);
    }
    return forms.reduce((masked, form) => maskAll(masked, form, mask), text);
  };
}

/** Longest first: a value may be part of another. */
function allForms(values: readonly string[]): string[] {
  const forms = new Set(values.filter((value) => value.length >= SHORTEST).flatMap(formsOf));
  return [...forms].toSorted((a, b) => b.length - a.length);
}

function maskAll(text: string, form: string, mask: Mask): string {
  return text.includes(form) ? text.replaceAll(form, () => mask('credential')) : text;
}

function formsOf(value: string): string[] {
  const inBase64 = [0, 1, 2]
    .map((offset) => base64At(value, offset))
    .filter((form) => form.length >= SHORTEST);
  const urlSafe = inBase64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...inBase64, ...urlSafe];
}

/** The digits of base64 that depend on the value alone when `offset` bytes precede it. */
function base64At(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const digits = bytes.toString('base64').replaceAll('=', '');
  const unsure = bytes.length % 3 === 0 ? 0 : 1;
  return digits.slice(Math.ceil((offset * 8) / 6), digits.length - unsure);
}
