import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';

import {
  type CertificateShape,
  rawCertificate,
  rawChallenge,
  rawClusterIssuer,
  rawOrder,
  rawRequest,
} from '../../cluster/crds/cert-manager.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, deployed, findingsOf, pod, unready } from './objects.ts';
import { ingress, ingressClass, service, slice, webhook } from './platform-objects.ts';
import { projected } from './upgrade-objects.ts';

const DAY = 24 * 60;

/** A certificate for 90 days that is so many days old; its renewal is due after 60. */
const aged = (days: number, shape: CertificateShape = {}): AnyObject =>
  projected(
    rawCertificate({
      notBefore: ago(days * DAY),
      notAfter: ago((days - 90) * DAY),
      renewalTime: ago((days - 60) * DAY),
      ready: ['True', 'Ready', 'Certificate is up to date and has not expired', ago(days * DAY)],
      ...shape,
    }),
    200 * DAY,
  );

/** A certificate that has never been issued. */
const fresh = (minutes: number, shape: CertificateShape = {}): AnyObject =>
  projected(
    rawCertificate({
      ready: ['False', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(minutes)],
      issuing: ['True', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(minutes)],
      ...shape,
    }),
    minutes,
  );

const issuer = projected(
  rawClusterIssuer(['True', 'ACMEAccountRegistered', 'The ACME account was registered', ago(9)]),
);

const WIKI = 'Certificate/apps/wiki';
const DNS = 'Waiting for DNS-01 challenge propagation: DNS record for "wiki.example.test" not yet propagated';

const request = (minutes: number, reason = 'Pending', name = 'wiki-1'): AnyObject =>
  projected(
    rawRequest(name, {
      Ready: ['False', reason, `${reason}: waiting on certificate issuance from order`, ago(minutes)],
    }),
    minutes,
  );

const order = (minutes: number, state: string, reason?: string): AnyObject =>
  projected(rawOrder('wiki-1-22', 'wiki-1', { state, reason }), minutes);

const challenge = (minutes: number, state: string, reason: string): AnyObject =>
  projected(
    rawChallenge('wiki-1-22-333', 'wiki-1-22', { state, reason, presented: true, processing: true }),
    minutes,
  );

/** All that a first certificate stands on while its challenge is not met. */
const chain = (minutes: number, state = 'pending', reason = DNS): AnyObject[] => [
  issuer,
  fresh(minutes),
  request(minutes),
  order(minutes, 'pending'),
  challenge(minutes, state, reason),
];

const ROWS: FindingRow[] = [
  {
    source: 'cert-manager pkg/apis/certmanager/v1 status.notAfter is past, Ready=True',
    objects: [issuer, aged(91)],
    state: 'failed',
    ref: WIKI,
    reason: 'CertificateExpired',
    says: /expired 24h ago/,
  },
  {
    source: 'cert-manager pkg/controller/certificates/policies IncorrectCertificate: two write one Secret',
    objects: [issuer, aged(5), { ...aged(5, { name: 'second', secret: 'wiki-tls' }), created: ago(5 * DAY) }],
    state: 'degraded',
    ref: 'Certificate/apps/second',
    reason: 'DuplicateSecret',
    says: /writes Secret wiki-tls, which Certificate\/apps\/wiki writes too/,
  },
  {
    source: 'cert-manager pkg/issuer IssuerNotFound',
    objects: [issuer, aged(5, { issuer: { kind: 'Issuer', name: 'letsencrypt' } })],
    state: 'failed',
    ref: WIKI,
    reason: 'IssuerMissing',
    says: /issuer Issuer\/apps\/letsencrypt does not exist/,
  },
  {
    source: 'cert-manager-mixin CertManagerCertNotReady: a first issuing, for nine minutes',
    objects: [issuer, fresh(9)],
    state: 'progressing',
    ref: WIKI,
    reason: 'CertificateNotReady',
    says: /Secret does not exist/,
  },
  {
    source: 'cert-manager-mixin CertManagerCertNotReady: for eleven minutes',
    objects: [issuer, fresh(11)],
    state: 'failed',
    ref: WIKI,
    reason: 'CertificateNotReady',
    says: /Secret does not exist/,
  },
  {
    source: 'cert-manager-mixin CertManagerCertNotReady: a failed attempt counts at once',
    objects: [
      issuer,
      fresh(3, {
        failedAttempts: 1,
        lastFailure: ago(1),
        issuing: ['False', 'Failed', 'The certificate request has failed to complete', ago(1)],
      }),
    ],
    state: 'degraded',
    ref: WIKI,
    reason: 'CertificateNotReady',
    says: /has failed to complete/,
  },
  {
    source: 'cert-manager-mixin CertManagerCertExpirySoon: less than a sixth of its life, Ready=True',
    objects: [issuer, aged(76)],
    state: 'failed',
    ref: WIKI,
    reason: 'CertificateExpiresSoon',
    says: /expires in 14d and is not renewed/,
  },
  {
    source: 'cert-manager pkg/apis/certmanager/v1 failedIssuanceAttempts, Ready=True',
    objects: [
      issuer,
      aged(61, {
        failedAttempts: 4,
        lastFailure: ago(50),
        issuing: [
          'False',
          'Failed',
          'The certificate request has failed to complete: 429 urn:ietf:params:acme:error:rateLimited',
          ago(50),
        ],
      }),
    ],
    state: 'degraded',
    ref: WIKI,
    reason: 'RenewalFailing',
    says: /4 times could not be renewed: .*rateLimited/,
  },
  {
    source: 'cert-manager pkg/apis/certmanager/v1 condition Issuing for half an hour',
    objects: [
      issuer,
      aged(60, { issuing: ['True', 'Renewing', 'Renewing certificate as renewal was scheduled', ago(30)] }),
    ],
    state: 'progressing',
    ref: WIKI,
    reason: 'IssuingTakesLong',
    says: /is being renewed/,
  },
  {
    source: 'cert-manager pkg/apis/certmanager/v1 condition Issuing for two hours',
    objects: [
      issuer,
      aged(61, { issuing: ['True', 'Renewing', 'Renewing certificate as renewal was scheduled', ago(120)] }),
    ],
    state: 'degraded',
    ref: WIKI,
    reason: 'IssuingTakesLong',
    says: /is being renewed/,
  },
  {
    source: 'cert-manager pkg/apis/certmanager/v1 renewalTime is past by a day, Ready=True',
    objects: [issuer, aged(61)],
    state: 'degraded',
    ref: WIKI,
    reason: 'RenewalOverdue',
    says: /should have been renewed and nobody has begun/,
  },
  {
    source: 'cert-manager pkg/issuer/acme/setup.go ErrRegisterACMEAccount',
    objects: [
      projected(
        rawClusterIssuer([
          'False',
          'ErrRegisterACMEAccount',
          'Failed to register ACME account: 401',
          ago(20),
        ]),
      ),
    ],
    state: 'failed',
    ref: 'ClusterIssuer/letsencrypt',
    reason: 'ErrRegisterACMEAccount',
    says: /cannot issue: Failed to register ACME account: 401/,
  },
  {
    source: 'cert-manager pkg/issuer/acme/setup.go five minutes ago',
    objects: [
      projected(
        rawClusterIssuer(['False', 'ErrRegisterACMEAccount', 'Failed to register ACME account: 401', ago(5)]),
      ),
    ],
    state: 'degraded',
    ref: 'ClusterIssuer/letsencrypt',
    reason: 'ErrRegisterACMEAccount',
    says: /cannot issue/,
  },
  {
    source: 'cert-manager pkg/apis/certmanager/v1 an issuer without conditions',
    objects: [projected(rawClusterIssuer(undefined))],
    state: 'failed',
    ref: 'ClusterIssuer/letsencrypt',
    reason: 'IssuerNotReady',
    says: /has not looked at it/,
  },
  {
    source: 'cert-manager pkg/apis/certmanager/v1 condition Denied',
    objects: [
      issuer,
      fresh(20),
      projected(
        rawRequest('wiki-1', {
          Denied: ['True', 'policy.cert-manager.io', 'No policy approved this request', ago(20)],
          Ready: ['False', 'Denied', 'The CertificateRequest was denied', ago(20)],
        }),
        20,
      ),
    ],
    state: 'failed',
    ref: 'CertificateRequest/apps/wiki-1',
    reason: 'RequestDenied',
    says: /was refused: No policy approved/,
  },
  {
    source: 'cert-manager pkg/apis/certmanager/v1 reason Failed',
    objects: [issuer, fresh(20), request(20, 'Failed')],
    state: 'degraded',
    ref: 'CertificateRequest/apps/wiki-1',
    reason: 'RequestFailed',
    says: /failed: Failed: waiting/,
  },
  ...(
    [
      [11, 'degraded'],
      [31, 'failed'],
    ] as const
  ).map(([minutes, state]): FindingRow => ({
    source: `cert-manager pkg/apis/certmanager/v1 reason Pending for ${minutes} minutes`,
    objects: [issuer, fresh(minutes), request(minutes)],
    state,
    ref: 'CertificateRequest/apps/wiki-1',
    reason: 'RequestPending',
    says: /waits: Pending/,
  })),
  {
    source: 'cert-manager pkg/apis/certmanager/v1 condition InvalidRequest',
    objects: [
      issuer,
      fresh(20),
      projected(
        rawRequest('wiki-1', { InvalidRequest: ['True', 'Invalid', 'the CSR has no names', ago(20)] }),
        20,
      ),
    ],
    state: 'failed',
    ref: 'CertificateRequest/apps/wiki-1',
    reason: 'InvalidRequest',
    says: /was refused: the CSR has no names/,
  },
  {
    source: 'cert-manager pkg/issuer/ca/setup.go of an Issuer in a namespace',
    objects: [
      projected({
        ...rawClusterIssuer(['False', 'ErrGetKeyPair', 'Error getting keypair for CA issuer', ago(20)], 'ca'),
        kind: 'Issuer',
        metadata: { name: 'ca', namespace: 'apps' },
      }),
    ],
    state: 'failed',
    ref: 'Issuer/apps/ca',
    reason: 'ErrGetKeyPair',
    says: /cannot issue: Error getting keypair/,
  },
  ...['invalid', 'expired'].map((state): FindingRow => ({
    source: `cert-manager pkg/apis/acme/v1 State ${state} of an Order`,
    objects: [issuer, fresh(20), request(20), order(20, state, 'the CA refuses it')],
    state: 'failed',
    ref: 'Order/apps/wiki-1-22',
    reason: 'AcmeRefused',
    says: new RegExp(`is ${state}: the CA refuses it`),
  })),
  ...['invalid', 'errored', 'expired'].map((state): FindingRow => ({
    source: `cert-manager pkg/apis/acme/v1 State ${state}`,
    objects: chain(
      20,
      state,
      'Error accepting authorization: acme: authorization error: 403 urn:ietf:params:acme:error:unauthorized',
    ),
    state: 'failed',
    ref: 'Challenge/apps/wiki-1-22-333',
    reason: 'AcmeRefused',
    says: new RegExp(`DNS-01 for wiki.example.test is ${state}: .*unauthorized`),
  })),
  {
    source: 'cert-manager pkg/apis/acme/v1 State invalid of an Order without challenges',
    objects: [
      issuer,
      fresh(20),
      request(20),
      order(20, 'errored', 'Failed to create Order: 429 rateLimited'),
    ],
    state: 'failed',
    ref: 'Order/apps/wiki-1-22',
    reason: 'AcmeRefused',
    says: /is errored: Failed to create Order: 429/,
  },
  ...(
    [
      [11, 'degraded'],
      [31, 'failed'],
    ] as const
  ).map(([minutes, state]): FindingRow => ({
    source: `cert-manager pkg/controller/acmechallenges for ${minutes} minutes`,
    objects: chain(minutes),
    state,
    ref: 'Challenge/apps/wiki-1-22-333',
    reason: 'AcmePending',
    says: /DNS-01 for wiki.example.test waits: Waiting for DNS-01 challenge propagation/,
  })),
];

describe('cert-manager', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[string, AnyObject[]]>([
    ['all is in time', [issuer, aged(30)]],
    ['the renewal is due since half an hour', [issuer, aged(60, { renewalTime: ago(30) })]],
    [
      'a certificate of 45 days has 20 left: no flat rule of 21 days',
      [issuer, aged(0, { notBefore: ago(25 * DAY), notAfter: ago(-20 * DAY), renewalTime: ago(-5 * DAY) })],
    ],
    [
      'a certificate is renewed late on purpose: its renewal time says so',
      [issuer, aged(80, { renewalTime: ago(-1 * DAY) })],
    ],
    [
      'requests and orders of the past failed',
      [
        issuer,
        aged(5),
        request(300, 'Failed', 'wiki-0'),
        projected(
          rawRequest('wiki-1', {
            Ready: ['True', 'Issued', 'Certificate fetched from issuer successfully', ago(100)],
          }),
          100,
        ),
        projected(rawOrder('old', 'wiki-0', { state: 'invalid' }), 300),
        projected(rawChallenge('older', 'old', { state: 'invalid', reason: 'no' }), 300),
      ],
    ],
    [
      'the issuer is of another project',
      [aged(5, { issuer: { kind: 'AWSPCAIssuer', name: 'pca', group: 'awspca.cert-manager.io' } })],
    ],
  ])('says nothing where %s', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it('leads from the certificate over request and order to the challenge', async () => {
    const findings = await findingsOf(chain(40));

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['Challenge/apps/wiki-1-22-333', 3],
    ]);
  });

  it('leads from everything to an issuer that cannot issue', async () => {
    const [, ...rest] = chain(40);
    const broken = projected(
      rawClusterIssuer(['False', 'ErrRegisterACMEAccount', 'no such account', ago(600)]),
    );
    const findings = await findingsOf([broken, ...rest]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['ClusterIssuer/letsencrypt', 4],
    ]);
  });

  it('does not excuse an expired certificate with a new attempt', async () => {
    const findings = await findingsOf([
      issuer,
      aged(91, { failedAttempts: 6, issuing: ['True', 'Renewing', 'again', ago(2)] }),
      request(2),
      order(2, 'pending'),
      challenge(2, 'pending', DNS),
    ]);

    expect(findings.map(({ ref, state }) => [ref, state])).toEqual([[WIKI, 'failed']]);
  });

  it('leads to what broke a new attempt, though the attempt has only just begun', async () => {
    const findings = await findingsOf([
      issuer,
      aged(91, { failedAttempts: 6, issuing: ['True', 'Renewing', 'again', ago(2)] }),
      request(2),
      order(2, 'pending'),
      challenge(2, 'invalid', 'acme: 403 unauthorized'),
    ]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['Challenge/apps/wiki-1-22-333', 3],
    ]);
  });

  it('blames the operator that is down for renewals that nobody begins', async () => {
    const [controller, ...others] = deployed('cert-manager', 1, (name) => unready(name, 40), {
      namespace: 'cert-manager',
    });
    const findings = await findingsOf([...(controller ? [controller] : []), ...others, issuer, aged(61)]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['Deployment/cert-manager/cert-manager', 2],
    ]);
  });
});

const served = (...extra: AnyObject[]): AnyObject[] => [
  ingressClass(),
  service('wiki'),
  slice('wiki', 1),
  pod('wiki', { labels: { app: 'wiki' } }),
  ...extra,
];

const hooks = (
  hasCa: boolean,
  annotations = { 'cert-manager.io/inject-ca-from': 'apps/wiki' },
): AnyObject[] => [
  service('hook', { namespace: 'hooks' }),
  slice('hook', 1, 0, 'hooks'),
  {
    ...webhook(),
    created: ago(20),
    annotations,
    webhooks: webhook().webhooks.map((one) => ({ ...one, hasCa })),
  },
];

describe('webhooks whose CA cert-manager fills in', () => {
  it('refuse all they intercept while it is empty', async () => {
    const [finding] = await findingsOf(hooks(false));

    expect(finding).toMatchObject({
      state: 'failed',
      ref: 'ValidatingWebhookConfiguration/checks',
      reason: 'WebhookWithoutCa',
    });
  });

  it('are the consequence of the certificate that is not issued', async () => {
    const findings = await findingsOf([...hooks(false), issuer, fresh(20)]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([[WIKI, 1]]);
  });

  it('are well once it is filled in, or where nobody fills it in', async () => {
    expect(await allSaid(hooks(true))).toEqual([]);
    expect(await allSaid(hooks(false, {} as { 'cert-manager.io/inject-ca-from': string }))).toEqual([]);
  });
});

describe('Ingresses and their certificates', () => {
  const secured = ingress('wiki', 'wiki', { tlsSecrets: ['wiki-tls'] });
  const asked = { ...secured, annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' } };

  it('folds an Ingress under the certificate that has expired', async () => {
    const findings = await findingsOf(served(secured, issuer, aged(95)));

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([[WIKI, 1]]);
  });

  it('leaves an Ingress alone whose certificate is only overdue', async () => {
    const findings = await findingsOf(served(secured, issuer, aged(61)));

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([[WIKI, 0]]);
  });

  it.each<[string, AnyObject, string]>([
    ['asked for one', asked, 'failed'],
    ['asked nobody', secured, 'info'],
  ])('tells of a TLS Secret that no Certificate fills: %s', async (_what, one, state) => {
    const row = { objects: served(one, issuer, aged(5, { name: 'other' })), state } as FindingRow;

    expect(await firstFinding(row)).toMatchObject({
      ref: 'Ingress/apps/wiki',
      reason: 'CertificateMissing',
      state,
    });
  });

  it('does not ask for certificates where there are none at all', async () => {
    expect(await allSaid(served(secured))).toEqual([]);
  });
});

describe('what is read of cert-manager', () => {
  it('no tokens, keys, requests or servers', () => {
    const read = [
      projected(rawChallenge('c', 'o', { state: 'pending' })),
      projected(rawRequest('r', {})),
      projected(rawClusterIssuer(undefined)),
      projected(rawOrder('o', 'r', { state: 'pending' })),
    ];

    expect(JSON.stringify(read)).not.toMatch(/hunter2|LS0tLS1|acme\.example\.test|api-token|account-key/);
    expect(read[0]).toMatchObject({
      dnsName: 'wiki.example.test',
      type: 'DNS-01',
      owner: { kind: 'Order', name: 'o' },
    });
    expect(read[2]).toMatchObject({ type: 'acme' });
  });

  it('a certificate with its times', () => {
    expect(aged(30)).toMatchObject({
      secret: 'wiki-tls',
      issuer: { kind: 'ClusterIssuer', name: 'letsencrypt', group: 'cert-manager.io' },
      notBefore: ago(30 * DAY),
      notAfter: ago(-60 * DAY),
      renewalTime: ago(-30 * DAY),
      failedAttempts: 0,
    });
  });
});
