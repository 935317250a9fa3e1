import type { Build, Engine, JsonObject } from '../../../src/domain/desired/engine.ts';
import type { Documents } from '../../../src/domain/desired/documents.ts';
import { textAt } from '../../../src/domain/desired/manifest.ts';
import { type Variables, variablesOf } from '../../../src/domain/desired/variables.ts';
import type { Files, PublishedArtifact } from '../../cluster/artifact-server.ts';
import { type Outcome, reconciledAt, setArtifact } from '../../cluster/flux-controller.ts';
import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import type { FluxWorld } from '../flux-world.ts';
import type { RenderingCase } from './case.ts';

/** What both made of one case. */
export interface Rendered {
  outcome: Outcome;
  /** What the controller sent to the API server to be applied. */
  applied: Manifest[];
  build: Build;
}

const SOURCE: ManifestRef = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: { name: 'cases', namespace: 'flux-system' },
};

/** All cases in one artifact, each with a Kustomization in a namespace of its own; the engine has the specs from the API. */
export async function renderAll(
  world: FluxWorld,
  engine: Engine,
  cases: readonly RenderingCase[],
): Promise<Map<RenderingCase, Rendered>> {
  const { admin } = world.plane;
  const files = Object.assign({}, ...cases.map((one, at) => filesOf(one, namespaceOf(at)))) as Files;
  const artifact = await world.artifacts.publish(files);
  await setArtifact(admin, SOURCE, artifact);
  await Promise.all(
    cases.map(async (one, at) => {
      const namespace = namespaceOf(at);
      await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      for (const object of one.live ?? []) await admin.create(inNamespace(object, namespace));
      await admin.create(kustomizationOf(one, namespace));
    }),
  );
  const rendered = await Promise.all(
    cases.map(async (one, at): Promise<[RenderingCase, Rendered]> => [
      one,
      await renderOne(world, engine, one, { namespace: namespaceOf(at), artifact, files }),
    ]),
  );
  return new Map(rendered);
}

function namespaceOf(at: number): string {
  return `case-${at}`;
}

/** The Kustomization's directory is `app` in a folder of the case's own. */
function filesOf({ files }: RenderingCase, namespace: string): Record<string, string> {
  const entries = Object.entries(files).map(([path, text]) => [
    path.startsWith('../') ? `${namespace}/${path.slice(3)}` : `${namespace}/app/${path}`,
    text.replaceAll('@NS', namespace),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function inNamespace<T>(value: T, namespace: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll('@NS', namespace)) as T;
}

function kustomizationOf({ spec }: RenderingCase, namespace: string): Manifest {
  const sourceRef = { kind: SOURCE.kind, ...SOURCE.metadata };
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'app', namespace },
    spec: {
      interval: '1h',
      prune: true,
      path: `./${namespace}/app`,
      sourceRef,
      ...inNamespace(spec ?? {}, namespace),
    },
  };
}

interface Rendering {
  namespace: string;
  artifact: PublishedArtifact;
  files: Files;
}

async function renderOne(
  { plane: { admin }, recorder }: FluxWorld,
  engine: Engine,
  one: RenderingCase,
  { namespace, artifact, files }: Rendering,
): Promise<Rendered> {
  const ref = kustomizationOf(one, namespace);
  const outcome = await reconciledAt(admin, ref, artifact.revision, 150_000);
  const spec = (await admin.get(ref)).spec as JsonObject;
  const signal = AbortSignal.timeout(60_000);
  const variables = await variablesFor(one, { namespace, spec }, signal);
  const build: Build =
    typeof variables === 'string'
      ? { ok: false, failure: { reason: 'failed', message: variables } }
      : await engine.build(
          {
            artifact: { id: artifact.digest, files: async () => bytesOf(files) },
            path: textAt(spec, 'path').replace('./', ''),
            name: 'app',
            namespace,
            spec,
            variables,
            strict: true,
          },
          signal,
        );
  return { outcome, applied: recorder.appliedBy(ref.metadata as { name: string; namespace: string }), build };
}

function bytesOf(files: Files): Map<string, Uint8Array> {
  return new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
}

/** Variables as daytwo collects them; those of Secrets, which it never reads, from the case itself. A text says what is missing. */
async function variablesFor(
  { live = [] }: RenderingCase,
  { namespace, spec }: { namespace: string; spec: JsonObject },
  signal: AbortSignal,
): Promise<Record<string, string> | string> {
  const documents = await documentsOf(live);
  const found = await variablesOf(
    { namespace, near: '', spec, hidden: new Set(), documents, live: liveOf(live) },
    signal,
  );
  if (found.missing !== undefined) return `${found.missing} does not exist`;
  return {
    ...secretsFor(found, live),
    ...Object.fromEntries([...found.known].map(([n, { value }]) => [n, value])),
  };
}

/** What Git has of the sources: the Secrets, as if written in plain text. */
async function documentsOf(live: readonly Manifest[]): Promise<Documents> {
  const all = live
    .filter(({ kind }) => kind === 'Secret')
    .map((object) => ({
      object: object as unknown as JsonObject,
      kind: object.kind,
      name: object.metadata.name,
      namespace: undefined,
      file: 'sources.yaml',
      line: 1,
    }));
  return { all, unread: [], names: new Set(), changed: new Set(), textOf: () => undefined };
}

function liveOf(live: readonly Manifest[]): Parameters<typeof variablesOf>[0]['live'] {
  return {
    list: unasked,
    schemas: unasked,
    configMap: async (_, name) => {
      const found = live.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
      return found?.['data'] as Record<string, string> | undefined;
    },
  };
}

async function unasked(): Promise<never> {
  throw new Error('only ConfigMaps are asked for');
}

function secretsFor({ closed }: Variables, live: readonly Manifest[]): Record<string, string> {
  const secrets = live.filter(({ kind }) => kind === 'Secret');
  const values = Object.assign({}, ...secrets.map((secret) => secret['stringData'])) as Record<
    string,
    string
  >;
  return Object.fromEntries(Object.entries(values).filter(([name]) => closed.has(name)));
}
