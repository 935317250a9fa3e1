import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { withoutPatchedTexts, withoutTextsAt } from '../../src/adapters/snapshot-patches.ts';

it.each([
  [
    'an operation that sets a text',
    '- op: add\n  path: /spec/template/spec/containers/0/env/0/value\n  value: hunter2 # hunter2\n',
    [{ op: 'add', path: '/spec/template/spec/containers/0/env/0/value', value: '[not recorded]' }],
  ],
  [
    'operations without a text',
    '- {op: replace, path: /spec/replicas, value: 3}\n- {op: remove, path: /spec/x}\n- {op: move, from: /a, path: /b}\n',
    [
      { op: 'replace', path: '/spec/replicas', value: 3 },
      { op: 'remove', path: '/spec/x' },
      { op: 'move', path: '/b', from: '/a' },
    ],
  ],
  [
    'an operation that sets what may be known',
    '- {op: replace, path: /spec/template/spec/containers/0/image, value: "app:2"}\n',
    [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'app:2' }],
  ],
  [
    'a patch that is merged',
    'apiVersion: v1\nkind: Secret\nmetadata: {name: x, annotations: {note: hunter2}}\nstringData: {key: hunter2}\n',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', annotations: { note: '[not recorded]' } },
      stringData: { key: '[not recorded]' },
    },
  ],
])('%s is recorded without what it sets', (_what, patch, rest) => {
  expect(parse(withoutPatchedTexts(patch))).toEqual(rest);
});

it('a patch that is none is not recorded', () => {
  expect(withoutPatchedTexts('{hunter2: [')).toBe('[not recorded]');
});

it('metadata common to all is recorded without annotations', () => {
  const common = { annotations: { note: 'hunter2' } };

  expect(withoutTextsAt('.metadata', common)).toEqual({ annotations: { note: '[not recorded]' } });
});
