import { answerOf, RunbookAnswer } from '#domain/runbooks/answer.ts';
import { lookup } from '#domain/runbooks/lookup.ts';
import { openRunbook } from '#domain/runbooks/open.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'runbook_lookup',
  policy: 'read',
  title: 'Look up a runbook',
  description:
    "Use once a cause is known, or for an alert or a question: the one section that says how to check and mend it, the operator's own runbooks before the built-in ones, or a plain no. runbook and section open one by id.",
  upstreams: [],
  input: z.strictObject({
    question: z.string().min(1).max(500).optional(),
    alert: z.string().min(1).max(200).optional(),
    runbookUrl: z.string().min(1).max(1_000).optional(),
    finding: z
      .strictObject({
        reason: z.string().min(1).max(120),
        ref: z.string().max(400).optional(),
        kind: z.string().max(120).optional(),
        component: z.string().max(40).optional(),
        message: z.string().max(1_000).optional(),
      })
      .optional(),
    kind: z.string().min(1).max(120).optional(),
    runbook: z.string().min(1).max(400).optional(),
    section: z.string().min(1).max(200).optional(),
    limit: z.int().min(1).max(5).default(3),
  }),
  output: RunbookAnswer,
  examples: [
    { question: 'the backup of paperless did not run' },
    { alert: 'KubePodCrashLooping', runbookUrl: 'docs/runbooks/crashloop-rollback.md' },
    { finding: { reason: 'BuildFailed', ref: 'Kustomization/flux-system/apps' } },
    { runbook: 'node-not-ready', section: 'Verification' },
  ],
  async handler({ question, runbook, section, limit, ...asked }, { runbooks, signal }) {
    const index = await runbooks.index(signal);
    const found =
      runbook === undefined
        ? lookup(index, { text: question, ...asked })
        : openRunbook(index, runbook, section);
    return answerOf(found, index, limit);
  },
});
