import { conditionOf } from '../../conditions.ts';
import type { AcmeStep, Certificate, CertificateRequest, Issuer } from '../../objects/cert-manager.ts';
import { type Condition, refOf } from '../../objects/meta.ts';
import { clip } from '../../text.ts';
import { issuerRefs, newestRequest, stepsOf } from '../certificates.ts';
import { firstFault, raised, ripening, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

const ISSUER_RULES: readonly Rule<Issuer>[] = [
  {
    name: 'IssuerNotReady',
    source: 'cert-manager pkg/issuer/acme/setup.go, condition Ready',
    judge: issuerNotReady,
  },
];

const REQUEST_RULES: readonly Rule<CertificateRequest>[] = [
  {
    name: 'RequestDenied',
    source: 'cert-manager pkg/apis/certmanager/v1 conditions Denied and InvalidRequest',
    judge: refused,
  },
  {
    name: 'RequestFailed',
    source: 'cert-manager pkg/apis/certmanager/v1 reason Failed',
    judge: requestFailed,
  },
  {
    name: 'RequestPending',
    source: 'cert-manager pkg/apis/certmanager/v1 reason Pending',
    judge: requestPending,
  },
];

const STEP_RULES: readonly Rule<AcmeStep>[] = [
  {
    name: 'AcmeRefused',
    source: 'cert-manager pkg/apis/acme/v1 State invalid, errored, expired',
    judge: stepFailed,
  },
  {
    name: 'AcmePending',
    source: 'cert-manager pkg/controller/acmechallenges, status.reason',
    judge: stepPending,
  },
];

/** What stands behind certificates: issuers, and of requests, orders and challenges only those now under way. */
export const ISSUANCE: RuleSet = {
  component: 'certificate',
  checked: ({ objects }) => [...objects.Issuer, ...objects.ClusterIssuer],
  judge: (world) => {
    const { requests, orders, challenges } = underWay(world);
    const issuers = [...world.objects.Issuer, ...world.objects.ClusterIssuer];
    return [
      ...judged(issuers, ISSUER_RULES, world),
      ...judged(requests, REQUEST_RULES, world),
      ...judged([...orders, ...challenges], STEP_RULES, world),
    ];
  },
};

function judged<T extends Issuer | CertificateRequest | AcmeStep>(
  subjects: readonly T[],
  rules: readonly Rule<T>[],
  world: World,
) {
  return subjects.flatMap(
    (subject) => firstFault(rules, subject, { component: 'certificate', ref: refOf(subject) }, world) ?? [],
  );
}

interface UnderWay {
  requests: CertificateRequest[];
  orders: AcmeStep[];
  challenges: AcmeStep[];
}

/** Each certificate's newest request that has not ended well, with its orders and challenges; older ones are history. */
function underWay(world: World): UnderWay {
  const requests = world.objects.Certificate.flatMap((one) => openRequest(one, world) ?? []);
  const orders = requests.flatMap((request) => stepsOf(request, 'Order', world));
  return { requests, orders, challenges: orders.flatMap((order) => stepsOf(order, 'Challenge', world)) };
}

function openRequest(certificate: Certificate, world: World): CertificateRequest | undefined {
  const request = newestRequest(certificate, world);
  return request && conditionOf(request, 'Ready')?.status !== 'True' ? request : undefined;
}

function issuerNotReady(issuer: Issuer, world: World): Symptom | undefined {
  const ready = conditionOf(issuer, 'Ready');
  if (ready?.status === 'True') return undefined;
  if (ready === undefined) return notLookedAt(issuer, world);
  return {
    state: raised(ready.since ?? issuer.created, world.now, 10),
    reason: ready.reason ?? 'IssuerNotReady',
    message: clip(`cannot issue: ${ready.message ?? ready.reason ?? 'no reason'}`, 220),
    since: ready.since,
    evidence: [{ path: 'conditions[Ready]', value: proofOf(ready) }],
  };
}

function notLookedAt({ kind, created }: Issuer, world: World): Symptom {
  return {
    state: ripening(created, world.now, 5),
    message: 'cert-manager has not looked at it',
    since: created,
    causes: operatorRefs(kind, world),
  };
}

function refused(request: CertificateRequest): Symptom | undefined {
  const told = ['Denied', 'InvalidRequest']
    .map((type) => conditionOf(request, type))
    .find((condition) => condition?.status === 'True');
  if (told === undefined) return undefined;
  return {
    state: 'failed',
    reason: told.type === 'Denied' ? 'RequestDenied' : 'InvalidRequest',
    message: clip(`was refused: ${told.message ?? told.reason ?? 'no reason'}`, 220),
    since: told.since,
    evidence: [{ path: `conditions[${told.type}]`, value: proofOf(told) }],
  };
}

function requestFailed(request: CertificateRequest, world: World): Symptom | undefined {
  const ready = conditionOf(request, 'Ready');
  if (ready?.reason !== 'Failed') return undefined;
  return {
    state: 'degraded',
    message: clip(`failed: ${ready.message ?? 'no message'}`, 220),
    since: ready.since,
    evidence: [{ path: 'conditions[Ready]', value: proofOf(ready) }],
    causes: requestCauses(request, world),
  };
}

/** Minutes in which an issuer answers. */
const ANSWER = 10;

function requestPending(request: CertificateRequest, world: World): Symptom | undefined {
  const ready = conditionOf(request, 'Ready');
  return {
    state: ripening(request.created, world.now, ANSWER),
    message: clip(`waits: ${ready?.message ?? 'no issuer has taken it up'}`, 200),
    since: request.created,
    causes: requestCauses(request, world),
  };
}

function requestCauses(request: CertificateRequest, world: World): string[] {
  return [...stepsOf(request, 'Order', world).map(refOf), ...issuerRefs(request.issuer)];
}

const REFUSED: ReadonlySet<string> = new Set(['invalid', 'errored', 'expired']);

function stepFailed(step: AcmeStep, world: World): Symptom | undefined {
  const { state = '' } = step;
  if (!REFUSED.has(state)) return undefined;
  return {
    state: 'failed',
    message: clip(`${aboutOf(step)}is ${state}: ${step.reason ?? 'no reason is given'}`, 240),
    since: step.created,
    evidence: [{ path: 'status.state', value: state }],
    causes: stepCauses(step, world),
  };
}

function stepPending(step: AcmeStep, world: World): Symptom | undefined {
  const { state, kind } = step;
  if (state === 'valid' || (kind === 'Order' && state === 'ready')) return undefined;
  return {
    state: ripening(step.created, world.now, ANSWER),
    message: clip(`${aboutOf(step)}waits: ${step.reason ?? state ?? 'it has not begun'}`, 240),
    since: step.created,
    evidence: [
      { path: 'status.state', value: state ?? 'absent' },
      ...(kind === 'Challenge' ? [{ path: 'status.presented', value: String(step.presented) }] : []),
    ],
    causes: stepCauses(step, world),
  };
}

function aboutOf({ type, dnsName }: AcmeStep): string {
  return dnsName === undefined ? '' : `${type ?? 'the challenge'} for ${dnsName} `;
}

function stepCauses(step: AcmeStep, world: World): string[] {
  const challenges = step.kind === 'Order' ? stepsOf(step, 'Challenge', world).map(refOf) : [];
  return [...challenges, ...issuerRefs(step.issuer)];
}

function proofOf({ status, reason }: Condition): string {
  return `${status} ${reason ?? ''}`.trim();
}
