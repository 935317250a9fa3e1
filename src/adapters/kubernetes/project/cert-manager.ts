import type { AcmeStep, Certificate, CertificateRequest, Issuer } from '#domain/objects/cert-manager.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';

import { at, count, isTrue, keys, string, strings, time } from '../raw.ts';
import { type Context, projectObject } from './meta.ts';

/** A Certificate: no keystores, templates or names beyond those in DNS. */
export function projectCertificate(raw: unknown, context: Context): Certificate {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'Certificate',
    secret: string(raw, 'spec', 'secretName') ?? '',
    issuer: issuerOf(at(raw, 'spec', 'issuerRef'), object.namespace),
    dnsNames: strings(raw, 'spec', 'dnsNames'),
    notBefore: time(raw, 'status', 'notBefore'),
    notAfter: time(raw, 'status', 'notAfter'),
    renewalTime: time(raw, 'status', 'renewalTime'),
    lastFailure: time(raw, 'status', 'lastFailureTime'),
    failedAttempts: count(raw, 'status', 'failedIssuanceAttempts'),
  };
}

function issuerOf(raw: unknown, namespace: string | undefined): ObjectRef | undefined {
  const name = string(raw, 'name');
  if (name === undefined) return undefined;
  const kind = string(raw, 'kind') ?? 'Issuer';
  const group = string(raw, 'group') ?? 'cert-manager.io';
  return { kind, name, group, ...(kind !== 'ClusterIssuer' && { namespace }) };
}

/** A CertificateRequest: neither the request nor the certificate. */
export function projectCertificateRequest(raw: unknown, context: Context): CertificateRequest {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'CertificateRequest',
    issuer: issuerOf(at(raw, 'spec', 'issuerRef'), object.namespace),
  };
}

const ISSUER_TYPES = ['acme', 'ca', 'selfSigned', 'vault', 'venafi'];

/** An Issuer or ClusterIssuer: only which sort it is. */
export function projectIssuer(raw: unknown, context: Context): Issuer {
  return {
    ...projectObject(raw, context),
    kind: context.kind.kind as Issuer['kind'],
    type: ISSUER_TYPES.find((type) => keys(raw, 'spec').includes(type)),
  };
}

/** An Order or Challenge: no token, key, URL or request. */
export function projectAcmeStep(raw: unknown, context: Context): AcmeStep {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: context.kind.kind as AcmeStep['kind'],
    issuer: issuerOf(at(raw, 'spec', 'issuerRef'), object.namespace),
    state: string(raw, 'status', 'state'),
    reason: context.text(string(raw, 'status', 'reason')),
    dnsName: string(raw, 'spec', 'dnsName'),
    type: string(raw, 'spec', 'type'),
    presented: isTrue(raw, 'status', 'presented'),
  };
}
