import { inject, suite, test } from 'vitest';

import { accessTo, type ClusterAccess } from './access.ts';

/**
 * A suite that runs against the shared control plane. Without one (no Go on this machine) it is one skipped test that
 * says so; where skips are not allowed the run has failed before it comes here.
 */
export function describeCluster(name: string, body: (cluster: ClusterAccess) => void): void {
  const endpoint = inject('controlPlane');
  const contents = endpoint === undefined ? skippedTest : () => body(accessTo(endpoint));
  // oxlint-disable-next-line vitest/valid-title -- the title is the caller's
  suite(name, () => {
    contents();
  });
}

function skippedTest(): void {
  // oxlint-disable-next-line vitest/expect-expect -- it stands for the tests that could not run
  test('needs Go, to build a control plane', ({ skip }) => skip());
}
