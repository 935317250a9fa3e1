import { conditionOf } from '../conditions.ts';
import { parseTime } from '../duration.ts';
import type { AcmeStep, Certificate, CertificateRequest } from '../objects/cert-manager.ts';
import { type ClusterObject, type ObjectRef, refOf } from '../objects/meta.ts';
import type { World } from './world.ts';

/** How much of a certificate's life is left at a moment, from 1 to below 0; undefined before it was issued. */
export function lifeLeft({ notBefore, notAfter }: Certificate, now: number): number | undefined {
  const from = parseTime(notBefore);
  const to = parseTime(notAfter);
  return from === undefined || to === undefined || to <= from ? undefined : (to - now) / (to - from);
}

/** Whether a certificate can be served: what is only overdue still works. */
export function isUsable(certificate: Certificate, now: number): boolean {
  const end = parseTime(certificate.notAfter);
  if (end === undefined) return conditionOf(certificate, 'Ready')?.status === 'True';
  return now < end && conditionOf(certificate, 'Ready')?.reason !== 'DoesNotExist';
}

/** The request by which a certificate is being issued, or was last: older ones are history. */
export function newestRequest(
  { namespace, name }: Certificate,
  world: World,
): CertificateRequest | undefined {
  return newest(world.requestsByCertificate().get(`${namespace}/${name}`) ?? []);
}

/** Orders or Challenges made for an object. */
export function stepsOf(owner: ClusterObject, kind: AcmeStep['kind'], { objects }: World): AcmeStep[] {
  return objects[kind].filter((step) => step.namespace === owner.namespace && isOwnedBy(step, owner));
}

function isOwnedBy(object: ClusterObject, { kind, name }: Pick<ClusterObject, 'kind' | 'name'>): boolean {
  return object.owner?.kind === kind && object.owner.name === name;
}

function newest<T extends ClusterObject>(objects: readonly T[]): T | undefined {
  return objects.toSorted((a, b) => (parseTime(b.created) ?? 0) - (parseTime(a.created) ?? 0))[0];
}

/** The certificates that fill a Secret. */
export function certificatesFor({ namespace, name }: ObjectRef, world: World): readonly Certificate[] {
  return world.certificatesBySecret().get(`${namespace}/${name}`) ?? [];
}

/** Refs of the issuers behind something of cert-manager; those of other projects are not known. */
export function issuerRefs(issuer: ObjectRef | undefined): string[] {
  return issuer === undefined || issuer.group !== 'cert-manager.io' ? [] : [refOf(issuer)];
}
