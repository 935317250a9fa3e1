import type { UpgradeSubject } from '../objects/upgrade.ts';
import { byText, nameSome } from '../text.ts';
import { isSameVersion } from '../versions/version.ts';
import type { GitPin } from './git-pins.ts';
import type { LivePin } from './live-pins.ts';
import type { NodeVersions } from './node-versions.ts';

/** One thing that names or runs a version, and whether it is the one aimed at; null where that cannot be told. */
export interface Line {
  subject: UpgradeSubject;
  where: string;
  version: string | undefined;
  agrees: boolean | null;
  why?: string;
}

/** How pins, live objects and nodes stand to each other for one subject. */
export interface Agreement {
  subject: UpgradeSubject;
  /** What the cluster aims at: of what acts first, then of live settings, else of Git; undefined when nothing says. */
  target?: string;
  lines: Line[];
  /** Pins and live objects name more than one version. */
  isSplit: boolean;
  /** Nodes, kubelets or API servers do not all run the target. */
  isBehind: boolean;
  /** They run more than one version. */
  isMixed: boolean;
}

/** What is upgraded, in the order of answers. */
export const SUBJECTS: readonly UpgradeSubject[] = ['talos', 'kubernetes'];

/** Both subjects; one of which neither a pin nor a node says anything is left out. */
export function agreements(
  git: readonly GitPin[],
  live: readonly LivePin[],
  nodes: readonly NodeVersions[],
): Agreement[] {
  return SUBJECTS.map((subject) => {
    const own = git.filter((pin) => pin.subject === subject);
    const aims = live.filter((pin) => pin.subject === subject);
    return agreementOf(subject, own, aims, nodes);
  }).filter(({ lines }) => lines.length > 0);
}

function agreementOf(
  subject: UpgradeSubject,
  git: readonly GitPin[],
  live: readonly LivePin[],
  nodes: readonly NodeVersions[],
): Agreement {
  const acting = live.filter(({ acts }) => acts);
  const target = commonest(versionsIn(acting)) ?? commonest(versionsIn(live)) ?? commonest(versionsIn(git));
  const lineOf = ({ where, version, why }: Named): Line => ({
    subject,
    where,
    version,
    agrees: version === undefined || target === undefined ? null : isSameVersion(version, target),
    ...(why !== undefined && { why }),
  });
  const pins = [...git.map((pin) => lineOf({ ...pin, where: `Git ${pin.where}` })), ...live.map(lineOf)];
  const isKept = (one: NodeVersions): boolean => subject === 'talos' && isSameVersion(one.talos, one.pinned);
  const free = nodes.filter((node) => !isKept(node));
  const running = runningOf(subject, free).map(lineOf);
  const kept = runningOf(subject, nodes.filter(isKept)).map((one) => ({
    ...lineOf({ ...one, where: `${one.where} (by annotation)` }),
    agrees: true,
  }));
  return {
    subject,
    ...(target !== undefined && { target }),
    lines: [...pins, ...running, ...kept],
    isSplit: isSplit(versionsIn(pins)),
    isBehind: running.some(({ agrees }) => agrees === false),
    isMixed: isSplit(versionsIn(running)),
  };
}

/** A pin, or what runs, before it is compared. */
interface Named {
  where: string;
  version?: string;
  why?: string;
}

function versionsIn(those: readonly { version?: string }[]): (string | undefined)[] {
  return those.map(({ version }) => version);
}

function isSplit(versions: readonly (string | undefined)[]): boolean {
  const known = versions.filter((version) => version !== undefined);
  return known.some((version) => !isSameVersion(version, known[0]));
}

function commonest(versions: readonly (string | undefined)[]): string | undefined {
  const counted = Map.groupBy(
    versions.filter((version) => version !== undefined),
    (version) => version,
  );
  return [...counted].toSorted(([a, as], [b, bs]) => bs.length - as.length || byText(b, a))[0]?.[0];
}

/** What runs, a line for each version. */
function runningOf(
  subject: UpgradeSubject,
  nodes: readonly NodeVersions[],
): { where: string; version: string }[] {
  const parts: [string, (one: NodeVersions) => string | undefined][] =
    subject === 'talos'
      ? [['Talos', ({ talos }) => talos]]
      : [
          ['kubelet', ({ kubelet }) => kubelet],
          ['API server', ({ apiServer }) => apiServer],
        ];
  return parts.flatMap(([what, of]) => {
    const byVersion = Map.groupBy(
      nodes.filter((one) => of(one) !== undefined),
      (one) => of(one) ?? '',
    );
    return [...byVersion].map(([version, those]) => ({
      where: `${what} on ${nameSome(those.map(({ node }) => node.name).toSorted(byText), 3)}`,
      version,
    }));
  });
}
