import { conditionOf } from '../conditions.ts';
import type { Dependency, FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import { sameRevision } from './revision.ts';
import type { Status } from './status.ts';
import { isSourceless, isStatic, sourceOf, type Target, targetOf, type World } from './world.ts';

/** Why one object waits for another. */
type Link = 'dependency' | 'source' | 'child';

/** Another object that keeps one from being ready. */
export interface Blocker extends Target {
  link: Link;
}

/**
 * What keeps an object from being ready, directly: dependencies that fail Flux's own checks, a source with nothing to
 * give or not what is asked of it, and for a failed health check the Flux objects it applied. Empty when the fault is
 * its own.
 */
export function blockersOf(object: FluxObject, status: Status, world: World): Blocker[] {
  if (status.state === 'blocked')
    return [...dependencyBlockers(object, world), ...sourceBlockers(object, world)];
  if (status.state !== 'failed') return [];
  if (status.reason === 'HealthCheckFailed') return childBlockers(object, world);
  return SOURCE_REASONS[object.kind] === status.reason ? failingSource(object, world) : [];
}

/**
 * By which reason a kind says that its source failed, though that may still hold an older artifact: helm-controller
 * (isReady), source-controller (internal/helm/chart/errors.go) and image-automation-controller.
 */
const SOURCE_REASONS: Readonly<Record<string, string>> = {
  HelmRelease: 'SourceNotReady',
  HelmChart: 'ChartPullError',
  ImageUpdateAutomation: 'GitOperationFailed',
};

function failingSource(object: FluxObject, world: World): Blocker[] {
  const source = sourceOf(object, world);
  const isFailing =
    source?.object !== undefined &&
    !isStatic(source.object) &&
    conditionOf(source.object, 'Ready')?.status !== 'True';
  return isFailing ? [{ ...source, link: 'source' }] : [];
}

function dependencyBlockers(object: FluxObject, world: World): Blocker[] {
  const dependencies = object.dependsOn.map((dependency) => ({
    dependency,
    target: targetOf(object, { ...dependency, kind: dependency.kind ?? object.kind }, world),
  }));
  const failing = dependencies.filter(({ dependency, target }) =>
    failsDependency(object, dependency, target, world),
  );
  const blocking =
    failing.length > 0 ? failing : dependencies.filter(({ dependency }) => dependency.readyExpr);
  return blocking.map(({ target }) => ({ ...target, link: 'dependency' }));
}

/** Flux's checks of a dependency in its order (kustomize-controller, checkDependencies); `readyExpr` replaces them. */
function failsDependency(object: FluxObject, dependency: Dependency, target: Target, world: World): boolean {
  const on = target.object;
  if (on === undefined) return true;
  if (dependency.readyExpr !== undefined) return false;
  if (on.observedGeneration !== undefined && on.observedGeneration !== on.generation) return true;
  if (conditionOf(on, 'Ready')?.status !== 'True') return true;
  return sharesSource(object, on) && lagsBehind(on, world);
}

function sharesSource(object: FluxObject, on: FluxObject): boolean {
  return object.kind === 'Kustomization' && sourceRef(object) === sourceRef(on);
}

function sourceRef({ source, namespace }: FluxObject): string | undefined {
  return source && refOf({ kind: source.kind, name: source.name, namespace: source.namespace ?? namespace });
}

function lagsBehind(on: FluxObject, world: World): boolean {
  const revision = sourceOf(on, world)?.object?.artifact?.revision;
  return revision !== undefined && !sameRevision(revision, on.lastAppliedRevision ?? '');
}

function sourceBlockers(object: FluxObject, world: World): Blocker[] {
  const source = sourceOf(object, world);
  return source && isSourceless(source, world) ? [{ ...source, link: 'source' }] : [];
}

const APPLIED_KINDS: ReadonlySet<string> = new Set(['Kustomization', 'HelmRelease']);

/**
 * Only what the Kustomization waits for can fail its health check: everything, or what spec.healthChecks names. What it
 * applied to another cluster is not among these objects.
 */
function childBlockers(object: FluxObject, world: World): Blocker[] {
  if (object.remote) return [];
  const waitedFor = object.wait === true ? object.inventory : object.healthChecks;
  return waitedFor
    .filter(({ kind }) => APPLIED_KINDS.has(kind))
    .map((ref) => targetOf(object, ref, world))
    .filter(({ object: child }) => child !== undefined && conditionOf(child, 'Ready')?.status !== 'True')
    .map((child) => ({ ...child, link: 'child' }));
}
