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
  /** What the cluster aims at: of live objects first, else of Git; undefined when nothing says. */
  target?: string;
  lines: Line[];
  /** Pins and live objects name more than one version. */
  isSplit: boolean;
  /** Nodes, kubelets or API servers do not all run the target. */
  isBehind: boolean;
  /** They run more than one version. */
  isMixed: boolean;
}

const SUBJECTS: readonly UpgradeSubject[] = ['talos', 'kubernetes'];

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
  const target =
    commonest(live.map(({ version }) => version)) ?? commonest(git.map(({ version }) => version));
  const agrees = (version: string | undefined): boolean | null =>
    version === undefined || target === undefined ? null : isSameVersion(version, target);
  const pins = [...git.map(({ where, ...pin }) => ({ ...pin, where: `Git ${where}` })), ...live];
  const isKept = ({ talos, pinned }: NodeVersions): boolean =>
    subject === 'talos' && isSameVersion(talos, pinned);
  const running = runningOf(
    subject,
    nodes.filter((node) => !isKept(node)),
  );
  const kept = runningOf(subject, nodes.filter(isKept));
  const versions = running.map(({ version }) => version);
  return {
    subject,
    ...(target !== undefined && { target }),
    lines: [
      ...[...pins, ...running].map(({ where, version, ...more }) => ({
        subject,
        where,
        version,
        agrees: agrees(version),
        ...('why' in more && more.why !== undefined && { why: more.why }),
      })),
      ...kept.map(({ where, version }) => ({
        subject,
        where: `${where} (by annotation)`,
        version,
        agrees: true,
      })),
    ],
    isSplit: isSplit(pins.map(({ version }) => version)),
    isBehind: versions.some((version) => agrees(version) === false),
    isMixed: isSplit(versions),
  };
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
