import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import { ensurePrograms } from '../cluster/build.ts';
import { filesOf } from '../support/checkout.ts';

const run = promisify(execFile);
const EXAMPLE = join(import.meta.dirname, '../../examples/homelab/repository');

/** Milliseconds of builds of one directory each: by the engine, and by a process of the kustomize CLI. */
export interface RenderFigures {
  directories: number;
  /** Of all directories together, at the first round of an engine that is just started. */
  start: number;
  engine: number[];
  cli: number[];
}

/**
 * Builds every directory of the example repository: with the engine of a server, which has built it for as many earlier commits,
 * and with a new process of the CLI, as there is no other way to use it. Each takes its rounds by itself, as it would.
 */
export async function measureRender(rounds: number, say: (text: string) => void): Promise<RenderFigures> {
  say('the kustomize CLI is built once');
  const { kustomize } = await ensurePrograms(['kustomize']);
  const files = await filesOf(EXAMPLE);
  const directories = [...files.keys()].filter((path) => path.endsWith('/kustomization.yaml')).map(dirname);
  const engine = createEngine({ wasm: engineFiles() });
  const artifact = { id: 'example', files: async () => files };
  const signal = AbortSignal.timeout(600_000);
  const build = async (path: string): Promise<void> => {
    const request = { artifact, path, name: 'a', namespace: 'b', spec: {}, variables: {}, strict: false };
    const built = await engine.build(request, signal);
    if (!built.ok) throw new Error(`${path}: ${built.failure.message}`);
  };
  const process = (path: string): Promise<unknown> =>
    run(kustomize, ['build', '--load-restrictor', 'LoadRestrictionsNone', join(EXAMPLE, path)]);
  try {
    const figures: RenderFigures = { directories: directories.length, start: 0, engine: [], cli: [] };
    figures.start = await took(() => inTurn(directories, build));
    for (let round = 1; round < rounds; round += 1) await inTurn(directories, build);
    for (let round = 0; round < rounds; round += 1) {
      figures.engine.push(...(await inTurn(directories, build)));
      figures.cli.push(...(await inTurn(directories, process)));
    }
    return figures;
  } finally {
    await engine.close();
  }
}

/** Milliseconds of each. */
async function inTurn(paths: readonly string[], work: (path: string) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (const path of paths) times.push(await took(() => work(path)));
  return times;
}

/** Milliseconds. */
export async function took(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
