import type { Tool as ListedTool } from '@modelcontextprotocol/server';
import { z } from 'zod';

import type { Tool } from '../tool.ts';

/** A tool as `tools/list` shows it; annotations follow from its class, the output schema is shallow. */
export function listedTool(tool: Tool): ListedTool {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchemaOf(tool),
    outputSchema: outputSchemaOf(tool),
    annotations: ANNOTATIONS[tool.policy],
  };
}

const ANNOTATIONS = {
  read: { readOnlyHint: true, openWorldHint: false },
} as const;

function inputSchemaOf(tool: Tool): ListedTool['inputSchema'] {
  const { $schema: _, ...schema } = z.toJSONSchema(tool.input, { io: 'input' });
  return schema as ListedTool['inputSchema'];
}

/** Names and types of the top level only: a whole findings schema costs kilobytes a tool and is validated inside. */
function outputSchemaOf(tool: Tool): NonNullable<ListedTool['outputSchema']> {
  const { properties = {} } = z.toJSONSchema(tool.output, { io: 'output' });
  const shallow = Object.entries(properties).map(([name, schema]) => [name, shallowSchema(schema)]);
  return { type: 'object', properties: Object.fromEntries(shallow) as Record<string, object> };
}

function shallowSchema(schema: unknown): { type?: unknown } {
  if (typeof schema !== 'object' || schema === null || !('type' in schema)) return {};
  return { type: schema.type };
}
