import type {
  Commit,
  OpenProposal,
  PreparedChange,
  ProposalWriter,
  RepositoryReader,
} from '#domain/repository/port.ts';
import { branchName, commitMessage } from '#domain/proposals/message.ts';
import { refusalsOf } from '#domain/proposals/refusals.ts';
import type { DesiredState } from '#domain/desired/desired.ts';
import type { JudgedEffect } from '#domain/effect/effect.ts';
import { effectOfChange, unknownEffect } from '#domain/effect/of-change.ts';

import { ToolError, toToolError } from '../errors.ts';
import type { AnyProposeTool, Proposal, ProposeContext } from '../tool.ts';
import type { Audit, AuditedProposal } from './audit/audit.ts';
import type { ProposalAnswer } from './proposal-answer.ts';
import { type Bounds, boundsFor } from './proposal-bounds.ts';
import type { RateLimiter } from './rate-limits.ts';
import type { Redactor } from './redaction/redact.ts';
import type { Run } from './run.ts';

/** What proposing needs beyond the call: where it goes, and what it is judged by. */
export interface ProposeParts {
  reader: RepositoryReader;
  writer: ProposalWriter;
  audit: Audit;
  rateLimiter: RateLimiter;
  createRedactor: () => Redactor;
  /** Renders what a change would do; absent where nothing renders. */
  openRendering?: () => Promise<{ desired: DesiredState }>;
  /** Directories that proposals may change. */
  roots: readonly string[];
  /** Throws `denied` for a path the policy does not allow this caller to change. */
  demandPath: (path: string) => void;
  signal: AbortSignal;
}

/**
 * prepare → decide on the real paths → refuse what is unsafe → audit the intent → push. Nothing leaves before the intent is
 * on disk; a preview ends before it.
 */
export async function propose(
  run: Run,
  tool: AnyProposeTool,
  input: object,
  context: ProposeContext,
  parts: ProposeParts,
): Promise<ProposalAnswer> {
  const bounds = boundsFor(run.policy, run.call.principal, tool.name);
  parts.rateLimiter.take(run.call.principal.id, bounds.perHour);
  assertBase(bounds, parts);
  const proposal = await tool.prepare(input as never, context);
  assertChanges(proposal);
  const prepared = await parts.writer.prepare(proposal.change, parts.signal);
  for (const path of prepared.paths) parts.demandPath(path);
  await assertSafe(proposal, prepared, bounds, parts);
  const judged = await effectFor(prepared, parts);
  assertHarmless(judged);
  const answer = { ...described(proposal, prepared), effect: judged.effect };
  if (proposal.preview)
    return { ...answer, commands: [], next: 'Nothing was pushed. Call again without preview to push it.' };
  await assertRoom(bounds, parts);
  const effect = judged.lines.map((line) => parts.createRedactor().text(line));
  const pushing = { ...parts, prefix: bounds.branchPrefix, effect };
  return { ...answer, ...(await push(run, proposal, prepared, pushing)) };
}

function assertBase({ bases }: Bounds, { reader }: ProposeParts): void {
  const { base } = reader.identity;
  if (bases === undefined || bases.includes(base)) return;
  throw new ToolError(
    'denied',
    `proposals start from ${base} here, and the policy allows ${bases.join(', ')}`,
    'The operator has to bring the policy and the configured base branch together.',
  );
}

/**
 * The repository as committed, for preparing a change: a file that the caller may not change is not read either, or errors
 * about edits would confirm guesses about it.
 */
export function proposalReader(
  reader: RepositoryReader,
  demandPath: ProposeParts['demandPath'],
): RepositoryReader {
  return {
    ...reader,
    read: async (commit, path, signal) => {
      demandPath(path);
      return reader.read(commit, path, signal);
    },
  };
}

/** What cannot be rendered is said, and does not stand in the way of the change that may mend it. */
async function effectFor(
  prepared: PreparedChange,
  { openRendering, signal }: ProposeParts,
): Promise<JudgedEffect> {
  if (openRendering === undefined) return unknownEffect('rendering is not set up');
  try {
    return await effectOfChange((await openRendering()).desired, prepared, signal);
  } catch (error) {
    signal.throwIfAborted();
    return unknownEffect(toToolError(error).message);
  }
}

function assertHarmless({ refusals }: JudgedEffect): void {
  if (refusals.length === 0) return;
  throw new ToolError(
    'invalid_input',
    `refused, nothing has left: ${refusals.slice(0, 5).join('; ')}`,
    'Change the edits so that the build passes and nothing precious is pruned; what must be so, a person does by hand.',
  );
}

function assertChanges({ change }: Proposal): void {
  if (change.files.length > 0) return;
  throw new ToolError(
    'invalid_input',
    'the edits change nothing',
    'Read the file again: it may hold this already.',
  );
}

/** Refusals name everything that is wrong at once; each has its way out. */
async function assertSafe(
  proposal: Proposal,
  prepared: PreparedChange,
  bounds: Bounds,
  parts: ProposeParts,
): Promise<void> {
  assertWords(proposal, prepared, parts.createRedactor());
  const redactor = parts.createRedactor();
  const refusals = await refusalsOf(prepared, {
    roots: parts.roots,
    maxFiles: bounds.maxFiles,
    maxChangedLines: bounds.maxChangedLines,
    deletable: bounds.deletable,
    hasSecret: (text) => secretIn(text, redactor),
    read: (path) => parts.reader.read(prepared.base, path, parts.signal),
  });
  const [first] = refusals;
  if (first === undefined) return;
  const all = refusals.map(({ path, what }) => `${path}: ${what}`).join('; ');
  throw new ToolError('invalid_input', `refused, nothing has left: ${all}`, first.wayOut);
}

/** Title and reason become the commit message and the branch, and paths are pushed like content. */
function assertWords({ title, reason }: Proposal, { paths }: PreparedChange, redactor: Redactor): void {
  const rule = secretIn([title, reason, ...paths].join('\n'), redactor);
  if (rule === undefined) return;
  throw new ToolError(
    'invalid_input',
    `refused, nothing has left: title, reason or a path looks like a secret (${rule})`,
    'Say where the secret is, never what it is.',
  );
}

/** The rule that would redact something of this text. */
function secretIn(text: string, redactor: Redactor): string | undefined {
  redactor.text(text);
  return Object.keys(redactor.counts())[0];
}

async function assertRoom({ open }: Bounds, { writer, signal }: ProposeParts): Promise<void> {
  const waiting = (await writer.open(signal)).filter((proposal: OpenProposal) => !proposal.merged);
  if (waiting.length < open) return;
  throw new ToolError(
    'denied',
    `${waiting.length} proposals are open, and the policy allows ${open}`,
    'Ask a person to merge or delete some: proposal_list names them.',
  );
}

async function push(
  run: Run,
  proposal: Proposal,
  prepared: PreparedChange,
  { reader, writer, audit, signal, prefix, effect }: ProposeParts & { prefix: string; effect: string[] },
): Promise<Pick<ProposalAnswer, 'branch' | 'commit' | 'url' | 'commands' | 'next'>> {
  const auditID = audit.newId();
  const branch = branchName(proposal.title, auditID).replace('daytwo/', prefix);
  const habit = await reader.history(prepared.base, '', HABIT, signal);
  const message = commitMessage(proposal, {
    subjects: habit.map(({ subject }: Commit) => subject),
    auditID,
    principal: run.call.principal.id,
    effect,
  });
  const intent: AuditedProposal = { repository: reader.identity.url, branch, paths: prepared.paths };
  signal.throwIfAborted();
  audit.intend({
    auditID,
    principal: run.call.principal,
    client: run.call.client,
    tool: run.call.tool,
    proposal: intent,
  });
  run.auditID = auditID;
  run.proposal = intent;
  const pushed = await writer.push(prepared, branch, message, signal);
  run.proposal = { ...intent, commit: pushed.commit };
  const { command, ...where } = pushed;
  return {
    ...where,
    commands: commandsFor(reader.identity.url, branch, command),
    next: 'A person reviews and merges the branch; Flux applies it then.',
  };
}

/** To look at the branch by hand, and to open the pull request. */
function commandsFor(url: string, branch: string, request: string | undefined): string[] {
  return [`git fetch ${url} ${branch} && git show FETCH_HEAD`, ...(request === undefined ? [] : [request])];
}

/** How many of the newest subjects tell the habit of a repository. */
const HABIT = 50;

/** Bytes of a diff in an answer. */
const DIFF = 12_000;

function described(
  { title }: Proposal,
  { base, paths, changedLines, diff }: PreparedChange,
): Omit<ProposalAnswer, 'effect'> {
  const cut = Buffer.byteLength(diff) > DIFF;
  return {
    title,
    base,
    paths: [...paths],
    changedLines,
    diff: cut ? diff.slice(0, DIFF) : diff,
    ...(cut && { cut: `the first ${DIFF} bytes of the diff; look at the branch for the rest` }),
    commands: [],
    next: '',
  };
}
