import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import type { Build, JsonObject } from '../../src/domain/desired/engine.ts';
import { createEngine, engineFiles } from '../../src/adapters/engine/host.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { type FluxWorld, startFluxWorld } from './flux-world.ts';
import type { RenderingCase } from './rendering/case.ts';
import { GENERATION } from './rendering/generation.ts';
import { KUSTOMIZE } from './rendering/kustomize.ts';
import { OVERLAY } from './rendering/overlay.ts';
import { type Rendered, renderAll } from './rendering/render-all.ts';
import { SUBSTITUTION } from './rendering/substitution.ts';

const CASES = [...GENERATION, ...OVERLAY, ...KUSTOMIZE, ...SUBSTITUTION];

/** `managedByLabel` names the version that the running program was built as, which no artifact decides. */
const BUILT_BY = /kustomize-(?:v[\d.]+|\(devel\))/g;

/** Marks with which the controller passes over an object that it has built. */
const SKIPPED = new Map([
  ['kustomize.toolkit.fluxcd.io/reconcile', 'disabled'],
  ['kustomize.toolkit.fluxcd.io/ssa', 'ignore'],
]);

describe.skipIf(inject('controlPlane') === undefined)(
  'what kustomize-controller applies is what we build',
  () => {
    const engine = createEngine({ wasm: engineFiles() });
    let world: FluxWorld;
    let rendered: ReadonlyMap<RenderingCase, Rendered>;

    beforeAll(async () => {
      world = await startFluxWorld();
      rendered = await renderAll(world, engine, CASES);
    }, 300_000);

    afterAll(async () => {
      await engine.close();
      await world?.stop();
    });

    test('there are at least forty cases', () => {
      expect(CASES.length).toBeGreaterThanOrEqual(40);
      expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    });

    test.each(CASES.filter(({ fails, refused }) => !fails && !refused))('$name', (one) => {
      const { outcome, applied, build } = rendered.get(one) ?? never();

      expect(outcome).toMatchObject({ status: 'True' });
      expect(byIdentity(builtBy(build))).toEqual(byIdentity(applied));
    });

    test.each(CASES.filter(isRefused))('$name: refused by the API server', (one) => {
      const { outcome, applied, build } = rendered.get(one) ?? never();

      expect(outcome).toMatchObject({ status: 'False', message: expect.stringMatching(one.refused) });
      expect(byIdentity(builtBy(build))).toEqual(byIdentity(applied));
    });

    test.each(CASES.filter(isFailing))('$name: both fail', (one) => {
      const { outcome, build } = rendered.get(one) ?? never();

      expect(outcome).toMatchObject({ status: 'False', message: expect.stringMatching(one.fails) });
      expect(build).toMatchObject({ ok: false, failure: { message: expect.stringMatching(one.fails) } });
    });
  },
);

function isFailing(one: RenderingCase): one is RenderingCase & { fails: RegExp } {
  return one.fails !== undefined;
}

function isRefused(one: RenderingCase): one is RenderingCase & { refused: RegExp } {
  return one.refused !== undefined;
}

function never(): never {
  throw new Error('this case was not rendered');
}

function builtBy(build: Build): JsonObject[] {
  if (!build.ok) throw new Error(build.failure.message);
  return build.objects.map(({ object }) => object).filter((object) => !isSkipped(object));
}

function isSkipped(object: JsonObject): boolean {
  const { annotations = {}, labels = {} } = (object as Manifest).metadata;
  return [...SKIPPED].some(([mark, value]) =>
    [annotations[mark], labels[mark]].some((found) => found?.toLowerCase() === value),
  );
}

/** The objects as they were sent, by what names them; a creation time of null is the client's own. */
function byIdentity(objects: readonly (JsonObject | Manifest)[]): Record<string, unknown> {
  const named = objects.map((object): [string, unknown] => {
    const { apiVersion, kind, metadata, ...rest } = object as Manifest;
    const { creationTimestamp: _, ...meta } = metadata;
    return [
      `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      { ...rest, metadata: meta },
    ];
  });
  const text = JSON.stringify(Object.fromEntries(named)).replaceAll(BUILT_BY, 'kustomize-x');
  return JSON.parse(text) as Record<string, unknown>;
}
