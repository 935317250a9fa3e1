import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { pause } from '../cluster/api.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import { ask } from '../support/daytwo.ts';
import { openInProcess } from '../support/in-process.ts';
import { grantPrinted } from '../support/viewer.ts';
import { everyCrd, healthyBase } from './faults/base.ts';
import type { Fault } from './faults/fault.ts';
import { FAULTS } from './faults/faults.ts';
import { clear, stage, type Staged, staging } from './faults/stage.ts';

/** How long a change may take to show. */
const SOON = { timeout: 8_000, interval: 50 };

/** What has been told is asked again after this many milliseconds: by then every watch has had its say. */
const SETTLED = 250;

/** Bytes that half of all answers stay under. */
const MEDIAN = 2_048;

interface Told {
  id: string;
  ref: string;
  reason: string;
  message: string;
}

describeCluster('one fault at a time', () => {
  const sizes: number[] = [];
  let own: ControlPlane;
  let session: ReturnType<typeof openInProcess>;
  let staged: Staged | undefined;

  /** The findings of one call, and the bytes of its answer. */
  const summary = async (): Promise<{ findings: Told[]; bytes: number }> => {
    const { data, text, failed } = await session.call('health_summary');
    if (failed || data === undefined) throw new Error(text);
    return { findings: data['findings'] as Told[], bytes: Buffer.byteLength(text) };
  };

  const toldAs = async (): Promise<string[]> =>
    (await summary()).findings.map(({ ref, reason, message }) => `${ref} ${reason}: ${message}`);

  const healthyAgain = async (): Promise<void> => {
    const told = await toldAs();
    if (told.length > 0) throw new Error(`still told: ${told.join('; ')}`);
  };

  /** Refs of what is folded under a finding. */
  const foldedUnder = async (id: string): Promise<string[]> => {
    const { consequences } = await ask(session, 'health_summary', { finding: id });
    return (consequences as { rows: string[][] }).rows.flatMap(([ref]) => ref ?? []);
  };

  beforeAll(async () => {
    own = await startControlPlane({ storageJson: true });
    await own.admin.installCrds(await everyCrd());
    await own.admin.createAll(healthyBase());
    await grantPrinted(own.admin, 'viewer');
    session = openInProcess(own.kubeconfigWithClientCert('viewer'));
  });

  afterEach(async () => {
    if (staged) await clear(own, staged);
    staged = undefined;
    await vi.waitFor(healthyAgain, SOON);
  });

  afterAll(async () => {
    await session?.close();
    await own?.stop();
  });

  test('the cluster is healthy before', async () => {
    await expect.poll(toldAs, SOON).toEqual([]);
    expect(await ask(session, 'health_summary')).toMatchObject({ verdict: 'healthy', total: 0 });
  });

  test.each(FAULTS)('$name', async (fault: Fault) => {
    const { ref, reason, says = /./ } = fault.root;
    const told = [expect.stringContaining(`${ref} ${reason}: `)];
    staged = staging(fault);
    await stage(own, staged, fault);

    await expect.poll(toldAs, SOON).toEqual(told);

    await pause(SETTLED);
    expect(await toldAs()).toEqual(told);
    const { findings, bytes } = await summary();
    sizes.push(bytes);
    expect(findings[0]?.message).toMatch(says);
    const folded = await foldedUnder(findings[0]?.id ?? '');
    expect(folded).toEqual(expect.arrayContaining([...(fault.decoys ?? [])]));
  });

  test('half of the answers are short', () => {
    const ordered = sizes.toSorted((a, b) => a - b);

    // oxlint-disable-next-line no-console -- what the figures are, beside what they must be
    console.log(
      `${ordered.length} faults, median ${ordered[Math.floor(ordered.length / 2)]} B, largest ${ordered.at(-1)} B`,
    );
    expect(ordered).toHaveLength(FAULTS.length);
    expect(ordered.length).toBeGreaterThanOrEqual(60);
    expect(ordered[Math.floor(ordered.length / 2)]).toBeLessThanOrEqual(MEDIAN);
  });
});
