import { expect, test } from 'vitest';

import { eventRows } from '../../src/domain/event-rows.ts';
import { event } from '../support/objects.ts';

const now = Date.parse('2026-03-14T10:00:00Z');
const web = { kind: 'Pod', namespace: 'apps', name: 'web-0' };

test('events are newest first, repeats folded into one row with their counts added', () => {
  const events = [
    event(web, { count: 3, last: '2026-03-14T09:30:00Z' }),
    event(web, { count: 2, last: '2026-03-14T09:58:00Z', name: 'another' }),
    event(
      { kind: 'Node', name: 'worker-1' },
      { reason: 'Rebooted', message: 'rebooted', last: '2026-03-14T09:59:00Z' },
    ),
  ];

  expect(eventRows(events, now)).toEqual([
    ['60s', 'Warning', 'Rebooted', 'Node/worker-1', 'rebooted', 1],
    ['2m', 'Warning', 'BackOff', 'Pod/apps/web-0', 'Back-off restarting failed container', 5],
  ]);
});

test('events of different types or messages stay apart', () => {
  const rows = eventRows([event(web), event(web, { type: 'Normal' }), event(web, { message: 'other' })], now);

  expect(rows).toHaveLength(3);
});
