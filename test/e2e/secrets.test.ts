import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { CATALOG } from '../../src/catalog.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds, permissiveCrd } from '../cluster/crds.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import { type FaultProxy, startFaultProxy } from '../cluster/faults.ts';
import { newFolder, runDaytwo } from '../support/daytwo.ts';
import { driveEverything } from '../support/every-call.ts';
import { leaksIn, type Seen } from '../support/leaks.ts';
import { CUSTOM_KINDS, plant, type Plantation } from '../support/planted-secrets.ts';
import { openSession } from '../support/session.ts';

/** All that the floor permits, logs included. */
const POLICY = `
apiVersion: daytwo/v1alpha1
kind: AccessPolicy
metadata: {name: everything, version: 1}
principals: [{id: local, match: {transport: stdio}}]
roles: {operator: {members: [local]}}
rules: [{id: all, effect: allow, reason: a test of what no policy can open}]
`;

/** What asks the cluster; tools of a repository are not listed without one. */
const withoutRepository = Object.values(CATALOG)
  .filter(({ upstreams }) => !upstreams.includes('repository'))
  .map(({ name }) => name);

describeCluster(
  'planted secrets, with the login of an administrator and a policy that allows everything',
  () => {
    let plane: ControlPlane;
    let proxy: FaultProxy;
    let plantation: Plantation;
    let seen: Seen[];

    beforeAll(async () => {
      plane = await startControlPlane();
      const own = plane.endpoint.tokens['admin'] ?? '';
      plantation = plant(own);
      await plane.admin.installCrds([...(await fluxCrds()), ...CUSTOM_KINDS.map(permissiveCrd)]);
      await plane.admin.createAll(plantation.objects);
      proxy = await startFaultProxy(plane);
      proxy.fail(/\/log(\?|$)/, { kind: 'text', text: plantation.log });
      seen = await everythingSaid(proxy.kubeconfig('admin'), plantation);
    }, 300_000);
    afterAll(async () => {
      await proxy.close();
      await plane.stop();
    });

    test('are many, each its own, and lie in the cluster', async () => {
      const values = plantation.secrets.map(({ value }) => value);
      const stored = await rawCluster(plane, plantation);

      const missing = plantation.secrets.filter(
        ({ value }) => !leaksIn([stored], [{ name: '', value }]).length,
      );

      expect(new Set(values).size).toBe(values.length);
      expect(values.length).toBeGreaterThan(150);
      expect(missing.map(({ name }) => name).filter((name) => !NOT_STORED.test(name))).toEqual([]);
    });

    test('stand beside words that are shown, so that they were at stake', () => {
      const all = seen.map(({ text }) => text).join('\n');

      expect(plantation.marks.length).toBeGreaterThan(40);
      expect(plantation.marks.filter((mark) => !all.includes(mark))).toEqual([]);
    });

    test('and were asked for with every tool, hundreds of times', () => {
      const answered = seen.filter(({ what }) => what.startsWith('answer of '));
      const tools = new Set(answered.map(({ what }) => what.split(' ')[2]));

      expect(tools).toEqual(new Set(withoutRepository));
      expect(answered.length).toBeGreaterThan(300);
    });

    test.each([
      'answer of',
      'error of',
      'list of tools',
      'snapshot',
      'doctor',
      'rbac',
      'audit log',
      'stderr',
    ])('are in no %s', (way) => {
      const said = seen.filter(({ what }) => what.startsWith(way));

      expect(said.length).toBeGreaterThan(0);
      expect(leaksIn(said, plantation.secrets)).toEqual([]);
    });

    test('are in nothing else that was said', () => {
      expect(leaksIn(seen, plantation.secrets)).toEqual([]);
    });

    test('would be found in any disguise', () => {
      const [secret = { name: '', value: '' }] = plantation.secrets.filter(
        ({ name }) => name === 'HelmRelease condition',
      );
      const { value } = secret;
      const disguises = [
        value,
        encodeURIComponent(value),
        Buffer.from(value).toString('base64'),
        Buffer.from(`user:${value}`).toString('base64url'),
        JSON.stringify(JSON.stringify({ value })),
        `${value.slice(0, 9)}\u200B${value.slice(9)}`,
        `${value.slice(0, 9)}[U+200B]${value.slice(9)}`,
      ];

      expect(
        disguises.flatMap((text) => leaksIn([{ what: 'text', text: `x ${text} y` }], [secret])),
      ).toHaveLength(disguises.length);
    });
  },
);

/** Of the login, and what the pods' kubelet would hold. */
const NOT_STORED = /^log of|private key in a log|^own token$/;

/** All that an administrator reads with kubectl. */
async function rawCluster({ admin }: ControlPlane, { objects }: Plantation): Promise<Seen> {
  const read = await Promise.all(objects.map((object) => admin.get(object)));
  const text = JSON.stringify(read.map((object) => [object, decoded(object)]));
  return { what: 'the cluster', text };
}

function decoded({ data = {}, binaryData = {} }: Record<string, unknown>): string[] {
  return Object.values({ ...(data as object), ...(binaryData as object) }).map((value) =>
    Buffer.from(String(value), 'base64').toString(),
  );
}

/** Everything that leaves daytwo in a day: answers and errors of all tools, what the commands print, all files. */
async function everythingSaid(kubeconfig: string, { tokens }: Plantation): Promise<Seen[]> {
  const auditDir = newFolder();
  const policy = join(newFolder(), 'policy.yaml');
  writeFileSync(policy, POLICY);
  const common = [
    '--kubeconfig',
    kubeconfig,
    '--policy',
    policy,
    '--audit-dir',
    auditDir,
    '--api-groups',
    'secret.test',
  ];
  const session = await openSession({
    args: [...common, '--log-level', 'debug'],
    env: { HOME: newFolder() },
  });
  const answers = await driveEverything(session, { strangers: tokens });
  await session.close();
  const commands = await printed(common);
  return [
    ...answers,
    { what: 'stderr of serve', text: session.stderr() },
    ...commands,
    ...filesIn(auditDir, 'audit log'),
  ];
}

async function printed(common: readonly string[]): Promise<Seen[]> {
  const file = join(newFolder(), 'snapshot.json');
  const snapshot = await runDaytwo([...common, '--log-level', 'debug', 'snapshot', file]);
  const doctor = await runDaytwo([...common, '--log-level', 'debug', 'doctor']);
  const rbac = await runDaytwo([...common, '--log-level', 'debug', 'rbac', '--discover']);
  return [
    { what: 'snapshot', text: readFileSync(file, 'utf8') },
    { what: 'snapshot, printed', text: snapshot.stdout },
    { what: 'doctor', text: doctor.stdout },
    { what: 'rbac', text: rbac.stdout },
    ...[snapshot, doctor, rbac].map(({ stderr }, index) => ({
      what: `stderr of command ${index}`,
      text: stderr,
    })),
  ];
}

function filesIn(folder: string, what: string): Seen[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => ({ what: `${what} ${file}`, text: readFileSync(join(folder, file), 'utf8') }));
}
