/** Drives the real server over stdio on the recorded cluster, as an assistant would, and prints what it answers. */
import { join } from 'node:path';
import { styleText } from 'node:util';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const root = join(import.meta.dirname, '..');
const snapshot = join(root, 'examples/homelab/cluster.json');

type Answer = Record<string, unknown>;

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
    snapshot,
    '--audit-dir',
    join(root, 'node_modules/.cache/daytwo-demo'),
  ],
  stderr: 'inherit',
});

try {
  await client.connect(transport);
  const { tools } = await client.listTools();
  say(`${tools.length} tools: ${tools.map(({ name }) => name).join(', ')}`);

  const health = await ask('What is broken, and why?', 'health_summary');
  showHealth(health);

  const status = await ask('Is everything reconciled?', 'reconciliation_status');
  showTable(status['problems']);

  const [first] = (health['findings'] as { next?: { tool: string; arguments: Answer } }[]) ?? [];
  if (first?.next) print(await ask('Show me the first cause.', first.next.tool, first.next.arguments));

  await ask('May I read logs?', 'policy_explain', { tool: 'log_tail', namespace: 'apps' }).then(print);
} finally {
  await client.close();
}

async function ask(question: string, name: string, input: Answer = {}): Promise<Answer> {
  console.log(`\n${styleText(['bold', 'cyan'], question)}`);
  const start = performance.now();
  const result = await client.callTool({ name, arguments: input });
  const took = Math.round(performance.now() - start);
  const [content] = result.content;
  const text = content?.type === 'text' ? content.text : '';
  const size = (Buffer.byteLength(text) / 1024).toFixed(1);
  console.log(styleText('dim', `${name} ${JSON.stringify(input)}  ${size} KB, ${took} ms`));
  if (result.isError) throw new Error(text);
  return result.structuredContent as Answer;
}

interface ShownFinding {
  state: string;
  ref: string;
  reason: string;
  message: string;
  consequences: number;
}

function showHealth(health: Answer): void {
  for (const line of health['summary'] as string[]) console.log(line);
  for (const { state, ref, reason, message, consequences } of health['findings'] as ShownFinding[]) {
    const colour = state === 'failed' ? 'red' : 'yellow';
    console.log(`${styleText(colour, state.padEnd(9))} ${styleText('bold', ref)} ${reason}`);
    console.log(
      `          ${message}${consequences > 0 ? styleText('dim', ` (and ${consequences} more because of it)`) : ''}`,
    );
  }
}

function showTable(table: unknown): void {
  const { columns, rows } = table as { columns: string[]; rows: (string | number | null)[][] };
  console.log(styleText('dim', columns.join(' · ')));
  for (const row of rows) console.log(row.map((cell) => cell ?? '-').join(' · '));
}

function print(answer: Answer): void {
  console.log(JSON.stringify(answer, null, 2));
}

function say(text: string): void {
  console.log(styleText('dim', text));
}
