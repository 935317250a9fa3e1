import { Edit, applyEdits } from '#domain/proposals/edits.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'propose_change',
  policy: 'propose',
  title: 'Propose a change',
  description:
    'Use to prepare a fix as a Git branch that a person reviews and Flux applies after the merge. Read each file with repo_read first and name its blob. preview: true shows the diff and pushes nothing: do that first and show it to the person. Encrypted files, secrets and protected paths are refused.',
  upstreams: ['repository'],
  input: z.strictObject({
    title: z.string().min(5).max(100).describe('commit subject'),
    reason: z.string().min(10).max(2_000).describe('why, with the evidence'),
    edits: z
      .array(Edit.describe('path with create, or with its blob one of replace, set, unset, delete'))
      .min(1)
      .max(20),
    preview: z.boolean().default(false),
  }),
  examples: [
    {
      title: 'Roll wiki back to 3.2.0',
      reason: 'wiki crash-loops since the bump to 3.3.0: exit 1, 13 restarts.',
      edits: [
        {
          path: 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml',
          blob: '0123456789abcdef0123456789abcdef01234567',
          replace: { find: 'tag: 3.3.0', with: 'tag: 3.2.0' },
        },
      ],
      preview: true,
    },
  ],
  async prepare({ title, reason, edits, preview }, { raw, signal }) {
    const { commit } = await raw.head(signal);
    const files = await applyEdits(edits, (path) => raw.read(commit.sha, path, signal));
    return { title, reason, preview, change: { base: commit.sha, files } };
  },
});
