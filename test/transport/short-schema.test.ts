import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { shortened } from '../../src/transport/short-schema.ts';

const short = (type: z.ZodType): unknown => shortened(z.toJSONSchema(type, { io: 'input' }));

describe('a schema as it is listed', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['bounds go', z.string().min(1).max(9).regex(/a/), { type: 'string' }],
    [
      'a default stays, false too',
      z.strictObject({ deep: z.boolean().default(false), limit: z.int().max(9).default(3) }),
      {
        type: 'object',
        properties: { deep: { type: 'boolean', default: false }, limit: { type: 'integer', default: 3 } },
      },
    ],
    [
      'a property with the name of a bound stays',
      z.strictObject({ pattern: z.string(), minimum: z.string().optional() }),
      {
        type: 'object',
        properties: { pattern: { type: 'string' }, minimum: { type: 'string' } },
        required: ['pattern'],
      },
    ],
    [
      'a union of objects is one, which requires what all require',
      z.union([
        z.strictObject({ path: z.string(), id: z.string(), set: z.int() }),
        z.strictObject({ path: z.string(), create: z.string() }),
      ]),
      {
        type: 'object',
        properties: {
          path: { type: 'string' },
          id: { type: 'string' },
          set: { type: 'integer' },
          create: { type: 'string' },
        },
        required: ['path'],
      },
    ],
    ['scalars are a list of types', z.union([z.int(), z.string()]), { type: ['integer', 'string'] }],
    [
      'a text before its list form',
      z.union([z.string(), z.array(z.string())]).describe('a path'),
      { type: 'string', description: 'a path' },
    ],
    [
      'any value is no demand',
      z.union([z.string(), z.null(), z.array(z.unknown()), z.record(z.string(), z.unknown())]),
      {},
    ],
    [
      'what a map holds stays',
      z.record(z.string(), z.string().max(3)),
      { type: 'object', additionalProperties: { type: 'string' } },
    ],
  ])('%s', (_what, type, listed) => {
    expect(short(type)).toEqual(listed);
  });
});
