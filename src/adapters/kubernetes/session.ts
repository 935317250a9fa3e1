import type { RequestOptions } from 'node:https';

import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { Watch } from '@kubernetes/client-node/dist/watch.js';
import { type Dispatcher, request } from 'undici';

import { ToolError } from '../../errors.ts';
import { createDispatchers } from './dispatchers.ts';
import type { GuardOptions } from './guard.ts';
import { type AccessOptions, loadKubeconfig } from './kubeconfig.ts';
import { type SentRequest, demandAllowed } from './transport.ts';

/** What a session needs besides the place of its kubeconfig. */
export interface SessionOptions extends AccessOptions {
  logs: boolean;
  extraGroups: readonly string[];
  redact: (text: string) => string;
  /** Told each literal that must never be shown, when it comes into use. */
  onCredentials?: (secrets: readonly string[]) => void;
  /** Told each request before it is sent or refused. */
  observe?: (request: SentRequest) => void;
  userAgent?: string;
  /**
   * Milliseconds after which a silent watch counts as dead; 90 s when absent. The API server sends a bookmark about
   * every minute.
   */
  silence?: number;
}

/** One request; `path` starts at the server's root and carries its query. */
export interface Outgoing {
  method: 'GET' | 'POST';
  path: string;
  accept: string;
  body?: string;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  contentType: string;
  /** Seconds, when the server asks to wait. */
  retryAfter?: number;
  text: string;
  /** Which login was used; `renew` is told. */
  generation: number;
}

/** What a watch tells; `onEnd` comes once, with an error unless the server closed it in order. */
export interface WatchListener {
  onEvent: (type: string, object: unknown) => void;
  onEnd: (error: unknown) => void;
}

/** An authenticated way to one API server. Nothing else in daytwo speaks to it. */
export interface Session {
  readonly context: string;
  readonly server: string;
  send(outgoing: Outgoing): Promise<Answer>;
  /** Resolves when the stream is open or has failed; the answer stops it. */
  watch(path: string, query: Record<string, string>, listener: WatchListener): Promise<() => void>;
  /** Reads the kubeconfig again and logs in anew, unless somebody did since that generation. */
  renew(generation: number): void;
  close(): Promise<void>;
}

interface Login {
  headers: Record<string, string>;
  dispatcher: Dispatcher;
  generation: number;
}

const SILENCE_MS = 90_000;
const LOGIN_TIMEOUT_MS = 60_000;

/** For so long a login is not looked up again; a first question is a hundred requests. */
const LOGIN_KEPT_MS = 1_000;

/** Throws a ToolError when the kubeconfig is unusable; connects on first use. */
export function openSession(options: SessionOptions): Session {
  const { config: loaded, ...place } = loadKubeconfig(options);
  let config = loaded;
  const guard: GuardOptions = { server: place.server, logs: options.logs, extraGroups: options.extraGroups };
  const dispatchers = createDispatchers(guard, options.observe);
  let generation = 0;
  let current: Promise<Login> | undefined;

  const authenticate = (): Promise<Login> => {
    current ??= within(LOGIN_TIMEOUT_MS, logIn(config, options)).then(({ headers, tls }) => ({
      headers,
      generation,
      dispatcher: dispatchers.take(config, tls),
    }));
    const settled = current;
    const forget = (): void => {
      if (current === settled) current = undefined;
    };
    settled.then(() => setTimeout(forget, LOGIN_KEPT_MS).unref(), forget);
    return settled;
  };

  return {
    ...place,
    async send(outgoing) {
      demandAllowed(outgoing.method, `${place.server}${outgoing.path}`, guard);
      return sendWith(await authenticate(), place.server, outgoing);
    },
    async watch(path, query, listener) {
      demandAllowed('GET', `${place.server}${path}`, guard);
      const asked = { path, query, listener, server: place.server, silence: options.silence };
      return openWatch(asked, authenticate);
    },
    renew(seen) {
      if (seen !== generation) return;
      generation += 1;
      current = undefined;
      config = reloaded(options, place.server) ?? config;
    },
    close: () => dispatchers.close(),
  };
}

/** A file that now points at another server, or is broken, is not followed: answers would speak of another cluster. */
function reloaded(options: AccessOptions, server: string): KubeConfig | undefined {
  try {
    const again = loadKubeconfig(options);
    return again.server === server ? again.config : undefined;
  } catch {
    return undefined;
  }
}

/** Runs exec plugins and reads token files as needed; the client library remembers what is still valid. */
async function logIn(
  config: KubeConfig,
  { redact, onCredentials, userAgent = 'daytwo' }: SessionOptions,
): Promise<{ headers: Record<string, string>; tls: RequestOptions }> {
  const tls: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(tls);
  } catch (error) {
    throw loginFailure(config, error, redact);
  }
  const headers: Record<string, string> = { 'User-Agent': userAgent };
  if (tls.auth) headers['Authorization'] = `Basic ${Buffer.from(tls.auth).toString('base64')}`;
  for (const [name, value] of Object.entries(tls.headers ?? {})) headers[name] = String(value).trim();
  onCredentials?.(secretsOf(headers, tls));
  return { headers, tls };
}

function secretsOf(headers: Record<string, string>, { auth, key }: RequestOptions): string[] {
  const token = headers['Authorization']?.replace(/^\w+ /, '');
  const password = auth?.slice(auth.indexOf(':') + 1);
  const pem = Buffer.isBuffer(key) || typeof key === 'string' ? key.toString() : undefined;
  const base64 = pem === undefined ? undefined : Buffer.from(pem).toString('base64');
  return [token, password, pem, base64].filter(
    (secret) => secret !== undefined && secret.length >= 6,
  ) as string[];
}

function loginFailure(config: KubeConfig, error: unknown, redact: (text: string) => string): ToolError {
  const user = config.getCurrentUser();
  const exec = user?.exec as { command?: string; installHint?: string } | undefined;
  const said = redact(error instanceof Error ? error.message : String(error))
    .trim()
    .slice(-500);
  const what = exec?.command ? `the login plugin ${exec.command}` : 'the login';
  return new ToolError(
    'unavailable',
    `${what} of user "${user?.name ?? ''}" failed: ${said || 'it gave no reason'}`,
    exec?.installHint ?? 'Log in again with the tool that wrote this kubeconfig, then repeat the call.',
    { cause: error },
  );
}

async function sendWith(login: Login, server: string, outgoing: Outgoing): Promise<Answer> {
  const { method, path, accept, body, signal } = outgoing;
  const response = await request(`${server}${path}`, {
    method,
    headers: { ...login.headers, accept, ...(body !== undefined && { 'content-type': 'application/json' }) },
    body,
    signal,
    dispatcher: login.dispatcher,
  });
  const { 'retry-after': retryAfter, 'content-type': contentType } = response.headers;
  return {
    status: response.statusCode,
    contentType: String(contentType ?? ''),
    retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
    text: await response.body.text(),
    generation: login.generation,
  };
}

interface AskedWatch {
  server: string;
  path: string;
  query: Record<string, string>;
  listener: WatchListener;
  silence?: number;
}

/** The client library's Watch asks its config for two things only; this one keeps it on our connections. */
async function openWatch(asked: AskedWatch, authenticate: () => Promise<Login>): Promise<() => void> {
  const { server, path, query, listener, silence = SILENCE_MS } = asked;
  const login = await authenticate();
  const config = {
    getCurrentCluster: () => ({ server }),
    applySecurityAuthentication: async (context: WatchContext) => {
      for (const [name, value] of Object.entries(login.headers)) context.setHeaderParam(name, value);
      context.setDispatcher(login.dispatcher);
    },
  };
  const watch = new Watch(config as unknown as KubeConfig);
  watch['requestTimeoutMs'] = silence;
  const onEnd = (error: unknown): void => listener.onEnd(withGeneration(error, login.generation));
  const controller = await watch.watch(path, query, listener.onEvent, onEnd);
  return () => controller.abort();
}

interface WatchContext {
  setHeaderParam(name: string, value: string): void;
  setDispatcher(dispatcher: Dispatcher): void;
}

/** A refused watch says which login was refused. */
function withGeneration(error: unknown, generation: number): unknown {
  return error instanceof Error ? Object.assign(error, { generation }) : error;
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new ToolError('timeout', 'the login did not finish', 'Log in by hand, then repeat the call.'));
  }, milliseconds);
  timer.unref();
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
