import { selects } from '../label-match.ts';
import type { Node } from '../objects/platform.ts';
import type { KubernetesUpgrade, TalosUpgrade } from '../objects/upgrade.ts';
import { byText } from '../text.ts';
import { isSameVersion } from '../versions/version.ts';
import type { NodeVersions } from './node-versions.ts';

type Upgrade = TalosUpgrade | KubernetesUpgrade;

/** The version an upgrade wants on a node: for Talos the node's own annotation wins (tuppr internal/constants). */
export function targetOn(upgrade: Upgrade, { pinned }: NodeVersions): string | undefined {
  return upgrade.kind === 'KubernetesUpgrade' ? upgrade.version : (pinned ?? upgrade.version);
}

/** The nodes an upgrade is for that run another version than it wants; a kubelet that does not tell is passed over. */
export function behindOf(upgrade: Upgrade, all: readonly NodeVersions[]): NodeVersions[] {
  return all.filter((one) => {
    const own = upgrade.kind === 'TalosUpgrade' ? one.talos : one.kubelet;
    const target = targetOn(upgrade, one);
    return (
      isFor(upgrade, one.node) && own !== undefined && target !== undefined && !isSameVersion(own, target)
    );
  });
}

/** Whether an upgrade is for a node; without a selector it is for all. */
function isFor(upgrade: Upgrade, { labels }: Node): boolean {
  if (upgrade.kind === 'KubernetesUpgrade' || upgrade.nodeSelector === undefined) return true;
  return selects(upgrade.nodeSelector, labels);
}

/** Names of the nodes an upgrade is working on now; one of Kubernetes goes through all that do not have it yet. */
export function workingNodes(upgrade: Upgrade, nodes: readonly Node[]): string[] {
  if (upgrade.kind === 'KubernetesUpgrade') {
    const old = nodes.filter(({ kubelet }) => !isSameVersion(kubelet, upgrade.version));
    return upgrade.phase === 'Upgrading' ? old.map(({ name }) => name).toSorted(byText) : [];
  }
  const marked = nodes.filter(
    (node) => isFor(upgrade, node) && node.labels['tuppr.home-operations.com/upgrading'] === 'true',
  );
  const named = [...upgrade.currentNodes, ...upgrade.rebootingNodes.map(({ node }) => node)];
  return [...new Set([...named, ...marked.map(({ name }) => name)])].toSorted(byText);
}
