import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import type { FieldChange, JsonObject, Prediction } from '../../src/domain/desired/engine.ts';
import { ownersIn } from '../../src/domain/drift/managed-fields.ts';
import { isBenign } from '../../src/domain/drift/managers.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { CONFIGURATION } from './drift/configuration.ts';
import { COMMITS, CUSTOM } from './drift/custom.ts';
import { type Difference, withoutServerChoices } from './drift/differences.ts';
import { MARKED, METADATA } from './drift/metadata.ts';
import type { DriftPair } from './drift/pair.ts';
import { PODS } from './drift/pods.ts';
import { WORKLOADS } from './drift/workloads.ts';
import { type FluxWorld, startFluxWorld } from './flux-world.ts';
import { type Confirmed, type Reconciled, reconcilePairs } from './reconciliation/reconcile-pairs.ts';

/** One that the API server refuses would end the reconciliation of all. */
const PAIRS = [...WORKLOADS, ...PODS, ...CONFIGURATION, ...METADATA, ...CUSTOM, ...COMMITS, ...MARKED].filter(
  ({ refused }) => refused === undefined,
);

describe.skipIf(inject('controlPlane') === undefined)('what the real kustomize-controller does', () => {
  const engine = createEngine({ wasm: engineFiles() });
  let world: FluxWorld;
  let reconciled: Reconciled;

  beforeAll(async () => {
    world = await startFluxWorld({ controllerManager: true });
    reconciled = await reconcilePairs(world, engine, PAIRS);
  }, 600_000);

  afterAll(async () => {
    await engine.close();
    await world?.stop();
  });

  test('it applies all of it, twice', () => {
    expect(reconciled.outcomes.map(({ status, message }) => [status, message])).toEqual([
      ['True', expect.any(String)],
      ['True', expect.any(String)],
    ]);
  });

  test.each(PAIRS)('nothing differs once it is applied and at rest: $name', (pair) => {
    const { fresh, freshLive } = of(pair);

    expect(changesIn(fresh)).toEqual([]);
    expect(managersOf(keptIn(fresh), freshLive)).toEqual([]);
  });

  test.each(PAIRS)('it does what was predicted: $name', (pair) => {
    const { predicted, done } = of(pair);

    const told = withoutServerChoices(changesIn(predicted).map(withoutOwners));
    expect(done).toEqual(pair.isUnseen ? [] : told);
  });

  function of(pair: DriftPair): Confirmed {
    const found = reconciled.confirmed.get(pair);
    if (found === undefined) throw new Error('this pair was not reconciled');
    return found;
  }
});

function changesIn(prediction: Prediction): readonly FieldChange[] {
  if (!prediction.ok) throw new Error(prediction.message);
  return prediction.changes;
}

function keptIn(prediction: Prediction): readonly FieldChange[] {
  return prediction.ok ? prediction.kept : [];
}

/** Who has set fields beside Git, but for controllers that do so as a matter of course. */
function managersOf(kept: readonly FieldChange[], live: Manifest): string[] {
  const entries = ownersIn(live as unknown as JsonObject);
  return kept.flatMap(({ path, owners }) => {
    const found = owners.flatMap((at) => entries[at] ?? []).filter((owner) => !isBenign(owner));
    return found.map(({ manager }) => `${path} by ${manager}`);
  });
}

function withoutOwners({ owners: _owners, ...difference }: FieldChange): Difference {
  return difference;
}
