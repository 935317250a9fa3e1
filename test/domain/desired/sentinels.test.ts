import { describe, expect, test } from 'vitest';

import type { JsonObject } from '#domain/desired/engine.ts';
import {
  holesIn,
  namesIn,
  namesWithin,
  otherSentinelOf,
  sentinelOf,
  withNames,
} from '#domain/desired/sentinels.ts';

const host = sentinelOf('HOST');
const port = sentinelOf('PORT_1');

describe('a sentinel', () => {
  test('is found again in whatever it was put into', () => {
    expect(namesIn(`https://${host}:${port}/x`)).toEqual(['HOST', 'PORT_1']);
    expect(withNames(`https://${host}/${otherSentinelOf('PORT_1')}`)).toBe('https://${HOST}/${PORT_1}');
  });

  test('has another of which not one character at the same place is the same', () => {
    const [one, other] = [sentinelOf('HOST_NAME_0'), otherSentinelOf('HOST_NAME_0')];

    const same = Array.from(one).filter((character, at) => character === other[at]);

    expect(same).toEqual([]);
  });

  test('is seen where a Secret has it encoded', () => {
    const object = { kind: 'Secret', data: { url: Buffer.from(`x-${host}`).toString('base64') } };

    expect(namesWithin(object)).toEqual(['HOST']);
  });
});

describe('holes', () => {
  test.each<[what: string, object: JsonObject, veiled: JsonObject, holes: Record<string, string>]>([
    ['nothing differs', { a: 1, b: ['x'] }, { a: 1, b: ['x'] }, {}],
    ['a whole value', { a: 'web.example' }, { a: host }, { '.a': '${HOST}' }],
    [
      'a part of a value',
      { a: { b: 'https://web/x' } },
      { a: { b: `https://${host}/x` } },
      { '.a.b': 'https://${HOST}/x' },
    ],
    ['a value that is not known on either side', { a: host }, { a: host }, { '.a': '${HOST}' }],
    ['a number', { port: 8080 }, { port: 71001 }, { '.port': '${PORT_1}' }],
    ['a quantity', { memory: '2Gi' }, { memory: '71001Gi' }, { '.memory': '${PORT_1}Gi' }],
    ['a boolean', { suspend: true }, { suspend: false }, { '.suspend': '[depends on a variable]' }],
    [
      'a list item by its name',
      { c: [{ name: 'app', v: 'a' }] },
      { c: [{ name: 'app', v: host }] },
      { '.c[name="app"].v': '${HOST}' },
    ],
    ['a list item by its place', { c: ['a', 'b'] }, { c: ['a', host] }, { '.c[1]': '${HOST}' }],
    ['a list of another length', { c: ['a', 'b'] }, { c: [host] }, { '.c': '[depends on a variable]' }],
    [
      'a key of a map',
      { m: { 'a.b/web': 1 } },
      { m: { [`a.b/${host}`]: 1 } },
      { '.m': '[depends on a variable]' },
    ],
    [
      'a key of a map that is not known on either side',
      { m: { [host]: 1 } },
      { m: { [host]: 1 } },
      { '.m': '[depends on a variable]' },
    ],
    [
      'a key that reads as several',
      { m: { 'a.b/c': 'x' } },
      { m: { 'a.b/c': host } },
      { '.m["a.b/c"]': '${HOST}' },
    ],
    ['a value of another shape', { m: { a: 1 } }, { m: host }, { '.m': '${HOST}' }],
  ])('%s', (_what, object, veiled, holes) => {
    expect(Object.fromEntries(holesIn(object, veiled, new Map([['71001', '${PORT_1}']])))).toEqual(holes);
  });
});
