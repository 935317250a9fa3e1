import type { Commit, RepositoryReader } from '#domain/repository/port.ts';

import { scopedRepository } from '../../src/gate/scoped-repository.ts';
import { newTouched } from '../../src/gate/touched.ts';
import { ToolError } from '../../src/errors.ts';

const COMMIT: Commit = {
  sha: '0123456789abcdef0123456789abcdef01234567',
  author: 'sam',
  when: '2026-03-14T10:00:00Z',
  subject: 'a commit',
};

/** A repository of one commit in memory, as a tool sees it: values of encrypted files and of Secrets are masked. */
export function memoryRepository(files: Readonly<Record<string, string>>): RepositoryReader {
  const all = Object.entries(files).map(([path, text]) => ({
    path,
    mode: '100644',
    id: path,
    content: new TextEncoder().encode(text),
  }));
  const reader: RepositoryReader = {
    identity: { url: 'https://git.example.test/home.git', base: 'main' },
    head: async () => ({ commit: COMMIT, fetched: 0 }),
    resolve: async () => COMMIT,
    list: async (_commit, directory) =>
      all
        .filter(({ path }) => path.startsWith(directory))
        .map(({ content, ...file }) => ({ ...file, size: content.length })),
    read: async (_commit, path) => {
      const file = all.find((one) => one.path === path);
      if (file === undefined) throw new ToolError('not_found', `${path} does not exist`, 'List the files.');
      return { ...file, size: file.content.length };
    },
    search: async (_commit, { text }) =>
      all.flatMap(({ path, content }) =>
        new TextDecoder()
          .decode(content)
          .split('\n')
          .flatMap((line, index) => (line.includes(text) ? [{ path, line: index + 1, text: line }] : [])),
      ),
    history: async () => [COMMIT],
    lastChanges: async (_commit, paths) => new Map(paths.map((path) => [path, COMMIT])),
  };
  return scopedRepository(reader, { allows: () => true, demand: () => undefined }, newTouched());
}
