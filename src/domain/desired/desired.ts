import type { JsonObject } from './engine.ts';

/** How rendering a Kustomization ended. `generated`: its directory has no kustomization of its own; all is there nevertheless. */
export type RenderStatus =
  | 'ok'
  | 'generated'
  | 'unresolved variables'
  | 'remote base'
  | 'foreign source'
  | 'failed';

/** A place in the repository; `line` is counted from 1. */
export interface Place {
  file: string;
  line: number;
}

/** An object as Git wants it. Values of variables that are not plain in Git are in it: it is for comparing, not for showing. */
export interface DesiredObject {
  object: JsonObject;
  /** Where it is written, or where the generator that makes it is. */
  place?: Place;
  /** Field paths, spelled as in a FieldChange, of values that must not be shown or compared, to what stands for them: `${DOMAIN_0}`. */
  holes: ReadonlyMap<string, string>;
  /** Why nothing of it but its existence can be compared, such as a file that SOPS encrypted. */
  unverifiable?: string;
}

/** One Flux Kustomization with what it would apply. */
export interface Rendering {
  /** `Kustomization/namespace/name`. */
  ref: string;
  namespace: string;
  name: string;
  /** In the repository; the empty string is its root. */
  path: string;
  /** As the live cluster has it, else as its parent renders it. */
  spec: JsonObject;
  /** The Kustomization that applies this one. */
  parent?: string;
  /** Where it is declared, if that is in this repository. */
  declared?: Place;
  /** True when it is declared in the repository and no Kustomization applies it. */
  unreached?: boolean;
  /** The Kustomization that applies this one and cannot be built, so that nothing more is known here; the status is its. */
  blockedBy?: string;
  status: RenderStatus;
  /** Why it is not `ok`. */
  reason?: string;
  /** Where the failure is. */
  failure?: { file: string; line?: number };
  /** Names of variables without a known value. */
  unresolved: readonly string[];
  objects: readonly DesiredObject[];
  /** The commit that it was built from. */
  commit: string;
}

/** What to render. */
export interface DesiredQuestion {
  /** Which commit: for all, or for each Kustomization the one that it last applied. */
  at: { commit: string } | 'applied';
  /** Files laid over the commit, null for one that goes: what a proposal would change. */
  overlay?: ReadonlyMap<string, Uint8Array | null>;
  /** Refs of the only Kustomizations to build; the others are not in the answer. */
  only?: readonly string[];
}

/** The state that Git wants: every Kustomization that Flux would find, none left out silently. Files no parser reads are `unread`, as `path:line: why`. */
export interface DesiredState {
  render(
    question: DesiredQuestion,
    signal: AbortSignal,
  ): Promise<{ renderings: readonly Rendering[]; unread: readonly string[] }>;
}
