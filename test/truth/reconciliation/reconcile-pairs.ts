import pLimit from 'p-limit';

import type { Engine, JsonObject, Prediction, PredictRequest } from '../../../src/domain/desired/engine.ts';
import { make } from '../../cluster/field-managers.ts';
import { pause } from '../../cluster/api.ts';
import { type Outcome, reconciledAt, setArtifact } from '../../cluster/flux-controller.ts';
import { kubectlWith } from '../../cluster/kubectl.ts';
import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import { newFolder } from '../../support/daytwo.ts';
import { type Difference, differences } from '../drift/differences.ts';
import { BARE_DEFINITION, SHAPE_DEFINITION } from '../drift/objects.ts';
import type { DriftPair } from '../drift/pair.ts';
import { NAMESPACE, named, placed } from '../drift/placing.ts';
import { schemaOf } from '../drift/schemas.ts';
import type { FluxWorld } from '../flux-world.ts';

/** What was said of one pair, and what the real controller then did. */
export interface Confirmed {
  /** Right after the controller had applied it, and the others had done their part. */
  fresh: Prediction;
  freshLive: Manifest;
  predicted: Prediction;
  done: Difference[];
}

/** How both reconciliations ended, and each pair. */
export interface Reconciled {
  outcomes: Outcome[];
  confirmed: ReadonlyMap<DriftPair, Confirmed>;
}

const SOURCE: ManifestRef = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: { name: 'pairs', namespace: 'flux-system' },
};

const OWN: Manifest = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: 'pairs', namespace: 'flux-system' },
  spec: {
    interval: '1h',
    prune: false,
    path: './',
    sourceRef: { kind: SOURCE.kind, ...SOURCE.metadata },
  },
};

/** At once: each of kubectl's processes wants a whole processor for a moment. */
const HANDS = 4;

/** Lets the controller apply all pairs' objects, hands change them, and the controller reconcile the next commit. */
export async function reconcilePairs(
  world: FluxWorld,
  engine: Engine,
  pairs: readonly DriftPair[],
): Promise<Reconciled> {
  const { admin } = world.plane;
  const kubectl = await kubectlWith(world.plane.kubeconfig('admin'), newFolder());
  await admin.installCrds([SHAPE_DEFINITION, BARE_DEFINITION]);
  await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const objects = pairs.map(({ git }, at) => placed(git, at));
  const first = await commit(world, engine, objects);
  await untilStill(world, objects);
  const fresh = await read(world, objects);
  const freshly = await predict(world, engine, first.desired, fresh);

  const limit = pLimit(HANDS);
  const authority = Buffer.from(world.plane.endpoint.authority.certificate).toString('base64');
  const change = async ({ by }: DriftPair, at: number): Promise<void> => {
    for (const one of by) await make(named(one, at, authority), objects[at] ?? never(), { admin, kubectl });
  };
  await Promise.all(pairs.map((pair, at) => limit(() => change(pair, at))));
  await untilStill(world, objects);
  const before = await read(world, objects);
  const next = pairs.map(({ git, next: later }, at) => placed(later ?? git, at));
  const second = await commit(world, engine, next, async (desired) =>
    predict(world, engine, desired, before),
  );
  const after = await read(world, objects);
  const documents = await documentsOf(world);
  const confirmed = pairs.map((pair, at): [DriftPair, Confirmed] => {
    const [old, now] = [json(before[at]), json(after[at])];
    const schema = schemaOf(documents(pair.git.apiVersion), pair.git);
    return [
      pair,
      {
        fresh: freshly[at] ?? never(),
        freshLive: fresh[at] ?? never(),
        predicted: second.asked?.[at] ?? never(),
        done: differences(old, now, schema),
      },
    ];
  });
  return { outcomes: [first.outcome, second.outcome], confirmed: new Map(confirmed) };
}

interface Committed {
  outcome: Outcome;
  /** What the engine builds, in the order of the objects. */
  desired: JsonObject[];
  asked?: Prediction[];
}

/** Makes the objects a new revision, asks in between, and waits for the controller to be through with it. */
async function commit(
  { plane: { admin }, artifacts }: FluxWorld,
  engine: Engine,
  objects: readonly Manifest[],
  ask?: (desired: JsonObject[]) => Promise<Prediction[]>,
): Promise<Committed> {
  const files = Object.fromEntries(objects.map((object, at) => [`pair-${at}.yaml`, JSON.stringify(object)]));
  const artifact = await artifacts.publish(files);
  const contents = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const { name, namespace = '' } = OWN.metadata;
  const build = await engine.build(
    {
      artifact: { id: artifact.digest, files: async () => contents },
      path: '',
      name,
      namespace,
      spec: OWN.spec as JsonObject,
      variables: {},
      strict: true,
    },
    AbortSignal.timeout(60_000),
  );
  if (!build.ok) throw new Error(build.failure.message);
  const byFile = new Map(build.objects.map(({ file, object }) => [file, object]));
  const desired = objects.map((_, at) => byFile.get(`pair-${at}.yaml`) ?? never());
  const asked = await ask?.(desired);
  await setArtifact(admin, SOURCE, artifact);
  await admin.apply(OWN);
  const outcome = await reconciledAt(admin, OWN, artifact.revision, 120_000);
  return { outcome, desired, ...(asked && { asked }) };
}

/** Until the controllers of the cluster have done what they do to the objects: nothing has changed for a while. */
async function untilStill(world: FluxWorld, objects: readonly Manifest[]): Promise<void> {
  let before = '';
  for (let quiet = 0; quiet < 2;) {
    await pause(700);
    const versions = (await read(world, objects)).map(({ metadata }) => metadata.resourceVersion).join();
    quiet = versions === before ? quiet + 1 : 0;
    before = versions;
  }
}

async function read({ plane: { admin } }: FluxWorld, objects: readonly Manifest[]): Promise<Manifest[]> {
  const limit = pLimit(16);
  return Promise.all(objects.map((object) => limit(() => admin.get(object))));
}

async function predict(
  world: FluxWorld,
  engine: Engine,
  desired: readonly JsonObject[],
  live: readonly Manifest[],
): Promise<Prediction[]> {
  const document = await documentsOf(world);
  const versions = new Set(live.map(({ apiVersion }) => apiVersion));
  const schemas: PredictRequest['schemas'] = new Map(
    [...versions].map((apiVersion) => [
      pathOf(apiVersion),
      { hash: apiVersion, document: async () => Buffer.from(JSON.stringify(document(apiVersion))) },
    ]),
  );
  const pairs = desired.map((object, at) => ({ desired: object, live: json(live[at]) }));
  return [...(await engine.predict({ pairs, schemas }, AbortSignal.timeout(120_000)))];
}

/** The API server's own schemas, by apiVersion. */
async function documentsOf({ plane: { admin } }: FluxWorld): Promise<(apiVersion: string) => JsonObject> {
  const { paths } = (await admin.request('GET', '/openapi/v3')) as {
    paths: Record<string, { serverRelativeURL: string }>;
  };
  const wanted = Object.entries(paths).filter(([path]) => /^api\/v1$|^apis\/.+\/v\d+$/.test(path));
  const documents = new Map<string, JsonObject>();
  for (const [path, { serverRelativeURL }] of wanted)
    documents.set(path, (await admin.request('GET', serverRelativeURL)) as JsonObject);
  return (apiVersion) => documents.get(pathOf(apiVersion)) ?? never();
}

function pathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

function json(object: Manifest | undefined): JsonObject {
  return object as unknown as JsonObject;
}

function never(): never {
  throw new Error('an object is missing');
}
