import type { JsonObject } from '#domain/desired/engine.ts';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import type { Admin } from '../cluster/admin.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { kustomization } from '../cluster/seed.ts';
import type { Answer } from './daytwo.ts';

/** Files of a repository, and which directory of it a Kustomization applies. */
export interface ToApply {
  files: Readonly<Record<string, string>>;
  path: string;
  variables?: Readonly<Record<string, string>>;
}

/** What Flux would have done: each object that the engine builds, applied by its field manager, in its order. */
export async function applyAsFlux(
  admin: Admin,
  { files, path, variables = {} }: ToApply,
): Promise<Manifest[]> {
  const engine = createEngine({ wasm: engineFiles() });
  const contents = Object.entries(files).map(([file, text]) => [file, Buffer.from(text)] as const);
  const built = await engine.build(
    {
      artifact: { id: JSON.stringify(files), files: async () => new Map(contents) },
      path,
      name: 'apps',
      namespace: 'flux-system',
      spec: specOf(path, {}) as JsonObject,
      variables,
      strict: true,
    },
    AbortSignal.timeout(60_000),
  );
  await engine.close();
  if (!built.ok) throw new Error(built.failure.message);
  const objects = built.objects.map(({ object }) => object as unknown as Manifest);
  for (const object of objects) await admin.apply(object, 'kustomize-controller');
  return objects;
}

/** A Kustomization that has applied these objects from a commit of the GitRepository `cluster`. */
export function appliedKustomization(
  name: string,
  {
    path,
    commit,
    objects,
    spec = {},
  }: { path: string; commit: string; objects: readonly Manifest[]; spec?: object },
): Manifest {
  const made = kustomization(name, {
    revision: `main@sha1:${commit}`,
    path: `./${path}`,
    source: 'cluster',
    inventory: objects,
    wait: false,
  });
  return { ...made, spec: { ...made.spec, ...spec } };
}

function specOf(path: string, spec: object): Manifest['spec'] {
  return appliedKustomization('apps', { path, commit: '', objects: [], spec }).spec;
}

/** The rows of one of an answer's tables. */
export function rowsIn(answer: Answer, table: string): Record<string, unknown>[] {
  const { columns, rows } = answer[table] as { columns: string[]; rows: unknown[][] };
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
}
