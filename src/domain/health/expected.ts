import { parseTime } from '../duration.ts';
import type { Fault } from './fault.ts';

/**
 * Takes what an upgrade under way explains for expected: faults that show only on nodes it is working on and began no
 * earlier than it did. They become information, folded under the upgrade. An upgrade that has got stuck explains nothing:
 * then each of them is a finding again.
 */
export function withExpected(faults: readonly Fault[]): Fault[] {
  const upgrades = faults.filter(isUnderWay);
  if (upgrades.length === 0) return [...faults];
  return faults.map((fault) => {
    const upgrade = upgradeBehind(fault, upgrades);
    return upgrade ? expected(fault, upgrade) : fault;
  });
}

function isUnderWay({ component, state }: Fault): boolean {
  return component === 'upgrade' && state === 'progressing';
}

/** The first of the upgrades that together explain a fault. */
function upgradeBehind(fault: Fault, upgrades: readonly Fault[]): Fault | undefined {
  const { nodes = [], component } = fault;
  if (component === 'upgrade' || nodes.length === 0 || isBeyond(fault)) return undefined;
  const touching = nodes.map((node) =>
    upgrades.find((upgrade) => upgrade.nodes?.includes(node) && !isOlder(fault, upgrade)),
  );
  return touching.every((upgrade) => upgrade !== undefined) ? touching[0] : undefined;
}

/** A restart makes a volume degraded; one that is lost is a finding whatever goes on. */
function isBeyond({ component, state }: Fault): boolean {
  return state === 'suspended' || (component === 'storage' && state === 'failed');
}

function isOlder(fault: Fault, upgrade: Fault): boolean {
  const began = parseTime(fault.since);
  const start = parseTime(upgrade.since);
  return began !== undefined && start !== undefined && began < start;
}

function expected(fault: Fault, { ref }: Fault): Fault {
  return {
    ...fault,
    state: 'info',
    message: `expected during the upgrade: ${fault.message}`,
    causes: [ref],
    expectedBy: ref,
  };
}
