/**
 * Run by hand: `node test/truth/compare.ts CHECKOUT…` builds every directory with a kustomization twice, with the kustomize CLI
 * and with the engine, and counts how often both give the same objects.
 */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import pLimit from 'p-limit';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import type { Build, JsonObject } from '../../src/domain/desired/engine.ts';
import { ensurePrograms } from '../cluster/build.ts';
import { filesOf } from '../support/checkout.ts';
import { firstDifference } from './rendering/first-difference.ts';

/** Flux asks for origins where a kustomization has no resources of its own; the CLI does not. */
const ORIGIN = 'config.kubernetes.io/origin';

const run = promisify(execFile);
const engine = createEngine({ wasm: engineFiles() });
const signal = AbortSignal.timeout(3_600_000);
const { kustomize } = await ensurePrograms(['kustomize']);
for (const checkout of process.argv.slice(2)) await compare(checkout);
await engine.close();

type Verdict = 'equal' | 'both fail' | 'remote base' | 'differ';

async function compare(checkout: string): Promise<void> {
  const files = await filesOf(checkout);
  const directories = [...files.keys()]
    .filter((file) => /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(file))
    .map((file) => dirname(file).replace(/^\.$/, ''));
  const limit = pLimit(2);
  const verdicts = await Promise.all(
    directories.map((directory) => limit(() => compareOne({ checkout, files, directory }))),
  );
  const counts = Object.fromEntries(
    [...Map.groupBy(verdicts, ({ verdict }) => verdict)].map(([verdict, of]) => [verdict, of.length]),
  );
  const objects = verdicts.reduce((sum, one) => sum + one.objects, 0);
  print(JSON.stringify({ checkout, directories: directories.length, objects, ...counts }));
  for (const { verdict, directory, why } of verdicts)
    if (verdict === 'differ' || process.env['VERBOSE']) print(`  ${directory}: ${verdict}: ${why}`);
}

interface Question {
  checkout: string;
  files: ReadonlyMap<string, Uint8Array>;
  directory: string;
}

interface Answer {
  directory: string;
  verdict: Verdict;
  why: string;
  objects: number;
}

async function compareOne({ checkout, files, directory }: Question): Promise<Answer> {
  const ours = await build(checkout, files, directory);
  const answer = (verdict: Verdict, why: string, objects = 0): Answer => ({
    directory,
    verdict,
    why,
    objects,
  });
  // The CLI would download it.
  if (!ours.ok && ours.failure.reason === 'remote-base') return answer('remote base', ours.failure.message);
  const theirs = await cli(join(checkout, directory));
  if ('problem' in theirs) {
    if (!ours.ok) return answer('both fail', `${ours.failure.message} | ${theirs.problem}`);
    return answer('differ', `only the CLI fails: ${theirs.problem}`);
  }
  if (!ours.ok) return answer('differ', `only the engine fails: ${ours.failure.message}`);
  const finished = await finish(directory, theirs.text);
  if (!finished.ok) return answer('differ', `the CLI's output is refused: ${finished.failure.message}`);
  const why = firstDifference(plain(finished), plain(ours));
  return answer(why === undefined ? 'equal' : 'differ', why ?? '', ours.objects.length);
}

function build(id: string, files: ReadonlyMap<string, Uint8Array>, path: string): Promise<Build> {
  return engine.build(
    {
      artifact: { id, files: async () => files },
      path,
      name: 'n',
      namespace: 'n',
      spec: {},
      variables: {},
      strict: true,
    },
    signal,
  );
}

async function cli(directory: string): Promise<{ text: string } | { problem: string }> {
  try {
    const args = ['build', '--load-restrictor', 'LoadRestrictionsNone', directory];
    return { text: (await run(kustomize, args, { maxBuffer: 1 << 28 })).stdout };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What Flux does after a build (labels, lists, normal forms) is done to the CLI's output too, by a build of that alone. */
function finish(directory: string, text: string): Promise<Build> {
  const files = new Map(text.trim() === '' ? [] : [['all.yaml', Buffer.from(text)]]);
  return build(`built ${directory} ${Math.random()}`, files, '');
}

function plain(built: Build & { ok: true }): Record<string, JsonObject> {
  const objects = built.objects.map(({ object }): [string, JsonObject] => {
    const { annotations = {}, ...metadata } = object['metadata'] as { annotations?: JsonObject } & JsonObject;
    const { [ORIGIN]: _origin, ...kept } = annotations;
    const own = Object.keys(kept).length > 0 ? { ...metadata, annotations: kept } : metadata;
    const name = JSON.stringify([
      object['apiVersion'],
      object['kind'],
      metadata['namespace'],
      metadata['name'],
    ]);
    return [name, { ...object, metadata: own }];
  });
  return Object.fromEntries(objects);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
