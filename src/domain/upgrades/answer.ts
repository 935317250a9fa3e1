import { z } from 'zod';

import type { Fault } from '../health/fault.ts';
import { severity } from '../health/known.ts';
import type { Root } from '../health/roll-up.ts';
import type { World } from '../health/world.ts';
import { conditionOf } from '../conditions.ts';
import type { KeyedObject } from '../objects/platform.ts';
import { paginate, type Row, Table } from '../table.ts';
import { byText, clip, nameSome } from '../text.ts';
import { type Agreement, agreements, type Line, SUBJECTS } from './agreement.ts';
import type { GitPin } from './git-pins.ts';
import { livePins, settingPins } from './live-pins.ts';
import { type NodeVersions, nodeVersions } from './node-versions.ts';
import { CHECKS, type Outcome, preflight } from './preflight.ts';
import { STORAGE_CHECKS } from './storage-checks.ts';
import { upgradeVerdict, VERDICTS } from './verdict.ts';
import { VERSION_CHECKS } from './version-checks.ts';

/** A list without a cursor: what is left out is counted. */
const Shown = Table.omit({ cursor: true });

type Shown = z.infer<typeof Shown>;

/** What `upgrade_status` answers: under 4 KB, what matters most first. */
export const UpgradeAnswer = z.strictObject({
  verdict: z.enum(VERDICTS),
  /** Why, then Talos and Kubernetes, then the preflight, a line each. */
  summary: z.array(z.string()),
  /** The commit whose pins were compared, or why none were. */
  git: z.string(),
  /** Plans and upgrades of tuppr that have something to say. */
  upgrades: Shown.optional(),
  /** Every pin, live object and running version against what is aimed at; what differs comes first. */
  agreement: Shown,
  /** Nodes that are alike are one row. */
  nodes: Shown,
  preflight: Shown,
});

export type UpgradeAnswer = z.infer<typeof UpgradeAnswer>;

/** The pins of a commit, or why there are none. */
export type GitSide = { commit: string; pins: readonly GitPin[] } | { missing: string };

/** The answer over a cluster, its live settings and, where there is one, its repository. */
export function upgradeAnswer(
  world: World,
  roots: readonly Root[],
  { git, settings }: { git: GitSide; settings: readonly KeyedObject[] },
): UpgradeAnswer {
  const faults = roots.flatMap(({ fault, also, consequences }) => [fault, ...also, ...consequences]);
  const upgrades = faults.filter(({ ref }) => UPGRADE.test(ref));
  const nodes = nodeVersions(world.objects.Node, world.objects.Pod);
  const pins = 'pins' in git ? git.pins : [];
  const compared = agreements(pins, [...livePins(world.objects), ...settingPins(settings)], nodes);
  const told = upgradeVerdict({
    upgrades,
    agreements: compared,
    unread: KINDS.filter((kind) => world.unsure.includes(kind)),
  });
  const checks = preflight({ world, faults, agreements: compared, nodes }, [
    ...VERSION_CHECKS,
    ...CHECKS,
    ...STORAGE_CHECKS,
  ]);
  return {
    verdict: told.verdict,
    summary: [clip(told.why, 200), ...compared.map(standing), preflightLine(checks)],
    git: 'pins' in git ? gitLine(git) : `unchecked: ${clip(git.missing, 120)}`,
    ...(upgrades.length > 0 && { upgrades: upgradeTable(upgrades) }),
    agreement: agreementTable(compared),
    nodes: nodeTable(nodes, compared),
    preflight: shown(
      checks.map(({ name, outcome: { ok, why = '' } }) => [name, ok, clip(why, 110)]),
      { columns: ['check', 'ok', 'why'], budget: 1_050 },
    ),
  };
}

const UPGRADE = /^(?:Plan|TalosUpgrade|KubernetesUpgrade)\//;

const KINDS = ['Node', 'Plan', 'TalosUpgrade', 'KubernetesUpgrade'] as const;

/** A list within a budget of bytes. */
function shown(rows: readonly Row[], { columns, budget }: { columns: string[]; budget: number }): Shown {
  const { cursor, cut, ...table } = paginate(rows, { columns, budget, limit: 40 });
  return {
    ...table,
    ...(cut !== undefined && cursor !== undefined && { cut: `${table.shown} of ${table.total} shown` }),
  };
}

function gitLine({ commit, pins }: { commit: string; pins: readonly GitPin[] }): string {
  const unread = pins.filter(({ version }) => version === undefined).length;
  const without = SUBJECTS.filter((subject) => !pins.some((pin) => pin.subject === subject));
  const none = without.length > 0 ? `, none found of ${without.join(', ')}` : '';
  return `${commit.slice(0, 12)}: ${pins.length} pins${unread > 0 ? `, ${unread} not readable` : ''}${none}`;
}

function standing({ subject, target, lines, isBehind }: Agreement): string {
  const running = lines.filter(({ where }) => RUNNING.test(where)).map(({ version = '?' }) => version);
  const versions = [...new Set(running)];
  const aim = target === undefined ? 'no target is named' : `target ${target}`;
  const isBlind = subject === 'kubernetes' && !lines.some(({ where }) => where.startsWith('API server on '));
  return `${subject}: ${isBehind ? 'not all at the target: ' : ''}runs ${nameSome(versions, 3) || 'nothing that is seen'}, ${aim}${isBlind ? ', no API server is seen' : ''}`;
}

const RUNNING = /^(?:Talos|kubelet|API server) on /;

function preflightLine(checks: readonly { name: string; outcome: Outcome }[]): string {
  const open = checks.filter(({ outcome }) => outcome.ok !== 'yes').map(({ name }) => name);
  return open.length === 0
    ? `preflight: all ${checks.length} checks say yes`
    : clip(`preflight: ${open.length} of ${checks.length} do not say yes: ${open.join(', ')}`, 180);
}

function upgradeTable(upgrades: readonly Fault[]): Shown {
  const rows = upgrades
    .toSorted((a, b) => severity(a) - severity(b) || byText(a.ref, b.ref))
    .map(({ ref, state, reason, message }) => [ref, state, reason, clip(message, 150)]);
  return shown(rows, { columns: ['upgrade', 'state', 'reason', 'message'], budget: 600 });
}

function agreementTable(compared: readonly Agreement[]): Shown {
  const lines = compared.flatMap((one) => one.lines);
  const rows = lines
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ subject, where, version, agrees, why }) => [
      subject,
      clip(where, 110),
      version ?? why ?? null,
      agrees,
    ]);
  return shown(rows, { columns: ['of', 'where', 'version', 'agrees'], budget: 800 });
}

/** What differs first, then what cannot be told. */
function rank({ agrees }: Line): number {
  if (agrees === null) return 1;
  return agrees ? 2 : 0;
}

const NODE_COLUMNS = ['nodes', 'role', 'state', 'talos', 'kubelet', 'apiServer', 'schematic'];

/** Alike means role, state and versions. */
function nodeTable(all: readonly NodeVersions[], compared: readonly Agreement[]): Shown {
  const targets = new Map(compared.map(({ subject, target }) => [subject, target]));
  const alike = [...Map.groupBy(all, (one) => JSON.stringify(cells(one))).values()];
  const isAt = ([one]: readonly NodeVersions[]): number =>
    Number(one?.talos === targets.get('talos') && one?.kubelet === targets.get('kubernetes'));
  const rows = alike
    .toSorted((a, b) => isAt(a) - isAt(b))
    .flatMap((those) => {
      const [first] = those;
      const names = nameSome(those.map(({ node }) => node.name).toSorted(byText), 4);
      return first ? [[names, ...cells(first)]] : [];
    });
  return shown(rows, { columns: NODE_COLUMNS, budget: 600 });
}

function cells(one: NodeVersions): Row {
  return [
    one.node.controlPlane ? 'control-plane' : 'worker',
    stateOf(one),
    one.talos ?? null,
    one.kubelet ?? null,
    one.apiServer ?? null,
    one.schematic?.slice(0, 12) ?? null,
  ];
}

function stateOf({ node }: NodeVersions): string {
  const ready = conditionOf(node, 'Ready')?.status === 'True' ? 'Ready' : 'NotReady';
  return node.unschedulable ? `${ready},cordoned` : ready;
}
