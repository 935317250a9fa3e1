import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import type { Prediction } from '../../src/domain/desired/engine.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { type Compared, compareAll } from './drift/compare-all.ts';
import { CONFIGURATION } from './drift/configuration.ts';
import { COMMITS, CUSTOM } from './drift/custom.ts';
import { type Difference, withoutServerChoices } from './drift/differences.ts';
import { MARKED, METADATA } from './drift/metadata.ts';
import type { DriftPair } from './drift/pair.ts';
import { PODS } from './drift/pods.ts';
import { WORKLOADS } from './drift/workloads.ts';

const PAIRS = [...WORKLOADS, ...PODS, ...CONFIGURATION, ...METADATA, ...CUSTOM, ...COMMITS, ...MARKED];

describe.skipIf(inject('controlPlane') === undefined)(
  'what a reconciliation would change is what we predict',
  () => {
    let plane: ControlPlane;
    let compared: ReadonlyMap<DriftPair, Compared>;

    beforeAll(async () => {
      plane = await startControlPlane();
      compared = await compareAll(plane, PAIRS);
    }, 600_000);

    afterAll(async () => {
      await plane?.stop();
    });

    test('there are at least 150 pairs', () => {
      expect(PAIRS.length).toBeGreaterThanOrEqual(150);
      expect(new Set(PAIRS.map(({ name }) => name)).size).toBe(PAIRS.length);
    });

    test.each(PAIRS)('$name: nothing differs right after the apply', (pair) => {
      const { fresh } = compared.get(pair) ?? never();

      expect(fresh).toMatchObject({ ok: true, changes: [], kept: [] });
    });

    test.each(PAIRS.filter(({ told }) => told === undefined))('$name', (pair) => {
      const { predicted, referee } = compared.get(pair) ?? never();

      expect(toldOf(predicted)).toEqual(referee);
    });

    test.each(PAIRS.filter(({ told }) => told !== undefined))('$name: told by what Git says', (pair) => {
      const { predicted } = compared.get(pair) ?? never();

      expect(toldOf(predicted).map(({ path }) => path)).toEqual(pair.told);
    });

    test.each(PAIRS.filter(isRefused))('$name: refused by the API server', (pair) => {
      expect(compared.get(pair)?.refusal).toMatch(pair.refused);
    });
  },
);

function isRefused(pair: DriftPair): pair is DriftPair & { refused: RegExp } {
  return pair.refused !== undefined;
}

function toldOf(prediction: Prediction): Difference[] {
  return withoutServerChoices(withoutOwners(prediction));
}

function never(): never {
  throw new Error('this pair was not compared');
}

function withoutOwners(prediction: Prediction): Difference[] {
  if (!prediction.ok) throw new Error(prediction.message);
  return prediction.changes.map(({ owners: _owners, ...difference }) => difference);
}
