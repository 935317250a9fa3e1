import type { Manifest } from '../../test/cluster/manifest.ts';
import type { Labels } from '../../test/cluster/seed.ts';

/** An object and since when it exists. */
export interface Aged {
  object: Manifest;
  created: Date;
}

/** As Flux writes them: what the cluster is at, and what came before that broke the wiki, a week old. */
export interface Revisions {
  head: string;
  before: string;
}

/** What everything is told from. */
export interface Story extends Revisions {
  now: number;
  /** The time so many milliseconds before now. */
  at: (age: number) => Date;
}

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const FLUX = 'flux-system';
export const REGISTRY = 'registry.example.test';
export const NODES = ['control-1', 'worker-1', 'worker-2'];
export const ROOT = './clusters/main/kubernetes';

/** Labels of what a Kustomization applies. */
export function appliedBy(name: string): Labels {
  return { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': FLUX };
}

/** Labels of what a HelmRelease installs. */
export function releasedBy(name: string, space: string): Labels {
  return { 'helm.toolkit.fluxcd.io/name': name, 'helm.toolkit.fluxcd.io/namespace': space };
}
