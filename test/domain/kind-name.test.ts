import { describe, expect, test } from 'vitest';

import { resolveKind } from '../../src/domain/kind-name.ts';
import { knownKindOf, servedNameOf } from '../../src/domain/kinds.ts';
import { type ObjectRef, refOf } from '../../src/domain/objects/meta.ts';

const kinds = [
  served('Deployment', 'deployments', 'apps'),
  served('Event', 'events', ''),
  served('Event', 'events', 'events.k8s.io'),
  served('Node', 'nodes', 'longhorn.io'),
  served('Node', 'nodes', ''),
  served('ServiceAccount', 'serviceaccounts', 'talos.dev'),
  served('ServiceAccount', 'serviceaccounts', ''),
  served('Backup', 'backups', 'longhorn.io'),
  served('Backup', 'backups', 'postgresql.cnpg.io'),
  served('Volume', 'volumes', 'longhorn.io'),
  served('Kustomization', 'kustomizations', 'kustomize.toolkit.fluxcd.io'),
  served('PersistentVolumeClaim', 'persistentvolumeclaims', ''),
];

describe('a kind as people write it', () => {
  test.each([
    ['Deployment', 'apps'],
    ['deployments', 'apps'],
    ['DEPLOY', 'apps'],
    ['deployments.apps', 'apps'],
    ['Deployment.apps', 'apps'],
    ['ks', 'kustomize.toolkit.fluxcd.io'],
    ['pvc', ''],
    ['Event', ''],
    ['events.events.k8s.io', 'events.k8s.io'],
    ['backups.longhorn.io', 'longhorn.io'],
    ['node', ''],
    ['nodes.longhorn.io', 'longhorn.io'],
    ['sa', ''],
  ])('%s is in group %j', (name, group) => {
    expect(resolveKind({ kinds, unavailable: [] }, name).group).toBe(group);
  });

  test('one that several groups serve is asked back', () => {
    expect(() => resolveKind({ kinds, unavailable: [] }, 'Backup')).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        hint: 'Name one of: backups.longhorn.io, backups.postgresql.cnpg.io.',
      }),
    );
  });

  test('one that is not served is not found, and says which groups are away', () => {
    expect(() => resolveKind({ kinds, unavailable: ['metrics.k8s.io'] }, 'Widget')).toThrow(
      expect.objectContaining({ code: 'not_found', hint: expect.stringContaining('metrics.k8s.io') }),
    );
  });
});

function served(kind: string, plural: string, group: string) {
  return { kind, plural, group, version: 'v1', namespaced: true, listable: true };
}

describe('the ref of a namesake', () => {
  test.each<[object: ObjectRef, ref: string]>([
    [{ kind: 'Node', name: 'worker-1' }, 'Node/worker-1'],
    [{ kind: 'Node', group: '', name: 'worker-1' }, 'Node/worker-1'],
    [
      { kind: 'Node', group: 'longhorn.io', namespace: 'storage', name: 'worker-1' },
      'Node.longhorn.io/storage/worker-1',
    ],
    [{ kind: 'Backup', group: 'longhorn.io', namespace: 'a', name: 'b' }, 'Backup.longhorn.io/a/b'],
    [
      { kind: 'Backup', group: 'postgresql.cnpg.io', namespace: 'a', name: 'b' },
      'Backup.postgresql.cnpg.io/a/b',
    ],
    [{ kind: 'Volume', group: 'longhorn.io', namespace: 'a', name: 'b' }, 'Volume/a/b'],
  ])('%j is %s, and its kind can be asked for', (object, ref) => {
    expect(refOf(object)).toBe(ref);

    const { kind, group } = resolveKind({ kinds, unavailable: [] }, ref.split('/')[0] ?? '');
    expect([kind, group]).toEqual([object.kind, object.group ?? '']);
  });

  test('is known by its fields as itself, not as the better-known kind', () => {
    expect(knownKindOf('Node', '')).toBe('Node');
    expect(knownKindOf('Node', 'longhorn.io')).toBe('Node.longhorn.io');
    expect(knownKindOf('Node', 'example.test')).toBeUndefined();
    expect(servedNameOf('Backup.postgresql.cnpg.io')).toBe('Backup');
  });
});
