import type { Fault, Known, RuleSet } from './fault.ts';
import { deadOperators, withDeadOperators } from './dead-operators.ts';
import { withExpected } from './expected.ts';
import { addKnown } from './known.ts';
import { FAILED_PODS } from './rules/failed-pods.ts';
import { FLUX } from './rules/flux.ts';
import { NODES } from './rules/nodes.ts';
import { PODS } from './rules/pods.ts';
import { ROLLOUTS } from './rules/rollouts.ts';
import { CONTROL_PLANE } from './rules/control-plane.ts';
import { DELETION } from './rules/deletion.ts';
import { STORAGE } from './rules/storage.ts';
import { JOBS } from './rules/jobs.ts';
import { CRON_JOBS } from './rules/cron-jobs.ts';
import { SERVICES } from './rules/services.ts';
import { INGRESSES } from './rules/ingresses.ts';
import { SCALING } from './rules/scaling.ts';
import { ADDRESS_POOLS } from './rules/address-pools.ts';
import { CERTIFICATES } from './rules/certificates.ts';
import { CILIUM } from './rules/cilium.ts';
import { GATEWAYS } from './rules/gateways.ts';
import { ISSUANCE } from './rules/issuance.ts';
import { MONITORING } from './rules/prometheus.ts';
import { ROUTES } from './rules/routes.ts';
import { OTHERS } from './rules/others.ts';
import { EVENTS } from './rules/events.ts';
import { WARNINGS } from './rules/warnings.ts';
import { PLANS } from './rules/plans.ts';
import { TALOS } from './rules/talos.ts';
import { TUPPR } from './rules/tuppr.ts';
import { LONGHORN_VOLUMES } from './rules/longhorn-volumes.ts';
import { LONGHORN_NODES } from './rules/longhorn-nodes.ts';
import { LONGHORN_BACKUPS } from './rules/longhorn-backups.ts';
import { OPENEBS } from './rules/openebs.ts';
import { ROOK } from './rules/rook.ts';
import { SNAPSHOTS } from './rules/snapshots.ts';
import { VOLSYNC } from './rules/volsync.ts';
import { POSTGRES } from './rules/cnpg.ts';
import { POSTGRES_BACKUPS } from './rules/cnpg-backups.ts';
import type { World } from './world.ts';

/** All rules, in the order in which they are asked: a later set sees what earlier ones found. */
export const RULE_SETS: readonly RuleSet[] = [
  NODES,
  CONTROL_PLANE,
  CILIUM,
  DELETION,
  STORAGE,
  LONGHORN_NODES,
  LONGHORN_VOLUMES,
  OPENEBS,
  ROOK,
  PODS,
  FAILED_PODS,
  ROLLOUTS,
  JOBS,
  CRON_JOBS,
  ADDRESS_POOLS,
  SERVICES,
  ISSUANCE,
  CERTIFICATES,
  INGRESSES,
  GATEWAYS,
  ROUTES,
  MONITORING,
  SCALING,
  FLUX,
  POSTGRES,
  SNAPSHOTS,
  VOLSYNC,
  LONGHORN_BACKUPS,
  POSTGRES_BACKUPS,
  PLANS,
  TUPPR,
  TALOS,
  OTHERS,
  EVENTS,
  WARNINGS,
];

/** What is at fault, before causes and consequences are told apart. */
export function faultsOf(world: World): Fault[] {
  const known = new Map<string, Fault[]>();
  const faults = RULE_SETS.flatMap((rules) => {
    const found = rules.judge(world, known);
    addKnown(known, found);
    return found;
  });
  return withContext(faults, world).map((fault) => withNamespace(fault, known));
}

/** What upgrades under way explain, and what is only as good as an operator that is down. */
function withContext(faults: readonly Fault[], world: World): Fault[] {
  const explained = withExpected(faults);
  const dead = deadOperators(explained, world);
  return dead.length === 0 ? explained : withExpected(withDeadOperators(faults, dead, world));
}

/** In a namespace that is being deleted, everything fails because of that. */
function withNamespace(fault: Fault, known: Known): Fault {
  const [, namespace, name] = fault.ref.split('/');
  const ref = `Namespace/${namespace}`;
  return name !== undefined && known.has(ref) ? { ...fault, causes: [ref, ...fault.causes] } : fault;
}
