import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its private key (ECDSA P-256), both PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** A certificate authority: what it signs with and the name it signs under. */
export interface Authority extends KeyPair {
  commonName: string;
}

/** Whom a certificate is for: a client's user and groups, or a server's names and addresses. */
export interface Subject {
  commonName: string;
  organizations?: readonly string[];
  /** DNS names and IP addresses; a subject that has any may serve TLS, one that has none may log in. */
  hosts?: readonly string[];
}

const OID = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  organization: [0x55, 0x04, 0x0a],
  keyUsage: [0x55, 0x1d, 0x0f],
  subjectAltName: [0x55, 0x1d, 0x11],
  basicConstraints: [0x55, 0x1d, 0x13],
  extendedKeyUsage: [0x55, 0x1d, 0x25],
  serverAuth: [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01],
  clientAuth: [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02],
} as const;

const HOUR = 3_600_000;
const DER_TRUE = [0x01, 0x01, 0xff];

/** A new authority, good for a day. */
export function createAuthority(commonName: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension(OID.basicConstraints, sequence(Buffer.from(DER_TRUE))),
    extension(OID.keyUsage, Buffer.from([0x03, 0x02, 0x02, 0x04])),
  ];
  const body = { subject: { commonName }, issuer: commonName, publicKey: keys.publicKey, extensions };
  return { commonName, certificate: signed(body, keys.privateKey), key: pem(keys.privateKey) };
}

/** A certificate for a subject, signed by the authority and good for a day. */
export function issueCertificate(authority: Authority, subject: Subject): KeyPair {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const hosts = subject.hosts ?? [];
  const purpose = hosts.length > 0 ? OID.serverAuth : OID.clientAuth;
  const extensions = [
    extension(OID.keyUsage, Buffer.from([0x03, 0x02, 0x07, 0x80])),
    extension(OID.extendedKeyUsage, sequence(der(0x06, Buffer.from(purpose)))),
  ];
  if (hosts.length > 0)
    extensions.push(extension(OID.subjectAltName, sequence(...hosts.map(alternativeName))));
  const body = { subject, issuer: authority.commonName, publicKey: keys.publicKey, extensions };
  return { certificate: signed(body, createPrivateKey(authority.key)), key: pem(keys.privateKey) };
}

/** A private key (PEM) that an API server can sign service account tokens with. */
export function createSigningKey(): string {
  return pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

interface Body {
  subject: Subject;
  issuer: string;
  publicKey: KeyObject;
  extensions: readonly Buffer[];
}

function signed(body: Body, key: KeyObject): string {
  const algorithm = sequence(der(0x06, Buffer.from(OID.ecdsaWithSha256)));
  const contents = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    distinguishedName({ commonName: body.issuer }),
    sequence(utcTime(Date.now() - HOUR), utcTime(Date.now() + 24 * HOUR)),
    distinguishedName(body.subject),
    body.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...body.extensions)),
  );
  const certificate = sequence(contents, algorithm, bitString(sign('sha256', contents, key)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function pem(key: KeyObject): string {
  return key.export({ type: 'sec1', format: 'pem' }).toString();
}

function distinguishedName({ commonName, organizations = [] }: Subject): Buffer {
  const parts = [
    ...organizations.map((name) => [OID.organization, name] as const),
    [OID.commonName, commonName] as const,
  ];
  return sequence(
    ...parts.map(([oid, value]) =>
      der(0x31, sequence(der(0x06, Buffer.from(oid)), der(0x0c, Buffer.from(value)))),
    ),
  );
}

function alternativeName(host: string): Buffer {
  if (isIP(host) !== 4) return der(0x82, Buffer.from(host));
  return der(0x87, Buffer.from(host.split('.').map(Number)));
}

function extension(oid: readonly number[], value: Buffer): Buffer {
  return sequence(der(0x06, Buffer.from(oid)), Buffer.from(DER_TRUE), der(0x04, value));
}

function utcTime(time: number): Buffer {
  const digits = new Date(time).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...derLength(content.length)]), content]);
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >> 8, length & 0xff];
}
