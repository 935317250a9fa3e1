import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { parseDocument } from 'yaml';
import type { z } from 'zod';

import { isRecord } from '#domain/record.ts';
import { closest } from '#domain/closest.ts';

import { OPTIONS, defaultsOf } from './options.ts';

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
  const defaults: Record<string, unknown> = defaultsOf(environment, homedir());
  const config: Record<string, unknown> = {};
  for (const name of optionNames()) {
    const { value, origin } = pick(name, { flags, environment, file: fileValues.values, fileName: file });
    const parsed = OPTIONS[name].schema.safeParse(value ?? defaults[name]);
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
