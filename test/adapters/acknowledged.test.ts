import { describe, expect, it } from 'vitest';

import type { RepositoryReader } from '#domain/repository/port.ts';

import { createAcknowledgedSource } from '../../src/adapters/acknowledged.ts';
import { ToolError } from '../../src/errors.ts';
import { memoryRepository } from '../support/memory-repository.ts';

const PATH = 'docs/acknowledged-findings.yaml';
const { signal } = new AbortController();

const text = (until: string): string => `acknowledged:\n  - {id: 1a2b3c4d, reason: known, until: ${until}}\n`;

/** A repository whose head can be moved, and that counts what is read. */
function movable(first: Record<string, string>) {
  let files = first;
  let sha = 'a'.repeat(40);
  let away = false;
  const reads: string[] = [];
  const reader = (): RepositoryReader => {
    const now = memoryRepository(files);
    return {
      ...now,
      head: async (at) => {
        if (away) throw new ToolError('unavailable', 'the remote does not answer', 'Wait.');
        const head = await now.head(at);
        return { ...head, commit: { ...head.commit, sha } };
      },
      read: (commit, path, at) => {
        reads.push(path);
        return now.read(commit, path, at);
      },
    };
  };
  return {
    reads,
    source: createAcknowledgedSource({ path: PATH, openRepository: async () => reader() }),
    move: (next: Record<string, string>) => {
      files = next;
      sha = 'b'.repeat(40);
    },
    leave: () => (away = true),
  };
}

describe('acknowledgements of a repository', () => {
  it('are read once a commit', async () => {
    const { source, reads, move } = movable({ [PATH]: text('2026-01-01') });

    const first = await source.read(signal);
    const again = await source.read(signal);
    move({ [PATH]: text('2026-02-02') });
    const moved = await source.read(signal);

    expect(first.entries.map(({ until }) => until)).toEqual(['2026-01-01']);
    expect(again).toBe(first);
    expect(moved.entries.map(({ until }) => until)).toEqual(['2026-02-02']);
    expect(reads).toEqual([PATH, PATH]);
  });

  it('are none where there is no such file', async () => {
    const { source } = movable({ 'README.md': 'hello' });

    expect(await source.read(signal)).toEqual({ path: PATH, entries: [], benign: [], mistakes: [] });
  });

  it('stay as they were when the repository cannot be read, and say so', async () => {
    const { source, leave } = movable({ [PATH]: text('2026-01-01') });
    await source.read(signal);
    leave();

    expect(await source.read(signal)).toMatchObject({
      entries: [{ id: '1a2b3c4d' }],
      unread: 'the remote does not answer',
    });
  });

  it('take a file that is no text for a mistake', async () => {
    const { source } = movable({ [PATH]: 'a\0b' });

    const { mistakes, entries } = await source.read(signal);

    expect(entries).toEqual([]);
    expect(mistakes).toEqual([{ line: 1, message: `${PATH} is no text file` }]);
  });

  it('reject with the reason of a call that was given up', async () => {
    const { source, leave } = movable({});
    leave();

    await expect(source.read(AbortSignal.abort('gone'))).rejects.toBe('gone');
  });
});
