import type { AgentOptions, RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';

import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';

import type { GuardOptions } from './guard.ts';
import { type SentRequest, guarded } from './transport.ts';

/** Connections to one server, kept while the credentials that opened them are in use. */
export interface Dispatchers {
  take(config: KubeConfig, tls: RequestOptions): Dispatcher;
  close(): Promise<void>;
}

/** What connections are made of: with the same, they are kept. */
interface Made {
  proxy: string | undefined;
  options: AgentOptions;
}

/**
 * The client library builds a new dispatcher on every call; this keeps one and makes another only when a certificate, a
 * key or the proxy changes.
 */
export function createDispatchers(
  guard: GuardOptions,
  observe?: (request: SentRequest) => void,
): Dispatchers {
  let current: { made: Made; base: Dispatcher; dispatcher: Dispatcher } | undefined;
  return {
    take(config, tls) {
      const options = tlsOptions(tls);
      const made = { proxy: config.getCurrentCluster()?.proxyUrl, options };
      if (current && isDeepStrictEqual(current.made, made)) return current.dispatcher;
      // What still runs over the old connections may finish.
      void current?.base.close().catch(() => {});
      const base = connect(config, options);
      current = { made, base, dispatcher: guarded(base, guard, observe) };
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

/**
 * HTTP/1.1 throughout: each watch then has a connection of its own, and one that hangs holds up no other. Connections share
 * what certificates and keys were read into.
 */
function connect(config: KubeConfig, tls: AgentOptions): Dispatcher {
  const cluster = config.getCurrentCluster();
  const options = config.createDispatcherOptions(cluster, tls);
  if (options.type === 'proxy') return new ProxyAgent({ ...options, allowH2: false });
  const socks = options.type === 'socks' ? config['createDispatcher'](cluster, tls) : undefined;
  if (socks) return socks;
  const named = options.type === 'agent' ? options.connect : {};
  return new Agent({ connect: { ...named, secureContext: createSecureContext(tls) }, allowH2: false });
}
