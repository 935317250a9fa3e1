import type { Dispatcher } from 'undici';

import { ToolError } from '../../errors.ts';
import { type GuardOptions, judgeRequest } from './guard.ts';

/** Method and URL of a request, and whether it was let through; for the proof that nothing else is ever sent. */
export interface SentRequest {
  method: string;
  url: string;
  allowed: boolean;
}

/** An answer has to begin within this time; a watch may be silent for longer afterwards. */
const HEADERS_TIMEOUT_MS = 15_000;

/**
 * The one way to the API server: refuses a request before any byte leaves unless the guard allows it, and refuses an
 * answer that points elsewhere.
 */
export function guarded(
  dispatcher: Dispatcher,
  options: GuardOptions,
  observe: (request: SentRequest) => void = () => {},
): Dispatcher {
  return dispatcher.compose((dispatch) => (request, handler) => {
    const method = request.method.toUpperCase();
    const url = `${originOf(request.origin)}${request.path}`;
    const { allowed, why } = request.upgrade || request.query ? UNJUDGED : judgeRequest(method, url, options);
    observe({ method, url, allowed });
    if (!allowed) throw refusal(method, request.path, why);
    return dispatch({ ...request, headersTimeout: HEADERS_TIMEOUT_MS }, refusingRedirects(handler));
  });
}

/** Judges a URL as it was put together: whoever parses it takes `..` away before the dispatcher sees it. Throws `denied`. */
export function demandAllowed(method: string, url: string, options: GuardOptions): void {
  const { allowed, why } = judgeRequest(method, url, options);
  if (!allowed) throw refusal(method, url.slice(new URL(options.server).origin.length), why);
}

/** undici adds a `query` to the path only after the guard has looked. */
const UNJUDGED = { allowed: false, why: 'only plain requests are sent' };

function originOf(origin: string | URL | undefined): string {
  return origin === undefined ? '' : new URL(origin).origin;
}

function refusal(method: string, path: string, why: string): ToolError {
  const [plain = ''] = path.split('?', 1);
  return new ToolError(
    'denied',
    `daytwo does not send ${method} ${plain.slice(0, 200)}: ${why}`,
    'daytwo reads an enumerated list of kinds; further API groups can be configured with apiGroups.',
  );
}

function refusingRedirects(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onResponseStart(controller, status, ...rest) {
      if (status < 300 || status > 399) handler.onResponseStart?.(controller, status, ...rest);
      else controller.abort(redirected(status));
    },
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}

function redirected(status: number): ToolError {
  return new ToolError(
    'unavailable',
    `the API server answered with a redirect (${status})`,
    'Redirects are not followed; point the kubeconfig at the API server itself.',
  );
}
