import { describe, expect, test } from 'vitest';

import { type Applier, applierOf } from '#domain/drift/applier.ts';
import { fateOfChange, fateOfExtra, fateOfKept, fateOfMissing } from '#domain/drift/fate.ts';
import { treatmentOf } from '#domain/drift/rules.ts';
import { controllersAmong } from '#domain/flux/controllers.ts';
import { judgeFluxWithRoots } from '#domain/flux/judge.ts';
import type { FluxObject } from '#domain/objects/flux.ts';

import { NOW, broken, controller, flux, minutesAgo, ready, waitingFor } from '../flux/objects.ts';
import { change, live, manifest } from './objects.ts';

const REF = 'Kustomization/flux-system/apps';
const STEADY: Applier = { ref: REF, next: '2026-05-09T12:09:00Z', isDue: false, interval: '10m' };
const HELD: Applier = { ref: REF, held: `not until ${REF} is resumed` };
const WIKI = live('Deployment/apps/wiki');

function marked(mark: string): ReturnType<typeof treatmentOf> {
  const [name = '', value = ''] = mark.split(': ');
  const annotations = { [`kustomize.toolkit.fluxcd.io/${name}`]: value };
  return treatmentOf(manifest('Deployment/apps/wiki', '{}', { annotations }), WIKI, { prune: true });
}

describe('what becomes of a changed field', () => {
  test.each([
    ['reverted', 'at 2026-05-09T12:09:00Z, or when asked to', marked('none: x'), STEADY],
    ['reverted', 'now: due since 2026-05-09T12:09:00Z', marked('none: x'), { ...STEADY, isDue: true }],
    ['reverted', 'within 10m', marked('none: x'), { ref: REF, interval: '10m' }],
    ['held', `not until ${REF} is resumed`, marked('none: x'), HELD],
    [
      'kept',
      'it is marked kustomize.toolkit.fluxcd.io/reconcile: disabled',
      marked('reconcile: Disabled'),
      STEADY,
    ],
    ['kept', 'it is marked kustomize.toolkit.fluxcd.io/ssa: Ignore', marked('ssa: ignore'), STEADY],
    [
      'kept',
      'it is marked kustomize.toolkit.fluxcd.io/ssa: IfNotPresent',
      marked('ssa: IfNotPresent'),
      STEADY,
    ],
    ['reverted', 'at 2026-05-09T12:09:00Z, or when asked to', marked('ssa: Merge'), STEADY],
  ])('%s: %s', (fate, why, treatment, applier) => {
    const told = fateOfChange(change('.spec.replicas'), { live: WIKI, treatment, applier });

    expect(told).toEqual({ fate, why });
  });

  test.each([
    ['fails', 'none: x', '.spec.selector.matchLabels.app'],
    ['recreated', 'force: Enabled', '.spec.selector.matchLabels.app'],
    ['reverted', 'none: x', '.spec.template.metadata.labels.app'],
  ])('an immutable one %s with %s', (fate, mark, path) => {
    const told = fateOfChange(change(path), { live: WIKI, treatment: marked(mark), applier: STEADY });

    expect(told.fate).toBe(fate);
  });

  test.each([
    ['kept', { ignore: [{ paths: ['/spec/replicas'] }] }],
    ['kept', { ignore: [{ paths: ['/spec'], target: { kind: 'Deployment', name: 'wiki' } }] }],
    ['kept', { ignore: [{ paths: ['/spec'], target: { kind: 'Deploy.*', namespace: 'ap.*' } }] }],
    ['reverted', { ignore: [{ paths: ['/spec/replicas'], target: { kind: 'Deploy' } }] }],
    ['reverted', { ignore: [{ paths: ['/spec/replicas'], target: { group: 'batch' } }] }],
    ['kept', { ignore: [{ paths: ['/spec/replicas'], target: { labelSelector: 'app=wiki' } }] }],
    ['reverted', { ignore: [{ paths: ['/spec/replicas'], target: { labelSelector: 'app=other' } }] }],
    ['reverted', { ignore: [{ paths: ['/spec/template'] }] }],
  ])('%s by %j', (fate, spec) => {
    const object = manifest('Deployment/apps/wiki', '{}', { labels: { app: 'wiki' } });
    const treatment = treatmentOf(object, WIKI, spec);

    const told = fateOfChange(change('.spec.replicas'), { live: WIKI, treatment, applier: STEADY });

    expect(told.fate).toBe(fate);
  });
});

describe('what becomes of other differences', () => {
  test('an addition stays because Flux leaves it, or because it is told to', () => {
    expect(fateOfKept('k9s', marked('none: x')).why).toBe(
      'Git does not set it, and Flux leaves what k9s has added',
    );
    expect(fateOfKept('kubectl edit', marked('ssa: Merge')).why).toMatch(/ssa: Merge/);
    expect(fateOfKept('kubectl edit', marked('reconcile: disabled')).why).toMatch(/reconcile: disabled/);
  });

  test.each([
    ['created', 'none: x', STEADY],
    ['created', 'ssa: IfNotPresent', STEADY],
    ['kept', 'ssa: Ignore', STEADY],
    ['held', 'none: x', HELD],
  ])('what is not there is %s with %s', (fate, mark, applier) => {
    expect(fateOfMissing(marked(mark), applier).fate).toBe(fate);
  });

  test.each([
    ['pruned', 'none: x', STEADY],
    ['left', 'prune: Disabled', STEADY],
    ['held', 'none: x', HELD],
  ])('what Git has no more is %s with %s', (fate, mark, applier) => {
    expect(fateOfExtra(marked(mark), applier).fate).toBe(fate);
  });
});

describe('whether its Kustomization applies anything', () => {
  const apps = flux(REF, { history: [{ last: minutesAgo(4) }] });
  const controllers = ['source', 'kustomize', 'helm'].map((name) => controller(`${name}-controller`));
  const at = (objects: readonly FluxObject[], deployments = controllers, now = NOW): Applier => {
    const judgement = judgeFluxWithRoots({ objects, controllers: deployments, now, unreadableKinds: [] });
    return applierOf(REF, { judgement, controllers: controllersAmong(deployments, true), now });
  };

  test.each<[string | undefined, FluxObject]>([
    [undefined, apps],
    [`not until ${REF} is resumed`, { ...apps, suspended: true }],
    [`not while ${REF} fails (BuildFailed)`, broken(REF)],
    [undefined, flux(REF, { conditions: [ready('False', 'HealthCheckFailed')] })],
  ])('held: %s', (held, object) => {
    expect(at([object]).held).toBe(held);
  });

  test('one that waits names what it waits for', () => {
    const objects = [waitingFor(REF, 'base'), broken('Kustomization/flux-system/base')];

    expect(at(objects).held).toBe(`not while ${REF} waits for Kustomization/flux-system/base`);
  });

  test('a controller that is down holds everything at once, while Ready still says True', () => {
    const down = controllers.map((one) =>
      one.name === 'kustomize-controller' ? { ...one, available: 0, ready: 0 } : one,
    );

    expect(at([apps], down).held).toBe('not while kustomize-controller is down');
  });

  test('the next time is the last one and the interval; what is past is due', () => {
    expect(at([apps])).toMatchObject({ next: '2026-05-09T12:06:00Z', isDue: false });
    expect(at([apps], controllers, NOW + 7 * 60_000)).toMatchObject({ isDue: true });
  });

  test('one that is not in the cluster applies nothing', () => {
    expect(at([]).held).toBe(`${REF} is not in the cluster`);
  });
});
