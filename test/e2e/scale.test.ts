import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { pause } from '../cluster/api.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds } from '../cluster/crds.ts';
import { type FaultProxy, startFaultProxy } from '../cluster/faults.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { kustomization, type LargeCluster, pod, seedLarge } from '../cluster/seed.ts';
import { openSession, type Reply, type Session } from '../support/session.ts';

interface Cause {
  ref: string;
  reason: string;
  message: string;
}

interface Rows {
  columns: string[];
  rows: string[][];
}

const KB = 1024;
const KNOWS_WITHIN_MS = 2_000;

describe.skipIf(inject('controlPlane') === undefined)('300 Kustomizations and 500 pods', () => {
  let controlPlane: ControlPlane;
  let proxy: FaultProxy;
  let session: Session;
  let large: LargeCluster;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
    await controlPlane.admin.installCrds(await fluxCrds());
    large = await seedLarge(controlPlane.admin);
    proxy = await startFaultProxy(controlPlane);
    session = await openSession({
      args: ['--kubeconfig', proxy.kubeconfig('admin'), '--audit-dir', newFolder()],
    });
  }, 300_000);

  afterAll(async () => {
    await session?.close();
    await proxy?.close();
    await controlPlane?.stop();
  });

  test('reconciliation_status names the 6 that fail with their cause, in 4 KB', async () => {
    const reply = await session.call('reconciliation_status');

    const told = problemsIn(reply);
    for (const { name, reason, message } of large.failing) {
      expect(told.get(`Kustomization/flux-system/${name}`)).toContain(`failed ${reason} ${message}`);
    }
    expect(told.size).toBe(large.failing.length);
    expect(large.failing).toHaveLength(6);
    expect(Buffer.byteLength(reply.text)).toBeLessThanOrEqual(4 * KB);
  });

  test('health_summary names the 5 that crash-loop with their exit code, and the 6, in 6 KB', async () => {
    const reply = await session.call('health_summary');

    const told = causesIn(reply);
    for (const { namespace, deployment, exitCode } of large.crashing) {
      expect(told.get(`Deployment/${namespace}/${deployment}`)).toContain(`exit ${exitCode}`);
    }
    for (const { name, reason, message } of large.failing) {
      expect(told.get(`Kustomization/flux-system/${name}`)).toContain(`${reason} ${message.slice(0, 50)}`);
    }
    expect(told.size).toBe(large.crashing.length + large.failing.length);
    expect(large.crashing).toHaveLength(5);
    expect(Buffer.byteLength(reply.text)).toBeLessThanOrEqual(6 * KB);
  });

  test('a repeated question makes no request to the API server', async () => {
    const first = [await session.call('reconciliation_status'), await session.call('health_summary')];
    await untilQuiet(proxy);
    const before = proxy.requests.length;

    const again = [await session.call('reconciliation_status'), await session.call('health_summary')];

    expect(again.map(({ failed }) => failed)).toEqual([false, false]);
    expect(again.map(({ data }) => data?.['verdict'])).toEqual(first.map(({ data }) => data?.['verdict']));
    expect(proxy.requests.slice(before)).toEqual([]);
    expect(before).toBeGreaterThan(0);
  });

  test('a Kustomization that breaks is known within 2 s, without another request', async () => {
    await session.call('reconciliation_status');
    await untilQuiet(proxy);
    const before = proxy.requests.length;
    const broken = kustomization('app-0298', {
      state: 'failed',
      reason: 'BuildFailed',
      message: 'no broken.yaml',
    });

    await controlPlane.admin.setStatus(broken);
    const problems = await within(KNOWS_WITHIN_MS, async () => {
      const seen = problemsIn(await session.call('reconciliation_status'));
      return seen.has('Kustomization/flux-system/app-0298') ? seen : undefined;
    });

    expect(problems?.get('Kustomization/flux-system/app-0298')).toContain(
      'failed BuildFailed no broken.yaml',
    );
    expect(problems?.size).toBe(7);
    expect(proxy.requests.slice(before)).toEqual([]);
  });

  test('a pod that starts to crash is known within 2 s, without another request', async () => {
    await session.call('health_summary');
    await untilQuiet(proxy);
    const before = proxy.requests.length;
    const healthy = runningPodOf('app-0030', large);
    const crashing = pod(healthy.metadata.name, 'team-0', {
      state: 'crash-looping',
      exitCode: 77,
      message: 'panic: out of luck',
      image: 'registry.test/app-0030:1.0.0',
    });

    await controlPlane.admin.setStatus(crashing);
    const cause = await within(KNOWS_WITHIN_MS, async () =>
      causesIn(await session.call('health_summary')).get('Deployment/team-0/app-0030'),
    );

    expect(cause).toContain('exit 77');
    expect(proxy.requests.slice(before)).toEqual([]);
  });
});

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'daytwo-scale-'));
}

/** `state reason message` of each problem, by its ref. */
function problemsIn({ data, text }: Reply): Map<string, string> {
  const problems = data?.['problems'] as Rows | undefined;
  if (problems === undefined) throw new Error(text);
  const [ref = -1, ...told] = ['ref', 'state', 'reason', 'message'].map((name) =>
    problems.columns.indexOf(name),
  );
  return new Map(problems.rows.map((row) => [row[ref] ?? '', told.map((index) => row[index]).join(' ')]));
}

/** `reason message` of each root cause, told in full or in brief, by its ref. */
function causesIn({ data, text }: Reply): Map<string, string> {
  if (data === undefined) throw new Error(text);
  const { columns, rows } = (data['more'] ?? { columns: [], rows: [] }) as Rows;
  const brief = rows.map(
    (row) => Object.fromEntries(row.map((value, index) => [columns[index], value])) as Cause,
  );
  const causes = [...(data['findings'] as Cause[]), ...brief];
  return new Map(causes.map(({ ref, reason, message }) => [ref, `${reason} ${message}`]));
}

function runningPodOf(deployment: string, { objects, crashing }: LargeCluster): Manifest {
  const found = objects.find(
    ({ kind, metadata }) => kind === 'Pod' && metadata.name.startsWith(`${deployment}-`),
  );
  if (found === undefined || crashing.some((crash) => crash.pod === found.metadata.name)) {
    throw new Error(`${deployment} has no running pod`);
  }
  return found;
}

/** Asks until there is an answer; undefined when the time is up. */
async function within<T>(milliseconds: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = performance.now() + milliseconds;
  let answer = await ask();
  while (answer === undefined && performance.now() < deadline) answer = await ask();
  return performance.now() < deadline ? answer : undefined;
}

/** The first question's watches open after its answer. */
async function untilQuiet({ requests }: FaultProxy): Promise<void> {
  while (Date.now() - (requests.at(-1)?.at ?? 0) < 500) await pause(50);
}
