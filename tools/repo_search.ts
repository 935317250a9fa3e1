import { type FoundManifest, findManifests } from '#domain/repository/structure.ts';
import { Table, paginate } from '#domain/table.ts';
import { clip } from '#domain/text.ts';
import { defineTool, z, ToolError } from '#tool';

export default defineTool({
  name: 'repo_search',
  policy: 'read',
  title: 'Search the repository',
  description:
    'Use to find where something stands in the Git repository: lines that hold a text, or manifests by kind, name, image or namespace. Values of encrypted files and of Secrets are not searched.',
  upstreams: ['repository'],
  input: z.strictObject({
    text: z.string().min(2).max(200).optional().describe('literal, in any case'),
    kind: z.string().min(1).max(120).optional(),
    name: z.string().min(1).max(253).optional().describe('part of the name'),
    namespace: z.string().min(1).max(63).optional(),
    image: z.string().min(1).max(300).optional().describe('part of an image'),
    path: z.string().max(400).default('').describe('directory to look in'),
    revision: z.string().min(1).max(200).optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  }),
  output: z.strictObject({ commit: z.string(), results: Table, unread: z.array(z.string()).optional() }),
  examples: [{ text: 'wiki.example.test' }, { kind: 'HelmRelease', name: 'wiki' }],
  async handler({ text, path, revision, limit, cursor, ...wanted }, { limits, repo, signal }) {
    const commit =
      revision === undefined ? (await repo.head(signal)).commit : await repo.resolve(revision, signal);
    const page = {
      cursor,
      limit: Math.min(limit, limits.rows),
      budget: 7_000,
      question: JSON.stringify([commit.sha, text, wanted, path]),
      narrow: 'narrow by path, kind or name',
    };
    if (text !== undefined) {
      const query = { text, ignoreCase: true, paths: path === '' ? [] : [path], limit: 1_000 };
      const rows = (await repo.search(commit.sha, query, signal)).map((match) => [
        match.path,
        match.line,
        clip(match.text, 200),
      ]);
      return { commit: commit.sha, results: paginate(rows, { ...page, columns: ['path', 'line', 'text'] }) };
    }
    if (Object.values(wanted).every((value) => value === undefined)) {
      throw new ToolError(
        'invalid_input',
        'nothing to search for',
        'Give text, or a kind, name, namespace or image.',
      );
    }
    const { found, unread } = await findManifests(repo, { commit: commit.sha, path, wanted }, signal);
    return {
      commit: commit.sha,
      results: paginate(found.map(rowOf), { ...page, columns: COLUMNS }),
      ...(unread.length > 0 && { unread: unread.slice(0, 10) }),
    };
  },
});

const COLUMNS = ['path', 'line', 'kind', 'namespace', 'name', 'images'];

function rowOf({ path, line, kind, namespace, name, images }: FoundManifest): (string | number | null)[] {
  return [path, line, kind, namespace ?? null, name ?? null, images.join(' ') || null];
}
