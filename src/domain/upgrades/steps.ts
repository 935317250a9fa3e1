import { byText } from '../text.ts';
import { kubernetesStep, type Support, talosStep } from '../versions/talos-support.ts';
import { compareVersions, parseVersion } from '../versions/version.ts';
import type { UpgradeSubject } from '../objects/upgrade.ts';
import { type NodeVersions, versionOn } from './node-versions.ts';

/** What a change to a version would mean for some nodes. */
export interface Step extends Support {
  nodes: string[];
  from: string;
}

const WORST = ['no', 'warn', 'unknown', 'yes'] as const;

/** The worst step among nodes that are to get a newer version; undefined where none is. */
export function worstStep(
  subject: UpgradeSubject,
  target: string,
  nodes: readonly NodeVersions[],
): Step | undefined {
  const judge = subject === 'talos' ? talosStep : kubernetesStep;
  const up = nodes.filter((node) => !isAhead(versionOn(node, subject), target));
  const byVersion = Map.groupBy(up, (node) => versionOn(node, subject) ?? '');
  byVersion.delete('');
  const steps = [...byVersion].map(([from, of]) => ({
    ...judge(from, target),
    from,
    nodes: of.map(({ node }) => node.name).toSorted(byText),
  }));
  return steps.toSorted(
    (a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict) || byText(a.from, b.from),
  )[0];
}

/** Nodes that run something newer than a target: an upgrade to it would set them back. */
export function aheadOf(
  subject: UpgradeSubject,
  target: string,
  nodes: readonly NodeVersions[],
): NodeVersions[] {
  return nodes.filter((node) => isAhead(versionOn(node, subject), target));
}

function isAhead(version: string | undefined, target: string): boolean {
  const own = parseVersion(version);
  const wanted = parseVersion(target);
  return own !== undefined && wanted !== undefined && compareVersions(own, wanted) > 0;
}
