import type { Manifest } from '../../test/cluster/manifest.ts';
import type { Admin } from '../../test/cluster/admin.ts';
import { appliedBy, DAY, REGISTRY, type Story } from './story.ts';
import { deployment } from './workloads.ts';

const NAME = 'link-checker';
const SPACE = 'homepage';

/** What the Kustomization of the homepage applies beside its release, with the pods it has by now. */
export function linkChecker({ now, at }: Story): Manifest[] {
  return deployment(NAME, SPACE, {
    now,
    since: at(2 * DAY),
    image: `${REGISTRY}/link-checker:0.9.2`,
    labels: appliedBy(SPACE),
    nodes: ['worker-1', 'control-1', 'worker-1'],
    replicas: 3,
    service: false,
  });
}

/** Somebody has scaled it and set a variable, by hand and unrecorded but for the names of the tools. */
export async function changeByHand(admin: Admin): Promise<void> {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: NAME, namespace: SPACE } };
  const env = [{ name: 'CHECK_EVERY', value: '5m' }];
  const containers = [{ name: 'main', env }];
  await admin.patch(object, { spec: { replicas: 3 } }, { subresource: 'scale', fieldManager: 'kubectl' });
  await admin.patch(
    object,
    { spec: { template: { spec: { containers } } } },
    { type: 'strategic-merge', fieldManager: 'kubectl-edit' },
  );
}
