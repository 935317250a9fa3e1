import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';

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
  const nearest = nearestName(key, known);
  return `unknown argument ${shown}${nearest === undefined ? '' : `, did you mean ${JSON.stringify(nearest)}?`}`;
}

/** The known name within a third of its length in edits, if there is one. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name.slice(0, 80), [...known]);
  return distance(name.slice(0, 80), best) <= Math.max(2, Math.floor(best.length / 3)) ? best : undefined;
}
