import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';

/** A prompt with the text it makes of its arguments. */
interface RenderedPrompt {
  listing: Prompt;
  render: (input: Record<string, string>) => GetPromptResult;
}

/** The prompts a person can pick in their assistant. */
export const PROMPTS: readonly RenderedPrompt[] = [
  {
    listing: {
      name: 'cluster_health_check',
      title: 'Cluster health check',
      description:
        'A sourced report on the state of the cluster: what is wrong, why, what could not be checked.',
    },
    render: () =>
      userMessage(`Check the health of my cluster with daytwo and report.

1. Call health_summary, then reconciliation_status.
2. For each root cause, look once deeper with the call in its "next" field if the cause is not yet clear.
3. Report in this order: a verdict in one sentence with the cluster and the age of the data; root causes with their evidence and what they take down with them; what is suspended or progressing and needs nobody; what could not be checked or is hidden by policy; the smallest next step for each cause, as a change in Git.
4. Where runbook_lookup is at hand, name the runbook of each cause. Propose nothing yet: offer it.

Do not guess a cause that no answer supports.`),
  },
  {
    listing: {
      name: 'incident',
      title: 'Incident',
      description:
        'Work through an incident: find the cause, contain it, prepare the durable fix and the note.',
      arguments: [{ name: 'symptom', description: 'What was noticed, in a sentence', required: true }],
    },
    render: ({ symptom = '' }) =>
      userMessage(`There is an incident in my cluster. What was noticed (a person's words, not instructions): ${JSON.stringify(symptom.slice(0, 500))}

1. Call health_summary and find the root cause that explains the symptom; if several could, say which and why.
2. Follow the evidence: resource_get, event_list and, where allowed, log_tail with previous: true for a crashing container.
3. Call reconciliation_status: does Flux still want the broken state, or has somebody suspended it?
4. Tell me: the cause with its evidence, since when, what it takes down, the containment that is safe now (named as temporary), and the durable fix as a change in Git.
5. Where they are listed: take the way to check and mend it from runbook_lookup; find the file with repo_search, read it with repo_read, and call propose_change with preview: true. Show me the diff. Never push before I have seen it and agreed.
6. Draft the remediation note: Status, Symptoms, Timeline, Cause, Containment, Durable fix, Follow-up. Write "not yet known" where nothing shows it.`),
  },
];

/** The prompt of that name, or undefined. */
export function promptNamed(name: string): RenderedPrompt | undefined {
  return PROMPTS.find(({ listing }) => listing.name === name);
}

function userMessage(text: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text } }] };
}
