import { ToolError } from '../../errors.ts';
import type { Answer } from './session.ts';

const DOCTOR = 'Run `daytwo doctor` to see which permissions are missing.';
const LOGIN = 'Log in again with the tool that wrote this kubeconfig: it is read anew with the next call.';
const LATER = 'Try again in a moment; `daytwo doctor` checks the connection.';

/** An answer of the API server that is no success, as a ToolError; `what` was asked, in words. */
export function statusFailure({ status, text }: Pick<Answer, 'status' | 'text'>, what: string): ToolError {
  const said = statusMessage(text);
  const detail = said === undefined ? '' : `: ${said}`;
  switch (status) {
    case 401:
      return new ToolError(
        'unavailable',
        `${what}: the API server does not accept this login${detail}`,
        LOGIN,
      );
    case 403:
      return new ToolError('denied', `${what}: not permitted${detail}`, DOCTOR);
    case 404:
      return new ToolError(
        'not_found',
        `${what}: not found${detail}`,
        'Check the name, the namespace and the kind.',
      );
    case 410:
      return new ToolError('unavailable', `${what}: the list has changed too much meanwhile`, LATER, GONE);
    case 429:
      return new ToolError('unavailable', `${what}: the API server is overloaded (429)${detail}`, LATER);
    default:
      return new ToolError('unavailable', `${what}: the API server answered ${status}${detail}`, LATER);
  }
}

const GONE = { cause: 'gone' } as const;

/** True for a 410: what was listed before has to be listed anew. */
export function isGone(error: unknown): boolean {
  return error instanceof ToolError && error.cause === GONE.cause;
}

/** The message of a Kubernetes Status, for people; undefined when the text is something else. */
function statusMessage(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
    return typeof message === 'string' ? message.slice(0, 300) : undefined;
  } catch {
    return undefined;
  }
}

/** Answers that are not JSON come from something else than an API server. */
export function garbage(what: string, cause: unknown): ToolError {
  return new ToolError('unavailable', `${what}: the answer is not one of an API server`, LATER, { cause });
}

/** A request that got no answer, as a ToolError; one that is thrown on purpose passes as it is. */
export function transportFailure(error: unknown, what: string): ToolError {
  const chain = [...causesOf(error)];
  const own = chain.find((cause) => cause instanceof ToolError);
  if (own instanceof ToolError) return own;
  if (chain.some(isTimeout)) return timeoutFailure(what, error);
  const reason = chain.map(codeOf).find((code) => code !== undefined);
  const words = reason === undefined ? 'the connection failed' : (CONNECTION_WORDS[reason] ?? reason);
  return new ToolError('unavailable', `${what}: the API server cannot be reached (${words})`, LATER, {
    cause: error,
  });
}

/** A watch that was closed in order before it told anything: something answers, but not an API server. */
export function endedAtOnce(what: string): ToolError {
  return new ToolError('unavailable', `${what}: the connection ends as soon as it is open`, LATER);
}

/**
 * Why a listing could not be had, without the resource: its kind stands beside it, and kinds that fail alike then read
 * alike.
 */
export function reasonOf({ message }: ToolError): string {
  return message
    .replace(/^(?:list|watch) [a-z0-9.-]+: /, '')
    .replace(/[a-z0-9.-]+ is forbidden: (User .* cannot \w+) resource "[^"]*" in API group "[^"]*"/, '$1 it');
}

/** The API server took longer than the deadline. */
export function timeoutFailure(what: string, cause?: unknown): ToolError {
  return new ToolError('timeout', `${what}: the API server did not answer in time`, LATER, { cause });
}

/** Node, TLS and undici error codes, in words. */
const CONNECTION_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection lost',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the CA of the kubeconfig',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the CA of the kubeconfig',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the CA of the kubeconfig',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

const TIMEOUT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

function isTimeout(error: unknown): boolean {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  return name === 'TimeoutError' || TIMEOUT_CODES.has(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The error, its causes and the members of aggregates, at most a few levels deep. */
function* causesOf(error: unknown, depth = 0): Generator {
  if (depth > 4 || error === undefined || error === null) return;
  yield error;
  if (error instanceof AggregateError) for (const member of error.errors) yield* causesOf(member, depth + 1);
  if (error instanceof Error) yield* causesOf(error.cause, depth + 1);
}
