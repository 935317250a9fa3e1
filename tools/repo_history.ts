import { ageOf } from '#domain/duration.ts';
import { filesOfObject } from '#domain/locate/object-files.ts';
import { historyOfFiles } from '#domain/repository/history.ts';
import { Table, paginate } from '#domain/table.ts';
import { clip } from '#domain/text.ts';
import { defineTool, z, ToolError } from '#tool';

export default defineTool({
  name: 'repo_history',
  policy: 'read',
  title: 'History in Git',
  description:
    'Use to see which commits changed a file, directory or cluster object in Git, newest first: what changed before it broke.',
  upstreams: ['repository'],
  input: z.strictObject({
    path: z.string().max(400).default('').describe('file or directory'),
    kind: z.string().min(1).max(120).optional().describe('with name: an object'),
    namespace: z.string().min(1).max(63).optional(),
    name: z.string().min(1).max(253).optional(),
    revision: z.string().min(1).max(200).optional(),
    limit: z.int().min(1).max(100).default(20),
  }),
  output: z.strictObject({ path: z.string(), files: z.array(z.string()).optional(), commits: Table }),
  examples: [
    { path: 'clusters/main/kubernetes/apps' },
    { limit: 5 },
    { kind: 'HelmRelease', namespace: 'apps', name: 'wiki' },
  ],
  target: ({ path, kind, namespace }) => (path === '' ? { kind, namespace } : { path }),
  async handler({ path, kind, namespace, name, revision, limit: asked }, context) {
    const { limits, now, places, repo, signal } = context;
    const limit = Math.min(asked, limits.rows);
    const isObject = kind !== undefined && name !== undefined;
    if (!isObject && (kind ?? name) !== undefined) throw incomplete();
    const files =
      isObject && path === '' ? await filesOfObject(places, { kind, namespace, name }, signal) : undefined;
    const start =
      revision === undefined ? (await repo.head(signal)).commit : await repo.resolve(revision, signal);
    const paths = files?.map(({ file }) => file) ?? [path];
    const commits = await historyOfFiles(repo, { commit: start.sha, paths, limit }, signal);
    const rows = commits.map(({ sha, author, when, subject }) => [
      sha.slice(0, 12),
      when,
      ageOf(when, now()) ?? null,
      author,
      clip(subject, 120),
    ]);
    const columns = ['commit', 'when', 'age', 'author', 'subject'];
    return {
      path: paths[0] ?? path,
      ...(files && { files: files.map(({ file, line }) => `${file}:${line}`) }),
      commits: paginate(rows, { columns, limit, budget: 7_000, narrow: 'ask for a narrower path' }),
    };
  },
});

function incomplete(): ToolError {
  return new ToolError('invalid_input', 'an object needs kind and name', 'Give both, or a path instead.');
}
