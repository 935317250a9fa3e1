import { meets, requirementText, selects } from '../label-match.ts';
import type { LabelRequirement } from '../objects/label-selector.ts';
import type { Node } from '../objects/platform.ts';
import type { Plan } from '../objects/upgrade.ts';
import { isSameVersion } from '../versions/version.ts';
import { type NodeVersions, versionOn } from './node-versions.ts';

/** Why a Plan picks none of the nodes that need it. */
export type Closed = 'gate' | 'no node features' | 'talos first' | 'selector';

/** Which nodes a Plan means, picks, and has left to do, worked out anew: its Complete=True is no proof. */
export interface PlanMatch {
  /** Nodes that the selector picks now. */
  selected: Node[];
  /** Selected, and not marked as done or disabled: they get a Job as soon as there is room. */
  due: Node[];
  /** Marked as done at the Plan's present hash. */
  done: Node[];
  /** Nodes that the Plan is for and that do not run its version, whether it may have them now or not. */
  behind: NodeVersions[];
  /** Why nodes are behind and none is selected; the requirement in words. */
  closed?: { why: Closed; what: string };
}

/** Recomputes the selection of system-upgrade-controller (pkg/upgrade/plan SelectConcurrentNodes). */
export function planMatch(plan: Plan, all: readonly NodeVersions[]): PlanMatch {
  const { nodeSelector, name, latestHash } = plan;
  const nodes = all.map(({ node }) => node);
  // The controller demands the hostname label beside the selector.
  const selected = nodes.filter(({ labels }) => HOSTNAME in labels && selects(nodeSelector, labels));
  const mark = ({ labels }: Node): string | undefined => labels[`plan.upgrade.cattle.io/${name}`];
  const done = nodes.filter((node) => latestHash !== undefined && mark(node) === latestHash);
  const due = selected.filter((node) => !done.includes(node) && mark(node) !== 'disabled');
  const behind = behindOf(plan, all);
  const closed = selected.length === 0 && behind.length > 0 ? closedBy(plan, behind, nodes) : undefined;
  return { selected, due, done, behind, ...(closed && { closed }) };
}

export const HOSTNAME = 'kubernetes.io/hostname';

const FEATURE = 'feature.node.kubernetes.io/';

/** The label by which Node Feature Discovery tells the version of Talos. */
const OS_VERSION = `${FEATURE}system-os_release.VERSION_ID`;

/** Labels that say what a node is; any other one that a Plan asks for is a gate that somebody opens. */
const NATURE =
  /^(?:[\w.-]+\.)?(?:kubernetes\.io|k8s\.io|talos\.dev|nvidia\.com|amd\.com|intel\.com|cattle\.io)\//;

/** What a requirement is for. */
type Role = 'version' | 'feature' | 'nature' | 'gate';

function roleOf({ key, operator }: LabelRequirement): Role {
  if (key === OS_VERSION) return 'version';
  if (key.startsWith(FEATURE)) return 'feature';
  return NATURE.test(key) || operator === 'NotIn' || operator === 'DoesNotExist' ? 'nature' : 'gate';
}

/** An upgrade of Kubernetes by Talos is run on one control plane and changes every node. */
function behindOf(plan: Plan, all: readonly NodeVersions[]): NodeVersions[] {
  const { subject, latestVersion, nodeSelector = [] } = plan;
  if (subject === undefined || latestVersion === undefined) return [];
  const scope = hasFeatures(all.map(({ node }) => node)) ? ['nature', 'feature'] : ['nature'];
  const bounds = nodeSelector.filter((requirement) => scope.includes(roleOf(requirement)));
  return all.filter((one) => {
    const version = versionOn(one, subject);
    const isWhole = subject === 'kubernetes' && one.talos !== undefined;
    const isMeant = isWhole || bounds.every((requirement) => meets(requirement, one.node.labels));
    return isMeant && version !== undefined && !isSameVersion(version, latestVersion);
  });
}

function hasFeatures(nodes: readonly Node[]): boolean {
  return nodes.some(({ labels }) => Object.keys(labels).some((key) => key.startsWith(FEATURE)));
}

/** The first reason that fits, the one to see to first. */
function closedBy(
  { nodeSelector = [] }: Plan,
  behind: readonly NodeVersions[],
  nodes: readonly Node[],
): PlanMatch['closed'] {
  const positive = nodeSelector.filter(({ operator }) => operator === 'In' || operator === 'Exists');
  const asksFeatures = positive.some((requirement) => ['feature', 'version'].includes(roleOf(requirement)));
  if (asksFeatures && !hasFeatures(nodes)) return { why: 'no node features', what: `${FEATURE}*` };
  const unmet = (role: Role): LabelRequirement | undefined =>
    positive.find((one) => roleOf(one) === role && !nodes.some(({ labels }) => meets(one, labels)));
  const gate = unmet('gate');
  if (gate) return { why: 'gate', what: requirementText(gate) };
  const version = unmet('version');
  if (version) return { why: 'talos first', what: requirementText(version) };
  return { why: 'selector', what: firstUnmet(nodeSelector, behind[0]?.node) };
}

function firstUnmet(selector: readonly LabelRequirement[], node: Node | undefined): string {
  const unmet = selector.find((requirement) => !meets(requirement, node?.labels ?? {}));
  return unmet ? requirementText(unmet) : HOSTNAME;
}
