import type { Fault, RuleSet } from './fault.ts';
import { addKnown } from './known.ts';
import { FAILED_PODS } from './rules/failed-pods.ts';
import { FLUX } from './rules/flux.ts';
import { NODES } from './rules/nodes.ts';
import { PODS } from './rules/pods.ts';
import { ROLLOUTS } from './rules/rollouts.ts';
import type { World } from './world.ts';

/** All rules, in the order in which they are asked: a later set sees what earlier ones found. */
export const RULE_SETS: readonly RuleSet[] = [NODES, PODS, FAILED_PODS, ROLLOUTS, FLUX];

/** What is at fault, before causes and consequences are told apart. */
export function faultsOf(world: World): Fault[] {
  const known = new Map<string, Fault[]>();
  return RULE_SETS.flatMap((rules) => {
    const faults = rules.judge(world, known);
    addKnown(known, faults);
    return faults;
  });
}
