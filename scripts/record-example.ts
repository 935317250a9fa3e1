/** Records examples/homelab/cluster.json anew: a fictional cluster in its bad hour, on a real control plane. Needs Go. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { pino } from 'pino';

import { createKubernetesCluster } from '../src/adapters/kubernetes/cluster.ts';
import { recordSnapshot } from '../src/adapters/snapshot.ts';
import { createRedactor } from '../src/gate/redaction/redact.ts';
import { type ControlPlane, startControlPlane } from '../test/cluster/control-plane.ts';
import { fluxCrds } from '../test/cluster/crds.ts';
import type { Manifest } from '../test/cluster/manifest.ts';
import { ensureEngine } from './engine/ensure.ts';
import { applyFromGit } from './homelab/applied.ts';
import { homelab } from './homelab/homelab.ts';
import { changeByHand } from './homelab/link-checker.ts';
import { crashEvents } from './homelab/wiki.ts';

const FILE = join(import.meta.dirname, '../examples/homelab/cluster.json');
const SERVER = 'https://homelab.example.test:6443';

await ensureEngine();
const plane = await startControlPlane({ storageJson: true });
try {
  await seed(plane, Date.now());
  const recording = (await record(plane))
    .replaceAll(plane.endpoint.server, SERVER)
    // What releases have installed was seeded in helm-controller's place.
    .replaceAll('"manager": "test-admin"', '"manager": "helm-controller"');
  const text = onePerLine(withoutDefaults(JSON.parse(recording)));
  writeFileSync(FILE, text);
  console.log(`${FILE}: ${Math.ceil(Buffer.byteLength(text) / 1024)} KB`);
} finally {
  await plane.stop();
}

/** The roles that every API server makes for itself would be a fifth of the file. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isDefault(item)).map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withoutDefaults(child)]));
}

function isDefault(item: unknown): boolean {
  return JSON.stringify(item)?.includes('"kubernetes.io/bootstrapping":"rbac-defaults"') ?? false;
}

/** Compact, but an object is a line, so that two recordings can be compared. */
function onePerLine(recording: unknown): string {
  return `${JSON.stringify(recording).replaceAll('{"apiVersion"', '\n{"apiVersion"')}\n`;
}

async function seed({ admin, ...access }: ControlPlane, now: number): Promise<void> {
  await admin.installCrds(await fluxCrds());
  const aged = await homelab(now);
  const made = await admin.createAll(aged.map(({ object }) => object));
  const failing = made.find(({ kind, metadata }) => kind === 'Pod' && metadata.namespace === 'wiki');
  if (failing) await admin.createAll(crashEvents(failing, now));
  const suspended = made.filter(({ spec }) => spec?.['suspend'] === true);
  const fromGit = await applyFromGit(admin);
  await changeByHand(admin);
  for (const object of suspended) await suspendByHand(admin, object);
  const since = new Date(now - 150 * 24 * 3_600_000);
  const known = new Set(aged.map(({ object }) => keyOf(object)));
  for (const object of fromGit) if (!known.has(keyOf(object))) await access.backdate(object, since);
  for (const { object, created } of aged) await access.backdate(object, created);
}

/** As the flux command does: Git says nothing of it. */
async function suspendByHand(admin: ControlPlane['admin'], object: Manifest): Promise<void> {
  await admin.patch(object, { spec: { suspend: null } });
  await admin.patch(object, { spec: { suspend: true } }, { fieldManager: 'flux' });
}

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

async function record(access: ControlPlane): Promise<string> {
  const redactor = createRedactor();
  const cluster = createKubernetesCluster({
    kubeconfig: access.kubeconfig('admin', { context: 'homelab' }),
    context: 'homelab',
    logs: false,
    extraGroups: [],
    redact: (text) => redactor.text(text),
    onCredentials: () => undefined,
    logger: pino({ level: 'warn' }, pino.destination(2)),
    now: Date.now,
  });
  try {
    return await recordSnapshot(cluster, AbortSignal.timeout(60_000));
  } finally {
    await cluster.close();
  }
}
