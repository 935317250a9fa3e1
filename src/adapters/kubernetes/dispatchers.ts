import { createHash } from 'node:crypto';
import type { AgentOptions, RequestOptions } from 'node:https';

import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';

import type { GuardOptions } from './guard.ts';
import { type SentRequest, guarded } from './transport.ts';

/** Connections to one server, kept while the credentials that opened them are in use. */
export interface Dispatchers {
  take(config: KubeConfig, tls: RequestOptions): Dispatcher;
  close(): Promise<void>;
}

/**
 * The client library builds a new dispatcher on every call; this keeps one and makes another only when a certificate, a
 * key or the proxy changes.
 */
export function createDispatchers(
  guard: GuardOptions,
  observe?: (request: SentRequest) => void,
): Dispatchers {
  let current: { key: string; base: Dispatcher; dispatcher: Dispatcher } | undefined;
  return {
    take(config, tls) {
      const options = tlsOptions(tls);
      const key = keyOf(config, options);
      if (current?.key === key) return current.dispatcher;
      // What still runs over the old connections may finish.
      void current?.base.close().catch(() => {});
      const base = connect(config, options);
      current = { key, base, dispatcher: guarded(base, guard, observe) };
      return current.dispatcher;
    },
    close: async () => {
      await current?.base.destroy();
    },
  };
}

const TLS_FIELDS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const;

function tlsOptions(tls: RequestOptions): AgentOptions {
  const given = TLS_FIELDS.filter((field) => tls[field] !== undefined);
  return Object.fromEntries(given.map((field) => [field, tls[field]]));
}

function keyOf(config: KubeConfig, options: AgentOptions): string {
  const hash = createHash('sha256').update(config.getCurrentCluster()?.proxyUrl ?? '');
  for (const [field, value] of Object.entries(options)) hash.update(`\n${field}\n${String(value)}`);
  return hash.digest('hex');
}

/** HTTP/1.1 throughout: each watch then has a connection of its own, and one that hangs holds up no other. */
function connect(config: KubeConfig, tls: AgentOptions): Dispatcher {
  const cluster = config.getCurrentCluster();
  const options = config.createDispatcherOptions(cluster, tls);
  if (options.type === 'proxy') return new ProxyAgent({ ...options, allowH2: false });
  const socks = options.type === 'socks' ? config['createDispatcher'](cluster, tls) : undefined;
  return socks ?? new Agent({ connect: options.type === 'agent' ? options.connect : {}, allowH2: false });
}
