import type { Head, RepositoryReader } from '#domain/repository/port.ts';

/** Milliseconds for which a head is given again: within one call it is asked for by several. */
const RECENT = 1_000;

/** What reads files at the head: a repository whose head is looked up once for all that ask within a moment. */
export function withRecentHead(
  open: () => Promise<RepositoryReader>,
  now: () => number,
): () => Promise<Pick<RepositoryReader, 'head' | 'list' | 'read'>> {
  let known: { head: Head; at: number } | undefined;
  return async () => {
    const reader = await open();
    return {
      list: (...asked) => reader.list(...asked),
      read: (...asked) => reader.read(...asked),
      head: async (signal) => {
        if (known === undefined || now() - known.at >= RECENT) {
          known = { head: await reader.head(signal), at: now() };
        }
        return known.head;
      },
    };
  };
}
