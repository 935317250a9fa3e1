import { expect, test } from 'vitest';

import type { JsonObject } from '#domain/desired/engine.ts';
import { differencesOf } from '#domain/effect/differences.ts';

const container = (name: string, more: JsonObject = {}): JsonObject => ({ name, image: 'a:1', ...more });

test.each<{ what: string; before: JsonObject; after: JsonObject; paths: string[] }>([
  { what: 'equal maps in another order', before: { a: 1, b: 2 }, after: { b: 2, a: 1 }, paths: [] },
  {
    what: 'a scalar',
    before: { spec: { replicas: 1 } },
    after: { spec: { replicas: 2 } },
    paths: ['.spec.replicas'],
  },
  { what: 'an added field', before: { spec: {} }, after: { spec: { a: null } }, paths: ['.spec.a'] },
  {
    what: 'a key with dots and slashes',
    before: { metadata: { labels: { 'a.b/c': '1' } } },
    after: { metadata: { labels: {} } },
    paths: ['.metadata.labels["a.b/c"]'],
  },
  {
    what: 'an item of a list of named things, whatever its position',
    before: { containers: [container('app'), container('proxy')] },
    after: { containers: [container('proxy'), container('app', { image: 'a:2' })] },
    paths: ['.containers[name="app"].image'],
  },
  {
    what: 'an item that goes and one that comes',
    before: { env: [{ name: 'A', value: '1' }] },
    after: { env: [{ name: 'B', value: '1' }] },
    paths: ['.env[name="A"]', '.env[name="B"]'],
  },
  {
    what: 'a list of scalars as a whole',
    before: { args: ['a', 'b'] },
    after: { args: ['a', 'c'] },
    paths: ['.args'],
  },
  {
    what: 'a list with a key that is there twice as a whole',
    before: { ports: [{ name: 'a' }, { name: 'a' }] },
    after: { ports: [{ name: 'a' }] },
    paths: ['.ports'],
  },
  {
    what: 'ports by their number, where they have no names',
    before: { ports: [{ port: 80, targetPort: 1 }] },
    after: { ports: [{ port: 80, targetPort: 2 }] },
    paths: ['.ports[port=80].targetPort'],
  },
  { what: 'a map in the place of a list', before: { a: [1] }, after: { a: { b: 1 } }, paths: ['.a'] },
])('$what', ({ before, after, paths }) => {
  expect(differencesOf(before, after).map(({ path }) => path)).toEqual(paths);
});

test('tells both sides', () => {
  const [found] = differencesOf({ spec: { replicas: 1 } }, { spec: { replicas: 0 } });

  expect(found).toEqual({ path: '.spec.replicas', before: 1, after: 0 });
});
