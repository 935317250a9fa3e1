import type { ClusterIdentity, ListingState } from '#domain/cluster.ts';
import { sameRepository } from '#domain/repository/same-repository.ts';
import type { Head, RepositoryIdentity } from '#domain/repository/port.ts';
import { byText } from '#domain/text.ts';
import { z } from 'zod';

import type { Touched } from './touched.ts';

/** What the gate adds to each answer that spoke to a cluster. */
export const Envelope = z.strictObject({
  cluster: z
    .strictObject({
      context: z.string(),
      server: z.string(),
      recorded: z.string().optional(),
      source: z.string().optional(),
      warning: z.string().optional(),
    })
    .optional(),
  asOf: z.string().optional(),
  hidden: z.record(z.string(), z.number()).optional(),
  repository: z
    .strictObject({
      url: z.string(),
      base: z.string(),
      commit: z.string().optional(),
      fetched: z.string().optional(),
      stale: z.string().optional(),
      unpushed: z.number().optional(),
      warning: z.string().optional(),
    })
    .optional(),
  unchecked: z.array(z.strictObject({ what: z.string(), why: z.string() })).optional(),
});

export type Envelope = z.infer<typeof Envelope>;

const UNCHECKED: ReadonlySet<ListingState> = new Set(['unknown', 'stale']);

/** Which cluster, how old the oldest part is, what the policy hid and what could not be read, from what a call touched. */
export function envelopeOf(
  identity: ClusterIdentity,
  source: { text: string; isOther: boolean } | undefined,
  touched: Touched,
): Envelope {
  const read = [...touched.listings.values()].filter(({ state }) => state === 'current' || state === 'stale');
  const unchecked = uncheckedOf(touched);
  return {
    cluster: {
      ...identity,
      ...(source && { source: source.text }),
      ...(source?.isOther && { warning: 'it follows another repository than the configured one' }),
    },
    ...(read.length > 0 && { asOf: new Date(Math.min(...read.map(({ asOf }) => asOf))).toISOString() }),
    ...hiddenOf(touched),
    ...(unchecked.length > 0 && { unchecked }),
  };
}

/** How much of what was read the policy, or the server itself, kept back, by kind; `File` for files. */
export function hiddenOf({ hidden }: Touched): Pick<Envelope, 'hidden'> {
  return hidden.size > 0 ? { hidden: Object.fromEntries([...hidden].sort(byName)) } : {};
}

/**
 * Which repository an answer rests on, at which commit and how fresh. When the cluster follows another repository, an
 * answer that joins the two must say so.
 */
export function repositoryOf(
  identity: RepositoryIdentity,
  head: Head | undefined,
  followed: string | undefined,
): Pick<Envelope, 'repository'> {
  const other = followed !== undefined && !sameRepository(followed, identity.url);
  return {
    repository: {
      url: identity.url,
      base: identity.base,
      ...(head && { commit: head.commit.sha, fetched: new Date(head.fetched).toISOString() }),
      ...(head?.stale !== undefined && { stale: head.stale }),
      ...(head?.unpushed !== undefined && head.unpushed > 0 && { unpushed: head.unpushed }),
      ...(other && { warning: `the cluster follows another repository: ${followed}` }),
    },
  };
}

/** Kinds that share a reason are one line: when a server is away, all of them fail alike. */
function uncheckedOf(touched: Touched): { what: string; why: string }[] {
  const kindsByWhy = new Map<string, string[]>();
  const groups = [...touched.unavailableGroups].sort().map((group) => `API group ${group}`);
  if (groups.length > 0) kindsByWhy.set('its API server does not answer', groups);
  for (const [kind, { state, why }] of [...touched.listings].sort(byName)) {
    if (!UNCHECKED.has(state)) continue;
    const reason = why ?? state;
    kindsByWhy.set(reason, [...(kindsByWhy.get(reason) ?? []), kind]);
  }
  const kinds = [...kindsByWhy].map(([why, of]) => ({ what: of.join(', '), why }));
  return [...kinds, ...[...touched.unread].map(([what, why]) => ({ what, why }))];
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return byText(a, b);
}
