import { HygieneAnswer, hygieneAnswer } from '#domain/hygiene/answer.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'secret_hygiene',
  policy: 'read',
  title: 'Secret hygiene',
  description:
    'Use to check the Git repository for leaked or badly encrypted secrets: plaintext Secrets, keys, SOPS rules against files, recipients, missing MACs. Paths, keys and lines, never a value. history looks through old commits too.',
  upstreams: ['repository'],
  input: z.strictObject({
    revision: z.string().min(1).max(200).optional().describe('branch, tag or commit'),
    history: z.boolean().default(false),
    limit: z.int().min(1).max(200).default(40),
    cursor: z.string().max(200).optional(),
  }),
  output: HygieneAnswer,
  examples: [{}, { history: true }, { revision: 'case/plaintext-secret' }],
  async handler({ revision, history, limit, cursor }, { hygiene, limits, repo, signal }) {
    const { sha } =
      revision === undefined ? (await repo.head(signal)).commit : await repo.resolve(revision, signal);
    const report = await hygiene.scan({ commit: sha, history }, signal);
    const question = JSON.stringify([sha, history]);
    return hygieneAnswer(report, { cursor, limit: Math.min(limit, limits.rows), question });
  },
});
