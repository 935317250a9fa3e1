import { ageOf } from '#domain/duration.ts';
import { Table, paginate } from '#domain/table.ts';
import { clip, nameSome } from '#domain/text.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'proposal_list',
  policy: 'read',
  title: 'List proposals',
  description:
    'Use to see which branches this server has proposed: merged or still open, how far the base has moved since, and what they change.',
  upstreams: ['repository'],
  input: z.strictObject({ limit: z.int().min(1).max(100).default(30) }),
  output: z.strictObject({ proposals: Table }),
  examples: [{}],
  async handler({ limit }, { limits, now, proposals, signal }) {
    const rows = (await proposals.open(signal)).map(({ branch, commit, merged, baseMoved, paths }) => [
      branch,
      merged ? 'merged' : 'open',
      baseMoved,
      ageOf(commit.when, now()) ?? null,
      clip(commit.subject, 100),
      nameSome(paths, 3),
    ]);
    const columns = ['branch', 'state', 'baseMovedBy', 'age', 'subject', 'paths'];
    return { proposals: paginate(rows, { columns, limit: Math.min(limit, limits.rows), budget: 7_000 }) };
  },
});
