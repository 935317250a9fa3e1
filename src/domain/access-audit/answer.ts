import { z } from 'zod';

import { ownersOf } from '../health/index-of.ts';
import { type ObjectRef, refOf } from '../objects/meta.ts';
import { paginate, type Row, Table } from '../table.ts';
import { byText, clip, nameSome } from '../text.ts';
import { doorsOf } from './doors.ts';
import { enforcementIn, enforcementText } from './enforcement.ts';
import type { AccessKind, AccessObjects, Surroundings } from './observed.ts';
import type { OwnPermissions } from './own-permissions.ts';
import { clusterPowers, type Power, powersOfAccount, WORST } from './powers.ts';
import { breachesOf, isBreaching } from './pod-reach.ts';
import { type Target, targetsIn } from './targets.ts';
import { tunnelsIn } from './tunnels.ts';
import { type Judged, VERDICTS, verdictOf } from './verdict.ts';
import { wallsOf } from './walls.ts';

/** A list without a cursor: what is left out is counted. */
const Shown = Table.omit({ cursor: true });

type Shown = z.infer<typeof Shown>;

/** What `access_audit` answers: under 4 KB, exposed ones first. */
export const AccessAnswer = z.strictObject({
  verdict: z.enum(VERDICTS),
  /** One to five lines. */
  summary: z.array(z.string()),
  targets: Shown,
  /** What accounts may do over the whole cluster, whoever runs as them. */
  powerful: Shown.optional(),
  /** Pods that reach past their own bounds, by workload. */
  privileged: Shown.optional(),
  /** Accounts of the Talos API. */
  talos: Shown.optional(),
  /** This server's own permissions against its ClusterRole. */
  own: z.strictObject({ verdict: z.string(), detail: z.string() }),
});

export type AccessAnswer = z.infer<typeof AccessAnswer>;

/** What the answer is made from beside what was read. */
export interface AuditQuestion {
  patterns: readonly string[];
  /** Narrows the targets. */
  namespace?: string;
  /** True when the policy hides objects: there may be ways that are not seen. */
  scoped: boolean;
  own: OwnPermissions;
}

interface Found extends Judged {
  target: Target;
  powers: Power[];
  breaches: string[];
  /** What of these is not known, in words. */
  unread: { may?: string; pods?: string };
}

/** Who can reach what should not be open, and what it could do. */
export function accessAnswer(surroundings: Surroundings, question: AuditQuestion): AccessAnswer {
  const { objects } = surroundings;
  const found = targetsIn(objects, question.patterns)
    .filter(({ namespace }) => question.namespace === undefined || namespace === question.namespace)
    .map((target) => judge(target, surroundings, question.scoped))
    .toSorted(
      (a, b) =>
        VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
        b.powers.length - a.powers.length ||
        byText(a.target.ref, b.target.ref),
    );
  return {
    verdict: overall(found, surroundings),
    summary: summaryOf(found, surroundings, question),
    targets: targetTable(found),
    ...optional('powerful', powerTable(surroundings)),
    ...optional('privileged', breachTable(surroundings)),
    ...optional('talos', talosTable(surroundings)),
    own: { verdict: question.own.verdict, detail: question.own.detail },
  };
}

/** Kinds without which nobody can say that there is no other way to a target. */
const WAYS: ReadonlySet<AccessKind> = new Set([
  'Pod',
  'Service',
  'Ingress',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
  'NetworkPolicy',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
]);

function judge(target: Target, { objects, unsure }: Surroundings, scoped: boolean): Found {
  const doubts = [...unsure.filter((kind) => WAYS.has(kind)), ...(scoped ? ['what the policy hides'] : [])];
  const isBlind = unsure.includes('SecurityPolicy');
  const doors = doorsOf(target, objects).map((door) => ({
    ...door,
    isBlind: isBlind && door.from === 'proxy',
  }));
  return {
    target,
    ...verdictOf(doors, wallsOf(target, objects), doubts),
    powers: target.accounts.flatMap((account) => powersOfAccount(account, objects)),
    breaches: [...new Set(target.pods.flatMap(breachesOf))].toSorted(byText),
    unread: { may: unreadText(unsure, RIGHTS), pods: unreadText(unsure, ['Pod']) },
  };
}

const RIGHTS: readonly AccessKind[] = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];

function unreadText(unsure: readonly AccessKind[], kinds: readonly AccessKind[]): string | undefined {
  const unread = unsure.filter((kind) => kinds.includes(kind));
  return unread.length > 0 ? `not known: ${nameSome(unread, 2)} could not be read` : undefined;
}

function overall(found: readonly Found[], { unsure }: Surroundings): AccessAnswer['verdict'] {
  const workloads: readonly AccessKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];
  const worst = VERDICTS.find((verdict) => found.some((one) => one.verdict === verdict)) ?? 'internal';
  return worst !== 'exposed' && unsure.some((kind) => workloads.includes(kind)) ? 'unknown' : worst;
}

function summaryOf(
  found: readonly Found[],
  { objects }: Surroundings,
  { patterns, own }: AuditQuestion,
): string[] {
  const [first] = found;
  if (first === undefined) return [`nothing here is named like ${nameSome(patterns, 4)}`, ownLine(own)];
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: found.filter((one) => one.verdict === verdict).length,
  })).filter(({ count }) => count > 0);
  const tunnels = tunnelsIn(objects).map(({ name, namespace }) => `${name} in ${namespace}`);
  return [
    `${found.length} looked at: ${counts.map(({ verdict, count }) => `${count} ${verdict}`).join(', ')}`,
    clip(`first: ${first.target.ref}: ${first.why}`, 200),
    ...policyLine(objects),
    ...(tunnels.length > 0 ? [`tunnels out of the cluster: ${nameSome(tunnels, 3)}`] : []),
    ownLine(own),
  ];
}

/** Policies are only stored by the API server: whether they hold is told by what runs on the nodes. */
function policyLine(objects: AccessObjects): string[] {
  const kinds = ['NetworkPolicy', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const;
  const enforcement = enforcementIn(objects);
  const any = kinds.some((kind) => objects[kind].length > 0);
  return any && enforcement.state !== 'held' ? [`network policies: ${enforcementText(enforcement)}`] : [];
}

function ownLine({ verdict }: OwnPermissions): string {
  return `permissions of this server: ${verdict}`;
}

function targetTable(found: readonly Found[]): Shown {
  const rows = found.map(({ target, verdict, why, powers, breaches, unread }) => [
    target.ref,
    verdict,
    clip(why, 170),
    unread.may ?? accountText(target.accounts, powers),
    unread.pods ?? (nameSome(breaches, 3) || null),
  ]);
  return shown(rows, { columns: ['target', 'verdict', 'why', 'may', 'pods'], budget: 1_700 });
}

/** An account without a binding may do nothing that is worth a word. */
function accountText(accounts: readonly ObjectRef[], powers: readonly Power[]): string | null {
  if (powers.length === 0) return null;
  const worst = powers.toSorted((a, b) => rank(a) - rank(b));
  const texts = worst.map(
    ({ name, namespace }) => `${name}${namespace === undefined ? '' : ` in ${namespace}`}`,
  );
  const by = worst[0]?.by ?? '';
  return clip(
    `${nameSome(
      accounts.map(({ name }) => name),
      2,
    )}: ${nameSome(texts, 4)} (${by})`,
    130,
  );
}

function rank({ name, namespace }: Power): number {
  const place = WORST.indexOf(name);
  return (place === -1 ? WORST.length : place) + (namespace === undefined ? 0 : WORST.length);
}

function powerTable({ objects }: Surroundings): Shown {
  const held = clusterPowers(objects);
  const rows = WORST.flatMap((name): Row[] => {
    const accounts = held.get(name);
    return accounts === undefined ? [] : [[name, clip(nameSome(accounts, 5), 150)]];
  });
  return shown(rows, { columns: ['may', 'accounts'], budget: 600 });
}

function breachTable({ objects }: Surroundings): Shown {
  const pods = objects.Pod.filter(isBreaching);
  const owners = ownersOf(pods, new Map());
  const byOwner = Map.groupBy(pods, (pod) => owners.get(pod) ?? refOf(pod));
  const rows = [...byOwner]
    .map(([owner, own]) => ({ owner, breaches: [...new Set(own.flatMap(breachesOf))].toSorted(byText) }))
    .toSorted((a, b) => weight(b.breaches) - weight(a.breaches) || byText(a.owner, b.owner))
    .map(({ owner, breaches }): Row => [owner, clip(nameSome(breaches, 3), 80)]);
  return shown(rows, { columns: ['workload', 'reaches'], budget: 500 });
}

function weight(breaches: readonly string[]): number {
  return (breaches.includes('privileged') ? 10 : 0) + breaches.length;
}

function talosTable({ objects }: Surroundings): Shown {
  const rows = objects['ServiceAccount.talos.dev']
    .map(({ namespace = '', name, roles }) => ({
      account: `${namespace}/${name}`,
      roles: roles.toSorted(byText),
    }))
    .toSorted((a, b) => byText(a.roles[0] ?? '', b.roles[0] ?? '') || byText(a.account, b.account))
    .map(({ account, roles }): Row => [account, nameSome(roles, 4)]);
  return shown(rows, { columns: ['account', 'roles'], budget: 250 });
}

/** A list within a budget of bytes. */
function shown(rows: readonly Row[], { columns, budget }: { columns: string[]; budget: number }): Shown {
  const { cursor, cut, ...table } = paginate(rows, { columns, budget, limit: 40 });
  const isCut = cut !== undefined && cursor !== undefined;
  return { ...table, ...(isCut && { cut: `${table.shown} of ${table.total} shown` }) };
}

function optional<K extends string>(key: K, table: Shown): { [P in K]?: Shown } {
  return table.total > 0 ? ({ [key]: table } as { [P in K]?: Shown }) : {};
}
