import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'yaml';

import type { JsonObject } from '#domain/desired/engine.ts';
import { createDesiredState } from '#domain/desired/desired-state.ts';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import { openRepository } from '../../src/adapters/git/open.ts';
import type { Admin } from '../../test/cluster/admin.ts';
import { ApiError } from '../../test/cluster/api.ts';
import type { Manifest } from '../../test/cluster/manifest.ts';
import { buildRepository } from './repository.ts';

const PLAIN = join(import.meta.dirname, '../../test/fixtures/homelab/plain');

/**
 * Applies to the seeded cluster what the example's repository says, as Flux would: rendered, with Flux as the only manager of
 * the fields. Kinds that the cluster does not serve are passed over, and Secrets. Returns what was applied.
 */
export async function applyFromGit(admin: Admin): Promise<Manifest[]> {
  const applied: Manifest[] = [];
  for (const object of await desiredObjects()) {
    const made = await applyAs(admin, object).catch(undefinedWhenNotServed);
    if (made) applied.push(made);
  }
  return applied;
}

async function desiredObjects(): Promise<Manifest[]> {
  const directory = await mkdtemp(join(tmpdir(), 'daytwo-example-'));
  const engine = createEngine({ wasm: engineFiles() });
  const signal = AbortSignal.timeout(120_000);
  try {
    const { head } = await buildRepository(join(directory, 'git'), { at: 'broken' });
    const { reader, close } = await openRepository({
      repository: join(directory, 'git'),
      cacheDir: join(directory, 'cache'),
      environment: process.env,
      now: Date.now,
      redact: (text) => text,
    });
    const { renderings } = await createDesiredState({ repository: reader, engine }).render(
      { at: { commit: head } },
      signal,
    );
    close();
    const reached = renderings.filter(({ unreached }) => unreached !== true);
    const objects = reached.flatMap((rendering) => rendering.objects.map(({ object }) => object));
    return objects.filter(({ kind }) => kind !== 'Secret').map(withValues);
  } finally {
    await engine.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The values of the variables, from the plain text that the example's encrypted files were made of. */
function withValues(object: JsonObject): Manifest {
  const values = ['clustersettings', 'cluster-secrets'].flatMap((name) => {
    const { data = {}, stringData = {} } = parse(
      readFileSync(join(PLAIN, `${name}.secret.yaml`), 'utf8'),
    ) as Record<string, Record<string, string>>;
    return Object.entries({ ...data, ...stringData });
  });
  const text = values.reduce(
    (whole, [name, value]) => whole.replaceAll(`zq${Buffer.from(name).toString('hex')}qz`, value),
    JSON.stringify(object),
  );
  const { sops, ...plain } = JSON.parse(text) as Manifest & { sops?: unknown };
  return sops === undefined ? plain : { ...plain, data: {} };
}

/** What made the object before gives up its fields, as if Flux had made it. */
async function applyAs(admin: Admin, object: Manifest): Promise<Manifest> {
  const made = await admin.apply(object, 'kustomize-controller');
  const entries = (made.metadata['managedFields'] ?? []) as { manager: string; subresource?: string }[];
  const managedFields = entries.filter(
    ({ manager, subresource }) => manager === 'kustomize-controller' || subresource === 'status',
  );
  const path = '/metadata/managedFields';
  await admin.patch(object, [{ op: 'replace', path, value: managedFields }], { type: 'json' });
  return observed(admin, await admin.get(object));
}

/** Its controller has seen this generation too. */
async function observed(admin: Admin, object: Manifest): Promise<Manifest> {
  const { status } = object;
  if (status?.['observedGeneration'] === undefined) return object;
  const observedGeneration = object.metadata.generation;
  const conditions = ((status['conditions'] ?? []) as object[]).map((condition) =>
    'observedGeneration' in condition ? { ...condition, observedGeneration } : condition,
  );
  return admin.patchStatus(object, { observedGeneration, conditions });
}

function undefinedWhenNotServed(error: unknown): undefined {
  if (error instanceof ApiError && error.code === 404) return undefined;
  if (error instanceof Error && /serve|no kind|not found/i.test(error.message)) return undefined;
  throw error;
}
