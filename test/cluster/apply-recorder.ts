import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import type { ClusterAccess } from './access.ts';
import { issueCertificate } from './certificates.ts';
import type { Manifest } from './manifest.ts';

/** A proxy before an API server that remembers what was sent to be applied, whatever the server said to it. */
export interface ApplyRecorder {
  /** Path of a new kubeconfig through it. */
  kubeconfig(user: string): string;
  /** The objects of all server-side applies, dry runs among them, the last of each, that bear a Kustomization's labels. */
  appliedBy(owner: { name: string; namespace: string }): Manifest[];
  close(): Promise<void>;
}

const OWNER = 'kustomize.toolkit.fluxcd.io/';

/** Starts a recorder on a free port of 127.0.0.1. */
export async function startApplyRecorder(cluster: ClusterAccess): Promise<ApplyRecorder> {
  const { server: upstream, authority } = cluster.endpoint;
  const agent = new Agent({ ca: authority.certificate, keepAlive: true });
  const applied = new Map<string, Manifest>();
  const { certificate, key } = issueCertificate(authority, {
    commonName: 'apply-recorder',
    hosts: ['127.0.0.1'],
  });
  const server = createServer({ cert: certificate, key }, (incoming, response) => {
    pass(incoming, response, { upstream, agent, applied }).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: (user) => cluster.kubeconfig(user, { server: `https://127.0.0.1:${port}` }),
    appliedBy: ({ name, namespace }) =>
      [...applied.values()].filter((object) => ownerOf(object) === `${namespace}/${name}`),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
}

/** Two Kustomizations may apply the same object: each counts for itself. */
function ownerOf({ metadata: { labels = {} } }: Manifest): string {
  return `${labels[`${OWNER}namespace`]}/${labels[`${OWNER}name`]}`;
}

interface Passing {
  upstream: string;
  agent: Agent;
  applied: Map<string, Manifest>;
}

async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  { upstream, agent, applied }: Passing,
): Promise<void> {
  const body = await buffer(incoming);
  const { method = '', url = '', headers } = incoming;
  if (headers['content-type']?.startsWith('application/apply-patch')) {
    const object = JSON.parse(body.toString()) as Manifest;
    applied.set(`${url.replace(/\?.*/, '')} by ${ownerOf(object)}`, object);
  }
  const outgoing = httpsRequest(upstream + url, { agent, method, headers });
  response.once('close', () => outgoing.destroy());
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  response.flushHeaders();
  answer.once('error', () => response.destroy());
  answer.pipe(response);
}
