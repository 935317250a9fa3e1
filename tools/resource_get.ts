import { appliedBy } from '#domain/applied-by.ts';
import { ageOf } from '#domain/duration.ts';
import { eventRows, EVENT_COLUMNS } from '#domain/event-rows.ts';
import { resolveKind } from '#domain/kind-name.ts';
import { refOf } from '#domain/objects/meta.ts';
import { Table, paginate } from '#domain/table.ts';
import { defineTool, z, ToolError } from '#tool';

export default defineTool({
  name: 'resource_get',
  policy: 'read',
  title: 'Get a resource',
  description:
    'Use to look at one object: its projected fields and conditions, what applied it, and its recent warnings. Environment values, arguments, ConfigMap values and Helm values are never shown.',
  upstreams: ['cluster'],
  input: z.strictObject({
    kind: z.string().min(1).max(120).describe('Deployment, deployments, deploy or deployments.apps'),
    namespace: z.string().min(1).max(63).optional().describe('leave out for cluster-scoped kinds'),
    name: z.string().min(1).max(253),
  }),
  output: z.strictObject({
    ref: z.string(),
    age: z.string().optional(),
    appliedBy: z.string().optional(),
    object: z.record(z.string(), z.unknown()),
    warnings: Table.optional(),
  }),
  examples: [
    { kind: 'Deployment', namespace: 'default', name: 'web' },
    { kind: 'node', name: 'worker-1' },
  ],
  async handler({ kind: asked, namespace, name }, { cluster, now, signal }) {
    const kind = resolveKind(await cluster.discover(signal), asked);
    if (kind.namespaced && namespace === undefined) {
      throw new ToolError('invalid_input', `${kind.kind} is namespaced`, 'Give its namespace.');
    }
    const at = kind.namespaced ? namespace : undefined;
    const object = await cluster.get(kind, at, name, signal);
    const events = await cluster.events({ namespace: at, kind: kind.kind, name, type: 'Warning' }, signal);
    const warnings = paginate(eventRows(events.items, now()), {
      columns: EVENT_COLUMNS,
      limit: 10,
      budget: 2_000,
    });
    return {
      ref: refOf(object),
      age: ageOf(object.created, now()),
      appliedBy: appliedBy(object),
      object: { ...object },
      ...(warnings.total > 0 && { warnings }),
    };
  },
});
