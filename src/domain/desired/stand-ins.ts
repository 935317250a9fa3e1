import type { Documents } from './documents.ts';
import type { BuiltObject, JsonObject } from './engine.ts';
import { holesIn, otherSentinelOf, sentinelOf } from './sentinels.ts';
import type { Variables } from './variables.ts';

type Values = Record<string, string>;

/** What a build is given for variables: once to see where they go, once to have the objects. */
export interface StandIns {
  veiled: Values;
  real: Values;
  /** Digits that stand for a variable, to what is shown for them. */
  numbers: ReadonlyMap<string, string>;
  /** Whether what the first build gives can be left as it is: nothing in it stands for a value that is known, or is cut. */
  isEnough: (veiled: readonly BuiltObject[]) => boolean;
}

/** An open source may define any name: then every one that a file uses, and nothing else defines, is closed too. */
export function standInsFor({ known, closed, isOpen }: Variables, documents: Documents): StandIns {
  const open = isOpen ? [...documents.names].filter((name) => !known.has(name)) : [];
  const without = [...new Set([...closed, ...open])];
  const hidden = [...known].filter(([name, { isPlain }]) => !isPlain && documents.names.has(name));
  const veils = hidden.map(([name, { value }], at) => [name, alike(name, value, at)] as const);
  const values = [...known].map(([name, { value }]) => [name, value] as const);
  const isCut = [...without, ...hidden.map(([name]) => name)].some((name) => documents.changed.has(name));
  return {
    veiled: Object.fromEntries([...values, ...without.map((name) => [name, sentinelOf(name)]), ...veils]),
    real: Object.fromEntries([...values, ...without.map((name) => [name, otherSentinelOf(name)])]),
    numbers: new Map(
      veils.flatMap(([name, veil]) => (isNumber(veil) ? [[digitsOf(veil), `\${${name}}`]] : [])),
    ),
    isEnough: (veiled) =>
      !isCut &&
      !veiled.some(({ object }) =>
        mayHold(
          object,
          veils.map(([, veil]) => veil),
        ),
      ),
  };
}

/** A boolean cannot be told from another, and what a Secret holds is encoded. */
function mayHold(object: JsonObject, veils: readonly string[]): boolean {
  if (veils.length === 0) return false;
  if (object['kind'] === 'Secret') return true;
  const text = JSON.stringify(object);
  return veils.some((veil) => text.includes(isNumber(veil) ? digitsOf(veil) : veil));
}

function isNumber(veil: string): boolean {
  return /^\d/.test(veil);
}

function digitsOf(veil: string): string {
  return String(Number.parseInt(veil, 10));
}

/** The same kind of value, so that the object is read and normalised alike: a number or quantity, a boolean, else text. */
function alike(name: string, value: string, at: number): string {
  const [, suffix] = /^\d+(?:\.\d+)?((?:[kKMGTPE]i?|m)?)$/.exec(value) ?? [];
  if (suffix !== undefined) return `${FIRST_NUMBER + at}${suffix}`;
  if (value === 'true' || value === 'false') return String(value !== 'true');
  return sentinelOf(name);
}

/** Few values are near it, and it fits every type of number. */
const FIRST_NUMBER = 71_001;

interface Typed {
  field: RegExp;
  /** Two values that the field takes. */
  values: (at: number) => [string, string];
}

const number = (at: number): [string, string] => [String(FIRST_NUMBER + 1_000 + at), '1'];
const boolean = (): [string, string] => ['true', 'false'];

/** Fields whose type is no text (Kubernetes API). */
const TYPED: readonly Typed[] = [
  {
    field: /(?:[rR]eplicas|[pP]ort|Seconds|[lL]imit|parallelism|completions|weight|priority|partition)$/,
    values: number,
  },
  { field: /(?:runAsUser|runAsGroup|fsGroup)$/, values: number },
  { field: /\.(?:limits|requests|capacity)(?:\.[\w-]+|\["[^"]+"\])$|\.sizeLimit$/, values: number },
  {
    field: /\.(?:suspend|host(?:Network|PID|IPC|Users)|immutable|automountServiceAccountToken)$/,
    values: boolean,
  },
  {
    field: /\.(?:privileged|readOnly|readOnlyRootFilesystem|runAsNonRoot|allowPrivilegeEscalation)$/,
    values: boolean,
  },
];

/**
 * Of variables without a known value, some fill a field of another type than text: with text in it, the object would not be
 * normalised. Undefined where there is none.
 */
export function typedStandIns(
  standIns: StandIns,
  veiled: readonly BuiltObject[],
  { known }: Variables,
): StandIns | undefined {
  const whole = veiled.flatMap(({ object }) => [...holesIn(object, object)]);
  const found = new Map<string, Typed>();
  for (const [path, shown] of whole) {
    const name = /^\$\{(\w+)\}$/.exec(shown)?.[1];
    const typed = TYPED.find(({ field }) => field.test(path));
    if (name !== undefined && typed && !known.has(name)) found.set(name, typed);
  }
  if (found.size === 0) return undefined;
  const values = [...found].map(([name, typed], at) => [name, ...typed.values(at)] as const);
  const numbers = values.map(([name, veil]) => [veil, `\${${name}}`] as const);
  return {
    veiled: { ...standIns.veiled, ...Object.fromEntries(values.map(([name, veil]) => [name, veil])) },
    real: { ...standIns.real, ...Object.fromEntries(values.map(([name, , real]) => [name, real])) },
    numbers: new Map([...standIns.numbers, ...numbers]),
    isEnough: () => false,
  };
}
