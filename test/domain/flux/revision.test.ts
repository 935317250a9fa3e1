import { describe, expect, test } from 'vitest';

import { parseRevision, sameChart, sameRevision, shortRevision } from '#domain/flux/revision.ts';

const A = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const B = 'b'.repeat(40);
const LONG = 'C0FFEE'.padEnd(64, '0');

describe('a revision', () => {
  test.each([
    [`main@sha1:${A}`, { name: 'main', digest: A }, 'main@1a2b3c4d'],
    [`feature/x@sha1:${A}`, { name: 'feature/x', digest: A }, 'feature/x@1a2b3c4d'],
    [`refs/pull/7/head@sha1:${A}`, { name: 'refs/pull/7/head', digest: A }, 'refs/pull/7/head@1a2b3c4d'],
    [`sha1:${A}`, { digest: A }, '1a2b3c4d'],
    [`6.5.4@sha256:${LONG}`, { name: '6.5.4', digest: LONG.toLowerCase() }, '6.5.4@c0ffee00'],
    [`main/${A}`, { name: 'main', digest: A }, 'main@1a2b3c4d'],
    [`feature/x/${A}`, { name: 'feature/x', digest: A }, 'feature/x@1a2b3c4d'],
    [A, { digest: A }, '1a2b3c4d'],
    ['6.5.4', { name: '6.5.4' }, '6.5.4'],
    ['feature/deadbeef', { name: 'feature/deadbeef' }, 'feature/deadbeef'],
    ['', {}, ''],
  ])('%s', (text, parts, short) => {
    expect(parseRevision(text)).toEqual(parts);
    expect(shortRevision(text)).toBe(short);
  });

  test.each([
    [`main@sha1:${A}`, `main@sha1:${A}`, true],
    [`main@sha1:${A}`, `main@sha1:${B}`, false],
    [`main@sha1:${A}`, `main/${A}`, true],
    [`main@sha1:${A}`, `other@sha1:${A.toUpperCase()}`, true],
    [`main@sha1:${A}`, 'main', false],
    ['1.0.0', '1.0.0', true],
    ['1.0.0', '1.0.1', false],
  ])('%s and %s are the same: %s', (a, b, same) => {
    expect(sameRevision(a, b)).toBe(same);
    expect(sameRevision(b, a)).toBe(same);
  });

  test.each([
    ['6.5.4', '6.5.4', true],
    ['6.5.5', '6.5.4', false],
    ['6.5.4+1', '6.5.4', false],
    [`6.5.4@sha256:${LONG}`, '6.5.4', true],
    [`v6.5.4@sha256:${LONG}`, '6.5.4', true],
    [`6.5.5@sha256:${LONG}`, '6.5.4', false],
    [`6.5.4@sha256:${LONG}`, '6.5.4+c0ffee000000', true],
    [`6.5.4@sha256:${LONG}`, '6.5.4+1a2b3c4d5e6f', false],
    [`latest@sha256:${LONG}`, '6.5.4', true],
  ])('the chart artifact %s is what %s attempted: %s', (artifact, attempted, same) => {
    expect(sameChart(artifact, attempted)).toBe(same);
  });
});
