import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';

import { closest } from '#domain/closest.ts';

interface Option {
  schema: z.ZodType;
  /** Value in `--help`, such as FILE; absent for a switch. */
  argument?: string;
  description: string;
}

const path = z
  .string()
  .min(1)
  .transform((value) => resolve(value));

/**
 * Every setting once: its flag is the name in kebab-case, its environment variable DAYTWO_ and the name in capitals, its
 * key in the configuration file the name itself. Flags win over the environment, the environment over the file.
 */
export const OPTIONS = {
  kubeconfig: {
    schema: path.optional(),
    argument: 'FILE',
    description: 'kubeconfig (default: KUBECONFIG, ~/.kube/config, then in-cluster)',
  },
  context: {
    schema: z.string().min(1).optional(),
    argument: 'NAME',
    description: 'context of the kubeconfig (default: its current one)',
  },
  snapshot: {
    schema: path.optional(),
    argument: 'FILE',
    description: 'serve a recorded cluster instead of a live one',
  },
  policy: {
    schema: path.optional(),
    argument: 'FILE',
    description: 'access policy (default: the one that comes with daytwo)',
  },
  auditDir: { schema: path, argument: 'DIR', description: 'where audit records go, one file a process' },
  apiGroups: {
    schema: list(),
    argument: 'GROUPS',
    description: 'further API groups that may be read, comma-separated',
  },
  callTimeout: {
    schema: z.coerce.number().int().min(1).max(300),
    argument: 'SECONDS',
    description: 'deadline of one call',
  },
  logLevel: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    argument: 'LEVEL',
    description: 'what goes to stderr',
  },
} as const satisfies Record<string, Option>;

type OptionName = keyof typeof OPTIONS;

export type Config = Readonly<{ [K in OptionName]: z.output<(typeof OPTIONS)[K]['schema']> }>;

/** Every problem of a configuration at once; each line names the flag, variable or key it came from. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n  ${problems.join('\n  ')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

interface Sources {
  /** Values by option name, as the argument parser gives them. */
  flags: Record<string, unknown>;
  environment: Record<string, string | undefined>;
  /** Path of a configuration file; a missing file is a problem. */
  file?: string;
}

/** One frozen configuration from flags, environment and file. Throws ConfigError with all problems. */
export function readConfig({ flags, environment, file }: Sources): Config {
  const fileValues = file === undefined ? { values: {}, problems: [] } : readConfigFile(file);
  const problems = [...fileValues.problems];
  const config: Record<string, unknown> = {};
  for (const name of optionNames()) {
    const { value, origin } = pick(name, { flags, environment, file: fileValues.values, fileName: file });
    const parsed = OPTIONS[name].schema.safeParse(value ?? defaultOf(name, environment));
    if (parsed.success) config[name] = parsed.data;
    else problems.push(...parsed.error.issues.map((issue) => `${origin}: ${issue.message}`));
  }
  if (config['snapshot'] !== undefined && config['kubeconfig'] !== undefined) {
    problems.push(
      'snapshot and kubeconfig exclude each other: a recording is served instead of a live cluster',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config) as Config;
}

/** The option names in the order of the table. */
export function optionNames(): OptionName[] {
  return Object.keys(OPTIONS) as OptionName[];
}

/** `auditDir` as `--audit-dir`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `auditDir` as `DAYTWO_AUDIT_DIR`. */
export function variableOf(name: string): string {
  return `DAYTWO_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

interface Values {
  flags: Record<string, unknown>;
  environment: Record<string, string | undefined>;
  file: Record<string, unknown>;
  fileName?: string;
}

function pick(
  name: OptionName,
  { flags, environment, file, fileName }: Values,
): { value: unknown; origin: string } {
  if (flags[name] !== undefined) return { value: flags[name], origin: flagOf(name) };
  const variable = variableOf(name);
  if (environment[variable]) return { value: environment[variable], origin: variable };
  return { value: file[name], origin: `${fileName ?? 'default'}: ${name}` };
}

function defaultOf(name: OptionName, environment: Record<string, string | undefined>): unknown {
  if (name === 'auditDir')
    return join(environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'daytwo', 'audit');
  if (name === 'callTimeout') return 30;
  if (name === 'logLevel') return 'warn';
  return name === 'apiGroups' ? [] : undefined;
}

function readConfigFile(file: string): { values: Record<string, unknown>; problems: string[] } {
  try {
    const document = parseDocument(readFileSync(file, 'utf8'), { strict: true, uniqueKeys: true });
    const faults = [...document.errors, ...document.warnings].map(
      (fault) => `${file}: ${fault.message.split('\n')[0]}`,
    );
    const values: unknown = faults.length > 0 ? {} : (document.toJS({ maxAliasCount: 0 }) ?? {});
    if (isRecord(values)) return { values, problems: [...faults, ...unknownKeys(file, values)] };
    return { values: {}, problems: [`${file}: must be a map of settings`] };
  } catch (error) {
    return {
      values: {},
      problems: [`${file}: ${error instanceof Error ? error.message : 'cannot be read'}`],
    };
  }
}

function unknownKeys(file: string, values: Record<string, unknown>): string[] {
  const known = optionNames();
  return Object.keys(values)
    .filter((key) => !known.some((name) => name === key))
    .map((key) => {
      const nearest = closest(key, known);
      return `${file}: unknown key ${key}${nearest ? `, did you mean ${nearest}?` : ''}`;
    });
}

function list(): z.ZodType<string[]> {
  const item = z.string().regex(/^[a-z0-9.-]+$/, 'must be API group names such as example.com');
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
    z.array(item),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
