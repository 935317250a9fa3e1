import { describe, expect, test } from 'vitest';

import { syncSourceOf } from '#domain/flux/sync-source.ts';
import type { FluxObject } from '#domain/objects/flux.ts';

import { flux, shuffled } from './objects.ts';

const KS_GROUP = 'kustomize.toolkit.fluxcd.io';
const git = { kind: 'GitRepository', namespace: 'flux-system', name: 'cluster' };
const entries = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'ConfigMap',
    namespace: 'x',
    name: `c${index}`,
    group: '',
  }));

function kustomization(name: string, source: string, inventory: FluxObject['inventory']): FluxObject {
  return flux(`Kustomization/flux-system/${name}`, {
    source: { kind: 'GitRepository', name: source },
    inventory,
  });
}

const self = { kind: 'Kustomization', namespace: 'flux-system', name: 'entry', group: KS_GROUP };
const applying = kustomization('entry', 'self', [self]);
const named = kustomization('flux-system', 'named', entries(3));
const largest = kustomization('apps', 'largest', entries(50));
const smaller = kustomization('other', 'smaller', entries(5));

describe('the source a cluster follows', () => {
  test.each([
    ['of the Kustomization that applies itself', [largest, named, applying, smaller], 'self'],
    ['else of one with a usual name', [largest, named, smaller], 'named'],
    ['else of the largest inventory', [smaller, largest], 'largest'],
  ])('is %s, in any order', (_, objects, source) => {
    const refs = [1, 2, 3, 4, 5].map((seed) => syncSourceOf(shuffled(objects, seed))?.ref);

    expect(new Set(refs)).toEqual(new Set([`GitRepository/flux-system/${source}`]));
  });

  test('is told with url, branch and revision', () => {
    const objects = [
      flux('Kustomization/flux-system/cluster', { source: git }),
      flux('GitRepository/flux-system/cluster', {
        url: 'https://git.example.com/home.git',
        branch: 'main',
        artifact: { revision: 'main@sha1:aa' },
      }),
    ];

    expect(syncSourceOf(objects)).toEqual({
      ref: 'GitRepository/flux-system/cluster',
      url: 'https://git.example.com/home.git',
      branch: 'main',
      revision: 'main@sha1:aa',
    });
  });

  test('is known by its ref alone when the source is not seen', () => {
    expect(syncSourceOf([applying])).toEqual({ ref: 'GitRepository/flux-system/self' });
  });

  test('is none without a Kustomization, or when all of them apply to other clusters', () => {
    const remote = { ...applying, remote: true };

    expect([syncSourceOf([]), syncSourceOf([flux('GitRepository/a/b')]), syncSourceOf([remote])]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
