import { readFile } from 'node:fs/promises';

import type { Admin } from './admin.ts';
import type { PublishedArtifact } from './artifact-server.ts';
import { ensurePrograms } from './build.ts';
import type { Manifest, ManifestRef } from './manifest.ts';
import { freePorts, openWorkshop, untilReady } from './processes.ts';

/** A real kustomize-controller under way. */
export interface FluxController {
  /** What it has logged so far. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/** Starts kustomize-controller with this kubeconfig and resolves when it is ready; its CRDs have to be there. */
export async function startFluxController(kubeconfig: string): Promise<FluxController> {
  const { 'kustomize-controller': program } = await ensurePrograms(['kustomize-controller']);
  const workshop = await openWorkshop('daytwo-flux-');
  const [health = 0] = await freePorts(1);
  const environment = [`KUBECONFIG=${kubeconfig}`, 'RUNTIME_NAMESPACE=flux-system', `TMPDIR=${workshop.dir}`];
  const running = workshop.start('kustomize-controller', 'env', [...environment, program, ...flags(health)]);
  try {
    await untilReady(() => isReady(health), [running], START_TIMEOUT_MS);
  } catch (error) {
    await workshop.close();
    throw error;
  }
  return { log: () => readFile(running.log, 'utf8'), stop: () => workshop.close() };
}

function flags(health: number): string[] {
  return [
    '--events-addr=',
    '--metrics-addr=127.0.0.1:0',
    `--health-addr=127.0.0.1:${health}`,
    '--watch-all-namespaces=true',
    '--concurrent=8',
    '--requeue-dependency=1s',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  return answer?.ok ?? false;
}

/** Gives a GitRepository an artifact, as source-controller would after a fetch; makes it when it is not there. */
export async function setArtifact(
  admin: Admin,
  source: ManifestRef,
  artifact: PublishedArtifact,
): Promise<void> {
  const spec = { url: 'https://git.example.test/cluster.git', interval: '1h' };
  const made = await admin.apply({ ...source, spec });
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Succeeded',
    message: `stored artifact for revision '${artifact.revision}'`,
    lastTransitionTime: artifact.lastUpdateTime,
    observedGeneration: made.metadata.generation,
  };
  await admin.patchStatus(source, {
    artifact,
    conditions: [ready],
    observedGeneration: made.metadata.generation,
  });
}

/** How a reconciliation ended: the Ready condition. */
export interface Outcome {
  status: string;
  reason: string;
  message: string;
}

/** Waits until the controller has tried this revision at the current generation, and says how it ended. */
export async function reconciledAt(
  admin: Admin,
  object: ManifestRef,
  revision: string,
  timeoutMs = 60_000,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  const hasEnded = (current: Manifest | undefined): boolean => {
    outcome = current && outcomeAt(current, revision);
    return outcome !== undefined;
  };
  await admin.waitFor(object, hasEnded, timeoutMs);
  if (outcome === undefined) throw new Error('waited for nothing');
  return outcome;
}

type Ready = Outcome & { type: string; observedGeneration?: number };

/** A failure before the build leaves no attempted revision; the message of a success names it. */
function outcomeAt({ metadata, status = {} }: Manifest, revision: string): Outcome | undefined {
  const conditions = (status['conditions'] ?? []) as Ready[];
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status === 'Unknown') return undefined;
  if (ready.observedGeneration !== metadata.generation) return undefined;
  const tried = status[ready.status === 'True' ? 'lastAppliedRevision' : 'lastAttemptedRevision'];
  return tried === revision || (ready.status === 'False' && tried === undefined) ? ready : undefined;
}
