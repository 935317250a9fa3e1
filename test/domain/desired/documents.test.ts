import { expect, test } from 'vitest';

import { type Documents, isEncrypted, readDocuments } from '#domain/desired/documents.ts';
import type { JsonObject } from '#domain/desired/engine.ts';

import { configMap, kustomization } from './desired-bench.ts';

function read(files: Record<string, string>): Promise<Documents> {
  return readDocuments(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
}

test('a document that cannot be read takes no other with it', async () => {
  const text = `${kustomization('a', './a')}---\na: 1\na: [\n---\n${kustomization('b', './b')}`;

  const { all, unread } = await read({ 'ks.yaml': text });

  expect(all.map(({ name, line }) => `${name}:${line}`)).toEqual(['a:1', 'b:15']);
  expect(unread).toHaveLength(1);
  expect(unread[0]).toMatch(/^ks\.yaml:1[34]: /);
});

test('templates and aliases without anchor are unread, each with its line', async () => {
  const { all, unread } = await read({
    'chart/web.yaml': 'kind: Service\n{{- if .Values.on }}\nspec: {}\n{{- end }}\n',
    'alias.yaml': 'a: 1\nb: *nowhere\n',
    'fine.yaml': kustomization('fine', './fine'),
  });

  expect(all.map(({ name }) => name)).toEqual(['fine']);
  expect(unread).toEqual([
    'chart/web.yaml:2: a template ({{ }}), not plain YAML',
    'alias.yaml:1: an alias has no anchor before it',
  ]);
});

test('each Kustomization of a List and of JSON counts', async () => {
  const one = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'one' },
    spec: {},
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [one, { ...one, metadata: { name: 'two' } }] };

  const { all } = await read({ 'list.yaml': JSON.stringify(list), 'one.json': JSON.stringify(one) });

  expect(all.map(({ name, file }) => `${file} ${name}`)).toEqual([
    'list.yaml one',
    'list.yaml two',
    'one.json one',
  ]);
});

test('of ConfigMaps only those are read that something substitutes from', async () => {
  const from = '  postBuild:\n    substituteFrom:\n      - {kind: ConfigMap, name: settings}\n';

  const { all } = await read({
    'ks.yaml': kustomization('a', './a', from),
    'maps.yaml': configMap('settings', '{A: b}'),
    'others.yaml': configMap('dashboard', '{A: b}'),
  });

  expect(all.map(({ name }) => name)).toEqual(['a', 'settings']);
});

test.each<[text: string, names: string[], changed: string[]]>([
  ['a: ${A} ${B:-x} ${C:=y} ${D=z}', ['A', 'B', 'C', 'D'], []],
  ['a: ${A:0:3} ${B^^} ${#C} ${D/x/y} ${E%.*}', ['A', 'B', 'C', 'D', 'E'], ['A', 'B', 'C', 'D', 'E']],
  ['a: ${A:-${B,,}}', ['A', 'B'], ['B']],
  ['a: $A ${1} {A}', [], []],
])('variables in %s', async (text, names, changed) => {
  const documents = await read({ 'settings.conf': text });

  expect([...documents.names]).toEqual(names);
  expect([...documents.changed]).toEqual(changed);
});

const encoded = (text: string): string => Buffer.from(text).toString('base64');

test.each<[what: string, object: JsonObject, expected: boolean]>([
  ['any kind with a MAC', { kind: 'ConfigMap', sops: { mac: 'ENC[x]' } }, true],
  ['a sops key without one', { kind: 'ConfigMap', sops: {} }, false],
  ['a Secret with an encrypted value', { kind: 'Secret', stringData: { a: 'ENC[AES256_GCM,data:x]' } }, true],
  [
    'a Secret with an encrypted YAML file',
    { kind: 'Secret', data: { a: encoded('x: ENC[y]\nsops:\n  mac: z\n') } },
    true,
  ],
  [
    'a Secret with an encrypted dotenv file',
    { kind: 'Secret', data: { a: encoded('X=ENC[y]\nsops_mac=z\n') } },
    true,
  ],
  ['a plain Secret', { kind: 'Secret', data: { a: encoded('hello') }, stringData: { b: 'x' } }, false],
])('%s', (_what, object, expected) => {
  expect(isEncrypted(object)).toBe(expected);
});
