import type { Node } from '../objects/platform.ts';
import type { UpgradeSubject } from '../objects/upgrade.ts';
import type { Pod } from '../objects/workload.ts';
import { talosVersionOf } from '../versions/version.ts';

/** What a node runs; `undefined` where it does not tell. */
export interface NodeVersions {
  node: Node;
  talos?: string;
  kubelet?: string;
  /** Of the static pods on it: each control plane may run another one while `/version` shows only one. */
  apiServer?: string;
  controllerManager?: string;
  scheduler?: string;
  kubeProxy?: string;
  schematic?: string;
  /** The version that tuppr is told to keep this node at. */
  pinned?: string;
}

/** The versions of every node, in the order of the nodes. */
export function nodeVersions(nodes: readonly Node[], pods: readonly Pod[]): NodeVersions[] {
  const tags = partTags(pods);
  return nodes.map((node) => ({
    node,
    talos: talosVersionOf(node.osImage),
    kubelet: node.kubelet || undefined,
    apiServer: tags.get(`${node.name}/kube-apiserver`),
    controllerManager: tags.get(`${node.name}/kube-controller-manager`),
    scheduler: tags.get(`${node.name}/kube-scheduler`),
    kubeProxy: tags.get(`${node.name}/kube-proxy`),
    schematic: node.annotations['extensions.talos.dev/schematic'],
    pinned: node.annotations['tuppr.home-operations.com/version'],
  }));
}

/** The version of a node that an upgrade would change. */
export function versionOn({ talos, kubelet }: NodeVersions, subject: UpgradeSubject): string | undefined {
  return subject === 'talos' ? talos : kubelet;
}

const PARTS = new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy']);

/** Image tags of the pods of Kubernetes itself, by `node/container`. */
function partTags(pods: readonly Pod[]): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { namespace, node, containers } of pods) {
    if (namespace !== 'kube-system' || node === undefined) continue;
    for (const { name, image } of containers) {
      const tag = PARTS.has(name) ? tagOf(image) : undefined;
      if (tag !== undefined) tags.set(`${node}/${name}`, tag);
    }
  }
  return tags;
}

/** The schematic in an installer's image reference, as image factories write it; undefined when there is none. */
export function schematicOf(image: string): string | undefined {
  return /\/([0-9a-f]{12,64}):[^/]*$/.exec(image)?.[1];
}

/** The tag of an image reference; undefined when it has none. */
export function tagOf(image: string): string | undefined {
  return /:([\w][\w.-]*)(?:@.*)?$/.exec(image.replace(/^.*\//, ''))?.[1];
}
