import { conditionOf } from '../../conditions.ts';
import { selects } from '../../label-match.ts';
import type { CiliumPool } from '../../objects/cilium.ts';
import type { AddressPool, ConfigurationState } from '../../objects/metallb.ts';
import { refOf } from '../../objects/meta.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { givenFrom, waitingFor } from '../address-pools.ts';
import { firstFault, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';

type Pool = CiliumPool | AddressPool;

const CILIUM_RULES: readonly Rule<CiliumPool>[] = [
  {
    name: 'PoolConflict',
    source: 'cilium operator/pkg/lbipam condition cilium.io/PoolConflict',
    judge: conflict,
  },
  {
    name: 'PoolExhausted',
    source: 'cilium operator/pkg/lbipam condition cilium.io/IPsAvailable',
    judge: exhausted,
  },
  {
    name: 'PoolNearlyFull',
    source: 'cilium operator/pkg/lbipam condition cilium.io/IPsUsed',
    judge: nearlyFull,
  },
];

const METALLB_RULES: readonly Rule<AddressPool>[] = [
  { name: 'PoolExhausted', source: 'metallb prometheusrules AddressPoolExhausted', judge: exhausted },
  {
    name: 'PoolNotAdvertised',
    source: 'metallb api/v1beta1 L2Advertisement, BGPAdvertisement',
    judge: notAdvertised,
  },
  { name: 'PoolNearlyFull', source: 'metallb prometheusrules AddressPoolUsage', judge: nearlyFull },
];

const CONFIGURATION_RULES: readonly Rule<ConfigurationState>[] = [
  { name: 'ConfigurationInvalid', source: 'metallb api/v1beta1 ConfigurationState result', judge: invalid },
];

/** Where addresses of Services come from: pools of Cilium and MetalLB, and what MetalLB makes of its configuration. */
export const ADDRESS_POOLS: RuleSet = {
  component: 'network',
  checked: ({ objects }) => [
    ...objects.CiliumLoadBalancerIPPool,
    ...objects.IPAddressPool,
    ...objects.ConfigurationState,
  ],
  judge: (world) => {
    const { CiliumLoadBalancerIPPool, IPAddressPool, ConfigurationState } = world.objects;
    return [
      ...CiliumLoadBalancerIPPool.flatMap((pool) => firstFault(CILIUM_RULES, pool, blame(pool), world) ?? []),
      ...IPAddressPool.flatMap((pool) => firstFault(METALLB_RULES, pool, blame(pool), world) ?? []),
      ...ConfigurationState.flatMap((one) => firstFault(CONFIGURATION_RULES, one, blame(one), world) ?? []),
    ];
  },
};

function blame(object: Pool | ConfigurationState): { component: 'network'; ref: string } {
  return { component: 'network', ref: refOf(object) };
}

function conflict(pool: CiliumPool): Symptom | undefined {
  const told = conditionOf(pool, 'cilium.io/PoolConflict');
  if (told?.status !== 'True') return undefined;
  return {
    state: 'failed',
    message: clip(`overlaps with another pool and gives no addresses: ${told.message ?? told.reason}`, 200),
    since: told.since,
    evidence: [{ path: 'conditions[cilium.io/PoolConflict]', value: 'True' }],
  };
}

/** How full a pool is; undefined while nobody has counted. */
function usageOf(pool: Pool, world: World): { used: number; total: number } | undefined {
  if (pool.kind === 'CiliumLoadBalancerIPPool') {
    const { total, available } = pool;
    return total === undefined || available === undefined ? undefined : { used: total - available, total };
  }
  if (pool.assigned !== undefined && pool.available !== undefined)
    return { used: pool.assigned, total: pool.assigned + pool.available };
  if (pool.size === undefined) return undefined;
  const given = givenFrom(pool, world).flatMap(({ addresses = [] }) => addresses);
  return { used: new Set(given).size, total: pool.size };
}

/** A full pool is no fault before somebody waits for an address. */
function exhausted(pool: Pool, world: World): Symptom | undefined {
  const usage = usageOf(pool, world);
  if (usage === undefined || usage.used < usage.total) return undefined;
  const waiting = waitingFor(pool, world).map(refOf).toSorted(byText);
  if (waiting.length === 0) return undefined;
  return {
    state: 'failed',
    message: `has none of its ${usage.total} addresses left, and ${nameSome(waiting, 3)} waits for one`,
    evidence: [usageProof(usage)],
  };
}

/** Shares of a pool from which on it is told, worst first (metallb prometheusrules, 75, 85 and 95 per cent). */
const FILLING = [
  { share: 0.95, state: 'degraded' },
  { share: 0.85, state: 'degraded' },
  { share: 0.75, state: 'info' },
] as const;

/** Below this many addresses a pool is cut to what it serves, and full on purpose. */
const SMALL = 10;

function nearlyFull(pool: Pool, world: World): Symptom | undefined {
  const usage = usageOf(pool, world);
  if (usage === undefined || usage.total === 0) return undefined;
  const level = FILLING.find(({ share }) => usage.used >= usage.total * share);
  if (level === undefined) return undefined;
  return {
    state: usage.total < SMALL ? 'info' : level.state,
    message: `${usage.used} of its ${usage.total} addresses are given`,
    evidence: [usageProof(usage)],
  };
}

function usageProof({ used, total }: { used: number; total: number }): { path: string; value: string } {
  return { path: 'status', value: `${used} of ${total} addresses` };
}

/** Addresses of such a pool are given and reach nobody. */
function notAdvertised(pool: AddressPool, world: World): Symptom | undefined {
  if (!world.sees('L2Advertisement') || !world.sees('BGPAdvertisement')) return undefined;
  const { L2Advertisement, BGPAdvertisement } = world.objects;
  const covered = [...L2Advertisement, ...BGPAdvertisement].some(({ namespace, pools, poolSelectors }) => {
    if (namespace !== pool.namespace) return false;
    if (pools.length === 0 && poolSelectors.length === 0) return true;
    return pools.includes(pool.name) || poolSelectors.some((selector) => selects(selector, pool.labels));
  });
  const given = givenFrom(pool, world).map(refOf).toSorted(byText);
  if (covered || given.length === 0) return undefined;
  return {
    state: 'failed',
    message: `no L2Advertisement or BGPAdvertisement covers it: nobody can reach ${nameSome(given, 3)}`,
    evidence: [{ path: 'L2Advertisement.spec.ipAddressPools', value: 'none names it' }],
  };
}

function invalid({ result, error, process, conditions }: ConfigurationState): Symptom | undefined {
  if (result !== 'Invalid') return undefined;
  return {
    state: 'failed',
    message: clip(
      `${process ?? 'MetalLB'} refuses the configuration and keeps the one before: ${error ?? 'no reason'}`,
      220,
    ),
    since: conditions.find(({ status }) => status === 'False')?.since,
    evidence: [{ path: 'status.result', value: 'Invalid' }],
  };
}
