import type { TestProject } from 'vitest/node';

import type { Endpoint } from './access.ts';
import { ensurePrograms, goVersion } from './build.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { fluxCrds } from './crds.ts';
import { forbiddenAmong, isOfDaytwo } from './reads-only.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The control plane that all test files share; undefined when this machine cannot build one. */
    controlPlane: Endpoint | undefined;
  }
}

/**
 * Starts the control plane that the files of project `cluster` share, each in namespaces of its own: no controllers,
 * audited, with the CRDs of Flux. Throws instead of skipping when `CI` or `DAYTWO_REQUIRE_CLUSTER` is set. At the end the
 * run fails when the audit log holds a request of daytwo, or of anybody but the administrator, that does more than read.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if ((await goVersion()) === undefined) {
    skipLoudly();
    project.provide('controlPlane', undefined);
    return async () => undefined;
  }
  const controlPlane = await startShared();
  project.provide('controlPlane', controlPlane.endpoint);
  return async () => {
    const forbidden = await forbiddenIn(controlPlane);
    await controlPlane.stop();
    if (forbidden.length > 0) throw new Error(`daytwo must only read, but sent:\n${forbidden.join('\n')}`);
  };
}

/** What daytwo has sent in the whole run and may not send. */
async function forbiddenIn(controlPlane: ControlPlane): Promise<string[]> {
  return forbiddenAmong((await controlPlane.auditEntries()).filter(isOfDaytwo));
}

async function startShared(): Promise<ControlPlane> {
  // All at once, before any clock of a test runs: on a new machine they take minutes.
  await ensurePrograms([
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kwok',
    'kubectl',
    'kustomize-controller',
  ]);
  const [controlPlane, crds] = await Promise.all([
    startControlPlane({ audit: true, storageJson: true }),
    fluxCrds(),
  ]);
  await controlPlane.admin.installCrds(crds);
  return controlPlane;
}

function skipLoudly(): void {
  const what = 'there is no Go on this machine, so no control plane can be built';
  if (process.env['CI'] || process.env['DAYTWO_REQUIRE_CLUSTER']) {
    throw new Error(`${what}, and a run in CI must not skip these tests`);
  }
  process.stderr.write(
    [
      '',
      '!'.repeat(78),
      `!! SKIPPED: every test against a real API server. ${what}.`,
      '!! Install Go 1.26 or newer to run them.',
      '!'.repeat(78),
      '',
      '',
    ].join('\n'),
  );
}
