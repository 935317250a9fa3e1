import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { CATALOG } from '../../src/catalog.ts';
import { listedTool } from '../../src/transport/listing.ts';

const shelf = Object.entries(CATALOG);

const ANNOTATIONS = {
  read: { readOnlyHint: true, openWorldHint: false },
  propose: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
};

test('the catalog holds exactly the files of the shelf', () => {
  const files = readdirSync(join(import.meta.dirname, '../../tools')).map((file) =>
    file.replace(/\.ts$/, ''),
  );

  expect(Object.keys(CATALOG).sort()).toEqual(files.sort());
});

describe.each(shelf)('%s', (file, tool) => {
  test('is named like its file, in snake_case', () => {
    expect(tool.name).toBe(file);
    expect(tool.name).toMatch(/^[a-z]+(_[a-z]+)+$/);
  });

  test('says when to reach for it, in plain ASCII under 600 characters', () => {
    expect(tool.description).toMatch(/^(Use|Start) /);
    expect(tool.description.length).toBeLessThan(600);
    expect(tool.description).toMatch(/^[\x20-\x7e]+$/);
  });

  test('accepts its examples and refuses an unknown argument', () => {
    expect(tool.examples.length).toBeGreaterThan(0);

    for (const example of tool.examples) {
      expect(tool.input.safeParse(example).error).toBeUndefined();
      expect(tool.input.safeParse({ ...(example as object), surprise: 1 }).success).toBe(false);
    }
  });

  test('does what its class says, and is annotated by it', () => {
    expect(tool.policy === 'read' ? 'handler' in tool : 'prepare' in tool).toBe(true);
    expect('output' in tool).toBe(tool.policy === 'read');
    expect(tool.name.startsWith('propose_')).toBe(tool.policy === 'propose');
    expect(listedTool(tool).annotations).toEqual(ANNOTATIONS[tool.policy]);
  });

  test('bounds every string and array it accepts', () => {
    const unbounded = Object.entries(z.toJSONSchema(tool.input).properties ?? {}).filter(([, schema]) => {
      const { type, maxLength, maxItems, enum: values } = schema as Record<string, unknown>;
      return (
        (type === 'string' && maxLength === undefined && values === undefined) ||
        (type === 'array' && maxItems === undefined)
      );
    });

    expect(unbounded).toEqual([]);
  });

  test('is listed with this schema', () => {
    expect(listedTool(tool)).toMatchSnapshot();
  });
});

test('the whole list costs at most 0.8 KB a tool on average', () => {
  const bytes = Buffer.byteLength(JSON.stringify({ tools: shelf.map(([, tool]) => listedTool(tool)) }));

  expect(bytes / shelf.length).toBeLessThanOrEqual(0.8 * 1024);
});
