import { z } from 'zod';

import { ToolError } from '../../errors.ts';

/** One step into a document: a key, an index, the item that holds these values, the scalar item itself, or a new last item. */
export type Step =
  | { key: string }
  | { index: number }
  | { where: Readonly<Record<string, string>> }
  | { item: string }
  | { append: true };

/** How a place in YAML is named: a path of steps, dotted (`spec.containers[name=web].image`), or a JSON pointer (`/spec/0`). */
export const At = z.union([
  z.string().min(1).max(500),
  z
    .array(z.union([z.string().max(200), z.int().min(0).max(100_000), z.record(z.string(), z.string())]))
    .min(1)
    .max(40),
]);

/**
 * The steps of a path. In a dotted path, `[0]` is an index, `[name=web]` the item with that value, `[=web]` the scalar
 * item itself, `[-]` a new last item, and a key with dots is quoted: `metadata.annotations."a.b/c"` or
 * `metadata.annotations["a.b/c"]`. Throws `invalid_input`.
 */
export function stepsOf(at: z.output<typeof At>): Step[] {
  const steps =
    typeof at === 'string' ? (at.startsWith('/') ? pointerSteps(at) : dottedSteps(at)) : at.map(listStep);
  if (steps.some((step) => 'key' in step && step.key === '__proto__'))
    throw unreadable(at, 'a key is not __proto__');
  if (steps.slice(0, -1).some((step) => 'append' in step))
    throw unreadable(at, 'a new item can only stand last');
  return steps;
}

/** A path in words, as `spec.containers[name=web].image`. */
export function pathText(steps: readonly Step[]): string {
  return steps.map((step, index) => stepText(step, index === 0)).join('');
}

function listStep(step: string | number | Record<string, string>): Step {
  if (typeof step === 'number') return { index: step };
  if (typeof step === 'string') return step === '-' ? { append: true } : { key: step };
  if (Object.keys(step).length === 0) throw unreadable('{}', 'a selector names at least one key');
  return { where: step };
}

function pointerSteps(pointer: string): Step[] {
  return pointer
    .slice(1)
    .split('/')
    .map((part) => {
      if (part === '-') return { append: true };
      return { key: part.replaceAll('~1', '/').replaceAll('~0', '~') };
    });
}

const KEY = /^(?:"(?<quoted>[^"]+)"|(?<plain>[^.[\]"]+))/;
const BRACKET =
  /^\[(?:(?<index>\d{1,6})|(?<append>-)|"(?<key>[^"]+)"|'(?<single>[^']+)'|(?<where>[^[\]=]*)=(?<value>[^[\]]*))\]/;

function dottedSteps(path: string): Step[] {
  const steps: Step[] = [];
  let rest = path;
  while (rest !== '') {
    const [step, length] = rest.startsWith('[') ? bracketStep(rest, path) : keyStep(rest, path);
    steps.push(step);
    rest = rest.slice(length);
    if (rest.startsWith('.') && rest.length > 1 && rest[1] !== '[') rest = rest.slice(1);
    else if (rest !== '' && !rest.startsWith('['))
      throw unreadable(path, `what is ${JSON.stringify(rest.slice(0, 40))}?`);
  }
  return steps;
}

function keyStep(rest: string, path: string): [Step, number] {
  const match = KEY.exec(rest);
  const key = match?.groups?.['quoted'] ?? match?.groups?.['plain'];
  if (match === null || key === undefined) throw unreadable(path, 'a key is missing');
  return [{ key }, match[0].length];
}

function bracketStep(rest: string, path: string): [Step, number] {
  const match = BRACKET.exec(rest);
  if (match === null)
    throw unreadable(path, `the bracket at ${JSON.stringify(rest.slice(0, 40))} cannot be read`);
  const { index, append, key, single, where, value = '' } = match.groups ?? {};
  const named = key ?? single;
  if (named !== undefined) return [{ key: named }, match[0].length];
  if (append !== undefined) return [{ append: true }, match[0].length];
  if (index !== undefined) return [{ index: Number(index) }, match[0].length];
  const bare = value.replace(/^(["'])(.*)\1$/, '$2');
  return [where ? { where: { [where]: bare } } : { item: bare }, match[0].length];
}

function stepText(step: Step, isFirst: boolean): string {
  if ('index' in step) return `[${step.index}]`;
  if ('append' in step) return '[-]';
  if ('item' in step) return `[=${step.item}]`;
  if ('where' in step)
    return Object.entries(step.where)
      .map(([key, value]) => `[${key}=${value}]`)
      .join('');
  if (!/^[^.[\]"\s]+$/.test(step.key)) return `["${step.key}"]`;
  return isFirst ? step.key : `.${step.key}`;
}

function unreadable(at: unknown, why: string): ToolError {
  const shown = (typeof at === 'string' ? at : JSON.stringify(at)).slice(0, 120);
  return new ToolError(
    'invalid_input',
    `the path ${JSON.stringify(shown)} cannot be read: ${why}`,
    'Write spec.template.spec.containers[name=web].image; quote a key with dots: metadata.annotations["a.b/c"]; [0] is an index, [=x] the item x, [-] a new last item.',
  );
}
