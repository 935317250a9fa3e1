import type { z } from 'zod';

import { closest } from '#domain/closest.ts';

import { ToolError } from '../errors.ts';

/** Schema issues as one error that names each argument, what is wrong with it, and for a misspelt one the likely name. */
export function inputProblem(error: z.ZodError, known: readonly string[]): ToolError {
  const problems = error.issues.map((issue) => describe(issue, known));
  const accepted =
    known.length > 0 ? `Accepted arguments: ${known.join(', ')}.` : 'This tool takes no arguments.';
  return new ToolError('invalid_input', problems.join('; '), accepted);
}

function describe(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, known)).join('; ');
  return `${issue.path.map(String).join('.') || 'arguments'}: ${issue.message}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const shown = JSON.stringify(key.slice(0, 80));
  const nearest = closest(key.slice(0, 80), known);
  return `unknown argument ${shown}${nearest === undefined ? '' : `, did you mean ${JSON.stringify(nearest)}?`}`;
}
