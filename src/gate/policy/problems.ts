import { closest } from '#domain/closest.ts';
import type { PolicyProblem, YamlFile, YamlPath } from './yaml-file.ts';

import { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What a schema found wrong, at the lines where it stands; an unknown key gets the nearest known one. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, file: YamlFile): PolicyProblem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, [], schema, file));
}

function problemsOfIssue(issue: Issue, base: YamlPath, schema: z.ZodType, file: YamlFile): PolicyProblem[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((issues) => !issues.some(isWrongShape));
    if (branch) return branch.flatMap((inner) => problemsOfIssue(inner, path, schema, file));
  }
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, schema, file));
  if (issue.code === 'invalid_key') return [{ ...file.atKey(path), message: keyMessage(issue) }];
  return [{ ...file.at(path), message: worded(issue, path), ...suggested(issue) }];
}

/** The value is not of a branch's type at all, so the branch was not meant. */
function isWrongShape(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type';
}

function unknownKey(key: string, path: YamlPath, schema: z.ZodType, file: YamlFile): PolicyProblem {
  const suggestion = closest(key, keysAt(schema, path));
  const problem = { ...file.atKey([...path, key]), message: `unknown key ${JSON.stringify(key)}` };
  return suggestion ? { ...problem, suggestion } : problem;
}

function keyMessage(issue: z.core.$ZodIssueInvalidKey): string {
  return issue.issues[0]?.message ?? issue.message;
}

function worded(issue: Issue, path: YamlPath): string {
  const name = path.filter((part) => typeof part !== 'number').at(-1);
  const isType = issue.code === 'invalid_type' || issue.code === 'invalid_value';
  if (!isType) return issue.message;
  if (issue.input === undefined) return `${String(name)} is missing`;
  return `${String(name ?? 'the file')}: ${issue.message.replace(/^Invalid \w+: /, '')}`;
}

/** The nearest accepted value; needs a parse that reports its input. */
function suggested(issue: Issue): { suggestion?: string } {
  const suggestion: unknown =
    issue.code === 'invalid_value'
      ? closest(String(issue.input), issue.values.map(String))
      : issue.code === 'custom' && issue.params?.['suggestion'];
  return typeof suggestion === 'string' ? { suggestion } : {};
}

function keysAt(schema: z.ZodType, path: YamlPath): string[] {
  let here: z.core.$ZodType | undefined = bare(schema);
  for (const part of path) here = here && bare(child(here, part));
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function child(schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodObject ? schema.shape[String(part)] : undefined;
}

/** Sees through `optional`, and takes the object of a union: it alone has keys. */
function bare(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional) return bare(schema.unwrap());
  if (schema instanceof z.ZodUnion)
    return schema.options.map(bare).find((option) => option instanceof z.ZodObject);
  return schema;
}
