import { defineTool, z, ToolError } from '#tool';
import { textOf } from '#domain/repository/text.ts';

export default defineTool({
  name: 'repo_read',
  policy: 'read',
  title: 'Read a file',
  description:
    'Use to read a file of the Git repository at a named commit, with line numbers and the blob id that an edit must name. Values of encrypted files and of Secrets are not shown, key material never.',
  upstreams: ['repository'],
  input: z.strictObject({
    path: z.string().min(1).max(400),
    revision: z.string().min(1).max(200).optional().describe('commit, branch or tag'),
    from: z.int().min(1).max(1_000_000).default(1).describe('first line'),
    lines: z.int().min(1).max(1_000).default(200),
  }),
  output: z.strictObject({
    path: z.string(),
    commit: z.string(),
    blob: z.string(),
    from: z.int(),
    total: z.int(),
    text: z.string(),
    cut: z.string().optional(),
  }),
  examples: [
    { path: 'docs/README.md' },
    { path: 'clusters/main/kubernetes/flux-entry.yaml', from: 10, lines: 20 },
  ],
  target: ({ path }) => ({ path }),
  async handler({ path, revision, from, lines: wanted }, { limits, repo, signal }) {
    const commit =
      revision === undefined ? (await repo.head(signal)).commit : await repo.resolve(revision, signal);
    const blob = await repo.read(commit.sha, path, signal);
    const lines = textOf(blob).split('\n');
    if (from > lines.length)
      throw new ToolError('invalid_input', `${path} has ${lines.length} lines`, 'Start earlier.');
    const text = within(lines.slice(from - 1, from - 1 + wanted), Math.min(limits.bytes / 2, 20_000));
    const last = from + text.length - 1;
    return {
      path,
      commit: commit.sha,
      blob: blob.id,
      from,
      total: lines.length,
      text: text.join('\n'),
      ...(last < lines.length && {
        cut: `lines ${from} to ${last} of ${lines.length}; pass from: ${last + 1} to go on`,
      }),
    };
  },
});

/** The first lines that fit; one is always given. */
function within(lines: readonly string[], bytes: number): string[] {
  let size = 0;
  const over = lines.findIndex((line, index) => (size += Buffer.byteLength(line) + 1) > bytes && index > 0);
  return over === -1 ? [...lines] : lines.slice(0, over);
}
