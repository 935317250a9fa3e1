import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import { grantPrinted } from '../support/viewer.ts';
import { baseCrds, baseObjects } from './faults/base.ts';
import { COMPONENT_FAULTS } from './faults/components.ts';
import type { Fault } from './faults/fault.ts';
import { FLUX_FAULTS } from './faults/flux.ts';
import { type Bench, openBench } from './faults/harness.ts';
import { WORKLOAD_FAULTS } from './faults/workloads.ts';

const FAULTS = [...WORKLOAD_FAULTS, ...COMPONENT_FAULTS, ...FLUX_FAULTS];

/** In bytes, of the text that a client is given. */
const MEDIAN_SIZE = 2048;

/** A finding that is there only because of the root. */
function isDecoy(finding: string, { decoys = [] }: Fault): boolean {
  return decoys.some((ref) => finding.startsWith(`${ref} `));
}

describeCluster('one fault at a time in a healthy cluster', () => {
  let own: ControlPlane;
  let bench: Bench;
  const sizes: { name: string; size: number }[] = [];

  beforeAll(async () => {
    own = await startControlPlane({ storageJson: true });
    await own.admin.installCrds(await baseCrds());
    await grantPrinted(own.admin, 'viewer');
    bench = await openBench(own, baseObjects(), own.kubeconfigWithClientCert('viewer'));
  });

  afterAll(() => own?.stop());

  test('without a fault nothing is found', async () => {
    const { verdict, findings } = await bench.askWith([]);

    expect({ verdict, findings }).toEqual({ verdict: 'healthy', findings: [] });
  });

  test.for(FAULTS)('$name', async (fault) => {
    const { findings, size } = await bench.askWith(fault.objects());
    sizes.push({ name: fault.name, size });

    const root = `${fault.root.ref} ${fault.root.reason}`;
    const early = findings.slice(0, Math.max(0, findings.indexOf(root))).filter((one) => isDecoy(one, fault));
    expect({ first: findings[0] ?? 'nothing', early }).toEqual({ first: root, early: [] });
  });

  test('with every fault gone nothing is found', async () => {
    expect(await bench.askWith([])).toMatchObject({ verdict: 'healthy', findings: [] });
  });

  test('they are many, and half of the answers are short', () => {
    const ordered = sizes.toSorted((a, b) => a.size - b.size);
    const median = ordered[Math.floor(ordered.length / 2)]?.size ?? Infinity;
    // oxlint-disable-next-line no-console -- the figures are what this file is for
    console.log(`${ordered.length} faults, median ${median} B, largest ${JSON.stringify(ordered.at(-1))}`);

    expect(ordered.length).toBeGreaterThanOrEqual(60);
    expect(median).toBeLessThanOrEqual(MEDIAN_SIZE);
  });
});
