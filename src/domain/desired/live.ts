import type { Listing, ServedKind } from '../cluster.ts';
import type { JsonObject, PredictRequest } from './engine.ts';

/**
 * Whole objects of a live cluster with their managedFields, for comparing: they may hold secrets, so nothing of them is
 * shown that has not passed a mask. Secrets themselves are never among them. A kind that cannot be read is a listing that
 * is `unknown` and says why, as everywhere.
 */
export interface LiveObjects {
  /** One page after the other, once a kind; not watched. `namespace` narrows it where the kind has one. */
  list(kind: ServedKind, namespace: string | undefined, signal: AbortSignal): Promise<Listing<JsonObject>>;
  /** `data` of a ConfigMap; undefined when there is none. Rejects with a ToolError when it cannot be read. */
  configMap(
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>> | undefined>;
  /** The cluster's OpenAPI v3 documents of these group-versions, as `api/v1` or `apis/apps/v1`; one it does not have is left out. */
  schemas(groupVersions: readonly string[], signal: AbortSignal): Promise<PredictRequest['schemas']>;
}

/** What stands in the place of a value that was recorded without it. */
export const NOT_RECORDED = '[not recorded]';
