import { defineTool, z } from '#tool';

export default defineTool({
  name: 'policy_explain',
  policy: 'read',
  title: 'Explain the policy',
  description:
    'Use when a call was denied, something is hidden, or before promising what you can do: what you may do here and why, by rule and line of the policy file. Give a tool, namespace or kind to ask about one case.',
  upstreams: [],
  input: z.strictObject({
    tool: z.string().min(1).max(80).optional(),
    namespace: z.string().min(1).max(63).optional(),
    kind: z.string().min(1).max(120).optional(),
  }),
  output: z.strictObject({ explanation: z.unknown() }),
  examples: [{}, { tool: 'log_tail', namespace: 'kube-system' }],
  handler: async (question, { policy }) => ({ explanation: policy.explain(question) }),
});
