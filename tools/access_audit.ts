import { AccessAnswer, accessAnswer } from '#domain/access-audit/answer.ts';
import { readSurroundings } from '#domain/access-audit/observed.ts';
import { ownPermissions } from '#domain/access-audit/own-permissions.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'access_audit',
  policy: 'read',
  title: 'Access audit',
  description:
    'Use when asked who could reach MCP servers, code-server or daytwo, and what they could do: every way in, what guards it, powers of their accounts, privileged pods, Talos roles, and whether this server holds more than it needs. Exposed first.',
  upstreams: ['cluster'],
  input: z.strictObject({
    namespace: z.string().min(1).max(63).optional(),
    name: z.string().min(1).max(63).optional().describe('other targets: a pattern such as *grafana*'),
  }),
  output: AccessAnswer,
  examples: [{}, { namespace: 'default' }, { name: '*grafana*' }],
  async handler({ namespace, name }, { cluster, accessTargets, scoped, signal }) {
    const [surroundings, own] = await Promise.all([
      readSurroundings(cluster, signal),
      ownPermissions(cluster, signal),
    ]);
    const patterns = name === undefined ? accessTargets : [name.toLowerCase()];
    return accessAnswer(surroundings, { patterns, namespace, scoped, own });
  },
});
