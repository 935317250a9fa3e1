import type { Tool as ListedTool } from '@modelcontextprotocol/server';
import { z } from 'zod';

import { ProposalAnswer } from '../gate/proposal-answer.ts';
import type { Tool } from '../tool.ts';
import { shortened } from './short-schema.ts';

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

/** A proposal adds a branch to the repository: it destroys nothing, and asked twice it makes two. */
const ANNOTATIONS = {
  read: { readOnlyHint: true, openWorldHint: false },
  propose: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
} as const;

function inputSchemaOf(tool: Tool): ListedTool['inputSchema'] {
  const schema: unknown = z.toJSONSchema(tool.input, { io: 'input' });
  return shortened(schema) as ListedTool['inputSchema'];
}

/** The names of what is always there: a whole findings schema costs kilobytes a tool and is validated inside. */
function outputSchemaOf(tool: Tool): NonNullable<ListedTool['outputSchema']> {
  const output = tool.policy === 'read' ? tool.output : ProposalAnswer;
  const { required = [] } = z.toJSONSchema(output, { io: 'output' });
  return { type: 'object', properties: Object.fromEntries(required.map((name) => [name, {}])) };
}
