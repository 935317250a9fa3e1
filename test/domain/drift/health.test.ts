import { expect, test } from 'vitest';

import { healthOf } from '#domain/drift/health.ts';

import { FLUX, live } from './objects.ts';

test.each([
  ['ok', '{}', {}],
  [
    'ok',
    'status: {conditions: [{type: Available, status: "True"}, {type: Progressing, status: "False"}]}',
    {},
  ],
  ['terminating', '{}', { deletionTimestamp: '2026-05-09T12:00:00Z' }],
  ['suspended', 'spec: {suspend: true}', {}],
  [
    'Ready=False (BuildFailed)',
    'status: {conditions: [{type: Ready, status: "False", reason: BuildFailed}]}',
    {},
  ],
  [
    'Stalled=True',
    'status: {conditions: [{type: Ready, status: "False"}, {type: Stalled, status: "True"}]}',
    {},
  ],
  ['in progress', 'status: {observedGeneration: 1}', { generation: 2 }],
  ['in progress', '{spec: {replicas: 3}, status: {replicas: 3, readyReplicas: 2}}', {}],
  ['ok', '{spec: {replicas: 3}, status: {replicas: 3, readyReplicas: 3}}', {}],
  ['in progress', '{spec: {replicas: 1}, status: {replicas: 1}}', {}],
])('%s: %s %j', (health, rest, metadata) => {
  expect(healthOf(live('Deployment/apps/wiki', [FLUX], rest, metadata))).toBe(health);
});
