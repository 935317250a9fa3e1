import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest, OwnerReference } from '../manifest.ts';

const GROUP = 'cert-manager.io';
const ACME = 'acme.cert-manager.io';

const KINDS: readonly (readonly [group: string, kind: string, plural: string, namespaced: boolean])[] = [
  [GROUP, 'Certificate', 'certificates', true],
  [GROUP, 'CertificateRequest', 'certificaterequests', true],
  [GROUP, 'Issuer', 'issuers', true],
  [GROUP, 'ClusterIssuer', 'clusterissuers', false],
  [ACME, 'Order', 'orders', true],
  [ACME, 'Challenge', 'challenges', true],
];

/** The CRDs of cert-manager, without a schema. */
export function certManagerCrds(): Manifest[] {
  return KINDS.map(([group, kind, plural, namespaced]): PermissiveKind => ({
    group,
    version: 'v1',
    kind,
    plural,
    namespaced,
  })).map(permissiveCrd);
}

/** A condition as cert-manager writes it: status, reason, message. */
export type Told = readonly [status: string, reason: string, message: string, at: string];

function conditionsOf(told: Readonly<Record<string, Told | undefined>>): object[] {
  return Object.entries(told).flatMap(([type, one]) =>
    one === undefined
      ? []
      : [
          {
            type,
            status: one[0],
            reason: one[1],
            message: one[2],
            lastTransitionTime: one[3],
            observedGeneration: 1,
          },
        ],
  );
}

/** What a Certificate is made of; times are RFC 3339. */
export interface CertificateShape {
  name?: string;
  secret?: string;
  issuer?: { kind: string; name: string; group?: string };
  notBefore?: string;
  notAfter?: string;
  renewalTime?: string;
  lastFailure?: string;
  failedAttempts?: number;
  ready?: Told;
  issuing?: Told;
}

/** A Certificate for wiki.example.test in `apps`, as stored. */
export function rawCertificate(shape: CertificateShape): Manifest {
  const {
    name = 'wiki',
    secret = `${name}-tls`,
    issuer = { kind: 'ClusterIssuer', name: 'letsencrypt' },
  } = shape;
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'Certificate',
    metadata: { name, namespace: 'apps', generation: 1 },
    spec: { secretName: secret, issuerRef: { group: GROUP, ...issuer }, dnsNames: [`${name}.example.test`] },
    status: {
      revision: 3,
      notBefore: shape.notBefore,
      notAfter: shape.notAfter,
      renewalTime: shape.renewalTime,
      lastFailureTime: shape.lastFailure,
      failedIssuanceAttempts: shape.failedAttempts,
      conditions: conditionsOf({ Ready: shape.ready, Issuing: shape.issuing }),
    },
  };
}

/** The request of a Certificate. */
export function rawRequest(
  name: string,
  conditions: Readonly<Record<string, Told>>,
  certificate = 'wiki',
): Manifest {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'CertificateRequest',
    metadata: {
      name,
      namespace: 'apps',
      annotations: {
        'cert-manager.io/certificate-name': certificate,
        'cert-manager.io/private-key-secret-name': `${certificate}-key`,
      },
      ownerReferences: [owner('Certificate', certificate, `${GROUP}/v1`)],
    },
    spec: {
      request: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURQ==',
      issuerRef: { group: GROUP, kind: 'ClusterIssuer', name: 'letsencrypt' },
    },
    status: { conditions: conditionsOf(conditions) },
  };
}

/** A ClusterIssuer of ACME. */
export function rawClusterIssuer(ready: Told | undefined, name = 'letsencrypt'): Manifest {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterIssuer',
    metadata: { name, generation: 1 },
    spec: {
      acme: {
        server: 'https://acme.example.test/directory',
        email: 'ops@example.test',
        privateKeySecretRef: { name: 'account-key' },
        solvers: [{ dns01: { cloudflare: { apiTokenSecretRef: { name: 'token', key: 'api-token' } } } }],
      },
    },
    status: { conditions: conditionsOf({ Ready: ready }) },
  };
}

/** The Order of a request, in a state. */
export function rawOrder(name: string, request: string, status: Record<string, unknown>): Manifest {
  return {
    apiVersion: `${ACME}/v1`,
    kind: 'Order',
    metadata: {
      name,
      namespace: 'apps',
      ownerReferences: [owner('CertificateRequest', request, `${GROUP}/v1`)],
    },
    spec: {
      issuerRef: { group: GROUP, kind: 'ClusterIssuer', name: 'letsencrypt' },
      request: 'LS0tLS1CRUdJTg==',
    },
    status: { url: 'https://acme.example.test/order/1', ...status },
  };
}

/** The Challenge of an Order, in a state. */
export function rawChallenge(name: string, order: string, status: Record<string, unknown>): Manifest {
  return {
    apiVersion: `${ACME}/v1`,
    kind: 'Challenge',
    metadata: {
      name,
      namespace: 'apps',
      ownerReferences: [owner('Order', order, `${ACME}/v1`)],
    },
    spec: {
      type: 'DNS-01',
      dnsName: 'wiki.example.test',
      token: 'hunter2-challenge',
      key: 'hunter2-key',
      issuerRef: { group: GROUP, kind: 'ClusterIssuer', name: 'letsencrypt' },
    },
    status,
  };
}

function owner(kind: string, name: string, apiVersion: string): OwnerReference {
  return { apiVersion, kind, name, uid: '', controller: true, blockOwnerDeletion: true };
}
