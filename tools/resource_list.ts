import { cellsOf, columnsOf } from '#domain/columns.ts';
import { ageOf } from '#domain/duration.ts';
import { resolveKind } from '#domain/kind-name.ts';
import { matchesSelector, parseSelector } from '#domain/selector.ts';
import { Table, paginate } from '#domain/table.ts';
import { byText } from '#domain/text.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'resource_list',
  policy: 'read',
  title: 'List resources',
  description:
    'Use for what health_summary and reconciliation_status do not cover: the objects of one kind, a row each with its status. Any kind the cluster serves, Secrets excepted. Filters join; results are paged.',
  upstreams: ['cluster'],
  input: z.strictObject({
    kind: z.string().min(1).max(120).describe('Deployment, deployments, deploy or deployments.apps'),
    namespace: z.string().min(1).max(63).optional(),
    name: z.string().min(1).max(253).optional().describe('part of the name'),
    selector: z.string().min(1).max(500).optional().describe('label selector, such as app=web,tier!=db'),
    limit: z.int().min(1).max(500).default(100),
    cursor: z.string().max(200).optional(),
  }),
  output: z.strictObject({ kind: z.string(), apiVersion: z.string(), resources: Table }),
  examples: [
    { kind: 'Pod', namespace: 'default' },
    { kind: 'helmreleases', name: 'wiki', limit: 20 },
  ],
  async handler({ kind: asked, namespace, name, selector, limit, cursor }, { cluster, limits, now, signal }) {
    const kind = resolveKind(await cluster.discover(signal), asked);
    const requirements = parseSelector(selector);
    const { items } = await cluster.listAny(kind, namespace, signal);
    const rows = items
      .filter(
        (item) => (namespace === undefined || item.namespace === namespace) && item.name.includes(name ?? ''),
      )
      .filter((item) => matchesSelector(item.labels, requirements))
      .sort((a, b) => byText(a.namespace ?? '', b.namespace ?? '') || byText(a.name, b.name))
      .map((item) => [
        ...(kind.namespaced ? [item.namespace ?? null] : []),
        item.name,
        ...cellsOf(item, now()),
        ageOf(item.created, now()) ?? null,
      ]);
    const columns = [...(kind.namespaced ? ['namespace'] : []), 'name', ...columnsOf(kind), 'age'];
    const resources = paginate(rows, {
      columns,
      cursor,
      limit: Math.min(limit, limits.rows),
      budget: 7_000,
      question: JSON.stringify([asked, namespace, name, selector]),
      narrow: 'narrow by namespace, name or selector',
    });
    return {
      kind: kind.kind,
      apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version,
      resources,
    };
  },
});
