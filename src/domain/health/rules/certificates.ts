import { conditionOf } from '../../conditions.ts';
import { ageOf, formatAge, parseTime } from '../../duration.ts';
import type { Certificate } from '../../objects/cert-manager.ts';
import { refOf } from '../../objects/meta.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { certificatesFor, issuerRefs, lifeLeft, newestRequest } from '../certificates.ts';
import {
  firstFault,
  minutesSince,
  type Proof,
  raised,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import { withoutTransitions } from '../known.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

/** Certificates by their times, not by Ready alone: it stays True while renewals fail. */
const CERTIFICATE_RULES: readonly Rule<Certificate>[] = [
  {
    name: 'CertificateExpired',
    source: 'cert-manager pkg/apis/certmanager/v1 status.notAfter',
    judge: expired,
  },
  {
    name: 'DuplicateSecret',
    source: 'cert-manager pkg/controller/certificates/policies IncorrectCertificate',
    judge: duplicate,
  },
  { name: 'IssuerMissing', source: 'cert-manager pkg/issuer IssuerNotFound', judge: issuerMissing },
  {
    name: 'CertificateNotReady',
    source: 'cert-manager-mixin alerts/certificates.libsonnet CertManagerCertNotReady',
    judge: notReady,
  },
  {
    name: 'CertificateExpiresSoon',
    source: 'cert-manager-mixin alerts/certificates.libsonnet CertManagerCertExpirySoon',
    judge: expiresSoon,
  },
  {
    name: 'RenewalFailing',
    source: 'cert-manager pkg/apis/certmanager/v1 status.failedIssuanceAttempts',
    judge: renewalFailing,
  },
  {
    name: 'IssuingTakesLong',
    source: 'cert-manager pkg/apis/certmanager/v1 condition Issuing',
    judge: issuingLong,
  },
  {
    name: 'RenewalOverdue',
    source: 'cert-manager pkg/apis/certmanager/v1 status.renewalTime',
    judge: overdue,
  },
];

/** Certificates of cert-manager. */
export const CERTIFICATES: RuleSet = {
  component: 'certificate',
  checked: ({ objects }) => objects.Certificate,
  judge: (world, known) =>
    world.objects.Certificate.filter(({ deletion }) => deletion === undefined).flatMap((certificate) => {
      const blame = { component: 'certificate', ref: refOf(certificate) } as const;
      const fault = firstFault(CERTIFICATE_RULES, certificate, blame, world);
      return fault ? withoutTransitions(fault, known) : [];
    }),
};

function expired(certificate: Certificate, world: World): Symptom | undefined {
  const { notAfter } = certificate;
  const end = parseTime(notAfter);
  if (end === undefined || end > world.now) return undefined;
  return {
    state: 'failed',
    message: clip(`expired ${ageOf(notAfter, world.now)} ago${whyOf(certificate)}`, 220),
    since: notAfter,
    evidence: timesOf(certificate),
    causes: causesOf(certificate, world),
  };
}

/** Two write one Secret, and each takes what the other wrote for wrong: they issue without end. The oldest is in its right. */
function duplicate(certificate: Certificate, world: World): Symptom | undefined {
  const same = sharing(certificate, world).toSorted(
    (a, b) => byText(a.created, b.created) || byText(a.name, b.name),
  );
  const [first] = same;
  if (first === undefined || first.name === certificate.name) return undefined;
  return {
    state: 'degraded',
    message: `writes Secret ${certificate.secret}, which ${refOf(first)} writes too: each overwrites the other`,
    since: certificate.created,
    evidence: [{ path: 'spec.secretName', value: certificate.secret }],
  };
}

function issuerMissing({ issuer, created }: Certificate, world: World): Symptom | undefined {
  const [ref] = issuerRefs(issuer);
  const kind = issuer?.kind === 'ClusterIssuer' ? 'ClusterIssuer' : 'Issuer';
  if (ref === undefined || world.byRef.has(ref) || !world.sees(kind, issuer?.namespace)) return undefined;
  return {
    state: raised(created, world.now, 10),
    message: `its issuer ${ref} does not exist`,
    since: created,
    evidence: [{ path: 'spec.issuerRef', value: ref }],
  };
}

/** Minutes in which a first certificate comes, challenges included. */
const FIRST_ISSUE = 10;

function notReady(certificate: Certificate, world: World): Symptom | undefined {
  const ready = conditionOf(certificate, 'Ready');
  if (ready?.status === 'True') return undefined;
  const since = ready?.since ?? certificate.created;
  const isFirst = certificate.failedAttempts === 0 && minutesSince(since, world.now) < FIRST_ISSUE;
  return {
    state: isFirst ? 'progressing' : raised(since, world.now, FIRST_ISSUE),
    message: clip(
      `is not ready: ${ready?.message ?? 'cert-manager has not looked at it'}${whyOf(certificate)}`,
      220,
    ),
    since,
    evidence: [
      { path: 'conditions[Ready]', value: ready ? `${ready.status} ${ready.reason ?? ''}`.trim() : 'absent' },
      ...timesOf(certificate),
    ],
    causes: [...causesOf(certificate, world), ...rival(certificate, world)],
  };
}

/** The certificates that write the same Secret. */
function rival(certificate: Certificate, world: World): string[] {
  return sharing(certificate, world)
    .filter(({ name }) => name !== certificate.name)
    .map(refOf);
}

function sharing({ namespace, secret }: Certificate, world: World): readonly Certificate[] {
  return certificatesFor({ kind: 'Secret', namespace, name: secret }, world);
}

/** Share of its life from which on a certificate that nobody renewed is close to its end. */
const LAST = 1 / 6;

function expiresSoon(certificate: Certificate, world: World): Symptom | undefined {
  const left = lifeLeft(certificate, world.now);
  if (left === undefined || left >= LAST || !isDue(certificate, world.now)) return undefined;
  return {
    state: 'failed',
    message: clip(
      `expires in ${formatAge((parseTime(certificate.notAfter) ?? 0) - world.now)} and is not renewed${whyOf(certificate)}`,
      220,
    ),
    since: certificate.renewalTime,
    evidence: timesOf(certificate),
    causes: causesOf(certificate, world),
  };
}

/** Where no renewal time is told, the last third of a life is when cert-manager renews. */
function isDue(certificate: Certificate, now: number): boolean {
  const renewal = parseTime(certificate.renewalTime);
  return renewal === undefined ? (lifeLeft(certificate, now) ?? 1) < 1 / 3 : now > renewal;
}

function renewalFailing(certificate: Certificate, world: World): Symptom | undefined {
  if (certificate.failedAttempts === 0) return undefined;
  return {
    state: 'degraded',
    message: clip(`${times(certificate.failedAttempts)} could not be renewed${whyOf(certificate)}`, 220),
    since: certificate.lastFailure,
    evidence: timesOf(certificate),
    causes: causesOf(certificate, world),
  };
}

/** In minutes. */
const ISSUING = 60;

function issuingLong(certificate: Certificate, world: World): Symptom | undefined {
  const issuing = conditionOf(certificate, 'Issuing');
  if (issuing?.status !== 'True') return undefined;
  return {
    state: minutesSince(issuing.since, world.now) < ISSUING ? 'progressing' : 'degraded',
    message: clip(`is being renewed: ${issuing.message ?? issuing.reason ?? 'no message'}`, 200),
    since: issuing.since,
    evidence: timesOf(certificate),
    causes: causesOf(certificate, world),
  };
}

/** In minutes: the renewal starts by itself at its time. */
const OVERDUE = 60;

function overdue(certificate: Certificate, world: World): Symptom | undefined {
  if (!isDue(certificate, world.now)) return undefined;
  const { renewalTime } = certificate;
  if (renewalTime !== undefined && minutesSince(renewalTime, world.now) < OVERDUE) return undefined;
  return {
    state: 'degraded',
    message: 'should have been renewed and nobody has begun, though it says Ready',
    since: renewalTime,
    evidence: timesOf(certificate),
    causes: [...operatorRefs('Certificate', world), ...causesOf(certificate, world)],
  };
}

function causesOf(certificate: Certificate, world: World): string[] {
  const request = newestRequest(certificate, world);
  return [...(request ? [refOf(request)] : []), ...issuerRefs(certificate.issuer)];
}

function whyOf(certificate: Certificate): string {
  const issuing = conditionOf(certificate, 'Issuing');
  const { message } = issuing?.status === 'False' ? issuing : {};
  return message === undefined ? '' : `: ${message}`;
}

function timesOf({ renewalTime, notAfter, dnsNames }: Certificate): Proof[] {
  const all = [
    { path: 'status.renewalTime', value: renewalTime },
    { path: 'status.notAfter', value: notAfter },
    { path: 'spec.dnsNames', value: nameSome(dnsNames, 3) || undefined },
  ];
  return all.filter((proof): proof is Proof => proof.value !== undefined);
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
