import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { readHistory, treesOf } from '../../scripts/homelab/history.ts';
import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import type { Build, JsonObject } from '../../src/domain/desired/engine.ts';
import { isEncrypted } from '../../src/domain/desired/documents.ts';
import { mapAt, mapsAt, textAt } from '../../src/domain/desired/manifest.ts';
import type { PublishedArtifact } from '../cluster/artifact-server.ts';
import { reconciledAt, setArtifact } from '../cluster/flux-controller.ts';
import type { Manifest, ManifestRef } from '../cluster/manifest.ts';
import { attend, exampleCrds } from './example/stand-ins.ts';
import { type FluxWorld, startFluxWorld } from './flux-world.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/homelab');
const ROOTS = ['flux-entry.yaml', 'flux-entry-repos.yaml'].map((name) => `clusters/main/kubernetes/${name}`);
const SOURCE: ManifestRef = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: { name: 'cluster', namespace: 'flux-system' },
};
/** Applied by every Kustomization that is reached and follows the repository itself. */
const REACHED = 20;

const tree = treesOf(readHistory()).at(-1) ?? new Map<string, string>();

describe.skipIf(inject('controlPlane') === undefined)('the example repository in a cluster with Flux', () => {
  const engine = createEngine({ wasm: engineFiles() });
  let world: FluxWorld;
  let artifact: PublishedArtifact;
  let kustomizations: Manifest[];
  let stand: ReturnType<typeof attend> | undefined;

  beforeAll(async () => {
    world = await startFluxWorld();
    const { admin } = world.plane;
    await admin.installCrds(exampleCrds());
    await bootstrap(world);
    artifact = await world.artifacts.publish(Object.fromEntries(tree));
    await setArtifact(admin, SOURCE, artifact);
    stand = attend(world.plane);
    for (const path of ROOTS) await admin.apply(manifestIn(path));
    for (const path of ROOTS) await reconciledAt(admin, manifestIn(path), artifact.revision);
    const all = await admin.list('kustomize.toolkit.fluxcd.io/v1', 'Kustomization');
    const own = all.filter(
      ({ spec }) => textAt(mapAt(spec as JsonObject, 'sourceRef'), 'kind') === SOURCE.kind,
    );
    for (const { metadata } of own) await untilApplied(metadata);
    kustomizations = await Promise.all(own.map(({ metadata }) => admin.get(refOf(metadata))));
  }, 300_000);

  afterAll(async () => {
    await engine.close();
    await stand?.stop();
    await world?.stop();
  });

  test('every Kustomization of it is reconciled', () => {
    const unready = kustomizations.filter((one) => !isApplied(one));

    expect(unready.map(({ metadata, status }) => [metadata.name, status?.['conditions']])).toEqual([]);
    expect(kustomizations).toHaveLength(REACHED);
  });

  test('each has applied what we build, object for object', async () => {
    const compared = await Promise.all(
      kustomizations.map(async (one) => {
        const { name, namespace = '' } = one.metadata;
        const built = objectsOf(await build(one));
        const applied = world.recorder.appliedBy({ name, namespace });
        return { name, built: shown(built, built), applied: shown(applied, built) };
      }),
    );

    expect(compared.map(({ name, built }) => [name, built])).toEqual(
      compared.map(({ name, applied }) => [name, applied]),
    );
    expect(compared.flatMap(({ built }) => Object.keys(built)).length).toBeGreaterThan(80);
  });

  /** What fails for something that another is about to bring would be tried again only minutes later: it is asked to. */
  async function untilApplied(metadata: Manifest['metadata']): Promise<void> {
    const { admin } = world.plane;
    for (let tries = 0; tries < 6; tries += 1) {
      const waited = admin.waitFor(refOf(metadata), isApplied, 5_000);
      if (
        await waited.then(
          () => true,
          () => false,
        )
      )
        return;
      const annotations = { 'reconcile.fluxcd.io/requestedAt': String(tries) };
      await admin.patch(refOf(metadata), { metadata: { annotations } }, { fieldManager: 'flux' });
    }
  }

  function isApplied(one: Manifest | undefined): boolean {
    return one?.status?.['lastAppliedRevision'] === artifact.revision;
  }

  /** The engine's build of a Kustomization as it is in the cluster, with the values that are in the cluster. */
  async function build({ metadata: { name, namespace = '' }, spec }: Manifest): Promise<Build> {
    const contents = new Map([...tree].map(([path, text]) => [path, Buffer.from(text)]));
    const request = {
      artifact: { id: artifact.digest, files: async () => contents },
      path: textAt(spec as JsonObject, 'path').replace(/^\.\//, ''),
      name,
      namespace,
      spec: spec as JsonObject,
      variables: await variablesOf(spec as JsonObject, namespace),
      strict: true,
    };
    return engine.build(request, AbortSignal.timeout(60_000));
  }

  async function variablesOf(spec: JsonObject, namespace: string): Promise<Record<string, string>> {
    const variables: Record<string, string> = {};
    for (const from of mapsAt(mapAt(spec, 'postBuild'), 'substituteFrom')) {
      const kind = textAt(from, 'kind');
      const source = { apiVersion: 'v1', kind, metadata: { name: textAt(from, 'name'), namespace } };
      const values = ((await world.plane.admin.get(source))['data'] ?? {}) as Record<string, string>;
      for (const [name, value] of Object.entries(values))
        variables[name] = kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value;
    }
    return variables;
  }
});

/** What has to be there before Flux can begin: the key, and the variables that the entry itself needs. */
async function bootstrap({ plane: { admin } }: FluxWorld): Promise<void> {
  const key = readFileSync(join(FIXTURES, 'throw-away.agekey'), 'utf8');
  await admin.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'sops-age', namespace: 'flux-system' },
    stringData: { 'age.agekey': key },
  });
  const plain = readFileSync(join(FIXTURES, 'plain/clustersettings.secret.yaml'), 'utf8');
  await admin.apply(parse(plain) as Manifest);
  await admin.apply(manifestIn('clusters/main/kubernetes/flux-system/flux/upgradesettings.yaml'));
  for (const name of namespacesIn(tree))
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

/** Some Kustomizations put objects into namespaces of others: without these they would be tried again ten minutes later. */
function namespacesIn(files: ReadonlyMap<string, string>): string[] {
  const found = [...files.values()].flatMap((text) => [
    ...text.matchAll(/^kind: Namespace\nmetadata:\n {2}name: (\S+)$/gm),
  ]);
  return found.flatMap(([, name = '']) => name);
}

function manifestIn(path: string): Manifest {
  const [document] = parseAllDocuments(tree.get(path) ?? '');
  return document?.toJS() as Manifest;
}

function refOf({ name, namespace = '' }: Manifest['metadata']): ManifestRef {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace },
  };
}

function objectsOf(build: Build): JsonObject[] {
  if (!build.ok) throw new Error(build.failure.message);
  return build.objects.map(({ object }) => object);
}

/** Objects by what names them; of those that are encrypted in Git, nothing more. */
function shown(
  objects: readonly (JsonObject | Manifest)[],
  built: readonly JsonObject[],
): Record<string, unknown> {
  const closed = new Set(built.filter(isEncrypted).map(nameOf));
  const named = objects.map((object): [string, unknown] => {
    const { metadata, ...rest } = object as Manifest;
    const { creationTimestamp: _, ...meta } = metadata;
    const name = nameOf(object);
    return [name, closed.has(name) ? 'encrypted' : { ...rest, metadata: meta }];
  });
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function nameOf(object: JsonObject | Manifest): string {
  const { apiVersion, kind, metadata } = object as Manifest;
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
