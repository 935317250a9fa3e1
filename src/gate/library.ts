import type { Runbook } from '#domain/runbooks/runbook.ts';
import type { RunbookSource } from '#domain/runbooks/source.ts';

import { ToolError } from '../errors.ts';
import type { Call } from './call.ts';
import { decide, scopeOf } from './policy/decide.ts';
import { type Run, demand } from './run.ts';

/** Whoever may call this tool may read runbooks as resources, and nobody else. */
export const READS_RUNBOOKS = 'runbook_lookup';

/** A runbook as a list of resources names it; `path` is in the operator's repository, or in daytwo itself. */
export interface ListedRunbook {
  uri: string;
  title: string;
  path: string;
  origin: Runbook['origin'];
}

/** One read of a resource, as a transport hands it over. */
export type ResourceCall = Omit<Call, 'tool' | 'arguments' | 'progress'> & { uri: string };

/** The runbooks this caller may read, the operator's first. */
export async function listRunbooks(run: Run, source: RunbookSource): Promise<ListedRunbook[]> {
  const { runbooks } = await source.index(run.call.signal);
  return runbooks
    .filter((runbook) => mayRead(run, runbook))
    .map((runbook) => ({
      uri: uriOf(runbook),
      title: runbook.title,
      path: runbook.path,
      origin: runbook.origin,
    }));
}

/** A runbook as committed, cut only where an answer may not be longer. Throws `denied` and `not_found`. */
export async function readRunbook(
  run: Run,
  uri: string,
  source: RunbookSource,
): Promise<Record<string, unknown>> {
  demand(run, {});
  const { runbooks } = await source.index(run.call.signal);
  const runbook = runbooks.find((one) => uriOf(one) === uri);
  if (runbook === undefined) throw unknownRunbook(uri);
  if (runbook.origin === 'operator') demand(run, { path: runbook.path });
  const { bytes } = scopeOf(run.policy, run.call.principal, run.call.tool).limits;
  const { path, commit, origin, text } = runbook;
  return { uri, path, origin, ...(commit !== undefined && { commit }), text: within(text, bytes * 0.8) };
}

function mayRead({ policy, call }: Run, { origin, path }: Runbook): boolean {
  const question = { tool: call.tool, ...(origin === 'operator' && { path }) };
  return decide(policy, call.principal, question).effect === 'allow';
}

function uriOf({ id }: Runbook): string {
  return `runbook:///${id.split('/').map(encodeURIComponent).join('/')}`;
}

/** Whole lines as far as they fit; the size is that of the answer's JSON. */
function within(text: string, bytes: number): string {
  const lines = text.split('\n');
  let size = 0;
  const over = lines.findIndex((line) => (size += Buffer.byteLength(JSON.stringify(line))) > bytes);
  if (over === -1) return text;
  const note = `[cut: ${over} of ${lines.length} lines; runbook_lookup opens single sections]`;
  return [...lines.slice(0, over), note].join('\n');
}

function unknownRunbook(uri: string): ToolError {
  return new ToolError(
    'not_found',
    `there is no runbook ${JSON.stringify(uri.slice(0, 200))}`,
    'resources/list names those there are; runbook_lookup finds one by a finding, an alert or a question.',
  );
}
