import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { type Admin, createAdmin } from './admin.ts';
import { type AuditEntry, readAudit } from './audit.ts';
import { type Authority, issueCertificate } from './certificates.ts';
import { backdate } from './etcd.ts';
import type { ManifestRef } from './manifest.ts';

/** Plain data on a running control plane: all that another process needs to work with it. */
export interface Endpoint {
  /** URL of the API server. */
  server: string;
  /** URL of etcd. */
  etcd: string;
  /** Folder for kubeconfigs; it goes away with the control plane. */
  dir: string;
  /** The one that signed the API server's certificate and whose client certificates it takes. */
  authority: Authority;
  /** User to bearer token. */
  tokens: Record<string, string>;
  /** The audit log, when there is one. */
  auditFile?: string;
}

/** What may differ from the plain kubeconfig of a user. */
export interface KubeconfigOptions {
  /** Another URL, for example a proxy's. */
  server?: string;
  /** Another bearer token, for example a wrong one. */
  token?: string;
  /** Name of the context; `daytwo-test` when absent. */
  context?: string;
}

/** Everything a test can do with a running control plane but start and stop it. */
export interface ClusterAccess {
  endpoint: Endpoint;
  admin: Admin;
  /** Path of a new kubeconfig in which the user has a token; a user without one gets a client certificate. */
  kubeconfig(user: string, options?: KubeconfigOptions): string;
  /** Path of a new kubeconfig in which the user, existing or not, has a client certificate. */
  kubeconfigWithClientCert(user: string, groups?: readonly string[], options?: KubeconfigOptions): string;
  /** What the API server has answered since it started, oldest first; of one user or of all. */
  auditEntries(user?: string): Promise<AuditEntry[]>;
  /** Makes an object look as old as said; of built-in kinds only with `storageJson`. */
  backdate(object: ManifestRef, created: Date): Promise<void>;
}

/** Opens a running control plane; nothing has to be closed. */
export function accessTo(endpoint: Endpoint): ClusterAccess {
  const admin = createAdmin(endpoint);
  const withClientCert: ClusterAccess['kubeconfigWithClientCert'] = (user, groups = [], options = {}) =>
    writeKubeconfig(endpoint, options, clientCertificate(endpoint.authority, user, groups));
  return {
    endpoint,
    admin,
    kubeconfigWithClientCert: withClientCert,
    kubeconfig(user, options = {}) {
      const token = options.token ?? endpoint.tokens[user];
      return token === undefined
        ? withClientCert(user, [], options)
        : writeKubeconfig(endpoint, options, { token });
    },
    auditEntries: (user) => readAudit(endpoint.auditFile, user),
    backdate: async (object, created) =>
      backdate(endpoint.etcd, await admin.resourceOf(object), object, created),
  };
}

function clientCertificate(authority: Authority, commonName: string, organizations: readonly string[]) {
  const { certificate, key } = issueCertificate(authority, { commonName, organizations });
  return { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
}

function writeKubeconfig(
  endpoint: Endpoint,
  { server = endpoint.server, context = 'daytwo-test' }: KubeconfigOptions,
  user: Record<string, string>,
): string {
  const cluster = { server, 'certificate-authority-data': base64(endpoint.authority.certificate) };
  const path = join(endpoint.dir, `kubeconfig-${randomUUID()}.yaml`);
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster }],
    users: [{ name: context, user }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    'current-context': context,
  });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
