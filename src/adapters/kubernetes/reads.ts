import { isFluxGroup } from '#domain/access.ts';
import { API_GROUPS } from '#domain/api-groups.ts';
import type { ClusterReader, Discovery, Listing, ServedKind } from '#domain/cluster.ts';
import { KNOWN_GROUPS, knownKindOf, otherNameOf, servedNameOf } from '#domain/kinds.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { KnownKind, KnownKinds } from '#domain/objects/index.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';
import type { Event } from '#domain/objects/platform.ts';
import { byText } from '#domain/text.ts';

import { ToolError } from '../../errors.ts';
import { matchesEvent } from '../event-query.ts';
import { asToolError } from './client.ts';
import type { DirectReads } from './direct.ts';
import { resourceName } from './paths.ts';
import type { Served } from './served.ts';
import { type Stores, isEvent } from './stores.ts';

/** What the reads of a cluster are made of. */
export interface ReadParts {
  stores: Stores;
  served: Served;
  direct: DirectReads;
  /** Why a kind is never read; undefined for one that may be. */
  refusal: (kind: ServedKind) => string | undefined;
  now: () => number;
}

type Reads = Pick<ClusterReader, 'list' | 'listFlux' | 'listOthers' | 'listAny' | 'get' | 'events'>;

/** Milliseconds after which an event is no evidence of now. */
const EVENT_AGE = 3_600_000;

/** The reading half of the port: from a reflector's copy where there is one, else from the API server. */
export function createReads(parts: ReadParts): Reads {
  return {
    list: async <K extends KnownKind>(kind: K, signal: AbortSignal) =>
      (await listKnown(parts, kind, signal)) as Listing<KnownKinds[K]>,
    listFlux: (signal) => listFlux(parts, signal),
    listOthers: (wanted, signal) => listOthers(parts, wanted, signal),
    listAny: (kind, namespace, signal) => listAny(parts, kind, namespace, signal),
    get: (kind, namespace, name, signal) => getOne(parts, { kind, namespace, name }, signal),
    events: (query, signal) => listEvents(parts, query, signal),
  };
}

async function listKnown(
  parts: ReadParts,
  kind: KnownKind,
  signal: AbortSignal,
): Promise<Listing<ClusterObject>> {
  const found = await locate(parts, kind, signal);
  if ('state' in found) return found;
  const listing = await fromStore(parts, found, signal);
  return kind === 'Event' ? withoutOldEvents(listing as Listing<Event>, parts.now()) : listing;
}

/** The served kind, or the listing of one that is not served or not known to be. */
async function locate(
  { served, now }: ReadParts,
  kind: KnownKind,
  signal: AbortSignal,
): Promise<ServedKind | Listing<never>> {
  const empty = { kind, items: [], asOf: now() };
  try {
    const { kinds, unavailable } = await served.read(signal);
    const group = KNOWN_GROUPS[kind];
    const name = servedNameOf(kind);
    const found = kinds.find((candidate) => candidate.kind === name && candidate.group === group);
    if (found) return found;
    if (!unavailable.includes(group)) return { ...empty, state: 'absent' };
    return { ...empty, state: 'unknown', why: `the server of the API group ${group} does not answer` };
  } catch (error) {
    signal.throwIfAborted();
    return { ...empty, state: 'unknown', why: asToolError(error, 'discovery').message };
  }
}

async function fromStore(
  { stores, refusal, now }: ReadParts,
  kind: ServedKind,
  signal: AbortSignal,
): Promise<Listing<ClusterObject>> {
  const why = refusal(kind);
  if (why !== undefined) return { kind: domainName(kind), state: 'unknown', items: [], asOf: now(), why };
  return stores.of(kind).read(signal);
}

function domainName({ kind, group }: ServedKind): string {
  return knownKindOf(kind, group) ?? kind;
}

function withoutOldEvents(listing: Listing<Event>, now: number): Listing<Event> {
  const isOld = ({ last }: Event): boolean => Date.parse(last) < now - EVENT_AGE;
  if (!listing.items.some(isOld)) return listing;
  return { ...listing, items: listing.items.filter((event) => !isOld(event)) };
}

async function listFlux(parts: ReadParts, signal: AbortSignal): Promise<Listing<FluxObject>[]> {
  const { served, now } = parts;
  try {
    const kinds = fluxKinds(await served.read(signal));
    const listings = await Promise.all(kinds.map((kind) => fromStore(parts, kind, signal)));
    return listings as Listing<FluxObject>[];
  } catch (error) {
    signal.throwIfAborted();
    const why = asToolError(error, 'discovery').message;
    return usualFluxKinds().map((kind) => ({ kind, state: 'unknown', items: [], asOf: now(), why }));
  }
}

function fluxKinds({ kinds }: Discovery): ServedKind[] {
  return kinds
    .filter(({ group, listable }) => listable && isFluxGroup(group))
    .toSorted((a, b) => byText(a.kind, b.kind) || byText(a.group, b.group));
}

/** What cannot be read is said of the kinds that a cluster with Flux serves. */
function usualFluxKinds(): string[] {
  const groups = API_GROUPS.filter(({ group }) => group.endsWith('.toolkit.fluxcd.io'));
  return groups.flatMap(({ kinds }) => Object.keys(kinds)).toSorted(byText);
}

/** Each kind that is kept current is a connection of its own. */
const MOST_OTHERS = 60;

async function listOthers(
  parts: ReadParts,
  wanted: (kind: ServedKind) => boolean,
  signal: AbortSignal,
): Promise<Listing<ClusterObject>[]> {
  const { served, refusal, now } = parts;
  const discovery = await served.read(signal).catch(() => undefined);
  signal.throwIfAborted();
  const kinds = (discovery?.kinds ?? [])
    .filter((kind) => isOther(kind) && refusal(kind) === undefined && wanted(kind))
    .toSorted((a, b) => byText(a.kind, b.kind) || byText(a.group, b.group));
  const why = `no more than ${MOST_OTHERS} kinds without rules of their own are kept`;
  return Promise.all(
    kinds.map(async (kind, index): Promise<Listing<ClusterObject>> => {
      const name = otherNameOf(kind.kind, kind.group);
      if (index < MOST_OTHERS) return { ...(await fromStore(parts, kind, signal)), kind: name };
      return { kind: name, state: 'unknown', items: [], asOf: now(), why };
    }),
  );
}

/** Neither known by its fields nor Flux's; events of the newer group are the same events. */
function isOther({ kind, group, listable }: ServedKind): boolean {
  const known = knownKindOf(kind, group) !== undefined || isFluxGroup(group);
  return listable && !known && group !== 'events.k8s.io';
}

async function listAny(
  parts: ReadParts,
  kind: ServedKind,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Listing<ClusterObject>> {
  const why = parts.refusal(kind);
  if (why !== undefined)
    return { kind: domainName(kind), state: 'unknown', items: [], asOf: parts.now(), why };
  if (!hasStore(kind)) return parts.direct.list(kind, namespace, signal);
  const listing = await parts.stores.of(kind).read(signal);
  if (namespace === undefined) return listing;
  // Who may read one namespace only may still read that one.
  if (listing.state === 'unknown') return parts.direct.list(kind, namespace, signal);
  return { ...listing, items: listing.items.filter((object) => object.namespace === namespace) };
}

/** Kinds whose fields are used have a copy; looking at any other one does not start a watch. */
function hasStore({ kind, group }: ServedKind): boolean {
  return (knownKindOf(kind, group) !== undefined || isFluxGroup(group)) && !isEvent({ kind, group });
}

interface Asked {
  kind: ServedKind;
  namespace: string | undefined;
  name: string;
}

async function getOne(parts: ReadParts, asked: Asked, signal: AbortSignal): Promise<ClusterObject> {
  const { kind, name } = asked;
  const why = parts.refusal(kind);
  if (why !== undefined) throw new ToolError('denied', why, 'Ask for a kind that daytwo reads.');
  if (kind.namespaced && asked.namespace === undefined) {
    throw new ToolError('invalid_input', `${kind.kind} ${name} needs a namespace`, 'Give its namespace.');
  }
  const namespace = kind.namespaced ? asked.namespace : undefined;
  const store = parts.stores.peek(kind);
  const copy = store?.connected ? store.peek(namespace, name) : undefined;
  return copy ?? parts.direct.get(kind, namespace, name, signal);
}

async function listEvents(
  parts: ReadParts,
  query: Parameters<ClusterReader['events']>[0],
  signal: AbortSignal,
): Promise<Listing<Event>> {
  const kind = await locate(parts, 'Event', signal);
  if ('state' in kind) return kind;
  const warnings = query.type === 'Warning' ? await fromStore(parts, kind, signal) : undefined;
  const known = warnings !== undefined && warnings.state !== 'unknown';
  const listing = known ? (warnings as Listing<Event>) : await parts.direct.events(kind, query, signal);
  return { ...listing, items: listing.items.filter(matchesEvent(query)) };
}

/** In words why a kind is not read, given what the guard says of its path. */
export function refusalOf(
  kind: ServedKind,
  judgement: { allowed: boolean; why: string },
): string | undefined {
  return judgement.allowed ? undefined : `daytwo does not read ${resourceName(kind)}: ${judgement.why}`;
}
