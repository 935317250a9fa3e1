import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import type { ClusterAccess, Endpoint, KubeconfigOptions } from './access.ts';
import { pause } from './api.ts';
import { issueCertificate } from './certificates.ts';

/** One request that came to the proxy, whether it was answered or not. */
export interface RecordedRequest {
  /** Milliseconds since the epoch. */
  at: number;
  method: string;
  /** Path with its query. */
  path: string;
  userAgent: string;
  /** Its bearer token, or nothing. */
  token?: string;
}

/** Which requests a fault is for. */
export type Match = RegExp | ((request: RecordedRequest) => boolean);

/**
 * What goes wrong. `status`: a Kubernetes Status with this HTTP code (403, 410, 429, 500 …); `retryAfter` is in seconds.
 * `garbage`: 200 and a body that is not JSON. `truncated`: half of the true body, then the connection breaks. `slow`: the
 * true answer, so many milliseconds late. `hang`: never an answer. `drop`: the connection breaks at once.
 * `expired`: a watch starts, then says 410 inside the stream. `text`: 200 and this text, for what needs a kubelet.
 */
export type Fault =
  | { kind: 'status'; code: number; retryAfter?: number }
  | { kind: 'garbage' }
  | { kind: 'truncated' }
  | { kind: 'slow'; ms: number }
  | { kind: 'hang' }
  | { kind: 'drop' }
  | { kind: 'expired' }
  | { kind: 'text'; text: string };

/** An API server that can be made to misbehave: a proxy before a real one, with a certificate of the same authority. */
export interface FaultProxy {
  /** HTTPS URL, the same for the proxy's whole life. */
  url: string;
  /** Everything asked so far, oldest first; a test may empty it. */
  requests: RecordedRequest[];
  /** Path of a new kubeconfig through the proxy; the user needs a token, a client certificate does not pass. */
  kubeconfig(user: string, options?: Omit<KubeconfigOptions, 'server'>): string;
  /** From now on requests that match go wrong; the newest fault that matches wins. Call the answer to heal just this. */
  fail(match: Match, fault: Fault): () => void;
  /** Heals every fault and opens the port. */
  heal(): Promise<void>;
  /** Closes the port and breaks every connection. */
  refuse(): Promise<void>;
  /** How many watches are under way. */
  openWatches(): number;
  /** Breaks the watches under way that match; says how many. */
  dropWatches(match?: Match): number;
  /** Ends the watches under way that match with a 410 inside the stream; says how many. */
  expireWatches(match?: Match): number;
  close(): Promise<void>;
}

interface Exchange {
  request: RecordedRequest;
  incoming: IncomingMessage;
  response: ServerResponse;
}

/** A watch under way: where its events come from and where they go. */
interface OpenWatch {
  request: RecordedRequest;
  source: IncomingMessage;
  response: ServerResponse;
}

/** What the answers to one proxy's requests share. */
interface Upstream {
  endpoint: Endpoint;
  agent: Agent;
  watches: Set<OpenWatch>;
}

const REASONS: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** Starts a proxy on a free port of 127.0.0.1; without a fault it passes everything, watches unbuffered. */
export async function startFaultProxy(cluster: ClusterAccess): Promise<FaultProxy> {
  const { endpoint } = cluster;
  const upstream: Upstream = {
    endpoint,
    agent: new Agent({ ca: endpoint.authority.certificate, keepAlive: true }),
    watches: new Set(),
  };
  const requests: RecordedRequest[] = [];
  let faults: { match: Match; fault: Fault }[] = [];
  const server = createTlsServer(endpoint, (incoming, response) => {
    const request = record(incoming);
    requests.push(request);
    const fault = faults.findLast(({ match }) => matches(match, request))?.fault;
    answer({ request, incoming, response }, fault, upstream).catch(() => response.destroy());
  });
  const port = await listen(server, 0);
  const url = `https://127.0.0.1:${port}`;
  return {
    url,
    requests,
    kubeconfig: (user, options) => cluster.kubeconfig(user, { ...options, server: url }),
    fail(match, fault) {
      const entry = { match, fault };
      faults.push(entry);
      return () => {
        faults = faults.filter((other) => other !== entry);
      };
    },
    async heal() {
      faults = [];
      if (!server.listening) await listen(server, port);
    },
    refuse: () => shut(server),
    openWatches: () => upstream.watches.size,
    dropWatches: (match) => endWatches(upstream.watches, match, ({ response }) => response.destroy()),
    expireWatches: (match) => endWatches(upstream.watches, match, expireMidway),
    async close() {
      await shut(server);
      upstream.agent.destroy();
    },
  };
}

function createTlsServer(
  { authority }: Endpoint,
  listener: (incoming: IncomingMessage, response: ServerResponse) => void,
): Server {
  const { certificate, key } = issueCertificate(authority, {
    commonName: 'fault-proxy',
    hosts: ['127.0.0.1', 'localhost'],
  });
  return createServer({ cert: certificate, key }, listener);
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function shut(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function record({ method = '', url = '', headers }: IncomingMessage): RecordedRequest {
  const token = headers.authorization?.replace(/^Bearer /, '');
  return { at: Date.now(), method, path: url, userAgent: headers['user-agent'] ?? '', token };
}

function matches(match: Match, request: RecordedRequest): boolean {
  return match instanceof RegExp ? match.test(request.path) : match(request);
}

async function answer(exchange: Exchange, fault: Fault | undefined, upstream: Upstream): Promise<void> {
  const { response } = exchange;
  switch (fault?.kind) {
    case undefined:
      return pass(exchange, upstream);
    case 'slow':
      await pause(fault.ms);
      return pass(exchange, upstream);
    case 'status':
      return sendStatus(response, fault.code, fault.retryAfter);
    case 'garbage':
      return void response.setHeader('content-type', 'application/json').end('<html>not what you asked for');
    case 'text':
      return void response.setHeader('content-type', 'text/plain').end(fault.text);
    case 'truncated':
      return sendHalf(exchange, upstream);
    case 'drop':
      return void response.destroy();
    case 'expired':
      response.writeHead(200, { 'content-type': 'application/json' });
      return expire(response);
    case 'hang':
  }
}

async function pass(exchange: Exchange, upstream: Upstream): Promise<void> {
  const { request, response } = exchange;
  const source = await ask(exchange, upstream);
  response.writeHead(source.statusCode ?? 502, source.headers);
  response.flushHeaders();
  const watch = { request, source, response };
  if (isWatch(request)) upstream.watches.add(watch);
  response.once('close', () => upstream.watches.delete(watch));
  source.once('error', () => response.destroy());
  source.pipe(response);
}

/** Asks the real API server; gives up when the client does. */
function ask(
  { request, incoming, response }: Exchange,
  { endpoint, agent }: Upstream,
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(endpoint.server);
  const { method, path } = request;
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(
      { agent, hostname, port, method, path, headers: incoming.headers },
      resolve,
    );
    outgoing.once('error', reject);
    response.once('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
}

async function sendHalf(exchange: Exchange, upstream: Upstream): Promise<void> {
  const source = await ask(exchange, upstream);
  const body = await buffer(source);
  const { 'transfer-encoding': _chunked, ...headers } = source.headers;
  exchange.response.writeHead(source.statusCode ?? 502, { ...headers, 'content-length': body.length });
  exchange.response.write(body.subarray(0, Math.floor(body.length / 2)), () => exchange.response.destroy());
}

function sendStatus(response: ServerResponse, code: number, retryAfter: number | undefined): void {
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(statusOf(code)));
}

function statusOf(code: number): object {
  const reason = REASONS[code] ?? 'Unknown';
  return {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message: `the fault proxy says ${reason}`,
    reason,
    code,
  };
}

function expireMidway({ source, response }: OpenWatch): void {
  source.unpipe(response);
  expire(response);
}

function expire(response: ServerResponse): void {
  response.end(`${JSON.stringify({ type: 'ERROR', object: statusOf(410) })}\n`);
}

function endWatches(
  watches: ReadonlySet<OpenWatch>,
  match: Match = () => true,
  end: (watch: OpenWatch) => void,
): number {
  const chosen = [...watches].filter(({ request }) => matches(match, request));
  for (const watch of chosen) end(watch);
  return chosen.length;
}

function isWatch({ path }: RecordedRequest): boolean {
  return /[?&]watch=(true|1)(&|$)/.test(path);
}
