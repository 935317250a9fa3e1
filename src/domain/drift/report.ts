import type { Place } from '../desired/desired.ts';
import type { Told } from './fate.ts';

/**
 * How an object stands to Git. `pending`: what Flux applied is not what Git wants now; `deleted`: Flux applied it and it is
 * gone; `missing`: it was never there; `extra`: Flux applied it and Git does not have it any more.
 */
export type DriftState = 'clean' | 'drifted' | 'pending' | 'deleted' | 'missing' | 'extra' | 'unverifiable';

/** One field that differs, with all that may be shown of it. */
export interface FieldDrift {
  path: string;
  live?: string;
  git?: string;
  /** In an operator's words; undefined when nothing tells. */
  who?: string;
  /** `by` a time, RFC 3339: changed then or before; `after` one where only that is known. */
  when?: string;
  /** Kubernetes, an autoscaler or another controller at its work. */
  isBenign: boolean;
  /** Nobody has changed it: Git wants something else than what was applied. */
  isPending: boolean;
  told: Told;
  /** Where Git has it, or what it would stand in; the object's own place when absent. */
  place?: Place;
  /** The live value, where it may be shown whole. */
  value?: string | number | boolean | null;
}

/** One object beside what Git wants of it. */
export interface ObjectDrift {
  /** `Kind/namespace/name`. */
  ref: string;
  kind: string;
  namespace?: string;
  name: string;
  /** The Kustomization or HelmRelease that applies it, by ref. */
  by: string;
  place?: Place;
  commit: string;
  state: DriftState;
  /** Of the live object: `ok`, or what is not. */
  health: string;
  /** Git's head wants something else than what was applied. */
  isPending: boolean;
  fields: readonly FieldDrift[];
  /** Of an object that is there or not as a whole. */
  told?: Told;
  /** Why it could not be compared, or what else is to be said. */
  why?: string;
}

/** One Kustomization: whether it could be rendered at all. */
export interface ApplierDrift {
  ref: string;
  status: string;
  reason?: string;
  place?: Place;
  /** Its kustomization, and the file that it fails in: what the reason may quote. */
  files: readonly string[];
  objects: number;
}

/** Everything that was compared. */
export interface DriftReport {
  appliers: readonly ApplierDrift[];
  objects: readonly ObjectDrift[];
  /** The head of the base branch. */
  head: string;
}

/** What is compared: with the revision that Flux applied, or with a commit. */
export interface DriftQuestion {
  at: 'applied' | { commit: string };
  /** Refs of the only Kustomizations. */
  only?: readonly string[];
}

/** Compares the cluster with Git. Rejects with a ToolError `unavailable` where no engine is installed. */
export interface DriftReader {
  compare(question: DriftQuestion, signal: AbortSignal): Promise<DriftReport>;
}
