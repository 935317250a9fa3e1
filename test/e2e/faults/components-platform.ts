import {
  type CertificateShape,
  rawCertificate,
  rawChallenge,
  rawClusterIssuer,
  rawOrder,
  rawRequest,
} from '../../cluster/crds/cert-manager.ts';
import { gatewayCondition, rawGateway, rawGatewayClass } from '../../cluster/crds/gateway.ts';
import { rawMonitor, rawProbe, rawServer } from '../../cluster/crds/prometheus.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, gitRepository, kustomization } from '../../cluster/seed.ts';
import { ago, DAY, operator, ownerRef, servedBy, statefulSet } from './components-parts.ts';
import type { Fault } from './fault.ts';

const WIKI = 'Certificate/apps/wiki';

/** A certificate for 90 days, so many days old, that says Ready. */
const aged = (days: number, shape: CertificateShape = {}): Manifest =>
  rawCertificate({
    notBefore: ago(days * DAY),
    notAfter: ago((days - 90) * DAY),
    renewalTime: ago((days - 60) * DAY),
    ready: ['True', 'Ready', 'Certificate is up to date and has not expired', ago(days * DAY)],
    ...shape,
  });

const never = (): Manifest =>
  rawCertificate({
    ready: ['False', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(60)],
    issuing: ['True', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(60)],
  });

const issuer = (): Manifest =>
  rawClusterIssuer(['True', 'ACMEAccountRegistered', 'The ACME account was registered', ago(DAY)]);

const pending = (): Manifest =>
  rawRequest('wiki-1', {
    Ready: ['False', 'Pending', 'Waiting on certificate issuance from order', ago(60)],
  });

const CERTIFICATES: readonly Fault[] = [
  {
    name: 'a certificate is Ready, and a day past the time at which it should have been renewed',
    objects: () => [issuer(), aged(61)],
    root: { ref: WIKI, reason: 'RenewalOverdue' },
  },
  {
    name: 'a certificate has expired under a Gateway that says all is well',
    objects: () => {
      const good = ['Accepted', 'Programmed'].map((type) => gatewayCondition(type, 'True', type, ago(DAY)));
      return [
        issuer(),
        aged(91),
        rawGatewayClass(good.slice(0, 1), 'fault'),
        rawGateway({ className: 'fault', conditions: good, listener: good }),
      ];
    },
    root: { ref: WIKI, reason: 'CertificateExpired' },
    decoys: ['Gateway/network/external'],
  },
  {
    name: 'a challenge is refused: order, request and certificate wait for it',
    objects: () => [
      issuer(),
      never(),
      pending(),
      rawOrder('wiki-1-22', 'wiki-1', { state: 'pending' }),
      rawChallenge('wiki-1-22-333', 'wiki-1-22', { state: 'invalid', reason: 'acme: 403 unauthorized' }),
    ],
    root: { ref: 'Challenge/apps/wiki-1-22-333', reason: 'AcmeRefused' },
    decoys: ['Order/apps/wiki-1-22', 'CertificateRequest/apps/wiki-1', WIKI],
  },
  {
    name: 'an issuer has lost its account, and no certificate comes of it',
    objects: () => [
      rawClusterIssuer(['False', 'ErrRegisterACMEAccount', 'Failed to register ACME account: 401', ago(120)]),
      never(),
      pending(),
    ],
    root: { ref: 'ClusterIssuer/letsencrypt', reason: 'ErrRegisterACMEAccount' },
    decoys: ['CertificateRequest/apps/wiki-1', WIKI],
  },
  {
    name: 'cert-manager is scaled to zero while all its certificates are green',
    objects: () => [issuer(), aged(20), ...operator('cert-manager', 'cert-manager', 0)],
    root: { ref: 'Deployment/cert-manager/cert-manager', reason: 'OperatorDown' },
    decoys: [WIKI, 'ClusterIssuer/letsencrypt'],
  },
];

/** A Prometheus whose only pod runs out of memory. */
function starved(): Manifest[] {
  const server = rawServer('Prometheus', {
    available: ['False', 'NoPodReady', 'pod main-0 is not ready', ago(20)],
  });
  const [set, pod] = statefulSet('prometheus-main', 'monitoring', { state: 'oom-killed' }) as [
    Manifest,
    Manifest,
  ];
  return [server, { ...set, metadata: { ...set.metadata, ownerReferences: [ownerRef(server)] } }, pod];
}

const MONITORING: readonly Fault[] = [
  {
    name: 'Prometheus crash-loops for want of memory',
    objects: starved,
    root: { ref: 'StatefulSet/monitoring/prometheus-main', reason: 'CrashLoopBackOff' },
    decoys: ['Prometheus/monitoring/main'],
  },
  {
    name: 'Prometheus leaves a ServiceMonitor out, and is available without it',
    objects: () => [
      rawMonitor('ServiceMonitor', ['False', 'InvalidConfiguration', 'unknown field', ago(90)]),
    ],
    root: { ref: 'ServiceMonitor/monitoring/web', reason: 'ConfigurationRejected' },
  },
  {
    name: 'a probe selects Ingresses in a cluster that has none that fit: it is silent for ever',
    objects: () => [
      ...servedBy('blackbox-exporter', 'monitoring'),
      rawProbe({
        ingress: { selector: { matchLabels: { probe: 'edge' } }, namespaceSelector: { any: true } },
      }),
    ],
    root: { ref: 'Probe/monitoring/edge', reason: 'ProbeWithoutTargets' },
  },
  {
    name: 'Loki crash-loops, and nothing is behind its Service',
    objects: () => [
      ...statefulSet('loki', 'monitoring', { state: 'crash-looping' }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'loki', namespace: 'monitoring' },
        spec: { selector: { 'app.kubernetes.io/name': 'loki' }, ports: [{ name: 'http', port: 3100 }] },
      },
    ],
    root: { ref: 'StatefulSet/monitoring/loki', reason: 'CrashLoopBackOff' },
    decoys: ['Service/monitoring/loki'],
  },
  {
    name: 'Gatus cannot start: its configuration is gone',
    objects: () =>
      deploymentTree('gatus', 'monitoring', {
        pods: [{ state: 'config-error', message: 'configmap "gatus" not found' }],
        service: true,
      }),
    root: { ref: 'Deployment/monitoring/gatus', reason: 'CreateContainerConfigError' },
    decoys: ['Service/monitoring/gatus'],
  },
];

const FLUX: readonly Fault[] = [
  {
    name: 'a Git source cannot be fetched, and a Kustomization of it is still green',
    objects: () => [
      gitRepository('tenants', { state: 'failed' }),
      kustomization('tenants', { source: 'tenants' }),
    ],
    root: { ref: 'GitRepository/flux-system/tenants', reason: 'GitOperationFailed' },
  },
  {
    name: 'the age key of a Kustomization is gone: nothing can be decrypted, and another waits for it',
    objects: () => [
      gitRepository('tenants'),
      kustomization('tenants', {
        source: 'tenants',
        state: 'failed',
        reason: 'BuildFailed',
        message: 'failed to decrypt and format Secret/apps/db: no age identity found',
      }),
      kustomization('tenants-apps', { source: 'tenants', state: 'blocked', dependsOn: ['tenants'] }),
    ],
    root: { ref: 'Kustomization/flux-system/tenants', reason: 'BuildFailed' },
    decoys: ['Kustomization/flux-system/tenants-apps'],
  },
];

const EXTENSIONS: readonly Fault[] = [
  {
    name: 'a webhook that refuses when it fails has no Service any more',
    objects: () => [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'fault-checks' },
        webhooks: [
          {
            name: 'check.example.test',
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            clientConfig: { service: { namespace: 'apps', name: 'gone' } },
            rules: [
              {
                apiGroups: ['example.test'],
                apiVersions: ['v1'],
                operations: ['CREATE'],
                resources: ['widgets'],
              },
            ],
          },
        ],
      },
    ],
    root: { ref: 'ValidatingWebhookConfiguration/fault-checks', reason: 'WebhookDown' },
  },
  {
    name: 'an aggregated API has no Service any more',
    objects: () => [
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1beta1.fault.example.test' },
        spec: {
          group: 'fault.example.test',
          version: 'v1beta1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { namespace: 'apps', name: 'gone' },
        },
      },
    ],
    root: { ref: 'APIService/v1beta1.fault.example.test', reason: 'APIServiceUnavailable' },
  },
];

/** cert-manager, monitoring, Flux' sources and SOPS, and what extends the API server. */
export const PLATFORM_FAULTS: readonly Fault[] = [...CERTIFICATES, ...MONITORING, ...FLUX, ...EXTENSIONS];
