import type { Place } from '../desired/desired.ts';

/** A patch and what it is for; a part that is not named fits everything. `name` is a regular expression, as in kustomize. */
export interface Patch extends Place {
  kind?: string;
  name?: string;
}

/** What a kustomization, or the spec of a Flux Kustomization, does to the objects below it. */
export interface Layer {
  namespace?: string;
  namePrefix: string;
  nameSuffix: string;
  patches: readonly Patch[];
  /** Entries of `images`, by the name they replace, with the line to edit. */
  images: readonly (Place & { name: string; newName?: string })[];
}

/** A kustomization.yaml; paths are as written, relative to its directory. */
export interface KustomizeFile extends Layer {
  file: string;
  directory: string;
  /** Resources and bases, with the lines that name them. */
  resources: readonly Entry[];
  components: readonly string[];
  generated: readonly Generated[];
}

/** A path that a kustomization names, and where. */
export interface Entry {
  path: string;
  line: number;
}

/** A ConfigMap or Secret that a kustomization generates; unless `fixed`, a hash follows its name. */
export interface Generated {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  namespace?: string;
  line: number;
  fixed: boolean;
}

/** A Flux Kustomization as a file has it. */
export interface FluxFile extends Layer {
  file: string;
  line: number;
  name: string;
  /** Where it is itself; `namespace` is the one it gives to what it applies. */
  own?: string;
  /** As written: `./a/b`, and there may be variables in it. */
  path: string;
  components: readonly string[];
  source?: { kind: string; name: string };
  /** `postBuild.substitute`, with the line of each. */
  variables: ReadonlyMap<string, { value: string; line: number }>;
  /** Names of the ConfigMaps and Secrets in `postBuild.substituteFrom`. */
  variablesFrom: readonly string[];
}

/** An object that a file declares: names as written, aliases resolved. */
export interface Declared extends Place {
  kind: string;
  apiVersion: string;
  name: string;
  namespace?: string;
  /** Its name goes on with a hash. */
  hashed?: boolean;
}
