import { eventRows, EVENT_COLUMNS } from '#domain/event-rows.ts';
import { parseTime } from '#domain/duration.ts';
import { Table, paginate } from '#domain/table.ts';
import { defineTool, z } from '#tool';

const MINUTE = 60_000;

export default defineTool({
  name: 'event_list',
  policy: 'read',
  title: 'List events',
  description:
    'Use to see what happened to an object or in a namespace lately: Kubernetes events, newest first, repeats folded. The cluster keeps them for about an hour. Warnings are already folded into the findings of health_summary.',
  upstreams: ['cluster'],
  input: z.strictObject({
    namespace: z.string().min(1).max(63).optional(),
    kind: z.string().min(1).max(63).optional().describe('of the object'),
    name: z.string().min(1).max(253).optional().describe('of the object'),
    type: z.enum(['Normal', 'Warning']).optional(),
    sinceMinutes: z.int().min(1).max(1_440).optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  }),
  output: z.strictObject({ events: Table }),
  examples: [
    { namespace: 'default', type: 'Warning' },
    { kind: 'Pod', name: 'web-0', sinceMinutes: 30 },
  ],
  target: ({ namespace }) => ({ kind: 'Event', namespace }),
  async handler(
    { namespace, kind, name, type, sinceMinutes, limit, cursor },
    { cluster, limits, now, signal },
  ) {
    const { items } = await cluster.events({ namespace, kind, name, type }, signal);
    const oldest = sinceMinutes === undefined ? 0 : now() - sinceMinutes * MINUTE;
    const recent = items.filter(({ last }) => (parseTime(last) ?? 0) >= oldest);
    const events = paginate(eventRows(recent, now()), {
      columns: EVENT_COLUMNS,
      cursor,
      limit: Math.min(limit, limits.rows),
      budget: 7_000,
      question: JSON.stringify([namespace, kind, name, type, sinceMinutes]),
      narrow: 'narrow by namespace, kind, name or type',
    });
    return { events };
  },
});
