import {
  type CallToolResult,
  type GetPromptResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';

import type { Principal } from '../gate/policy/decide.ts';
import type { Gate } from '../gate/gate.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { listedTool } from './listing.ts';
import { PROMPTS, promptNamed } from './prompts.ts';
import { runbookContents, runbookPage } from './resources.ts';

/** What a served connection is made of. */
export interface ServerParts {
  /** Opened at the first question, not for the handshake. */
  gate: () => Promise<Gate>;
  /** Told when the client is ready: it will ask soon. */
  onReady?: () => void;
  principal: Principal;
  version: string;
  /** A transport's name for the audit log, such as `stdio`. */
  transport: string;
}

/** One MCP server instance for one connection; every call it receives goes through the gate. */
export function createServer(parts: ServerParts): Server {
  const server = new Server(
    { name: 'daytwo', title: 'daytwo', version: parts.version },
    { capabilities: { tools: {}, prompts: {}, resources: {} }, instructions: INSTRUCTIONS },
  );
  server.oninitialized = () => parts.onReady?.();
  server.setRequestHandler('tools/list', async () => {
    const gate = await parts.gate();
    return { tools: gate.list(parts.principal).map(listedTool) };
  });
  server.setRequestHandler('tools/call', (request, context) =>
    callTool(parts, clientOf(server, parts), request.params, context),
  );
  server.setRequestHandler('prompts/list', () => ({ prompts: PROMPTS.map(({ listing }) => listing) }));
  server.setRequestHandler('prompts/get', (request): GetPromptResult => {
    const prompt = promptNamed(request.params.name);
    if (prompt === undefined) throw unknownPrompt(request.params.name);
    return prompt.render(request.params.arguments ?? {});
  });
  serveRunbooks(server, parts);
  return server;
}

function serveRunbooks(server: Server, parts: ServerParts): void {
  const { gate, principal } = parts;
  const callOf = ({ mcpReq }: ServerContext): Parameters<Gate['runbooks']>[0] => ({
    principal,
    client: clientOf(server, parts),
    signal: mcpReq.signal,
  });
  server.setRequestHandler('resources/list', async ({ params }, context) =>
    runbookPage(await (await gate()).runbooks(callOf(context)), params?.cursor),
  );
  server.setRequestHandler('resources/read', async ({ params: { uri } }, context) =>
    runbookContents(uri, await (await gate()).readRunbook({ ...callOf(context), uri })),
  );
}

async function callTool(
  { gate, principal }: ServerParts,
  client: string,
  params: { name: string; arguments?: unknown },
  context: ServerContext,
): Promise<CallToolResult> {
  const opened = await gate();
  const answer = await opened.call({
    principal,
    client,
    tool: params.name,
    arguments: params.arguments,
    signal: context.mcpReq.signal,
    progress: progressOf(context),
  });
  if (answer.failed === 'unknown_tool') throw new ProtocolError(ProtocolErrorCode.InvalidParams, answer.text);
  const content = [{ type: 'text' as const, text: answer.text }];
  return answer.data === undefined ? { content, isError: true } : { content, structuredContent: answer.data };
}

/** Sends progress only to a client that asked for it; a failed notification fails no call. */
function progressOf(
  context: ServerContext,
): (done: number, total: number | undefined, message: string) => void {
  const token = context.mcpReq._meta?.progressToken;
  if (token === undefined) return () => undefined;
  return (progress, total, message) => {
    const params = { progressToken: token, progress, message, ...(total !== undefined && { total }) };
    context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

function clientOf(server: Server, { transport }: ServerParts): string {
  // eslint-disable-next-line typescript/no-deprecated -- the envelope carries it only in the newer protocol era
  const client = server.getClientVersion();
  return client ? `${transport} ${client.name}/${client.version}` : transport;
}

function unknownPrompt(name: string): ProtocolError {
  const names = PROMPTS.map(({ listing }) => listing.name).join(', ');
  const message = `there is no prompt named ${JSON.stringify(name.slice(0, 80))}; prompts: ${names}`;
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
