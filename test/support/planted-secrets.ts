import { createHash } from 'node:crypto';

import type { Manifest } from '../cluster/manifest.ts';
import {
  condition,
  deploymentTree,
  gitRepository,
  helmRelease,
  kustomization,
  namespace,
  node,
  pod,
  warning,
} from '../cluster/seed.ts';

/** One secret: what it is called in a failure, and what may not be found anywhere. */
export interface Secret {
  name: string;
  value: string;
}

/** A cluster full of secrets; none is in the repository, they are made of their names. */
export interface Plantation {
  objects: Manifest[];
  secrets: Secret[];
  /** Words that stand beside secrets in texts that may be shown: each must come out, or its secret was never at stake. */
  marks: string[];
  /** What every container has printed. */
  log: string;
  /** Secrets with a shape of their own, such as tokens: for arguments, which are repeated in errors. */
  tokens: string[];
}

/** Namespace of everything that has one, but for some of Flux. */
const SPACE = 'planted';
const FLUX = 'flux-system';

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const ALPHANUMERIC = `${LOWER.toUpperCase()}${LOWER}${DIGITS}`;

/** Characters that look drawn by chance, the same for the same name. */
function drawn(name: string, length: number, alphabet: string): string {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    createHash('sha256').update(`${name}/${block}`).digest(),
  );
  return [...Buffer.concat(blocks).subarray(0, length)]
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}

/** Secrets by the forms in which their issuers write them. */
const SHAPES = {
  github: (name) => `ghp_${drawn(name, 36, ALPHANUMERIC)}`,
  githubFine: (name) => `github_pat_${drawn(name, 59, ALPHANUMERIC)}`,
  gitlab: (name) => `glpat-${drawn(name, 20, ALPHANUMERIC)}`,
  gitlabLower: (name) => `glpat-a1${drawn(name, 18, LOWER + DIGITS)}`,
  age: (name) => `AGE-SECRET-KEY-1${drawn(name, 58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}`,
  aws: (name) => `AKIA${drawn(name, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
  vault: (name) => `hvs.${drawn(name, 40, ALPHANUMERIC)}`,
  slack: (name) => `xoxb-${drawn(name, 12, DIGITS)}-${drawn(`${name}.`, 24, ALPHANUMERIC)}`,
  jwt: (name) => {
    const part = (of: string): string =>
      Buffer.from(JSON.stringify({ [of]: drawn(name + of, 24, ALPHANUMERIC) })).toString('base64url');
    return `${part('alg')}.${part('sub')}.${drawn(name, 43, ALPHANUMERIC)}`;
  },
  bootstrap: (name) => `a1b2c3.z9${drawn(name, 14, LOWER + DIGITS)}`,
  password: (name) => `correct-horse-${drawn(name, 8, LOWER)}`,
  hex40: (name) => drawn(name, 40, '0123456789abcdef'),
  webhook: (name) =>
    `T${drawn(name, 8, DIGITS)}/B${drawn(`${name}.`, 8, DIGITS)}/${drawn(name, 24, ALPHANUMERIC)}`,
  wireguard: (name) => Buffer.from(drawn(name, 32, ALPHANUMERIC)).toString('base64'),
  bcrypt: (name) => `$2a$10$${drawn(name, 53, ALPHANUMERIC)}`,
  stripe: (name) => `sk_live_${drawn(name, 24, ALPHANUMERIC)}`,
  telegram: (name) => `${drawn(name, 9, '123456789')}:AA${drawn(name, 33, ALPHANUMERIC)}`,
} as const satisfies Record<string, (name: string) => string>;

type Shape = keyof typeof SHAPES;

/** Nobody can tell these from other words where nothing beside them says what they are. */
const NEEDS_CONTEXT: ReadonlySet<Shape> = new Set(['password', 'hex40', 'webhook', 'wireguard', 'bootstrap']);

/** Hands out secrets and remembers them. */
class Planter {
  readonly secrets: Secret[] = [];
  readonly marks: string[] = [];
  readonly tokens: string[] = [];

  /** Any words, for a field that must never be shown. */
  plain(name: string): string {
    const value = `correct-horse-${drawn(name, 10, LOWER)}-staple`;
    this.#remember(name, value);
    return value;
  }

  /** A secret of a known shape. */
  shaped(name: string, shape: Shape): string {
    const value = SHAPES[shape](name);
    this.#remember(name, value);
    if (!NEEDS_CONTEXT.has(shape)) this.tokens.push(value);
    return value;
  }

  /** A text that may be shown: `{}` is the secret's place. */
  said(name: string, shape: Shape, text: string): string {
    return `${this.mark(name)}: ${text.replace('{}', () => this.shaped(name, shape))}`;
  }

  /** A word to look for in what is shown. */
  mark(name: string): string {
    const word = `mark-${drawn(`mark ${name}`, 10, LOWER)}`;
    this.marks.push(word);
    return word;
  }

  #remember(name: string, value: string): void {
    if (this.secrets.every((known) => known.name !== name)) this.secrets.push({ name, value });
  }

  /** The lines of a private key. */
  privateKey(name: string): string {
    const lines = [1, 2, 3].map((line) => drawn(`${name}/${line}`, 64, ALPHANUMERIC));
    lines.forEach((value, index) => this.secrets.push({ name: `${name}, line ${index + 1}`, value }));
    return `-----BEGIN RSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END RSA PRIVATE KEY-----`;
  }
}

/** Everything that is to be planted, made anew; `own` is the token with which daytwo logs in. */
export function plant(own: string): Plantation {
  const planter = new Planter();
  planter.secrets.push({ name: 'own token', value: own });
  const objects = [
    namespace(FLUX),
    { ...namespace(SPACE), metadata: { name: SPACE, annotations: annotations(planter, 'Namespace') } },
    ...podObjects(planter, own),
    ...workloadObjects(planter),
    ...configObjects(planter),
    ...storageObjects(planter),
    ...networkObjects(planter),
    ...fluxObjects(planter),
    ...otherObjects(planter),
    ...eventObjects(planter, own),
  ];
  const log = logOf(planter, own);
  const { secrets, marks, tokens } = planter;
  return { objects, secrets, marks, tokens, log };
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function annotations(planter: Planter, kind: string): Record<string, string> {
  const manifest = { kind, spec: { env: [{ name: 'X', value: planter.plain(`${kind} last-applied`) }] } };
  return {
    'example.test/note': planter.plain(`${kind} annotation`),
    [LAST_APPLIED]: JSON.stringify(manifest),
  };
}

/** All places of a container's spec in which people put secrets. */
function container(planter: Planter, kind: string, probed: boolean): Record<string, unknown> {
  return {
    name: 'main',
    image: 'registry.test/app:1.0.0',
    command: ['app', `--dsn=${planter.plain(`${kind} command`)}`],
    args: ['--password', planter.plain(`${kind} args`)],
    env: [
      { name: 'DB_PASSWORD', value: planter.plain(`${kind} env password`) },
      { name: 'GREETING', value: planter.plain(`${kind} env`) },
    ],
    ...(probed && probesOf(planter, kind)),
  };
}

function probesOf(planter: Planter, kind: string): Record<string, unknown> {
  const probe = { httpGet: { path: `/?token=${planter.plain(`${kind} probe path`)}`, port: 80 } };
  return {
    livenessProbe: {
      httpGet: {
        ...probe.httpGet,
        httpHeaders: [{ name: 'X-Key', value: planter.plain(`${kind} probe header`) }],
      },
    },
    readinessProbe: { exec: { command: ['sh', '-c', planter.plain(`${kind} probe command`)] } },
    lifecycle: { postStart: { exec: { command: [planter.plain(`${kind} hook`)] } } },
  };
}

function podSpec(planter: Planter, kind: string): Record<string, unknown> {
  const volumeAttributes = { share: planter.plain(`${kind} CSI volume attribute`) };
  return {
    nodeName: 'worker-1',
    containers: [container(planter, kind, true)],
    initContainers: [{ ...container(planter, `${kind} init`, false), name: 'init' }],
    volumes: [{ name: 'share', csi: { driver: 'smb.csi.test', volumeAttributes, readOnly: true } }],
    hostAliases: [{ ip: '10.0.0.1', hostnames: [`${planter.plain(`${kind} host alias`)}.test`] }],
  };
}

function podObjects(planter: Planter, own: string): Manifest[] {
  const said = planter.said.bind(planter);
  const failing = pod('web-0', SPACE, {
    state: 'crash-looping',
    exitCode: 3,
    message: said('terminated message', 'password', 'panic: dial postgres://app:{}@db:5432/app: refused'),
  });
  const pulling = pod('web-1', SPACE, {
    state: 'image-pull',
    message: said(
      'waiting message',
      'password',
      'pull failed: Get "https://bot:{}@registry.test/v2/": unauthorized',
    ),
  });
  const keyed = pod('web-2', SPACE, {
    state: 'crash-looping',
    message: `${planter.mark('key')} cannot parse\n${planter.privateKey('private key in a terminated message')}`,
  });
  const lost = pod('web-3', SPACE, {
    state: 'evicted',
    message: said('pod message', 'vault', 'evicted after login with {}'),
  });
  const waiting = pod('web-4', SPACE, {
    state: 'unschedulable',
    message: said('pod condition', 'aws', 'no volume: access key {} is not allowed'),
  });
  const owned = pod('web-5', SPACE, {
    state: 'crash-looping',
    message: `${planter.mark('own token')} request with ${own} was refused, and with ${Buffer.from(own).toString('base64')}`,
  });
  const logged = pod('web-6', SPACE, {
    state: 'crash-looping',
    message: planter.plain('end of a log as terminated message'),
  });
  logged.spec = {
    ...logged.spec,
    containers: ((logged.spec?.['containers'] ?? []) as object[]).map((one) => ({
      ...one,
      terminationMessagePolicy: 'FallbackToLogsOnError',
    })),
  };
  const full: Manifest = { ...failing, spec: { ...failing.spec, ...podSpec(planter, 'Pod') } };
  full.metadata = {
    ...failing.metadata,
    annotations: annotations(planter, 'Pod'),
    labels: {
      app: 'web',
      'db-password': planter.plain('Pod label of a secret name'),
      note: planter.shaped('Pod label of a shape', 'gitlab'),
    },
  };
  const nodes = node('worker-1');
  const conditions = nodes.status?.['conditions'] as Record<string, unknown>[];
  nodes.metadata.annotations = annotations(planter, 'Node');
  nodes.spec = {
    ...nodes.spec,
    taints: [
      { key: 'example.test/pool', value: planter.shaped('taint', 'gitlabLower'), effect: 'PreferNoSchedule' },
    ],
  };
  nodes.status = {
    ...nodes.status,
    conditions: [
      {
        ...condition(
          'MemoryPressure',
          'True',
          'Low',
          said('node condition', 'stripe', 'agent says {} is overdrawn'),
          '2026-01-01T00:00:00Z',
        ),
      },
      ...conditions.slice(1),
    ],
  };
  return [nodes, full, pulling, keyed, lost, waiting, owned, logged];
}

function workloadObjects(planter: Planter): Manifest[] {
  const [deployment, ...rest] = deploymentTree('api', SPACE, { stuck: true }) as [Manifest, ...Manifest[]];
  const [available = {}, progressing = {}] = (deployment.status?.['conditions'] ?? []) as Record<
    string,
    unknown
  >[];
  const message = planter.said('deployment condition', 'jwt', 'pods "api" is forbidden: webhook sent {}');
  deployment.status = {
    ...deployment.status,
    conditions: [
      available,
      progressing,
      condition('ReplicaFailure', 'True', 'FailedCreate', message, '2026-01-01T00:00:00Z'),
    ],
  };
  const template = (kind: string, labels: Record<string, string>) => ({
    metadata: { labels, annotations: annotations(planter, `${kind} template`) },
    spec: { ...podSpec(planter, kind), nodeName: undefined },
  });
  const labels = { 'app.kubernetes.io/name': 'api' };
  const selector = { matchLabels: labels };
  const jobTemplate = (kind: string) => ({
    template: {
      ...template(kind, {}),
      spec: { ...podSpec(planter, kind), nodeName: undefined, restartPolicy: 'Never' },
    },
    backoffLimit: 0,
  });
  const failure = planter.said('job condition', 'password', 'the job said PGPASSWORD={} psql: refused');
  const failed = ['FailureTarget', 'Failed'].map((type) =>
    condition(type, 'True', 'BackoffLimitExceeded', failure, '2026-01-01T00:01:00Z'),
  );
  return [
    {
      ...deployment,
      metadata: { ...deployment.metadata, annotations: annotations(planter, 'Deployment') },
      spec: { ...deployment.spec, template: template('Deployment', labels) },
    },
    ...rest,
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: SPACE, annotations: annotations(planter, 'StatefulSet') },
      spec: { serviceName: 'db', selector, template: template('StatefulSet', labels) },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: SPACE, annotations: annotations(planter, 'DaemonSet') },
      spec: { selector, template: template('DaemonSet', labels) },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'backup', namespace: SPACE, annotations: annotations(planter, 'CronJob') },
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: jobTemplate('CronJob') } },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate', namespace: SPACE, annotations: annotations(planter, 'Job') },
      spec: jobTemplate('Job'),
      status: { startTime: '2026-01-01T00:00:00Z', failed: 1, conditions: failed },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: {
        name: 'api',
        namespace: SPACE,
        annotations: annotations(planter, 'HorizontalPodAutoscaler'),
      },
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' } },
      status: {
        currentReplicas: 1,
        desiredReplicas: 1,
        conditions: [
          condition(
            'ScalingActive',
            'False',
            'FailedGetResourceMetric',
            planter.said('autoscaler condition', 'slack', 'no metric, told {}'),
            '2026-01-01T00:00:00Z',
          ),
        ],
      },
    },
  ];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function configObjects(planter: Planter): Manifest[] {
  const auths = {
    auths: { 'registry.test': { auth: base64(`bot:${planter.plain('docker configuration')}`) } },
  };
  const own = (kind: string, name: string): Manifest => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: SPACE, annotations: annotations(planter, kind) },
  });
  return [
    {
      ...own('ConfigMap', 'settings'),
      data: {
        'config.yaml': `password: ${planter.plain('ConfigMap data')}`,
        greeting: planter.plain('ConfigMap value'),
        [planter.shaped('ConfigMap key', 'gitlab')]: 'x',
      },
      binaryData: { blob: base64(planter.plain('ConfigMap binaryData')) },
    },
    { ...own('ConfigMap', planter.shaped('object name', 'gitlabLower')), data: {} },
    {
      ...own('Secret', 'credentials'),
      data: { password: base64(planter.plain('Secret data')) },
      stringData: { url: planter.plain('Secret stringData') },
    },
    {
      ...own('Secret', 'pull'),
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': base64(JSON.stringify(auths)) },
    },
    { ...own('ServiceAccount', 'web'), imagePullSecrets: [{ name: 'pull' }] },
    { ...own('ResourceQuota', 'quota'), spec: { hard: { pods: '100' } } },
    {
      ...own('LimitRange', 'limits'),
      spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '8Ti' } }] },
    },
  ];
}

function storageObjects(planter: Planter): Manifest[] {
  const said = planter.said.bind(planter);
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'smb', capacity: { storage: '1Gi' } };
  const csi = {
    driver: 'smb.csi.test',
    volumeHandle: 'v',
    volumeAttributes: { source: `//nas/x?pw=${planter.plain('PV CSI attribute')}` },
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'planted', annotations: annotations(planter, 'PersistentVolume') },
      spec: {
        ...spec,
        csi,
        mountOptions: [`password=${planter.plain('PV mount option')}`],
        claimRef: { namespace: SPACE, name: 'data' },
      },
      status: {
        phase: 'Failed',
        reason: 'Failed',
        message: said(
          'volume message',
          'password',
          'mount -t cifs -o username=app,password={} //nas/x failed',
        ),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: 'data',
        namespace: SPACE,
        annotations: annotations(planter, 'PersistentVolumeClaim'),
      },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'smb',
        volumeName: 'planted',
        resources: { requests: { storage: '1Gi' } },
      },
      status: {
        phase: 'Bound',
        conditions: [
          condition(
            'ControllerResizeError',
            'True',
            'Failed',
            said('claim condition', 'hex40', 'resize: Authorization: token {}'),
            '2026-01-01T00:00:00Z',
          ),
        ],
      },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'smb', annotations: annotations(planter, 'StorageClass') },
      provisioner: 'smb.csi.test',
      parameters: { password: planter.plain('StorageClass parameter') },
      mountOptions: [`pass=${planter.plain('StorageClass mount option')}`],
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: 'planted', annotations: annotations(planter, 'VolumeAttachment') },
      spec: { attacher: 'smb.csi.test', nodeName: 'worker-1', source: { persistentVolumeName: 'planted' } },
      status: {
        attached: false,
        attachmentMetadata: { device: planter.plain('attachment metadata') },
        attachError: {
          time: '2026-01-01T00:00:00Z',
          message: said('attach error', 'age', 'cannot decrypt with {}'),
        },
      },
    },
  ];
}

function networkObjects(planter: Planter): Manifest[] {
  const service = { name: 'api', port: { number: 80 } };
  const rules = [
    {
      host: 'api.example.test',
      http: {
        paths: [{ path: `/${planter.plain('Ingress path')}`, pathType: 'Prefix', backend: { service } }],
      },
    },
  ];
  const url = `https://hooks.example.test/${planter.plain('webhook URL')}`;
  const never = [
    { apiGroups: ['nowhere.test'], apiVersions: ['v1'], resources: ['nothings'], operations: ['CREATE'] },
  ];
  const webhook = {
    name: 'planted.example.test',
    clientConfig: { url },
    rules: never,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api', namespace: SPACE, annotations: annotations(planter, 'Service') },
      spec: { selector: { app: 'api' }, ports: [{ port: 80 }] },
      status: {
        conditions: [
          condition(
            'Ready',
            'False',
            'Failed',
            planter.said('service condition', 'telegram', 'bot {} could not tell'),
            '2026-01-01T00:00:00Z',
          ),
        ],
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'api-1',
        namespace: SPACE,
        labels: { 'kubernetes.io/service-name': 'api' },
        annotations: annotations(planter, 'EndpointSlice'),
      },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.0.0.9'],
          hostname: 'x',
        },
      ],
      ports: [],
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'api', namespace: SPACE, annotations: annotations(planter, 'Ingress') },
      spec: { rules },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'api', namespace: SPACE, annotations: annotations(planter, 'NetworkPolicy') },
      spec: { podSelector: {} },
    },
    ...['Mutating', 'Validating'].map((kind): Manifest => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name: 'planted', annotations: annotations(planter, `${kind}WebhookConfiguration`) },
      webhooks: [webhook],
    })),
  ];
}

function fluxObjects(planter: Planter): Manifest[] {
  const said = planter.said.bind(planter);
  const source = (kind: string, scheme: string): string =>
    `${scheme}://bot:${planter.plain(`${kind} URL password`)}@git.test/${kind.toLowerCase()}.git?access_token=${planter.plain(`${kind} URL query`)}`;
  const git = gitRepository('cluster', {
    url: source('GitRepository', 'https'),
    state: 'failed',
    message: said('source condition', 'githubFine', "unable to clone 'https://{}@git.test/cluster.git': 403"),
  });
  const helm: Manifest = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: 'charts', namespace: FLUX, annotations: annotations(planter, 'HelmRepository') },
    spec: { interval: '1h', url: source('HelmRepository', 'https') },
    status: {
      observedGeneration: 1,
      conditions: [
        {
          ...condition(
            'Ready',
            'False',
            'Failed',
            said(
              'Helm repository condition',
              'password',
              'Get "https://charts.test/index.yaml?apikey={}": 401',
            ),
            '2026-01-01T00:00:00Z',
          ),
          observedGeneration: 1,
        },
      ],
    },
  };
  const oci: Manifest = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: 'oci', namespace: FLUX, annotations: annotations(planter, 'OCIRepository') },
    spec: { interval: '1h', url: `oci://registry.test/x`, ref: { tag: 'v1' } },
  };
  const failing = kustomization('apps', {
    state: 'failed',
    message: said(
      'Kustomization condition',
      'github',
      'build failed: accumulating https://x:{}@git.test/base: EOF',
    ),
  });
  const entry: Manifest = {
    ...failing,
    metadata: {
      ...failing.metadata,
      annotations: {
        ...annotations(planter, 'Kustomization'),
        'reconcile.fluxcd.io/requestedAt': planter.shaped('request token', 'gitlab'),
      },
    },
  };
  entry.spec = {
    ...entry.spec,
    postBuild: {
      substitute: {
        DOMAIN: planter.plain('substitution'),
        DB_PASSWORD: planter.plain('substituted password'),
      },
    },
    patches: [
      { target: { kind: 'Deployment' }, patch: `- op: add\n  path: /x\n  value: ${planter.plain('patch')}` },
    ],
    commonMetadata: { annotations: { note: planter.plain('common annotation') } },
    kubeConfig: { secretRef: { name: 'remote' } },
  };
  const release = helmRelease('web', {
    namespace: SPACE,
    state: 'failed',
    message: said(
      'HelmRelease condition',
      'password',
      'template: values.yaml: auth:\n  adminPassword: {}\n: not a string',
    ),
  });
  const valued: Manifest = {
    ...release,
    metadata: { ...release.metadata, annotations: annotations(planter, 'HelmRelease') },
  };
  valued.spec = {
    ...valued.spec,
    values: { auth: { password: planter.plain('Helm password'), users: [planter.plain('Helm value')] } },
    postRenderers: [
      {
        kustomize: {
          patches: [
            {
              target: { kind: 'Deployment' },
              patch: `- op: add\n  path: /x\n  value: ${planter.plain('post-renderer patch')}`,
            },
          ],
        },
      },
    ],
  };
  const provider: Manifest = {
    apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
    kind: 'Provider',
    metadata: { name: 'chat', namespace: FLUX, annotations: annotations(planter, 'Provider') },
    spec: {
      type: 'discord',
      address: `https://discord.test/api/webhooks/${planter.plain('Provider address')}`,
      channel: planter.plain('Provider channel'),
    },
  };
  const alert: Manifest = {
    apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
    kind: 'Alert',
    metadata: { name: 'chat', namespace: FLUX },
    spec: {
      providerRef: { name: 'chat' },
      eventMetadata: { note: planter.plain('Alert metadata') },
      summary: planter.plain('Alert summary'),
    },
  };
  const receiver: Manifest = {
    apiVersion: 'notification.toolkit.fluxcd.io/v1',
    kind: 'Receiver',
    metadata: { name: 'push', namespace: FLUX },
    spec: { type: 'github', resourceFilter: planter.plain('Receiver filter') },
    status: {
      webhookPath: `/hook/${drawnHook(planter)}`,
      conditions: [
        condition(
          'Ready',
          'True',
          'Succeeded',
          said('receiver condition', 'webhook', 'forwarding to https://hooks.slack.com/services/{}'),
          '2026-01-01T00:00:00Z',
        ),
      ],
    },
  };
  return [git, helm, oci, entry, valued, provider, alert, receiver];
}

function drawnHook(planter: Planter): string {
  const value = drawn('Receiver path', 64, '0123456789abcdef');
  planter.secrets.push({ name: 'Receiver path', value });
  return value;
}

/** Kinds that are known by metadata and conditions alone. */
export const CUSTOM_KINDS = [
  { group: 'metallb.io', version: 'v1beta2', kind: 'BGPPeer', plural: 'bgppeers', namespaced: true },
  { group: 'upgrade.cattle.io', version: 'v1', kind: 'Plan', plural: 'plans', namespaced: true },
  {
    group: 'volsync.backube',
    version: 'v1alpha1',
    kind: 'ReplicationSource',
    plural: 'replicationsources',
    namespaced: true,
  },
  { group: 'secret.test', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: false },
] as const;

function otherObjects(planter: Planter): Manifest[] {
  return CUSTOM_KINDS.map(({ group, version, kind, namespaced }): Manifest => {
    const message = planter.said(`${kind} condition`, 'bootstrap', 'join with {} was refused');
    return {
      apiVersion: `${group}/${version}`,
      kind,
      metadata: {
        name: 'planted',
        ...(namespaced && { namespace: SPACE }),
        annotations: annotations(planter, kind),
      },
      spec: {
        password: planter.plain(`${kind} spec password`),
        env: [{ name: 'X', value: planter.plain(`${kind} spec env`) }],
      },
      status: {
        phase: 'Failed',
        latestMoverStatus: { logs: planter.plain(`${kind} status logs`) },
        conditions: [condition('Ready', 'False', 'Failed', message, '2026-01-01T00:00:00Z')],
      },
    };
  });
}

function eventObjects(planter: Planter, own: string): Manifest[] {
  const about = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', namespace: SPACE } };
  const said = (name: string, shape: Shape, text: string): Manifest =>
    warning(about, 'Failed', planter.said(name, shape, text));
  const split = planter.shaped('secret with a zero-width space', 'github');
  const coloured = planter.shaped('secret with a colour inside', 'gitlab');
  const encoded = planter.shaped('age key in base64', 'age');
  return [
    said('event of a command', 'password', 'exec failed: mysqldump --password {} app'),
    said('event of a header', 'jwt', 'request failed, sent Authorization: Bearer {}'),
    said('event of a URL', 'password', 'Readiness probe failed: Get "http://10.0.0.1/ready?api_key={}": EOF'),
    said('event of an environment', 'password', 'Error: env RESTIC_PASSWORD={} is not valid'),
    said('event of JSON', 'password', 'hook said {"user":"x","secret_key":"{}","port":1}'),
    said('event of WireGuard', 'wireguard', 'wg: PrivateKey = {}'),
    said('event of a hash', 'bcrypt', 'admin:{} is not allowed'),
    warning(
      about,
      'Failed',
      `${planter.mark('split')}: ${split.slice(0, 12)}\u200B${split.slice(12)} was refused`,
    ),
    warning(
      about,
      'Failed',
      `${planter.mark('coloured')}: ${coloured.slice(0, 12)}\u001B[31m${coloured.slice(12)} was refused`,
    ),
    warning(
      about,
      'Failed',
      `${planter.mark('encoded')}: key ${Buffer.from(encoded).toString('base64')} is no recipient`,
    ),
    warning(
      about,
      'Failed',
      `${planter.mark('own')}: webhook got ${encodeURIComponent(own)} from ${Buffer.from(`x${own}`).toString('base64')}`,
    ),
    warning(about, planter.shaped('event reason', 'gitlab'), 'reason'),
  ];
}

function logOf(planter: Planter, own: string): string {
  const said = planter.said.bind(planter);
  return [
    said('log of a password', 'password', 'connecting with password={}'),
    said('log of JSON', 'password', '{"level":"info","auth":{"token":"{}"},"msg":"ok"}'),
    said('log of a token', 'github', 'using {}'),
    said('log of an address', 'password', 'redis://:{}@cache:6379/0'),
    said('log of an export', 'aws', 'export AWS_ACCESS_KEY_ID={}'),
    said('log of a cookie', 'hex40', 'GET / Cookie: session={}'),
    `${planter.mark('log key')}: generated`,
    planter.privateKey('private key in a log'),
    `${planter.mark('log own')}: kubeconfig token ${own}`,
    '',
  ].join('\n');
}
