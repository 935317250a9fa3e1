import type { Manifest } from '../../test/cluster/manifest.ts';
import type { Labels } from '../../test/cluster/seed.ts';

/** An object and since when it exists. */
export interface Aged {
  object: Manifest;
  created: Date;
}

/** What everything is told from. */
export interface Story {
  now: number;
  /** The time so many milliseconds before now. */
  at: (age: number) => Date;
  /** Revisions: the one that broke the wiki, the one before it, and one of last week. */
  head: string;
  before: string;
  old: string;
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
