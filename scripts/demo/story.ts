import type { Ask } from './assistant.ts';
import { ageOf, bold, coloured, dim, say, showDiff, showLines } from './print.ts';

interface Finding {
  state: string;
  ref: string;
  reason: string;
  message: string;
  since?: string;
  evidence: { path: string; value: string }[];
  consequences: number;
  runbook?: { id: string };
}

interface Table {
  columns: string[];
  rows: (string | number | null)[][];
}

type Row = Record<string, string | number | null>;

/** The commit that broke it, as far as its subject names versions. */
interface Bump {
  path: string;
  from: string;
  to: string;
  commit: string;
  subject: string;
}

/** From what is broken to a branch that mends it. What it proposes follows from the answers alone. */
export async function tellStory(ask: Ask): Promise<{ branch: string; commit: string }> {
  const first = await diagnose(ask);
  await openRunbook(ask, first);
  await compare(ask);
  const bump = await findBump(ask, first);
  return await propose(ask, first, bump);
}

async function diagnose(ask: Ask): Promise<Finding> {
  const { findings } = await ask('What is broken, and why?', 'health_summary');
  const [first, ...others] = findings as Finding[];
  if (!first) throw new Error('nothing is broken');
  for (const finding of [first, ...others]) showFinding(finding);

  const status = await ask('Is everything reconciled with Git?', 'reconciliation_status');
  for (const line of status['summary'] as string[]) say(`  ${line}`);
  for (const problem of rowsOf(status['problems'])) showProblem(problem);
  return first;
}

async function openRunbook(ask: Ask, { runbook }: Finding): Promise<void> {
  const input = { runbook: runbook?.id, section: 'Remedy' };
  const { matches } = await ask('What do we do about that, by our own book?', 'runbook_lookup', input);
  for (const { title, heading, path, line, text } of matches as Record<string, string>[]) {
    say(`  ${bold(`${title}: ${heading}`)} (${path}:${line})`);
    showLines(String(text).trimEnd());
  }
}

/** Beside what is broken: what somebody has changed and Git does not know of. */
async function compare(ask: Ask): Promise<void> {
  const { summary, drift } = await ask(
    'Does the homepage match Git, and who changed it by hand?',
    'drift_diff',
    { kustomization: 'homepage' },
  );
  for (const line of summary as string[]) say(`  ${line}`);
  for (const { object, field, live, git, by, when, fate, why, place } of rowsOf(drift)) {
    say(`  ${coloured('degraded', String(fate).padEnd(9))} ${bold(String(object))} ${field}`);
    say(`            ${live ?? 'nothing'} in the cluster, ${git ?? 'nothing'} in Git (${place})`);
    dim(`            ${by}, ${when}; Flux: ${why}`);
  }
}

async function findBump(ask: Ask, { evidence }: Finding): Promise<Bump> {
  const image = evidence.find(({ path }) => path.endsWith('.image'))?.value ?? '';
  const to = image.split(':').at(-1) ?? '';
  const { results } = await ask('Where does that image stand in Git?', 'repo_search', { text: `tag: ${to}` });
  const [hit] = rowsOf(results);
  if (!hit) throw new Error(`the repository does not name ${to}`);
  const path = String(hit['path']);
  say(`  ${path}:${hit['line']}  ${hit['text']}`);

  const { commits } = await ask('Who changed that file last, and how?', 'repo_history', { path, limit: 3 });
  const rows = rowsOf(commits);
  for (const row of rows) {
    say(`  ${row['commit']} ${String(row['when']).slice(0, 10)} ${bold(String(row['subject']))}`);
    dim(`               ${row['author']}`);
  }
  dim('  The dates are those of the example: its commits have the same ids everywhere.');
  const subject = String(rows[0]?.['subject']);
  const { from } = / (?<from>\S+) -> \S+$/.exec(subject)?.groups ?? {};
  if (from === undefined) throw new Error(`no version before ${to} in: ${subject}`);
  return { path, from, to, subject, commit: String(rows[0]?.['commit']) };
}

async function propose(ask: Ask, finding: Finding, bump: Bump): Promise<{ branch: string; commit: string }> {
  const { path, from, to } = bump;
  const { blob, text } = await ask('Show me the file.', 'repo_read', { path });
  const line = String(text)
    .split('\n')
    .findIndex((each) => each.includes(`tag: ${to}`));
  say(`  ${String(text).split('\n')[line]?.trim()} in line ${line + 1}, blob ${String(blob).slice(0, 12)}`);

  const name = finding.ref.split('/').at(-1);
  const change = {
    title: `Roll ${name} back to ${from}`,
    reason: reasonOf(finding, bump),
    edits: [{ path, blob, replace: { find: `tag: ${to}`, with: `tag: ${from}` } }],
  };
  const preview = await ask('What would setting it back look like?', 'propose_change', {
    preview: true,
    ...change,
  });
  showDiff(String(preview['diff']));
  showEffect(preview['effect'] as { summary: string; changes: unknown });
  say(`  ${String(preview['next'])}`);

  const { branch, commit, commands, next } = await ask('Yes. Propose it.', 'propose_change', change);
  say(`  ${coloured('ready', 'pushed')} ${bold(String(branch))} ${String(commit).slice(0, 12)}`);
  for (const command of commands as string[]) dim(`  ${command}`);
  say(`  ${String(next)}`);

  const { proposals } = await ask('What is waiting for me?', 'proposal_list');
  for (const row of rowsOf(proposals)) {
    say(`  ${bold(String(row['state']))} ${row['branch']}: ${row['subject']}`);
    dim(`       ${row['paths']}`);
  }
  return { branch: String(branch), commit: String(commit) };
}

function showEffect({ summary, changes }: { summary: string; changes: unknown }): void {
  say(`  In the cluster: ${summary}`);
  for (const { does, object, field, from, to } of rowsOf(changes))
    dim(`            ${does} ${object} ${field}: ${from} -> ${to}`);
}

function reasonOf({ ref, message, evidence }: Finding, { commit, subject }: Bump): string {
  const last = evidence.find(({ path }) => path.includes('lastState'))?.value;
  return `${ref}: ${message}.\n\nIts last words: ${last}\n\nSince ${commit}, ${subject}.`;
}

function showFinding({ state, ref, reason, message, since, evidence, consequences }: Finding): void {
  const age = since === undefined ? '' : `, for ${ageOf(since)}`;
  say(`  ${coloured(state, state.padEnd(9))} ${bold(ref)} ${reason}${age}`);
  say(`            ${message}`);
  for (const { path, value } of evidence) dim(`            ${path}: ${value}`);
  if (consequences > 0) say(`            ${consequences} more are broken only because of it`);
}

function showProblem({ ref, state, message, causedBy, blocks }: Row): void {
  say(`  ${coloured(String(state), String(state).padEnd(9))} ${bold(String(ref))}`);
  dim(`            ${String(message)}`);
  if (causedBy !== null) dim(`            because of ${causedBy}`);
  if (Number(blocks) > 0) say(`            ${String(blocks)} wait for it`);
}

function rowsOf(table: unknown): Row[] {
  const { columns, rows } = table as Table;
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}
