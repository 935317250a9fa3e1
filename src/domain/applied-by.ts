import { type ClusterObject, refOf } from './objects/meta.ts';

/** Label prefixes by which Flux marks what it applies (kustomize-controller and helm-controller, ownership labels). */
const MARKS = [
  { kind: 'Kustomization', prefix: 'kustomize.toolkit.fluxcd.io' },
  { kind: 'HelmRelease', prefix: 'helm.toolkit.fluxcd.io' },
] as const;

/** The Flux object that applied this one, as a ref, by its labels; undefined when none did. */
export function appliedBy({ labels }: Pick<ClusterObject, 'labels'>): string | undefined {
  for (const { kind, prefix } of MARKS) {
    const name = labels[`${prefix}/name`];
    if (name !== undefined) return refOf({ kind, name, namespace: labels[`${prefix}/namespace`] });
  }
  return undefined;
}
