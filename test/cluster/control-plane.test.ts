import { expect, it } from 'vitest';

import { describeCluster } from './describe-cluster.ts';

describeCluster('shared control plane', (cluster) => {
  it('serves the kinds of Flux', async () => {
    const { plural } = await cluster.admin.resourceOf({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
    });

    expect(plural).toBe('kustomizations');
  });
});
