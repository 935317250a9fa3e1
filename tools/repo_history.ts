import { ageOf } from '#domain/duration.ts';
import { Table, paginate } from '#domain/table.ts';
import { clip } from '#domain/text.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'repo_history',
  policy: 'read',
  title: 'History of a file',
  description:
    'Use to see which commits changed a file or directory of the Git repository, newest first: what changed before it broke.',
  upstreams: ['repository'],
  input: z.strictObject({
    path: z.string().max(400).default('').describe('file or directory'),
    revision: z.string().min(1).max(200).optional().describe('commit, branch or tag'),
    limit: z.int().min(1).max(100).default(20),
  }),
  output: z.strictObject({ path: z.string(), commits: Table }),
  examples: [{ path: 'clusters/main/kubernetes/apps' }, { limit: 5 }],
  target: ({ path }) => (path === '' ? {} : { path }),
  async handler({ path, revision, limit }, { limits, now, repo, signal }) {
    const start =
      revision === undefined ? (await repo.head(signal)).commit : await repo.resolve(revision, signal);
    const commits = await repo.history(start.sha, path, Math.min(limit, limits.rows), signal);
    const rows = commits.map(({ sha, author, when, subject }) => [
      sha.slice(0, 12),
      when,
      ageOf(when, now()) ?? null,
      author,
      clip(subject, 120),
    ]);
    const columns = ['commit', 'when', 'age', 'author', 'subject'];
    return {
      path,
      commits: paginate(rows, { columns, limit, budget: 7_000, narrow: 'ask for a narrower path' }),
    };
  },
});
