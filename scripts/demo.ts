/**
 * A bad hour and its way out: drives the real server over stdio, on the recorded cluster and its Git remote, as an assistant
 * would. `--keep` leaves everything there and says how to connect an assistant to it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { type Command, connectAssistant } from './demo/assistant.ts';
import { bold, coloured, dim, kilobytes, question, say, showDiff, showLines } from './demo/print.ts';
import { checkBranch, gitIn, refsOf } from './demo/remote.ts';
import { tellStory } from './demo/story.ts';
import { ensureEngine } from './engine/ensure.ts';
import { buildRepository } from './homelab/repository.ts';

const ROOT = join(import.meta.dirname, '..');
const SNAPSHOT = 'examples/homelab/cluster.json';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'daytwo-demo-'));
if (!values.keep) process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  await demonstrate();
} catch (error) {
  console.error(coloured('failed', error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}

async function demonstrate(): Promise<void> {
  await ensureEngine();
  const remote = join(folder, 'remote.git');
  await buildRepository(remote, { at: 'broken', bare: true });
  const before = await refsOf(remote);
  const command = serverOn(remote);

  const { branch, commit } = await tell(command);

  question('What is in the remote now?');
  showLines(await gitIn(remote, 'log', '--oneline', '-3', branch));
  say('');
  showLines(await gitIn(remote, 'log', '-1', '--format=%B', branch));
  say('');
  showDiff(await gitIn(remote, 'diff', 'main', branch));
  await checkBranch({ remote, branch, commit, before });
  say(`\n  ${coloured('ready', 'The branch is the fix and nothing else.')} main is where it was:`);
  showLines(await gitIn(remote, 'log', '-1', '--format=%h %s', 'main'));
  if (values.keep) showConnection(command);
}

async function tell(command: Command): Promise<{ branch: string; commit: string }> {
  const start = performance.now();
  const { client, ask, spent } = await connectAssistant(command);
  try {
    const { tools } = await client.listTools();
    say(bold('An evening in a fictional home cluster, run by Flux. Something is wrong.'));
    dim(
      `recorded in ${SNAPSHOT} (${kilobytes(readFileSync(join(ROOT, SNAPSHOT)).length)}), its Git remote in a temporary folder`,
    );
    dim(
      `started in ${Math.round(performance.now() - start)} ms; tools: ${tools.map(({ name }) => name).join(', ')}`,
    );
    const pushed = await tellStory(ask);
    dim(
      `\n${spent.questions} answers, ${kilobytes(spent.bytes)} and ${spent.milliseconds} ms in all. The way on is a review and a merge.`,
    );
    return pushed;
  } finally {
    await client.close();
  }
}

function serverOn(remote: string): Command {
  const own = ['--repo', remote, '--cache-dir', join(folder, 'cache'), '--audit-dir', join(folder, 'audit')];
  return {
    command: process.execPath,
    args: [join(ROOT, 'src/main.ts'), 'serve', '--snapshot', join(ROOT, SNAPSHOT), ...own],
  };
}

function showConnection({ command, args }: Command): void {
  question('Go on yourself');
  say('Claude Code:\n');
  say(`claude mcp add daytwo-demo -- ${[command, ...args].map(quoted).join(' ')}\n`);
  say('Any other host:\n');
  say(`${JSON.stringify({ mcpServers: { 'daytwo-demo': { command, args } } }, undefined, 2)}\n`);
  say('Then ask: what is wrong with my cluster?');
  dim(`Everything is in ${folder}; remove it when you are done.`);
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
