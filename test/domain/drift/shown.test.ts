import { describe, expect, test } from 'vitest';

import type { Json } from '#domain/desired/engine.ts';
import { overlap } from '#domain/drift/paths.ts';
import { NOT_RECORDED } from '#domain/desired/live.ts';
import { liveText, shownChange, shownPath } from '#domain/drift/shown.ts';

import { change, desired, manifest } from './objects.ts';

const SECRET = 'hunter2-9f2c';
const ENV = '.spec.template.spec.containers[name="app"].env[name="EXTRA"]';

describe('a live value', () => {
  test.each<[string, Json, string]>([
    ['5', 5, '.spec.replicas'],
    ['true', true, '.spec.suspend'],
    ['null', null, '.spec.paused'],
    ['registry.test/wiki:2', 'registry.test/wiki:2', '.spec.template.spec.containers[name="app"].image'],
    ['0 3 * * *', '0 3 * * *', '.spec.schedule'],
    ['wiki', 'wiki', '.metadata.labels.app'],
    ['wiki', 'wiki', '.spec.selector.matchLabels["a.b/c"]'],
    ['[EXTRA, MORE]', [{ name: 'EXTRA', value: SECRET }, { name: 'MORE' }], '.spec.env'],
    ['[2 items]', [SECRET, SECRET], '.spec.template.spec.containers[name="app"].args'],
    ['{name, value}', { name: 'EXTRA', value: SECRET }, ENV],
    ['[not shown]', SECRET, `${ENV}.value`],
    ['[not shown]', SECRET, '.data.type'],
    ['[not shown]', SECRET, '.data["app.name"]'],
    ['[not shown]', SECRET, '.metadata.annotations.schedule'],
    ['[not shown]', SECRET, '.metadata.annotations["a.b/image"]'],
    ['[not shown]', SECRET, '.spec.values.password'],
    ['[not shown]', SECRET, '.spec.template.spec.containers[name="app"].args[0]'],
  ])('%s', (text, value, path) => {
    expect(liveText(value, path)).toBe(text);
  });
});

describe('both sides of a difference', () => {
  test('what Git says plainly is shown, the live text beside it is not', () => {
    const object = desired(manifest('ConfigMap/apps/settings'));

    const shown = shownChange(change('.data.mode', { live: SECRET, desired: 'plain' }), object);

    expect(shown).toEqual({ live: '[not shown]', git: 'plain', isHole: false });
  });

  test('of a Secret not even that', () => {
    const object = desired(manifest('Secret/apps/settings'));

    const shown = shownChange(change('.data.mode', { live: SECRET, desired: SECRET }), object);

    expect(shown).toEqual({ live: '[not shown]', git: '[not shown]', isHole: false });
  });

  test.each([
    ['.data.host', '${HOST}'],
    ['.data', '${HOST}'],
  ])('a variable at %s stands for itself, and nothing is compared', (path, git) => {
    const object = desired(manifest('ConfigMap/apps/settings'), {
      holes: new Map([['.data.host', '${HOST}']]),
    });

    const shown = shownChange(change(path, { live: SECRET, desired: SECRET }), object);

    expect(shown).toEqual({ live: '[not shown]', git, isHole: true });
  });

  test('what was recorded without its text is not compared', () => {
    const object = desired(manifest('ConfigMap/apps/settings'));

    const shown = shownChange(change('.data.mode', { live: NOT_RECORDED, desired: 'plain' }), object);

    expect(shown.isHole).toBe(true);
  });
});

describe('a path as it is shown', () => {
  test.each([
    [`${ENV}.value`, `${ENV}.value`],
    ['.metadata.finalizers[="a.test/b"]', '.metadata.finalizers[="a.test/b"]'],
    ['.metadata.labels["a.b/c=d"]', '.metadata.labels["a.b/c=d"]'],
    ['.spec.ports[port=80,protocol="TCP"].nodePort', '.spec.ports[port=80,protocol="TCP"].nodePort'],
    [`.spec.tokens[="${SECRET}"]`, '.spec.tokens[=…]'],
    [`.spec.users[password="${SECRET}",name="eve"].role`, '.spec.users[password=…,name="eve"].role'],
    [`.spec.tokens[="a]\\"${SECRET}"].x`, '.spec.tokens[=…].x'],
  ])('%s', (path, shown) => {
    expect(shownPath(path)).toBe(shown);
  });
});

describe('two paths can mean the same place', () => {
  test.each([
    ['.spec.replicas', '.spec.replicas', true],
    ['.spec', '.spec.replicas', true],
    ['.spec.replicas', '.spec.replica', false],
    ['.c[name="a"].image', '.c[name="a"].image', true],
    ['.c[name="a"].image', '.c[name="b"].image', false],
    ['.c[0].image', '.c[name="b"].image', true],
    ['.c[containerPort=80,protocol="TCP"]', '.c[containerPort=80]', true],
    ['.metadata.labels["a.b/c"]', '.metadata.labels["a.b/d"]', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlap(a, b)).toBe(expected);
    expect(overlap(b, a)).toBe(expected);
  });
});
