import { expect, test } from 'vitest';

import { KIND_NAMES, clusterRole, isFluxGroup, neededPermissions } from '../../src/domain/access.ts';
import { API_GROUPS } from '../../src/domain/api-groups.ts';
import { KNOWN_GROUPS, servedNameOf } from '../../src/domain/kinds.ts';
import type { KnownKind } from '../../src/domain/objects/index.ts';
import { servedKind } from '../support/memory-cluster.ts';

test('the role reads enumerated resources and does nothing else', () => {
  const { rules } = clusterRole({ logs: false });

  expect(rules).toHaveLength(API_GROUPS.length);
  expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list', 'watch']));
  const all = rules.flatMap(({ apiGroups, resources }) => [...apiGroups, ...resources]);
  expect(all.filter((name) => name.includes('*') || name.includes('secret') || name.includes('/'))).toEqual(
    [],
  );
});

test('logs are one rule more, and only get', () => {
  const [plain, withLogs] = [false, true].map((logs) => clusterRole({ logs }).rules);

  expect(withLogs?.slice(plain?.length)).toEqual([
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  ]);
});

test('further groups are read by resource', () => {
  const { rules } = clusterRole({
    logs: false,
    extra: [{ group: 'metrics.k8s.io', resources: ['pods', 'nodes'] }],
  });

  expect(rules.at(-1)).toEqual({
    apiGroups: ['metrics.k8s.io'],
    resources: ['nodes', 'pods'],
    verbs: ['get', 'list', 'watch'],
  });
});

test('every kind the domain knows is in the table', () => {
  const known = (Object.keys(KNOWN_GROUPS) as KnownKind[]).map((kind) => ({
    name: servedNameOf(kind),
    group: KNOWN_GROUPS[kind],
  }));

  const missing = known.filter(
    ({ name, group }) => API_GROUPS.find((entry) => entry.group === group)?.kinds[name] === undefined,
  );

  expect(missing).toEqual([]);
  expect(KIND_NAMES).toEqual(expect.arrayContaining(known.map(({ name }) => name)));
  expect(KIND_NAMES).not.toContain('Secret');
});

test('what is needed depends on what is served and readable', () => {
  const kinds = [
    servedKind('Pod', 'v1', true),
    servedKind('Secret', 'v1', true),
    servedKind('Widget', 'x.test/v1', true),
  ];

  const needed = neededPermissions(kinds, { logs: true });

  expect(needed).toEqual([
    { verb: 'get', group: '', resource: 'pods' },
    { verb: 'list', group: '', resource: 'pods' },
    { verb: 'watch', group: '', resource: 'pods' },
    { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  ]);
});

test.each([
  ['kustomize.toolkit.fluxcd.io', true],
  ['new.toolkit.fluxcd.io', true],
  ['source.extensions.fluxcd.io', true],
  ['fluxcd.controlplane.io', true],
  ['fluxcd.io', false],
  ['toolkit.fluxcd.io.evil.test', false],
  ['eviltoolkit.fluxcd.io', false],
  ['', false],
])('the group "%s" is one of Flux: %s', (group, expected) => {
  expect(isFluxGroup(group)).toBe(expected);
});
