import type { ClusterObject, ObjectRef } from './meta.ts';

/** A Certificate of cert-manager: the name of its Secret, never what is in it. Times are RFC 3339. */
export interface Certificate extends ClusterObject {
  kind: 'Certificate';
  secret: string;
  /** Without a namespace for a ClusterIssuer. */
  issuer?: ObjectRef;
  dnsNames: string[];
  notBefore?: string;
  notAfter?: string;
  renewalTime?: string;
  lastFailure?: string;
  /** Failed attempts since the last good one. */
  failedAttempts: number;
}

/** A CertificateRequest. */
export interface CertificateRequest extends ClusterObject {
  kind: 'CertificateRequest';
  issuer?: ObjectRef;
}

/** An Issuer or ClusterIssuer: no server, account or credentials. */
export interface Issuer extends ClusterObject {
  kind: 'Issuer' | 'ClusterIssuer';
  /** acme, ca, selfSigned, vault or venafi. */
  type?: string;
}

/** An Order or Challenge of ACME. */
export interface AcmeStep extends ClusterObject {
  kind: 'Order' | 'Challenge';
  issuer?: ObjectRef;
  /** pending, ready, processing, valid, invalid, expired, errored. */
  state?: string;
  reason?: string;
  /** The name a Challenge proves. */
  dnsName?: string;
  /** HTTP-01 or DNS-01. */
  type?: string;
  presented: boolean;
}
