import { expect, test } from 'vitest';

import { lineFinder, normalPath } from '#domain/desired/place.ts';

const document = (kind: string, name: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;

/** Documents that begin at the lines 1, 6, 11 … */
function linesOf(documents: [kind: string, name: string][], built: [kind: string, name: string][]): number[] {
  const text = documents.map(([kind, name]) => document(kind, name)).join('---\n');
  const find = lineFinder(() => text);
  return built.map(([kind, name]) => find('a.yaml', { kind, metadata: { name } }).line);
}

test.each<[what: string, documents: [string, string][], built: [string, string][], lines: number[]]>([
  [
    'by kind and name',
    [
      ['Secret', 'a'],
      ['ConfigMap', 'b'],
      ['ConfigMap', 'a'],
    ],
    [
      ['ConfigMap', 'a'],
      ['Secret', 'a'],
    ],
    [11, 1],
  ],
  [
    'with variables in names',
    [
      ['Kustomization', '${APP}-app'],
      ['Kustomization', '${APP}-data'],
    ],
    [
      ['Kustomization', 'wiki-data'],
      ['Kustomization', 'wiki-app'],
    ],
    [6, 1],
  ],
  [
    'with variables that fit all, in their order',
    [
      ['Kustomization', '${A}'],
      ['Kustomization', '${B}'],
    ],
    [
      ['Kustomization', 'x'],
      ['Kustomization', 'y'],
    ],
    [1, 6],
  ],
  [
    'with a prefix',
    [
      ['ConfigMap', 'one'],
      ['ConfigMap', 'two'],
    ],
    [
      ['ConfigMap', 'x-two'],
      ['ConfigMap', 'x-one'],
    ],
    [6, 1],
  ],
  [
    'of a base that is used twice',
    [
      ['ConfigMap', 'one'],
      ['ConfigMap', 'two'],
    ],
    [
      ['ConfigMap', 'a-one'],
      ['ConfigMap', 'a-two'],
      ['ConfigMap', 'b-one'],
      ['ConfigMap', 'b-two'],
    ],
    [1, 6, 1, 6],
  ],
  ['of a kind that is not there', [['ConfigMap', 'one']], [['Secret', 'x']], [1]],
])('%s', (_what, documents, built, lines) => {
  expect(linesOf(documents, built)).toEqual(lines);
});

test.each([
  ['./a/b', 'a/b'],
  ['a//b/', 'a/b'],
  ['a/../b', 'b'],
  ['.', ''],
  ['', ''],
  ['../a', undefined],
  ['a/../../b', undefined],
])('the path %s is %s', (path, normal) => {
  expect(normalPath(path)).toBe(normal);
});
