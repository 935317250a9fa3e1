/** Drives the real server over stdio on the recorded cluster, as an assistant would, and tells what it answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const root = join(import.meta.dirname, '..');
const snapshot = 'examples/homelab/cluster.json';

type Answer = Record<string, unknown>;

interface Finding {
  id: string;
  state: string;
  ref: string;
  reason: string;
  message: string;
  since?: string;
  evidence: { path: string; value: string }[];
  consequences: number;
}

interface Table {
  columns: string[];
  rows: (string | number | null)[][];
}

const client = new Client(
  { name: 'daytwo-demo', version: '1.0.0' },
  { versionNegotiation: { mode: 'auto' } },
);
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [
    join(root, 'src/main.ts'),
    'serve',
    '--snapshot',
    join(root, snapshot),
    '--audit-dir',
    join(root, 'node_modules/.cache/daytwo-demo'),
  ],
  stderr: 'inherit',
});
const COLOURS: Readonly<Record<string, 'red' | 'yellow' | 'blue' | 'green'>> = {
  failed: 'red',
  stalled: 'red',
  suspended: 'blue',
  ready: 'green',
};

const spent = { questions: 0, bytes: 0, milliseconds: 0 };

try {
  await tell();
} finally {
  await client.close();
}

async function tell(): Promise<void> {
  const start = performance.now();
  await client.connect(transport);
  const { tools } = await client.listTools();
  const recorded = (readFileSync(join(root, snapshot)).length / 1024).toFixed(0);
  say(styleText('bold', 'An evening in a fictional home cluster, run by Flux. Something is wrong.'));
  dim(`recorded in ${snapshot} (${recorded} KB), served over stdio, asked by an MCP client`);
  dim(
    `started in ${Math.round(performance.now() - start)} ms; tools: ${tools.map(({ name }) => name).join(', ')}`,
  );

  const health = await ask('What is broken, and why?', 'health_summary');
  const [first, ...others] = health['findings'] as Finding[];
  for (const finding of [first, ...others]) if (finding) showFinding(finding);
  if (first) await followUp(first);

  const status = await ask('Is everything reconciled with Git?', 'reconciliation_status');
  for (const line of status['summary'] as string[]) say(`  ${line}`);
  for (const problem of rowsOf(status['problems'])) showProblem(problem);

  const policy = await ask('May you read its log?', 'policy_explain', {
    tool: 'log_tail',
    namespace: 'wiki',
  });
  showDecisions(policy);

  dim(
    `\n${spent.questions} answers, ${kilobytes(spent.bytes)} and ${spent.milliseconds} ms in all. The way on is a change in Git.`,
  );
}

/** Deeper into one cause: what it takes down, what it is, what happened to it. */
async function followUp({ id, ref }: Finding): Promise<void> {
  const [kind = '', namespace = '', name = ''] = ref.split('/');

  const finding = await ask('What does the first cause take down?', 'health_summary', { finding: id });
  for (const { ref: affected, state, reason } of rowsOf(finding['consequences'])) {
    say(
      `  ${coloured(String(state), String(state).padEnd(9))} ${affected} ${styleText('dim', String(reason))}`,
    );
  }

  const { age, appliedBy, object } = await ask('Show me that object.', 'resource_get', {
    kind,
    namespace,
    name,
  });
  const { desired, updated, available, images } = object as Record<string, unknown>;
  say(`  ${styleText('bold', ref)}, ${String(age)} old, applied by ${String(appliedBy)}`);
  say(`  desired ${String(desired)}, updated ${String(updated)}, available ${String(available)}`);
  for (const [container, image] of Object.entries(images as object)) say(`  ${container}: ${String(image)}`);

  const { events } = await ask('What happened there lately?', 'event_list', { namespace, type: 'Warning' });
  for (const { last, reason, object: about, message, times } of rowsOf(events)) {
    say(`  ${String(last).padStart(5)} ago, ×${times}: ${styleText('bold', String(reason))} ${about}`);
    dim(`      ${message}`);
  }
}

async function ask(question: string, name: string, input: Answer = {}): Promise<Answer> {
  const start = performance.now();
  const result = await client.callTool({ name, arguments: input });
  const took = Math.round(performance.now() - start);
  const [content] = result.content;
  const text = content?.type === 'text' ? content.text : '';
  const bytes = Buffer.byteLength(text);
  spent.questions += 1;
  spent.bytes += bytes;
  spent.milliseconds += took;
  say(`\n${styleText(['bold', 'cyan'], question)}`);
  dim(`${name} ${JSON.stringify(input)}  ${kilobytes(bytes)}, ${took} ms`);
  if (result.isError) throw new Error(text);
  return result.structuredContent as Answer;
}

function showFinding({ state, ref, reason, message, since, evidence, consequences }: Finding): void {
  const age = since === undefined ? '' : `, for ${ageOf(since)}`;
  say(`  ${coloured(state, state.padEnd(9))} ${styleText('bold', ref)} ${reason}${age}`);
  say(`            ${message}`);
  for (const { path, value } of evidence) dim(`            ${path}: ${value}`);
  if (consequences > 0) say(`            ${consequences} more are broken only because of it`);
}

function showProblem({ ref, state, message, causedBy, blocks }: Row): void {
  say(`  ${coloured(String(state), String(state).padEnd(9))} ${styleText('bold', String(ref))}`);
  dim(`            ${String(message)}`);
  if (causedBy !== null) dim(`            because of ${causedBy}`);
  if (Number(blocks) > 0) say(`            ${String(blocks)} wait for it`);
}

function showDecisions({ explanation }: Answer): void {
  const { decisions } = explanation as {
    decisions: { tool: string; effect: string; rule: string; reason: string }[];
  };
  for (const { tool, effect, rule, reason } of decisions) {
    say(
      `  ${coloured(effect === 'allow' ? 'ready' : 'blocked', effect)} ${tool}: ${reason} ${styleText('dim', `(${rule})`)}`,
    );
  }
}

type Row = Record<string, string | number | null>;

function rowsOf(table: unknown): Row[] {
  const { columns, rows } = table as Table;
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

function coloured(state: string, text: string): string {
  return styleText(COLOURS[state] ?? 'yellow', text);
}

function ageOf(since: string): string {
  const minutes = Math.round((Date.now() - Date.parse(since)) / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

function dim(text: string): void {
  say(styleText('dim', text));
}

function say(text: string): void {
  console.log(text);
}
