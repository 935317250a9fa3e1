import { HEALTH_KINDS } from '#domain/health/observed.ts';
import { KNOWN_GROUPS } from '#domain/kinds.ts';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { grant } from '../cluster/rbac.ts';
import { type Answer, ask, uncheckedOf } from '../support/daytwo.ts';
import { openInProcess } from '../support/in-process.ts';
import { printedRules } from '../support/viewer.ts';
import { everyCrd, healthyBase } from './faults/base.ts';
import type { Fault } from './faults/fault.ts';
import { FAULTS } from './faults/faults.ts';
import { stage, staging } from './faults/stage.ts';

/** A fault that shows in one API group only, by its name. */
const BY_GROUP: Readonly<Record<string, string>> = {
  'longhorn.io': 'an instance manager of Longhorn has failed',
  'local.openebs.io': 'a volume group lacks a disk',
  'ceph.rook.io': 'Ceph is in error',
  'volsync.backube': 'a replication has not run for three days, and says it waits for its schedule',
  'snapshot.storage.k8s.io': 'a snapshot cannot be taken',
  'postgresql.cnpg.io': 'a database is out of disk space',
  'cert-manager.io': 'a certificate has expired',
  'gateway.networking.k8s.io': 'a route is refused: RefNotPermitted',
  'metallb.io': 'a speaker refuses the configuration',
  'cilium.io': 'Cilium refuses a policy, which protects nothing',
  'monitoring.coreos.com': 'Prometheus has no pod',
  'upgrade.cattle.io': 'the Job of a Plan fails',
  'kustomize.toolkit.fluxcd.io': 'a path does not exist',
  batch: 'a Job gives up',
  autoscaling: 'an autoscaler cannot change its target',
};

const GROUPS = Object.keys(BY_GROUP);

/** What is taken away for good, one after the other: an answer must be right with any number of them gone. */
const REMOVED = ['longhorn.io', 'cert-manager.io', 'postgresql.cnpg.io', 'gateway.networking.k8s.io'];

function faultIn(group: string): Fault {
  const found = FAULTS.find(({ name }) => name === BY_GROUP[group]);
  if (found === undefined) throw new Error(`there is no fault for ${group}`);
  return found;
}

function rootIn(group: string): string {
  const { ref, reason } = faultIn(group).root;
  return `${ref} ${reason}`;
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

const rootsBut = (groups: readonly string[]): string[] =>
  GROUPS.filter((group) => !groups.includes(group))
    .map(rootIn)
    .toSorted();

describeCluster('a broken cluster of which a part cannot be seen', () => {
  let own: ControlPlane;
  let rules: Awaited<ReturnType<typeof printedRules>>;
  let crds: Manifest[];

  const told = async (user: string, given: typeof rules): Promise<Told> => {
    await grant(own.admin, user, given);
    const session = openInProcess(own.kubeconfigWithClientCert(user));
    try {
      const roots: string[] = [];
      let answer = await ask(session, 'health_summary');
      roots.push(...namedIn(answer));
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
    crds = await everyCrd();
    await own.admin.installCrds(crds);
    await own.admin.createAll(healthyBase());
    for (const fault of GROUPS.map(faultIn)) await stage(own, staging(fault), fault);
    rules = await printedRules();
  });

  afterAll(() => own?.stop());

  test('with the whole role every fault is told', async () => {
    const { roots, gaps } = await told('whole', rules);

    expect(roots).toEqual(rootsBut([]));
    expect([...gaps]).toEqual([]);
  });

  test.each(GROUPS)('without permission for %s the rest is told, and the gap is named', async (group) => {
    const left = rules.filter(({ apiGroups }) => apiGroups[0] !== group);
    const kinds = HEALTH_KINDS.filter((kind) => KNOWN_GROUPS[kind] === group);

    const { roots, gaps } = await told(`without-${group}`, left);

    expect(roots).toEqual(rootsBut([group]));
    expect([...gaps.keys()]).toEqual(expect.arrayContaining(kinds));
    for (const why of gaps.values()) expect(why).toMatch(/^not permitted: /);
  });

  test.each(REMOVED)('with %s not served any more the rest is told, and nothing is missed', async (group) => {
    const gone = crds.filter(({ spec }) => spec?.['group'] === group);
    await Promise.all(gone.map((crd) => own.admin.remove(crd)));
    await Promise.all(gone.map((crd) => own.admin.waitFor(crd, (found) => found === undefined, 30_000)));

    const { roots, gaps } = await told('whole', rules);

    expect(roots).toEqual(rootsBut(REMOVED.slice(0, REMOVED.indexOf(group) + 1)));
    expect([...gaps]).toEqual([]);
  });
});
