import { ToolError } from '../errors.ts';

/** Serialises an answer, compact. Throws `internal` when it is over the cap: tools page, the gate never cuts silently. */
export function serialise(answer: unknown, maxBytes: number): string {
  const text = JSON.stringify(answer);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  throw new ToolError(
    'internal',
    `the answer is ${Math.ceil(bytes / 1024)} KB, over the limit of ${Math.floor(maxBytes / 1024)} KB`,
    'Narrow the question: a namespace, a kind, a name, or a smaller limit.',
  );
}
