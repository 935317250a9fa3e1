import { ToolError } from '../errors.ts';

const MAX_ELEMENTS = 2_000;
const MAX_DEPTH = 16;
const MAX_TEXT = 256 * 1024;

/**
 * Refuses oversized arguments before a schema looks at them: validating a few megabytes of nested arrays can cost
 * gigabytes. Walks without recursion and stops at the first bound passed.
 */
export function assertModest(input: unknown): void {
  const queue: [value: unknown, depth: number][] = [[input, 0]];
  let elements = 0;
  let text = 0;
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const [value, depth] = entry;
    elements += 1;
    text += sizeOf(value);
    if (elements > MAX_ELEMENTS) throw tooLarge(`more than ${MAX_ELEMENTS} elements`);
    if (depth > MAX_DEPTH) throw tooLarge(`nested deeper than ${MAX_DEPTH} levels`);
    if (text > MAX_TEXT) throw tooLarge(`more than ${MAX_TEXT / 1024} KB of text`);
    for (const child of childrenOf(value)) queue.push([child, depth + 1]);
  }
}

function childrenOf(value: unknown): unknown[] {
  if (value === null || typeof value !== 'object') return [];
  const children: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return children.length > MAX_ELEMENTS ? children.slice(0, MAX_ELEMENTS + 1) : children;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return 0;
  return Object.keys(value).reduce((sum, key) => sum + key.length, 0);
}

function tooLarge(what: string): ToolError {
  return new ToolError('invalid_input', `the arguments hold ${what}`, 'Send fewer or smaller arguments.');
}
