import { describe, expect, it } from 'vitest';

import type { Health } from '#domain/health/health.ts';
import { HEALTH_KINDS } from '#domain/health/observed.ts';
import { KNOWN_GROUPS, knownKindOf } from '#domain/kinds.ts';

import { answerFor, crashing, deployed, healthOf, kustomization, notReady, unready } from './objects.ts';
import { healthyCluster, type Objects } from './healthy-cluster.ts';

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/** Two faults and a consequence that have nothing to do with any component. */
const FAULTS: Objects = [
  ...deployed('broken', 1, (at) => unready(at, 40, { containers: [crashing()] })),
  kustomization('unbuilt', notReady('BuildFailed', 'kustomize build failed: no such file')),
  kustomization('broken', {
    ...notReady('HealthCheckFailed', 'timeout waiting for health checks'),
    inventory: [{ kind: 'Deployment', namespace: 'apps', name: 'broken', group: 'apps' }],
  }),
];

const EXPECTED = [
  ['Kustomization/flux-system/unbuilt', 'BuildFailed', 0],
  ['Deployment/apps/broken', 'CrashLoopBackOff', 1],
];

/** What tells of the faults, or stands under all else. */
const NEEDED = new Set(['Pod', 'Deployment', 'ReplicaSet']);

/** The groups of which a cluster may serve none; Kubernetes' own are always there. */
const CUSTOM_GROUPS = [...new Set(HEALTH_KINDS.map((kind) => KNOWN_GROUPS[kind]))].filter(
  (group) => group.includes('.') && (!group.endsWith('.k8s.io') || /^(?:gateway|snapshot)/.test(group)),
);

/** What the cluster says beside what it says of the one kind that is not known. */
const saidOf = ({ roots }: Health): string[][] =>
  roots
    .filter(({ state }) => !['unknown', 'info', 'suspended'].includes(state))
    .map(({ fault }) => [fault.ref, fault.message]);

describe('a healthy cluster of every kind', () => {
  it('has some 300 objects of all kinds that health looks at', () => {
    const objects = healthyCluster();
    const kinds = new Set(
      objects.map(({ kind, apiVersion }) => knownKindOf(kind, groupOf(apiVersion)) ?? kind),
    );

    expect(objects.length).toBeGreaterThan(280);
    expect(HEALTH_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('has no finding', async () => {
    const answer = await answerFor(healthyCluster());

    expect(answer.findings.map(({ ref, reason, message }) => [ref, reason, message])).toEqual([]);
    expect(answer.verdict).toBe('healthy');
  });
});

describe('what cannot be read', () => {
  it.each(HEALTH_KINDS)(
    '%s: nothing else is said of a healthy cluster, and the gap is named',
    async (kind) => {
      const healthy = await healthOf(healthyCluster(), { states: { [kind]: 'unknown' } });

      expect([healthy.verdict, healthy.unsure]).toEqual(['unknown', [kind]]);
      expect(saidOf(healthy)).toEqual([]);
    },
  );

  it.each(HEALTH_KINDS.filter((kind) => !NEEDED.has(kind)))(
    '%s: what is wrong is told as before',
    async (kind) => {
      const states = { [kind]: 'unknown' as const };
      const { findings } = await answerFor([...healthyCluster(), ...FAULTS], {}, { states });

      expect(findings.map(({ ref, reason, consequences }) => [ref, reason, consequences])).toEqual(EXPECTED);
    },
  );

  it.each(CUSTOM_GROUPS)(
    'the whole group %s is not served: the rest of the answer is the same',
    async (group) => {
      const kinds = HEALTH_KINDS.filter((kind) => KNOWN_GROUPS[kind] === group);
      const states = Object.fromEntries(kinds.map((kind) => [kind, 'absent' as const]));
      const healthy = await answerFor(healthyCluster(), {}, { states });
      const { findings } = await answerFor([...healthyCluster(), ...FAULTS], {}, { states });

      expect(healthy.findings.map(({ ref, message }) => [ref, message])).toEqual([]);
      expect(healthy.verdict).toBe('healthy');
      expect(findings.map(({ ref, reason, consequences }) => [ref, reason, consequences])).toEqual(EXPECTED);
    },
  );
});
