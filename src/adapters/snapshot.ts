import { basename } from 'node:path';

import { isFluxGroup, resourcesOf } from '#domain/access.ts';
import type { LiveObjects } from '#domain/desired/live.ts';
import type { ClusterReader, Discovery, Listing, ServedKind } from '#domain/cluster.ts';
import { KNOWN_GROUPS, knownKindOf, otherNameOf } from '#domain/kinds.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { KnownKind, KnownKinds } from '#domain/objects/index.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';
import type { Event } from '#domain/objects/platform.ts';
import { byText } from '#domain/text.ts';

import { ToolError } from '../errors.ts';
import { matchesEvent } from './event-query.ts';
import { FORMAT, type RecordedListing, type Recording, parseRecording } from './snapshot-format.ts';
import { keyOf, snapshotLive } from './snapshot-live.ts';
import { recordWhole } from './snapshot-whole.ts';
import { shiftTimes } from './snapshot-times.ts';

/**
 * Records what the port shows of a cluster, as one JSON text: known kinds, Flux kinds, the other kinds of the table
 * that are served, and events. What could not be read is recorded as such.
 */
export async function recordSnapshot(
  reader: ClusterReader & { live?: LiveObjects },
  signal: AbortSignal,
  now: () => number = Date.now,
): Promise<string> {
  const discovery = await reader.discover(signal);
  const knownKinds = Object.keys(KNOWN_GROUPS) as KnownKind[];
  const others = discovery.kinds.filter(isOther);
  const [known, flux, other, events] = await Promise.all([
    Promise.all(knownKinds.map((kind) => reader.list(kind, signal))),
    reader.listFlux(signal),
    Promise.all(others.map((kind) => reader.listAny(kind, undefined, signal))),
    reader.events({}, signal),
  ]);
  const recording = {
    format: FORMAT,
    recorded: new Date(now()).toISOString(),
    identity: reader.identity,
    discovery,
    known: Object.fromEntries(known.map((listed) => [listed.kind, listed])),
    flux,
    other: Object.fromEntries(others.map((kind, index) => [keyOf(kind), other[index]])),
    events,
    ...(reader.live && (await recordWhole({ ...reader, live: reader.live }, signal))),
  };
  return `${JSON.stringify(recording, undefined, 1)}\n`;
}

/** A kind of the table that is neither known by its fields nor Flux's; events of the newer group are the same events. */
function isOther({ kind, group, plural, listable }: ServedKind): boolean {
  const ours = listable && (resourcesOf(group)?.has(plural) ?? false);
  return ours && knownKindOf(kind, group) === undefined && !isFluxGroup(group) && group !== 'events.k8s.io';
}

/** Where a recording comes from, and what time it is now, in milliseconds. */
export interface SnapshotOptions {
  file: string;
  now: () => number;
}

/**
 * A recorded cluster behind the same port. Its times move along with the clock, so that everything is always as old as
 * it was when it was recorded. Throws `invalid_input` for a text that is no recording.
 */
export function openSnapshot(
  text: string,
  { file, now }: SnapshotOptions,
): ClusterReader & { live: LiveObjects } {
  const recording = parseRecording(text, file);
  const { context } = recording.identity;
  const { discovery } = recording;
  const current = movingRecording(recording, now);
  return {
    identity: { context, server: basename(file), recorded: recording.recorded },
    discover: async (): Promise<Discovery> => discovery,
    list: async <K extends KnownKind>(kind: K) =>
      knownListing(current(), kind, now) as Listing<KnownKinds[K]>,
    listFlux: async () =>
      current().flux.map((listed) => listing(listed, listed.kind, now) as Listing<FluxObject>),
    listOthers: async (wanted) => othersIn(current(), wanted, now),
    listAny: async (kind, namespace) => {
      const all = listing(find(current(), kind), kind.kind, now);
      const items = all.items.filter((item) => namespace === undefined || item.namespace === namespace);
      return { ...all, items };
    },
    get: async (kind, namespace, name) => {
      const { items } = listing(find(current(), kind), kind.kind, now);
      const wanted = kind.namespaced ? namespace : undefined;
      return (
        items.find((item) => item.name === name && item.namespace === wanted) ??
        notRecorded(`${kind.kind} ${name}`)
      );
    },
    events: async (query) => {
      const all = listing(current().events, 'Event', now) as Listing<Event>;
      return { ...all, items: all.items.filter(matchesEvent(query)) };
    },
    log: async ({ pod }) => notRecorded(`the log of ${pod}`),
    live: snapshotLive(current, now),
  };
}

function othersIn(
  recording: Recording,
  wanted: (kind: ServedKind) => boolean,
  now: () => number,
): Listing<ClusterObject>[] {
  return recording.discovery.kinds
    .filter((kind) => isOther(kind) && wanted(kind))
    .toSorted((a, b) => byText(a.kind, b.kind) || byText(a.group, b.group))
    .map((kind) => ({
      ...listing(find(recording, kind), kind.kind, now),
      kind: otherNameOf(kind.kind, kind.group),
    }));
}

/** Seconds for which a moved copy is given again. */
const STEP = 30;

function movingRecording(recording: Recording, now: () => number): () => Recording {
  const recorded = Date.parse(recording.recorded);
  let copy: { seconds: number; recording: Recording } | undefined;
  return () => {
    const seconds = Math.round((now() - recorded) / 1_000);
    if (copy === undefined || Math.abs(seconds - copy.seconds) >= STEP) {
      copy = { seconds, recording: shiftTimes(recording, seconds) };
    }
    return copy.recording;
  };
}

function find(recording: Recording, kind: ServedKind): RecordedListing | undefined {
  const known = knownKindOf(kind.kind, kind.group);
  // A kind that became known after the recording was made stands there by its metadata.
  if (known !== undefined) return recording.known[known] ?? recording.other[keyOf(kind)];
  if (!isFluxGroup(kind.group)) return recording.other[keyOf(kind)];
  return recording.flux.find((listed) => listed.kind === kind.kind);
}

/** A kind that became known by its fields after the recording was made is absent where the cluster did not serve it. */
function knownListing(recording: Recording, kind: KnownKind, now: () => number): Listing<ClusterObject> {
  const recorded = recording.known[kind];
  const served = recording.discovery.kinds.some((one) => knownKindOf(one.kind, one.group) === kind);
  if (recorded === undefined && !served) return { kind, state: 'absent', items: [], asOf: now() };
  return listing(recorded, kind, now);
}

function listing(
  recorded: RecordedListing | undefined,
  kind: string,
  now: () => number,
): Listing<ClusterObject> {
  if (recorded === undefined) {
    return { kind, state: 'unknown', items: [], asOf: now(), why: `${kind} is not part of the recording` };
  }
  return { ...recorded, asOf: now() };
}

function notRecorded(what: string): never {
  throw new ToolError(
    'not_found',
    `${what} is not part of the recording`,
    'This is a recorded cluster: it holds projected objects and events, no logs. Ask a live one with --kubeconfig.',
  );
}
