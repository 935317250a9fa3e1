import { projectorOf } from '../../../src/adapters/kubernetes/project/index.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { Node } from '#domain/objects/platform.ts';
import type { Pod } from '#domain/objects/workload.ts';

import type { Manifest } from '../../cluster/manifest.ts';
import {
  type PlanShape,
  rawKubernetesUpgrade,
  rawPlan,
  rawPlanJob,
  rawTalosUpgrade,
  type TupprShape,
} from '../../cluster/crds/upgrade.ts';
import { servedKind } from '../../support/memory-cluster.ts';
import { ago, container, node, pod } from './objects.ts';

/** A stored object as the adapter reads it; it was created so many minutes ago. */
export function projected(raw: Manifest, created = 24 * 60): AnyObject {
  const kind = servedKind(raw.kind, raw.apiVersion, raw.metadata.namespace !== undefined);
  const project = projectorOf(kind, (text) => (typeof text === 'string' && text !== '' ? text : undefined));
  const metadata = {
    uid: `${raw.kind}-${raw.metadata.name}`,
    creationTimestamp: ago(created),
    ...raw.metadata,
  };
  return project({ ...raw, metadata });
}

/** A Plan that has stood like this for so many minutes. */
export function plan(shape: Partial<PlanShape> = {}, minutes = 30): AnyObject {
  return projected(rawPlan({ at: ago(minutes), ...shape }));
}

/** A Plan's Job on a node, made so many minutes ago; it runs unless a status says otherwise. */
export function planJob(
  on: string,
  minutes: number,
  status: Record<string, unknown> = { active: 1, startTime: ago(minutes) },
): AnyObject {
  return projected(rawPlanJob(on, status), minutes);
}

/** The status of a Job that ended well so many minutes ago. */
export function ended(minutes: number): Record<string, unknown> {
  const at = ago(minutes);
  return {
    succeeded: 1,
    completionTime: at,
    conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: at }],
  };
}

/** A TalosUpgrade that has stood like this for so many minutes. */
export function talosUpgrade(shape: Partial<TupprShape> & { phase: string }, minutes = 5): AnyObject {
  return projected(rawTalosUpgrade({ at: ago(minutes), ...shape }));
}

/** A KubernetesUpgrade that has stood like this for so many minutes. */
export function kubernetesUpgrade(shape: Partial<TupprShape> & { phase: string }, minutes = 5): AnyObject {
  return projected(rawKubernetesUpgrade({ at: ago(minutes), ...shape }));
}

/** A Talos node with the labels of Node Feature Discovery; `open` lets Plans have it. */
export function talosNode(
  name: string,
  version = 'v1.13.9',
  { open = false, ...extra }: Partial<Node> & { open?: boolean } = {},
): Node {
  return node(name, {
    osImage: `Talos (${version})`,
    ...extra,
    labels: {
      'kubernetes.io/hostname': name,
      'feature.node.kubernetes.io/system-os_release.ID': 'talos',
      'feature.node.kubernetes.io/system-os_release.VERSION_ID': version,
      ...(open && { 'home.example.test/upgrade': 'true' }),
      ...(extra.controlPlane && { 'node-role.kubernetes.io/control-plane': '' }),
      ...extra.labels,
    },
  });
}

/** A static pod of the control plane on a node. */
export function staticPod(component: string, on: string, version: string): Pod {
  return pod(`${component}-${on}`, {
    namespace: 'kube-system',
    node: on,
    owner: { kind: 'Node', name: on },
    containers: [container({ name: component, image: `registry.example.test/${component}:${version}` })],
  });
}
