import { describe, expect, test } from 'vitest';

import { adoptionOf, atOf } from '#domain/drift/adopt.ts';
import type { FieldDrift } from '#domain/drift/report.ts';
import { withLines } from '#domain/drift/written-at.ts';
import type { Blob } from '#domain/repository/port.ts';

import { drift, field } from './objects.ts';

const TEXT = `# The wiki of the house
apiVersion: v1
kind: Service
metadata: {name: wiki}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: wiki
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: side
          image: registry.test/side:1
        - name: app
          image: registry.test/wiki:\${VERSION}
          ports:
            - containerPort: 80
            - containerPort: 81
`;

const read = async (path: string): Promise<Blob> => {
  if (path !== 'apps/wiki.yaml') throw new Error(`there is no ${path}`);
  return { path, id: 'b10b', mode: '100644', size: TEXT.length, content: new TextEncoder().encode(TEXT) };
};

const wiki = drift('Deployment/apps/wiki', { place: { file: 'apps/wiki.yaml', line: 6 } });
const APP = '.spec.template.spec.containers[name="app"]';

describe('the edit that puts a change into Git', () => {
  test.each<[object, FieldDrift]>([
    [
      { set: { at: 'spec.replicas', document: 'Deployment/wiki', value: 5 } },
      field('.spec.replicas', { live: '5', git: '2', value: 5 }),
    ],
    [
      { set: { at: 'spec.paused', document: 'Deployment/wiki', value: true } },
      field('.spec.paused', { live: 'true', value: true }),
    ],
    [{ unset: { at: 'spec.replicas', document: 'Deployment/wiki' } }, field('.spec.replicas', { git: '2' })],
    [
      {
        set: {
          at: 'spec.template.spec.containers[name=side].image',
          document: 'Deployment/wiki',
          value: 'registry.test/side:2',
        },
      },
      field('.spec.template.spec.containers[name="side"].image', {
        live: 'registry.test/side:2',
        git: 'registry.test/side:1',
        value: 'registry.test/side:2',
      }),
    ],
  ])('%j', async (edit, changed) => {
    const adoption = await adoptionOf(wiki, changed, read);

    expect(adoption).toEqual({
      object: 'Deployment/apps/wiki',
      field: changed.path,
      edit: { path: 'apps/wiki.yaml', blob: 'b10b', ...edit },
    });
  });

  test.each<[RegExp, FieldDrift]>([
    [/its live value is not shown: a person reads it/, field(`${APP}.env`, { live: '[EXTRA]' })],
    [/look for a patch, a base or a variable/, field('.spec.replicas', { live: '5', git: '3', value: 5 })],
    [
      /look for a patch, a base or a variable/,
      field('.spec.paused', { live: 'true', git: 'false', value: true }),
    ],
    [
      /look for a patch, a base or a variable/,
      field(`${APP}.image`, {
        live: 'registry.test/wiki:9',
        git: 'registry.test/wiki:3',
        value: 'registry.test/wiki:9',
      }),
    ],
    [
      /look for a patch, a base or a variable/,
      field('.spec.users[password=…].role', { live: '1', value: 1 }),
    ],
  ])('is not made up: %s', async (why, changed) => {
    const adoption = await adoptionOf(wiki, changed, read);

    expect(adoption.edit).toBeUndefined();
    expect(adoption.why).toMatch(why);
  });

  test.each([
    ['spec.replicas', '.spec.replicas'],
    ['spec.containers[name=app].image', '.spec.containers[name="app"].image'],
    ['spec.ports[port=80].nodePort', '.spec.ports[port=80,protocol="TCP"].nodePort'],
    ['metadata.labels["a.b/c"]', '.metadata.labels["a.b/c"]'],
  ])('is named %s', (at, path) => {
    expect(atOf(path)).toBe(at);
  });
});

describe('the line of a field', () => {
  test.each([
    [11, '.spec.replicas'],
    [18, `${APP}.image`],
    [16, '.spec.template.spec.containers[name="side"].image'],
    [17, `${APP}.env`],
    [21, `${APP}.ports[containerPort=81,protocol="TCP"].name`],
    [10, '.spec.paused'],
  ])('is %i for %s', async (line, path) => {
    const [found] = await withLines([{ ...wiki, fields: [field(path)] }], (_, file) => read(file));

    expect(found?.fields[0]?.place).toEqual({ file: 'apps/wiki.yaml', line });
  });

  test.each([
    ['the file is gone', drift('Deployment/apps/wiki', { place: { file: 'gone.yaml', line: 6 } })],
    [
      'another object is written there',
      drift('Gadget/apps/wiki', { place: { file: 'apps/wiki.yaml', line: 6 } }),
    ],
    [
      'nothing of it is written there',
      drift('Deployment/apps/wiki', { place: { file: 'apps/wiki.yaml', line: 6 } }),
    ],
  ])('is the object’s own where %s', async (_, object) => {
    const [found] = await withLines([{ ...object, fields: [field('.data.mode')] }], (_commit, file) =>
      read(file),
    );

    expect(found?.fields[0]?.place).toBeUndefined();
  });
});
