import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { dim, kilobytes, question as showQuestion } from './print.ts';

/** How a host starts the server. */
export interface Command {
  command: string;
  args: string[];
}

export type Answer = Record<string, unknown>;

/** Asks a tool, shows what that took, and gives the structured answer; throws with the text of a refusal. */
export type Ask = (question: string, tool: string, input?: Answer) => Promise<Answer>;

/** The SDK's client in a host's place, connected to a server of its own, which ends when the client is closed. */
export interface Assistant {
  client: Client;
  ask: Ask;
  spent: { questions: number; bytes: number; milliseconds: number };
}

const SHOWN_INPUT = 150;

/** Starts the server and connects to it. */
export async function connectAssistant(command: Command): Promise<Assistant> {
  const client = new Client(
    { name: 'daytwo-demo', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(new StdioClientTransport({ ...command, stderr: 'inherit' }));
  const spent = { questions: 0, bytes: 0, milliseconds: 0 };
  return { client, spent, ask };

  async function ask(question: string, tool: string, input: Answer = {}): Promise<Answer> {
    const start = performance.now();
    const result = await client.callTool({ name: tool, arguments: input });
    const took = Math.round(performance.now() - start);
    const [content] = result.content;
    const text = content?.type === 'text' ? content.text : '';
    const bytes = Buffer.byteLength(text);
    spent.questions += 1;
    spent.bytes += bytes;
    spent.milliseconds += took;
    showQuestion(question);
    dim(`${tool} ${shortened(JSON.stringify(input))}  ${kilobytes(bytes)}, ${took} ms`);
    if (result.isError) throw new Error(text);
    return result.structuredContent as Answer;
  }
}

function shortened(input: string): string {
  return input.length > SHOWN_INPUT ? `${input.slice(0, SHOWN_INPUT)}…}` : input;
}
