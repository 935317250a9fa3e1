import type { Json, JsonObject, Prediction } from '../../../src/domain/desired/engine.ts';
import { createEngine, engineFiles } from '../../../src/adapters/engine/host.ts';
import { createKubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import type { ControlPlane } from '../../cluster/control-plane.ts';
import { make } from '../../cluster/field-managers.ts';
import { kubectlWith } from '../../cluster/kubectl.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { newFolder } from '../../support/daytwo.ts';
import { type Difference, differences } from './differences.ts';
import { BARE_DEFINITION, SHAPE_DEFINITION } from './objects.ts';
import type { DriftPair } from './pair.ts';
import { NAMESPACE, named, placed } from './placing.ts';
import { refereed } from './referee.ts';
import { schemaOf } from './schemas.ts';

/** What was said of one pair: right after an apply, and after the changes by us and by the API server. */
export interface Compared {
  fresh: Prediction;
  predicted: Prediction;
  referee: Difference[];
  /** What the API server said to what Flux would send, where it refuses it. */
  refusal?: string;
}

const FLUX = 'kustomize-controller';

/** Makes every object as Flux would, lets the pair's changes happen, and asks both. */
export async function compareAll(
  plane: ControlPlane,
  pairs: readonly DriftPair[],
): Promise<Map<DriftPair, Compared>> {
  const { admin } = plane;
  await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await admin.installCrds([SHAPE_DEFINITION, BARE_DEFINITION]);
  const kubectl = await kubectlWith(plane.kubeconfig('admin'), newFolder());
  const engine = createEngine({ wasm: engineFiles() });
  const cluster = createKubernetesCluster({
    kubeconfig: plane.kubeconfig('admin'),
    context: undefined,
    logs: false,
    extraGroups: [],
    redact: (text) => text,
    userAgent: 'daytwo/test',
  });
  const signal = AbortSignal.timeout(600_000);
  const predict = async (
    desired: Manifest,
  ): Promise<{ prediction: Prediction; live: Manifest; document: JsonObject }> => {
    const live = await admin.get(desired);
    const key = groupVersionOf(desired);
    const schemas = await cluster.live.schemas([key], signal);
    const [prediction] = await engine.predict(
      { pairs: [{ desired: json(desired), live: json(live) }], schemas },
      signal,
    );
    const bytes = await schemas.get(key)?.document();
    const document = bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as JsonObject) : {};
    return { prediction: prediction ?? { ok: false, message: 'no answer' }, live, document };
  };
  const compare = async (pair: DriftPair, at: number): Promise<Compared> => {
    const git = placed(pair.git, at);
    await admin.apply(git, FLUX);
    const { prediction: fresh } = await predict(git);
    const authority = Buffer.from(plane.endpoint.authority.certificate).toString('base64');
    for (const change of pair.by) await make(named(change, at, authority), git, { admin, kubectl });
    const desired = placed(pair.next ?? pair.git, at);
    const { prediction: predicted, live, document } = await predict(desired);
    if (pair.refused) {
      const refusal = await refereed(admin, desired).then(() => 'accepted', String);
      return { fresh, predicted, referee: [], refusal };
    }
    const after = await refereed(admin, desired);
    return { fresh, predicted, referee: differences(json(live), json(after), schemaOf(document, desired)) };
  };
  try {
    const results = new Map<DriftPair, Compared>();
    for (const [at, pair] of pairs.entries())
      results.set(pair, await compare(pair, at).catch((error: unknown) => failed(error)));
    return results;
  } finally {
    await engine.close();
    await cluster.close();
  }
}

/** A pair whose changes cannot be made fails its own test alone. */
function failed(error: unknown): Compared {
  const message = error instanceof Error ? error.message : String(error);
  return { fresh: { ok: false, message }, predicted: { ok: false, message }, referee: [] };
}

function groupVersionOf({ apiVersion }: Manifest): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

function json(object: Manifest): JsonObject {
  return JSON.parse(JSON.stringify(object)) as Json as JsonObject;
}
