import type { ClusterReader, ServedKind } from '#domain/cluster.ts';
import type { LiveObjects } from '#domain/desired/live.ts';
import type { Permission } from '#domain/permissions.ts';

import type { ToolError } from '../../errors.ts';
import { type ApiClient, createClient } from './client.ts';
import { createDirectReads } from './direct.ts';
import { readDiscovery } from './discovery.ts';
import { judgeRequest } from './guard.ts';
import { createLiveObjects } from './live.ts';
import { readLog } from './log.ts';
import { collectionPath } from './paths.ts';
import { type Text, textWith } from './project/meta.ts';
import { bareUrl } from './project/url.ts';
import { string } from './raw.ts';
import { createReads, refusalOf } from './reads.ts';
import { reviewAccess } from './reviews.ts';
import { Served } from './served.ts';
import { type SessionOptions, openSession } from './session.ts';
import { type Stores, createStores, definesKinds } from './stores.ts';

/** A session's options and where time and chance come from. */
export interface KubernetesClusterOptions extends Omit<SessionOptions, 'environment'> {
  environment?: SessionOptions['environment'];
  now?: () => number;
  random?: () => number;
  /** Told of every failed list and watch. */
  logger?: { debug(details: object, message: string): void };
}

/** A live cluster: the port, and what can be asked beside reading objects. */
export interface KubernetesCluster extends ClusterReader {
  /** As the API server names it: `v1.36.2`. */
  version(signal: AbortSignal): Promise<string>;
  /** Which of these permissions this identity has, cluster-wide. */
  reviewAccess<T extends Permission>(
    permissions: readonly T[],
    signal: AbortSignal,
  ): Promise<(T & { allowed: boolean })[]>;
  /** Whole objects, for comparing. */
  readonly live: LiveObjects;
  /** Ends every watch and connection. */
  close(): Promise<void>;
}

/** Opens no connection until something is read. Throws a ToolError when there is no usable kubeconfig. */
export function createKubernetesCluster(options: KubernetesClusterOptions): KubernetesCluster {
  const now = options.now ?? Date.now;
  const session = openSession({ environment: process.env, ...options });
  const client = createClient(session, { now });
  const { stores, served, text } = createCopies(client, options, now);
  const guard = { ...options, server: session.server };
  const refusal = (kind: ServedKind): string | undefined =>
    refusalOf(kind, judgeRequest('GET', `${session.server}${collectionPath(kind)}`, guard));
  const reads = createReads({
    stores,
    served,
    now,
    direct: createDirectReads({ client, text, now }),
    refusal,
  });
  return {
    ...reads,
    identity: { context: session.context, server: bareUrl(session.server) ?? '' },
    discover: (signal) => served.read(signal),
    log: (query, signal) => readLog(client, query, options.redact, signal),
    live: createLiveObjects({ client, refusal, now }),
    version: (signal) => readVersion(client, signal),
    reviewAccess: (permissions, signal) => reviewAccess(client, permissions, signal),
    permissions: (asked, signal) => reviewAccess(client, asked, signal),
    close: async () => {
      stores.close();
      await session.close();
    },
  };
}

/** What is kept of the cluster: which kinds it serves and, of the kinds in use, every object. */
function createCopies(
  client: ApiClient,
  { redact, random = Math.random, logger }: KubernetesClusterOptions,
  now: () => number,
): { stores: Stores; served: Served; text: Text } {
  const text = textWith(redact);
  const onFailure = (resource: string, error: ToolError): void =>
    logger?.debug({ resource, code: error.code }, error.message);
  const onServedChange = (): void => served.invalidate();
  const stores = createStores({ client, text, now, random, onServedChange, onFailure });
  const served: Served = new Served({
    now,
    discover: () => readDiscovery(client),
    told: () => DEFINITIONS.every((kind) => stores.peek(kind)?.connected),
    onRead: ({ kinds }) => {
      stores.keepOnly(kinds);
      void client.lull().then(() => kinds.filter(definesKinds).forEach((kind) => stores.of(kind).start()));
    },
  });
  return { stores, served, text };
}

/** Their objects say what a cluster serves. */
const DEFINITIONS = [
  { group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions' },
  { group: 'apiregistration.k8s.io', plural: 'apiservices' },
] as const;

async function readVersion(client: ApiClient, signal: AbortSignal): Promise<string> {
  const version = await client.getJson('/version', { what: 'read the version', signal });
  return string(version, 'gitVersion') ?? 'unknown';
}
