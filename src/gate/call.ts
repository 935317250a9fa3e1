import type { ReadContext } from '../tool.ts';
import type { Principal } from './policy/decide.ts';

/** One tool call as a transport hands it over. */
export interface Call {
  principal: Principal;
  client: string;
  tool: string;
  arguments: unknown;
  signal: AbortSignal;
  progress: ReadContext['progress'];
}

/** What a call came to: text for every host, and the same as data unless it failed. */
export interface Answer {
  text: string;
  data?: Record<string, unknown>;
  /** Set when the call failed; `unknown_tool` covers tools that this caller may not use. */
  failed?: 'tool' | 'unknown_tool';
}
