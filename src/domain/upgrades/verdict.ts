import type { Fault } from '../health/fault.ts';
import { severity } from '../health/known.ts';
import { compareVersions, parseVersion } from '../versions/version.ts';
import type { Agreement } from './agreement.ts';

/** What an operator asks: is the upgrade done? */
export const VERDICTS = [
  'up to date',
  'upgrade running',
  'gate closed',
  'stuck',
  'disagreement',
  'unknown',
] as const;

export type UpgradeVerdict = (typeof VERDICTS)[number];

/** What a verdict rests on. */
export interface Grounds {
  /** Faults of Plans and of upgrades of tuppr. */
  upgrades: readonly Fault[];
  agreements: readonly Agreement[];
  /** Kinds of upgrades that could not be read. */
  unread: readonly string[];
}

/** A verdict with its reason in a sentence. */
export interface Told {
  verdict: UpgradeVerdict;
  why: string;
}

/** Rules that speak of what is aimed at rather than of an upgrade that does not go on. */
const AIMS: ReadonlySet<string> = new Set(['StalePin', 'UnsupportedStep']);

const PROGRESSING = severity({ state: 'progressing' });

/** The first that holds: what is stuck, what is under way, what contradicts itself, what waits; only then it is done. */
const LADDER: readonly ((grounds: Grounds) => Told | undefined)[] = [
  stuck,
  running,
  contradicted,
  unreadable,
  closed,
  left,
  aimless,
];

/** The verdict over everything that was read; the first reason on the ladder counts. */
export function upgradeVerdict(grounds: Grounds): Told {
  for (const step of LADDER) {
    const told = step(grounds);
    if (told) return told;
  }
  return { verdict: 'up to date', why: 'every node runs what is aimed at' };
}

function tellOf(verdict: UpgradeVerdict, fault: Fault | undefined): Told | undefined {
  return fault && { verdict, why: `${fault.ref}: ${fault.message}` };
}

function stuck({ upgrades }: Grounds): Told | undefined {
  const worst = upgrades
    .filter((fault) => severity(fault) < PROGRESSING && !AIMS.has(fault.rule))
    .toSorted((a, b) => severity(a) - severity(b));
  return tellOf('stuck', worst[0]);
}

function running({ upgrades }: Grounds): Told | undefined {
  return tellOf(
    'upgrade running',
    upgrades.find(({ state }) => state === 'progressing'),
  );
}

function contradicted({ upgrades, agreements }: Grounds): Told | undefined {
  const split = agreements.find(({ isSplit }) => isSplit);
  const told = tellOf(
    'disagreement',
    upgrades.find(({ rule }) => AIMS.has(rule)),
  );
  if (told !== undefined || split === undefined) return told;
  return { verdict: 'disagreement', why: splitWords(split) };
}

/** Names the place that differs, and whether following it would undo what runs. */
function splitWords({ subject, target, lines }: Agreement): string {
  const odd = lines.filter((line) => isPin(line) && line.agrees === false);
  const [first] = odd;
  const own = parseVersion(first?.version);
  const actual = lines.filter((line) => !isPin(line)).flatMap(({ version }) => parseVersion(version) ?? []);
  const undoes = own !== undefined && actual.some((version) => compareVersions(version, own) > 0);
  const others = odd.length > 1 ? ` (and ${odd.length - 1} more)` : '';
  return `${subject}: ${first?.where} says ${first?.version}${others}, aimed at is ${target}${undoes ? '; it is older than what runs: following it would undo an upgrade' : ''}`;
}

function isPin({ where }: Agreement['lines'][number]): boolean {
  return !/^(?:Talos|kubelet|API server) on /.test(where);
}

function unreadable({ unread }: Grounds): Told | undefined {
  return unread.length === 0
    ? undefined
    : { verdict: 'unknown', why: `${unread.join(', ')} could not be read` };
}

const WAITING: ReadonlySet<string> = new Set(['GateClosed', 'PlanWaits', 'UpgradeWaits', 'UpgradeSuspended']);

function closed({ upgrades }: Grounds): Told | undefined {
  return tellOf(
    'gate closed',
    upgrades.find(({ rule }) => WAITING.has(rule)),
  );
}

/** Nodes that differ from what is aimed at, or from each other, while nothing is going to change that. */
function left({ agreements }: Grounds): Told | undefined {
  const behind = agreements.find(({ isBehind, isMixed }) => isBehind || isMixed);
  if (behind === undefined) return undefined;
  const aim = behind.target === undefined ? 'one version' : behind.target;
  return {
    verdict: 'disagreement',
    why: `not everything runs ${behind.subject} ${aim}, and no upgrade would change that`,
  };
}

function aimless({ agreements }: Grounds): Told | undefined {
  if (agreements.some(({ target }) => target !== undefined)) return undefined;
  return { verdict: 'unknown', why: 'no Plan, no upgrade of tuppr and no pin says what to run' };
}
