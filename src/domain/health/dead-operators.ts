import { KNOWN_GROUPS, servedNameOf } from '../kinds.ts';
import type { KnownKind } from '../objects/index.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import type { CustomResource } from '../objects/platform.ts';
import type { Workload } from '../objects/workload.ts';
import { nameSome } from '../text.ts';
import { type Component, type Fault, faultOf, type Known } from './fault.ts';
import { addKnown } from './known.ts';
import type { HealthKind } from './observed.ts';
import { OPERATORS, type Operator, operatorsOf } from './operators.ts';
import { hasStatus } from './other-kinds.ts';
import type { World } from './world.ts';

/** Kinds that nobody looks after, and the workload that should. */
export interface DeadOperator {
  ref: string;
  component: Component;
  kinds: readonly HealthKind[];
  /** In words. */
  why: string;
  /** What the workload's own faults are blamed on. */
  causes: string[];
}

/**
 * Operators that are down while there are objects of their kinds. A workload without a pod is down once its own rules
 * say more than that it is on its way; scaled to zero it is down at once. One that is not seen at all may only have another
 * name: it is missing when an object shows that nobody looks at it.
 */
export function deadOperators(faults: readonly Fault[], world: World): DeadOperator[] {
  const known = new Map<string, Fault[]>();
  addKnown(known, faults);
  const dead = OPERATORS.flatMap((row) => deadOf(row, known, world) ?? []);
  return [...Map.groupBy(dead, ({ ref }) => ref).values()].flatMap(([first, ...others]) =>
    first ? { ...first, kinds: [...new Set([first, ...others].flatMap(({ kinds }) => kinds))] } : [],
  );
}

function deadOf(row: Operator, known: Known, world: World): DeadOperator | undefined {
  const kinds = presentKinds(row, world);
  const [kind] = kinds;
  if (kind === undefined) return undefined;
  const workloads = operatorsOf(kind, world);
  const [workload] = workloads;
  if (workload === undefined) return missing(row, kinds, known, world);
  if (!workloads.every((one) => isDown(one, known))) return undefined;
  const causes = (known.get(refOf(workload)) ?? []).flatMap((fault) => fault.causes);
  return { ref: refOf(workload), component: row.component, kinds, why: downAs(workload), causes };
}

function presentKinds({ kinds }: Operator, { objects }: World): HealthKind[] {
  return kinds.filter((kind): kind is HealthKind => kind in objects && isPresent(objects, kind));
}

function isPresent(objects: World['objects'], kind: KnownKind): boolean {
  return objects[kind as HealthKind].length > 0;
}

function isDown(workload: Workload, known: Known): boolean {
  if (workload.available > 0) return false;
  return workload.desired === 0 || (known.get(refOf(workload)) ?? []).some(isTelling);
}

function isTelling({ state }: Fault): boolean {
  return state === 'failed' || state === 'degraded' || state === 'stale' || state === 'blocked';
}

function downAs({ name, desired }: Workload): string {
  return `${name} ${desired === 0 ? 'is scaled to zero' : `has none of its ${desired} pods available`}`;
}

/** Absent in a cluster all of whose workloads are seen, with an object at fault that was never, or no more, looked at. */
function missing(
  { component, operator, kinds: all }: Operator,
  kinds: readonly HealthKind[],
  known: Known,
  world: World,
): DeadOperator | undefined {
  const { Deployment, DaemonSet, CustomResourceDefinition } = world.objects;
  const isSeen = world.sees(operator.kind) && Deployment.length + DaemonSet.length > 0;
  const defined = all.some((kind) => CustomResourceDefinition.some((crd) => defines(crd, kind)));
  if (!isSeen || !defined || !kinds.some((kind) => world.objects[kind].some(isUnattended(known))))
    return undefined;
  const ref = `${operator.kind}/${operator.home}`;
  const name = operator.home.split('/')[1] ?? '';
  return { ref, component, kinds, why: `${name} does not exist`, causes: [] };
}

function defines({ defines: name, group }: CustomResource, kind: KnownKind): boolean {
  return name === servedNameOf(kind) && group === KNOWN_GROUPS[kind];
}

/** Kinds whose status has neither conditions nor a phase nor a generation: it does not tell that nobody has looked. */
const WORDLESS: ReadonlySet<string> = new Set<KnownKind>([
  'Replica',
  'InstanceManager',
  'Backup.longhorn.io',
  'LVMVolume',
  'ZFSVolume',
  'DiskPool',
  'VolumeSnapshot',
  'KopiaMaintenance',
  'ScheduledBackup',
  'CiliumEndpoint',
  'CiliumNode',
  'CiliumLoadBalancerIPPool',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'IPAddressPool',
  'ServiceL2Status',
  'ServiceMonitor',
  'PodMonitor',
  'PrometheusRule',
  'Probe',
  'ScrapeConfig',
  'Order',
  'Challenge',
]);

function isUnattended(known: Known): (object: ClusterObject) => boolean {
  return (object) => {
    const isBehind = (object.observedGeneration ?? 0) < (object.generation ?? 0);
    const isSilent = !hasStatus(object) && !WORDLESS.has(refOf(object).split('/')[0] ?? '');
    const ignored = isSilent || (object.observedGeneration !== undefined && isBehind);
    const held = object.deletion !== undefined && object.deletion.finalizers.length > 0;
    return (ignored || held) && (known.get(refOf(object)) ?? []).some(isTelling);
  };
}

/** Faults as they are with these operators down: what their objects last said is stale, and they are to blame. */
export function withDeadOperators(
  faults: readonly Fault[],
  dead: readonly DeadOperator[],
  world: World,
): Fault[] {
  const byKind = new Map(dead.flatMap((one) => one.kinds.map((kind) => [kind as string, one] as const)));
  const told = faults.map((fault) => {
    const operator = byKind.get(fault.ref.split('/')[0] ?? '');
    return operator ? stale(fault, operator) : fault;
  });
  const refs = new Set(told.map(({ ref }) => ref));
  return [...told, ...dead.flatMap((operator) => [down(operator), ...silent(operator, refs, world)])];
}

/** What is on purpose stays so; what is being deleted is still there. */
function stale(fault: Fault, { ref }: DeadOperator): Fault {
  if (fault.state === 'suspended' || fault.state === 'info') return fault;
  const causes = [ref, ...fault.causes];
  if (fault.component === 'deletion') return { ...fault, causes };
  return { ...fault, state: 'stale', message: `last said: ${fault.message}`, causes };
}

function down({ ref, component, kinds, why, causes }: DeadOperator): Fault {
  return faultOf(
    {
      state: 'failed',
      message: `${why}: nobody looks after ${nameSome(kinds, 3)}; what they say is old`,
      causes,
    },
    { component, rule: 'OperatorDown', ref },
  );
}

/** Kinds that are configuration: they say nothing that could be old. */
const SAYING_NOTHING: ReadonlySet<HealthKind> = new Set<HealthKind>([
  'RecurringJob',
  'ServiceMonitor',
  'PodMonitor',
  'PrometheusRule',
  'Probe',
  'ScrapeConfig',
]);

/** What looks well has only not been told otherwise. */
function silent(
  { ref, component, kinds }: DeadOperator,
  told: ReadonlySet<string>,
  { objects }: World,
): Fault[] {
  return kinds
    .filter((kind) => !SAYING_NOTHING.has(kind))
    .flatMap((kind): readonly ClusterObject[] => objects[kind])
    .filter((object) => !told.has(refOf(object)))
    .map((object) =>
      faultOf(
        { state: 'stale', message: 'its operator is down: what it says is old', causes: [ref] },
        { component, rule: 'Stale', ref: refOf(object) },
      ),
    );
}

/** Kinds with objects of whose operator no workload is seen, where all workloads can be. */
export function unseenOperators(world: World): HealthKind[] {
  return OPERATORS.filter(({ operator }) => world.sees(operator.kind)).flatMap((row) =>
    presentKinds(row, world)
      .filter((kind) => !SAYING_NOTHING.has(kind) && operatorsOf(kind, world).length === 0)
      .slice(0, 1),
  );
}
