import type { ServedKind } from '#domain/cluster.ts';
import { knownKindOf } from '#domain/kinds.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';
import type { ApiService, CustomResource } from '#domain/objects/platform.ts';
import { byText } from '#domain/text.ts';

import type { ToolError } from '../../errors.ts';
import type { ApiClient } from './client.ts';
import { collectionPath, resourceName } from './paths.ts';
import { projectorOf } from './project/index.ts';
import type { Text } from './project/meta.ts';
import { Reflector } from './reflector.ts';

/** What all reflectors of a cluster share. */
export interface StoreOptions {
  client: ApiClient;
  text: Text;
  now: () => number;
  random: () => number;
  /** What the cluster serves has changed. */
  onServedChange: () => void;
  onFailure: (resource: string, error: ToolError) => void;
}

/** One reflector for each kind in use. */
export interface Stores {
  of(kind: ServedKind): Reflector<ClusterObject>;
  /** The reflector of a kind that is in use already. */
  peek(kind: Pick<ServedKind, 'group' | 'plural'>): Reflector<ClusterObject> | undefined;
  /** Ends the reflectors of kinds that are not served any more, or under another version. */
  keepOnly(kinds: readonly ServedKind[]): void;
  close(): void;
}

export function createStores(options: StoreOptions): Stores {
  const reflectors = new Map<string, { path: string; reflector: Reflector<ClusterObject> }>();
  let closed = false;
  return {
    of(kind) {
      const key = resourceName(kind);
      const path = collectionPath(kind);
      const existing = reflectors.get(key);
      if (existing?.path === path) return existing.reflector;
      existing?.reflector.close();
      const reflector = createReflector(kind, path, options);
      if (closed) reflector.close();
      reflectors.set(key, { path, reflector });
      return reflector;
    },
    peek: (kind) => reflectors.get(resourceName(kind))?.reflector,
    keepOnly(kinds) {
      const paths = new Set(kinds.map((kind) => collectionPath(kind)));
      for (const [key, { path, reflector }] of reflectors) {
        if (paths.has(path)) continue;
        reflector.close();
        reflectors.delete(key);
      }
    },
    close() {
      closed = true;
      for (const { reflector } of reflectors.values()) reflector.close();
      reflectors.clear();
    },
  };
}

function createReflector(kind: ServedKind, path: string, options: StoreOptions): Reflector<ClusterObject> {
  const { client, text, now, random, onServedChange, onFailure } = options;
  const resource = resourceName(kind);
  const reflector: Reflector<ClusterObject> = new Reflector({
    client,
    now,
    random,
    path,
    resource,
    kind: knownKindOf(kind.kind, kind.group) ?? kind.kind,
    query: isEvent(kind) ? { fieldSelector: 'type=Warning' } : undefined,
    project: projectorOf(kind, text),
    onFailure: (error) => {
      onFailure(resource, error);
      if (error.code === 'not_found') onServedChange();
    },
    onChange: definesKinds(kind)
      ? whenDifferent(() => signaturesOf(reflector.objects), onServedChange)
      : undefined,
  });
  return reflector;
}

/** Calls on when a text differs from what it was at the call before. */
function whenDifferent(textOf: () => string, act: () => void): () => void {
  let before: string | undefined;
  return () => {
    const text = textOf();
    if (before !== undefined && text !== before) act();
    before = text;
  };
}

/** Events are many; only the Warnings are evidence. */
export function isEvent({ kind, group }: Pick<ServedKind, 'kind' | 'group'>): boolean {
  return kind === 'Event' && group === '';
}

/** True for the kinds whose objects decide which kinds a cluster serves. */
export function definesKinds({ kind, group }: Pick<ServedKind, 'kind' | 'group'>): boolean {
  return (
    (kind === 'CustomResourceDefinition' && group === 'apiextensions.k8s.io') ||
    (kind === 'APIService' && group === 'apiregistration.k8s.io')
  );
}

/** What of definitions matters for what is served. */
function signaturesOf(objects: readonly ClusterObject[]): string {
  return objects.map(signatureOf).toSorted(byText).join('\n');
}

function signatureOf(object: ClusterObject): string {
  const { name, conditions } = object;
  const on = conditions.filter(({ status }) => status === 'True').map(({ type }) => type);
  const versions = (object as CustomResource).versions ?? [(object as ApiService).version];
  return [name, ...versions, ...on.filter((type) => type === 'Established' || type === 'Available')].join(
    ' ',
  );
}
