import { HEALTH_KINDS } from '#domain/health/observed.ts';
import { KNOWN_GROUPS } from '#domain/kinds.ts';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { type PolicyRule, grant } from '../cluster/rbac.ts';
import { type Answer, ask, uncheckedOf } from '../support/daytwo.ts';
import { openInProcess } from '../support/in-process.ts';
import { printedRules } from '../support/viewer.ts';
import { baseCrds, baseObjects } from './faults/base.ts';
import { COMPONENT_FAULTS } from './faults/components.ts';
import type { Fault } from './faults/fault.ts';
import { FLUX_FAULTS } from './faults/flux.ts';
import { openBench } from './faults/harness.ts';
import { WORKLOAD_FAULTS } from './faults/workloads.ts';

const FAULTS = [...WORKLOAD_FAULTS, ...COMPONENT_FAULTS, ...FLUX_FAULTS];

/** A fault that shows in one API group, by its name; none of them touches what another is about. */
const BY_GROUP: Readonly<Record<string, string>> = {
  '': 'a bare pod has failed, and nothing replaces it',
  batch: 'a Job was given up after its deadline',
  autoscaling: 'an autoscaler scales what does not exist',
  'apiregistration.k8s.io': 'an aggregated API has no Service any more',
  'longhorn.io': 'the backup target of Longhorn cannot be reached, and backups fail because of it',
  'local.openebs.io': 'a volume group has lost a physical volume',
  'zfs.openebs.io': 'a ZFS volume failed, and gives no reason',
  'openebs.io': 'a pool of Mayastor is faulted though it was created well',
  'ceph.rook.io': 'Ceph is in error, and a filesystem of it cannot be set up',
  'volsync.backube': 'a restore drill has not been run for three months',
  'postgresql.cnpg.io': 'a database has no disk space left, and its backup fails because of that',
  'cert-manager.io': 'a certificate is Ready, and a day past the time at which it should have been renewed',
  'metallb.io': 'MetalLB refuses its configuration and goes on with the old one',
  'cilium.io': 'a policy of Cilium is refused, and protects nothing',
  'monitoring.coreos.com': 'Prometheus leaves a ServiceMonitor out, and is available without it',
  'gateway.networking.k8s.io': 'a route may not hang on its Gateway, though both are there',
  'kustomize.toolkit.fluxcd.io': 'a dependency does not exist',
  'helm.toolkit.fluxcd.io': 'the tests of a release fail',
  'image.toolkit.fluxcd.io': 'no tag of an image fits its policy',
  'fluxcd.controlplane.io': 'the template of a ResourceSet cannot be rendered',
};

/** Kinds of Flux of which the base or a fault has objects. */
const FLUX_KINDS: Readonly<Record<string, readonly string[]>> = {
  'source.toolkit.fluxcd.io': ['GitRepository', 'HelmRepository'],
  'kustomize.toolkit.fluxcd.io': ['Kustomization'],
  'helm.toolkit.fluxcd.io': ['HelmRelease'],
  'image.toolkit.fluxcd.io': ['ImagePolicy'],
  'notification.toolkit.fluxcd.io': ['Receiver'],
  'fluxcd.controlplane.io': ['FluxInstance', 'ResourceSet'],
};

/** Kinds that are read for health, by group; those without a fault here are taken away all the same. */
const GROUPS: readonly (readonly [group: string, kinds: readonly string[]])[] = [
  ...Map.groupBy(HEALTH_KINDS, (kind) => KNOWN_GROUPS[kind]),
  ...Object.entries(FLUX_KINDS),
];

/** What is taken away for good, one after the other: an answer must be right with any number of them gone. */
const REMOVED = ['longhorn.io', 'cert-manager.io', 'postgresql.cnpg.io', 'gateway.networking.k8s.io'];

function faultIn(group: string): Fault {
  const found = FAULTS.find(({ name }) => name === BY_GROUP[group]);
  if (found === undefined) throw new Error(`there is no fault for ${group}`);
  return found;
}

function rootsBut(groups: readonly string[]): string[] {
  return Object.keys(BY_GROUP)
    .filter((group) => !groups.includes(group))
    .map((group) => faultIn(group).root)
    .map(({ ref, reason }) => `${ref} ${reason}`)
    .toSorted();
}

/** Findings with their reasons, those in brief included. */
function namedIn({ findings, more }: Answer): string[] {
  const full = (findings as { ref: string; reason: string }[]).map(({ ref, reason }) => `${ref} ${reason}`);
  const brief = (more as { rows: string[][] } | undefined)?.rows ?? [];
  return [...full, ...brief.map(([, , ref, reason]) => `${ref} ${reason}`)];
}

/** What one user is told. */
interface Told {
  /** Findings of all pages, in the order of the alphabet. */
  roots: string[];
  /** Kinds that could not be read, each with the reason. */
  gaps: Map<string, string>;
}

describeCluster('a broken cluster of which a part cannot be seen', () => {
  let own: ControlPlane;
  let rules: readonly (PolicyRule & { apiGroups: string[] })[];
  let crds: Manifest[];

  const told = async (user: string, given: readonly PolicyRule[]): Promise<Told> => {
    await grant(own.admin, user, given);
    const session = openInProcess(own.kubeconfigWithClientCert(user));
    try {
      let answer = await ask(session, 'health_summary');
      const roots = namedIn(answer);
      while (answer['cursor'] !== undefined) {
        answer = await ask(session, 'health_summary', { cursor: answer['cursor'] });
        roots.push(...namedIn(answer));
      }
      return { roots: roots.toSorted(), gaps: uncheckedOf(answer) };
    } finally {
      await session.close();
    }
  };

  beforeAll(async () => {
    own = await startControlPlane({ storageJson: true });
    crds = await baseCrds();
    await own.admin.installCrds(crds);
    const bench = await openBench(own, baseObjects(), own.kubeconfigWithClientCert('whole'));
    for (const group of Object.keys(BY_GROUP)) await bench.leave(faultIn(group).objects());
    rules = await printedRules();
  });

  afterAll(() => own?.stop());

  test('with the whole role every fault is told', async () => {
    const { roots, gaps } = await told('whole', rules);

    expect(roots).toEqual(rootsBut([]));
    expect([...gaps]).toEqual([]);
  });

  test.for(GROUPS)(
    'without permission for %s the rest is told, and the gap is named',
    async ([group, kinds]) => {
      const left = rules.filter(({ apiGroups }) => !apiGroups.includes(group));

      const { roots, gaps } = await told(`without-${group}`, left);

      expect(roots).toEqual(rootsBut([group]));
      expect([...gaps.keys()]).toEqual(expect.arrayContaining([...kinds]));
      for (const why of gaps.values()) expect(why).toMatch(/^not permitted: /);
    },
  );

  test.for(REMOVED)('with %s not served any more the rest is told, and nothing is missed', async (group) => {
    const gone = crds.filter(({ spec }) => spec?.['group'] === group);
    await Promise.all(gone.map((crd) => own.admin.remove(crd)));
    await Promise.all(gone.map((crd) => own.admin.waitFor(crd, (found) => found === undefined, 30_000)));

    const { roots, gaps } = await told('whole', rules);

    expect(roots).toEqual(rootsBut(REMOVED.slice(0, REMOVED.indexOf(group) + 1)));
    expect([...gaps]).toEqual([]);
  });
});
