import { expect, test } from 'vitest';

import type { Rendering } from '#domain/desired/desired.ts';
import { childNode, hiddenVariables } from '#domain/desired/node.ts';

const parent = { ref: 'Kustomization/flux-system/root', namespace: 'flux-system' } as Rendering;

test.each<[holes: string[], hidden: string[]]>([
  [[], []],
  [['.metadata.labels'], []],
  [['.spec.postBuild.substitute.A'], ['A']],
  [['.spec.postBuild.substitute'], ['A', 'B']],
  [['.spec.postBuild'], ['A', 'B']],
  [['.spec'], ['A', 'B']],
  [['.spec.path', '.spec.postBuild.substitute.B'], ['B']],
])('with holes at %s the inline variables %s are not plain', (holes, hidden) => {
  const object = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'app' },
    spec: { postBuild: { substitute: { A: 'a', B: 'b' } } },
  };

  const node = childNode({ object, holes: new Map(holes.map((path) => [path, '${X}'])) }, parent);

  expect([...hiddenVariables(node)]).toEqual(hidden);
  expect(node.ref).toBe('Kustomization/flux-system/app');
});
