import { parseTime } from '../duration.ts';
import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { Workload } from '../objects/workload.ts';
import { byText } from '../text.ts';
import type { OuterRoot } from './verdict.ts';

/** Which controller reconciles a kind, by group and, where groups are shared, by kind. */
const CONTROLLERS: readonly { group: string; kind?: string; name: string }[] = [
  { group: 'source.toolkit.fluxcd.io', kind: 'ExternalArtifact', name: '' },
  { group: 'source.toolkit.fluxcd.io', name: 'source-controller' },
  { group: 'kustomize.toolkit.fluxcd.io', name: 'kustomize-controller' },
  { group: 'helm.toolkit.fluxcd.io', name: 'helm-controller' },
  { group: 'notification.toolkit.fluxcd.io', name: 'notification-controller' },
  { group: 'image.toolkit.fluxcd.io', kind: 'ImageUpdateAutomation', name: 'image-automation-controller' },
  { group: 'image.toolkit.fluxcd.io', name: 'image-reflector-controller' },
  { group: 'source.extensions.fluxcd.io', name: 'source-watcher' },
  { group: 'fluxcd.controlplane.io', name: 'flux-operator' },
];

const NAMES: ReadonlySet<string> = new Set(CONTROLLERS.map(({ name }) => name).filter((name) => name !== ''));

/** A Deployment that is briefly without pods is rolling out; in milliseconds. */
const ROLLOUT = 2 * 60_000;

/** Flux's Deployments as far as they are seen. */
export interface Controllers {
  /** Undefined when not one Flux controller is seen. */
  namespace?: string;
  /** True when all Deployments could be seen: what is not seen does not exist. */
  sure: boolean;
  /** By controller name; several when it is sharded. */
  byName: ReadonlyMap<string, Workload[]>;
}

/** Flux's controllers among Deployments: by name or component label, in the namespace that has most of them. */
export function controllersAmong(deployments: readonly Workload[], sure: boolean): Controllers {
  const candidates = deployments.filter((deployment) => NAMES.has(componentOf(deployment)));
  const counts = Map.groupBy(candidates, ({ namespace }) => namespace ?? '');
  const namespace = [...counts].toSorted(
    ([a, of], [b, other]) => other.length - of.length || byText(a, b),
  )[0]?.[0];
  const byName = Map.groupBy(candidates, componentOf);
  return {
    namespace,
    sure,
    byName: new Map([...byName].map(([name, of]) => [name, homeFirst(of, namespace)])),
  };
}

/** Namesakes elsewhere count only where Flux's namespace has none, as with an operator of its own namespace. */
function homeFirst(deployments: Workload[], namespace: string | undefined): Workload[] {
  const own = deployments.filter((deployment) => deployment.namespace === namespace);
  return own.length > 0 ? own : deployments;
}

function componentOf(deployment: Workload): string {
  if (NAMES.has(deployment.name)) return deployment.name;
  return deployment.labels['app.kubernetes.io/component'] ?? '';
}

/** The name of the controller that reconciles an object; undefined for a kind that none of Flux's does. */
function controllerOf({ group, kind }: Pick<FluxObject, 'group' | 'kind'>): string | undefined {
  const entry = CONTROLLERS.find(
    (row) => row.group === group && (row.kind === undefined || row.kind === kind),
  );
  return entry?.name || undefined;
}

/** The controller of an object as a root, when it is down or absent; undefined when it runs or nothing is known. */
export function controllerFault(
  object: FluxObject,
  controllers: Controllers,
  now: number,
): OuterRoot | undefined {
  const name = controllerOf(object);
  if (name === undefined || controllers.namespace === undefined) return undefined;
  const deployments = controllers.byName.get(name) ?? [];
  if (deployments.some(({ available }) => available > 0)) return undefined;
  const deployment = deployments[0];
  return deployment ? faultOf(deployment, now) : absence(name, controllers.namespace);
}

/** The controller of an object as a root, when all Deployments were seen and not one is of Flux. */
export function controllerNowhere(object: FluxObject, controllers: Controllers): OuterRoot | undefined {
  const name = controllerOf(object);
  const nowhere = name !== undefined && controllers.sure && controllers.namespace === undefined;
  return nowhere ? absence(name, 'flux-system') : undefined;
}

function absence(name: string, namespace: string): OuterRoot {
  return {
    ref: refOf({ kind: 'Deployment', namespace, name }),
    state: 'failed',
    reason: 'ControllerMissing',
    message: `${name} does not exist: nothing reconciles its kinds`,
  };
}

function faultOf(deployment: Workload, now: number): OuterRoot {
  const since = deployment.conditions.find(
    ({ type, status }) => type === 'Available' && status === 'False',
  )?.since;
  const downAt = parseTime(since);
  const rolling = deployment.desired > 0 && downAt !== undefined && now - downAt < ROLLOUT;
  const what =
    deployment.desired === 0 ? 'is scaled to zero' : `has none of its ${deployment.desired} pods available`;
  return {
    ref: refOf(deployment),
    state: rolling ? 'progressing' : 'failed',
    reason: 'ControllerDown',
    message: `${deployment.name} ${what}: nothing reconciles its kinds`,
    since,
  };
}
