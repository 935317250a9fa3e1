import { objectPlaces } from '#domain/locate/object-places.ts';
import type { Places } from '#domain/locate/places.ts';

import { locatorOf } from '../domain/locate/files.ts';

const LAST = {
  sha: '0123456789abcdef0123456789abcdef01234567',
  author: 'renovate[bot]',
  when: '2026-03-14T06:11:00+01:00',
  subject: 'Bump it',
};

/** Places in a repository of these files, which the cluster follows; one commit touched them all last. */
export async function placesIn(files: Readonly<Record<string, string>>): Promise<Places> {
  const indexed = {
    identity: { url: 'https://git.example.test/home/cluster', base: 'main' },
    commit: LAST.sha,
    locator: await locatorOf(files),
    lastChange: () => LAST,
    history: async () => [LAST],
  };
  const places = objectPlaces(indexed, () => true);
  return {
    configured: true,
    followed: async () => places,
    all: async () => places,
    cluster: async () => undefined,
  };
}
