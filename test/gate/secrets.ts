/** Letters and digits that look drawn by chance and are the same each time. */
export function made(length: number, alphabet = 'q7Xk2Zr9Lw4Tb8Nv3Hs6Jd5Fm1Gc0Py'): string {
  return Array.from({ length }, (_, index) => alphabet[(index * 7 + (index >> 2)) % alphabet.length]).join(
    '',
  );
}

const HEX = '7c1f93e0b5a2d846';
const LOWER = 'k3v9x2m7q5z8w4t6';
const UPPER = 'Q7XK2ZR4LWTB6NVH';

const hex = (length: number): string => made(length, HEX);
export const base64 = (text: string): string => Buffer.from(text).toString('base64');

const BODY = `${made(64)}\n${made(64)}\n${made(20)}==`;
const pem = (label: string): string => `-----BEGIN ${label}-----\n${BODY}\n-----END ${label}-----`;

/** A text, and the parts of it that must not come out. */
export interface Planted {
  name: string;
  text: string;
  secrets: readonly string[];
  rule: string;
}

const jwt = `eyJ${made(20)}.eyJ${made(40)}.${made(43)}`;

/** One row for each way in which a secret may be written; `{}` stands for it. */
const ROWS: readonly [name: string, rule: string, secret: string, text: string][] = [
  // shapes
  ['age key', 'age-key', `AGE-SECRET-KEY-1${made(58, UPPER)}`, 'sops: {} is not a recipient'],
  ['age key in lower case', 'age-key', `age-secret-key-1${made(58, UPPER).toLowerCase()}`, 'found {}'],
  ['post-quantum age key', 'age-key', `AGE-SECRET-KEY-PQ-1${made(60, UPPER)}`, '# {}'],
  ['age key in base64', 'age-key', base64(`AGE-SECRET-KEY-1${made(58, UPPER)}`), 'age.agekey {}'],
  ['PEM in base64', 'private-key', base64(pem('RSA PRIVATE KEY')), 'key {} end'],
  [
    'docker configuration in base64',
    'dockerconfig',
    base64(`{"auths":{"r.test":{"auth":"${made(20)}"}}}`),
    'cfg {}',
  ],
  ['tunnel token', 'tunnel-token', base64(`{"a":"${hex(32)}","t":"${hex(32)}"}`), 'cloudflared run {}'],
  ['JWT', 'jwt', jwt, 'rejected {}: expired'],
  ['GitHub token', 'github-token', `ghp_${made(36)}`, 'clone failed for {}'],
  ['GitHub app token', 'github-token', `ghs_${made(36)}`, 'x-access {}'],
  ['GitHub fine-grained token', 'github-token', `github_pat_${made(60)}`, '({})'],
  ['GitLab token', 'gitlab-token', `glpat-${made(20)}`, 'using {},'],
  ['Gitea token', 'gitea-token', hex(40), 'Authorization: token {}'],
  ['Vault token', 'vault-token', `hvs.${made(40)}`, 'login with {} failed'],
  ['AWS key id', 'aws-key', `AKIA${made(16, UPPER)}`, 'denied for {}'],
  ['Google key', 'google-key', `AIza${made(35)}`, 'quota of {}'],
  ['Google client', 'google-key', `GOCSPX-${made(28)}`, 'client {}'],
  ['Slack token', 'slack-token', `xoxb-${made(12, '0123456789')}-${made(24)}`, 'post with {}'],
  ['Stripe key', 'stripe-key', `sk_live_${made(24)}`, 'charge {}'],
  ['npm token', 'npm-token', `npm_${made(36)}`, 'publish {}'],
  ['Docker token', 'docker-token', `dckr_pat_${made(27)}`, 'pull as {}'],
  ['DigitalOcean token', 'digitalocean-token', `dop_v1_${hex(64)}`, 'dns01 {}'],
  ['Grafana token', 'grafana-token', `glsa_${made(32)}_${hex(8)}`, 'import {}'],
  ['Tailscale key', 'tailscale-key', `tskey-auth-${made(16)}-${made(20)}`, 'up {}'],
  ['AI key', 'ai-key', `sk-proj-${made(40)}`, 'model {}'],
  ['SendGrid key', 'sendgrid-key', `SG.${made(22)}.${made(43)}`, 'mail {}'],
  ['Telegram token', 'telegram-token', `123456789:AA${made(33)}`, 'bot {}'],
  ['bootstrap token', 'bootstrap-token', `${made(6, LOWER)}.${made(16, LOWER)}`, 'join with {} now'],
  ['bcrypt hash', 'password-hash', `$2a$10$${made(53)}`, 'admin:{}'],
  ['bearer header', 'bearer', made(40), 'curl -H "Authorization: Bearer {}" https://api.test'],
  ['bearer in a sentence', 'bearer', `${made(20)}==`, 'rejected bearer {}'],
  ['basic header', 'basic-auth', base64('admin:swordfish'), 'authorization: Basic {}'],
  // addresses
  ['Slack webhook', 'webhook-url', `T0/B0/${made(24)}`, 'Post "https://hooks.slack.com/services/{}": EOF'],
  ['Discord webhook', 'webhook-url', `1234/${made(60)}`, 'https://discord.com/api/webhooks/{}'],
  [
    'Discord webhook, old host',
    'webhook-url',
    `1234/${made(60)}`,
    'https://discordapp.com/api/v10/webhooks/{} 404',
  ],
  ['Teams webhook', 'webhook-url', `${hex(20)}@${hex(20)}`, 'https://x.webhook.office.com/{}'],
  ['Telegram URL', 'webhook-url', `99:${made(35)}`, 'https://api.telegram.org/bot{}/sendMessage'],
  ['health check', 'webhook-url', hex(36), 'https://hc-ping.com/{}/fail'],
  ['Flux receiver', 'webhook-url', hex(64), 'Receiver initialized for path: /hook/{}'],
  ['push URL', 'webhook-url', made(20), 'https://kuma.test/api/push/{}?status=up'],
  ['URL password', 'url-user', 'swordfish', 'postgres://app:{}@db.media.svc:5432/app'],
  ['URL password with an at sign', 'url-user', 'sword@fish', 'https://app:{}@host/path'],
  ['URL password with a slash', 'url-user', 'sword/fish', 'amqp://app:{}@mq/vhost'],
  ['URL without a user', 'url-user', 'swordfish', 'redis://:{}@cache:6379/0'],
  ['URL with a token for a user', 'url-user', made(40), 'https://{}@git.test/home/cluster.git'],
  ['MySQL address', 'url-user', 'swordfish', 'app:{}@tcp(db:3306)/app'],
  ['query token', 'key-name', 'swordfish', 'GET https://gotify.test/message?token={}&x=1'],
  ['query signature', 'key-name', made(30), 'https://s3.test/b?X-Amz-Date=1&X-Amz-Signature={}'],
  ['query key', 'key-name', 'swordfish1', 'https://maps.test/v1?q=a&key={}'],
  // names of keys
  ['YAML password', 'key-name', 'correct horse battery', 'user: app\n  password: {}\nport: 1'],
  ['YAML token', 'key-name', 'swordfish', '  token: {}'],
  ['YAML list item', 'key-name', 'swordfish', '- apiKey: {}'],
  ['YAML with quotes', 'key-name', 'sword fish', "client-secret: '{}'"],
  ['YAML flow', 'key-name', 'swordfish', '{password: {}, user: x}'],
  ['line of a diff', 'key-name', 'swordfish', '-  adminPassword: {}\n+  adminUser: x'],
  ['JSON', 'key-name', 'sword\\"fish', '{"user":"x","password":"{}","port":1}'],
  ['JSON token', 'key-name', 'swordfish', '{ "token" : "{}" }'],
  ['JSON within JSON', 'key-name', 'swordfish', '{"body":"{\\"api_key\\":\\"{}\\",\\"x\\":1}"}'],
  ['JSON number', 'key-name', '48151623', '{"passcode": {}}'],
  ['environment', 'key-name', 'sword,fish;x', 'PGPASSWORD={} psql'],
  ['export', 'key-name', 'swordfish', 'export RESTIC_PASSWORD="{}"'],
  ['access key', 'key-name', `${made(20)}/${made(19)}`, 'AWS_SECRET_ACCESS_KEY={}'],
  ['numbered password', 'key-name', 'swordfish', 'DB_PASSWORD_2={}'],
  ['WireGuard', 'key-name', `${made(43)}=`, '[Interface]\nPrivateKey = {}\nAddress = 10.0.0.1'],
  ['connection string', 'key-name', 'swordfish', 'Server=db;Password={};Timeout=5'],
  ['storage account', 'key-name', `${made(80)}==`, 'AccountName=x;AccountKey={};EndpointSuffix=y'],
  ['logfmt', 'key-name', 'swordfish', 'level=info msg=login secret={} user=x'],
  ['flag with equals', 'key-name', 'swordfish', 'args: --user=x --password={} --verbose'],
  ['flag with blank', 'key-name', 'swordfish', 'mysqldump --password {} app'],
  ['flag in a JSON list', 'key-name', 'sword fish', '["--api-token", "{}", "--verbose"]'],
  ['password in a sentence', 'key-name', 'hunter2', 'login of bob with password: {} failed'],
  ['word at the end of a sentence', 'key-name', 'swordfish', '2025-11-25T02:14:00Z INFO using password: {}'],
  ['token in a sentence', 'key-name', made(24), 'invalid token: {} (expired)'],
  ['cookie', 'key-name', `sid=${made(20)}; theme=dark`, 'Cookie: {}'],
  [
    'header with several words',
    'key-name',
    'Credential=a/b, Signature=c',
    'authorization: AWS4-HMAC-SHA256 {}',
  ],
  ['environment in JSON', 'key-name', 'swordfish', '{"name":"DB_PASSWORD","value":"{}"}'],
  ['environment in YAML', 'key-name', 'swordfish', '- name: DB_PASSWORD\n  value: {}\n'],
  ['Talos secret', 'key-name', `${made(43)}=`, 'cluster:\n  secret: {}\n  token: x'],
  ['docker auth', 'key-name', base64('bob:swordfish'), '{"auths":{"r.test":{"auth":"{}"}}}'],
  ['netrc', 'key-name', 'swordfish', 'machine git.test login bob password {}'],
  ['SQL', 'key-name', 'sword fish', "ALTER USER bob IDENTIFIED BY '{}'"],
  ['XML', 'key-name', 'swordfish', '<password>{}</password>'],
  ['curl user', 'command-line', 'swordfish', 'curl -u bob:{} https://x.test'],
  ['variable with a default', 'key-name', 'swordfish', 'password: ${DB_PASSWORD:={}}'],
];

const BLOCKS: readonly Planted[] = [
  ...['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ED25519 PRIVATE KEY'].map(
    (label) => ({
      name: `PEM ${label}`,
      text: `before\n${pem(label)}\nafter`,
      secrets: BODY.split('\n'),
      rule: 'private-key',
    }),
  ),
  {
    name: 'PEM that was cut at its end',
    text: `before\n-----BEGIN PRIVATE KEY-----\n${BODY}`,
    secrets: BODY.split('\n'),
    rule: 'private-key',
  },
  {
    name: 'PEM that was cut at its beginning',
    text: `${BODY}\n-----END RSA PRIVATE KEY-----\nafter`,
    secrets: BODY.split('\n'),
    rule: 'private-key',
  },
  {
    name: 'PEM in a JSON string',
    text: JSON.stringify({ pem: pem('EC PRIVATE KEY') }),
    secrets: BODY.split('\n'),
    rule: 'private-key',
  },
  {
    name: 'Secret in YAML',
    text: 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  user: Ym9i\n  cert: |\n    c3dvcmRm\n    aXNo\n',
    secrets: ['Ym9i', 'c3dvcmRm', 'aXNo'],
    rule: 'secret',
  },
  {
    name: 'Secret in YAML, kind last',
    text: 'stringData:\n  url: swordfish\nmetadata: {name: x}\nkind: "Secret"\n',
    secrets: ['swordfish'],
    rule: 'secret',
  },
  {
    name: 'Secret in a list in YAML',
    text: 'kind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  data:\n    url: c3dvcmRmaXNo\n',
    secrets: ['c3dvcmRmaXNo'],
    rule: 'secret',
  },
  {
    name: 'Secret with flow data in YAML',
    text: 'kind: Secret\ndata: {url: c3dvcmRmaXNo}\ntype: Opaque\n',
    secrets: ['c3dvcmRmaXNo'],
    rule: 'secret',
  },
  {
    name: 'Secret in JSON',
    text: '{"apiVersion":"v1","data":{"user":"Ym9i","url":"c3dvcmRmaXNo"},"kind":"Secret","type":"Opaque"}',
    secrets: ['Ym9i', 'c3dvcmRmaXNo'],
    rule: 'secret',
  },
  {
    name: 'Secret in a last-applied annotation',
    text: JSON.stringify({
      last: '{"kind":"Secret","stringData":{"a":"sword}\\"fish","b":"x1"},"type":"Opaque"}',
    }),
    secrets: ['sword', 'fish', 'x1'],
    rule: 'secret',
  },
];

/** Everything that redaction must take out of text. */
export const PLANTED: readonly Planted[] = [
  ...ROWS.map(([name, rule, secret, text]) => ({
    name,
    rule,
    secrets: [secret],
    text: text.replace('{}', () => secret),
  })),
  ...BLOCKS,
];

/** What an operator reads every day and must be able to read on. */
export const INNOCENT: readonly string[] = [
  'secret "db-credentials" not found',
  'failed to get secret \'flux-system/my-token\': secrets "my-token" not found',
  'Source artifact not found, retrying in 30s',
  "dependency 'flux-system/infra' is not ready",
  'Applied revision: main@sha1:4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b',
  "stored artifact for revision 'main@sha1:4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b'",
  'Helm upgrade failed for release media/app with chart app@1.2.3: context deadline exceeded',
  'Fetch failed: unable to clone: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey]',
  "failed to decrypt and format 'flux-system/secrets.yaml': cannot get sops data key: 0 successful groups required, got 0",
  "kustomize build failed: accumulating resources: accumulation err='open ./x.yaml: no such file'",
  'ghcr.io/home-operations/app:1.2.3@sha256:4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b',
  'docker-pullable://nginx@sha256:4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b',
  'registry.test/vault-secret:1.2.3',
  'commit 4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b by bob',
  'uid: 123e4567-e89b-12d3-a456-426614174000',
  'requests: cpu 250m, memory 512Mi, ephemeral-storage 10Gi',
  'Back-off restarting failed container app in pod app-7d9c6b5f4-x2x9k_media(123e4567-e89b-12d3-a456-426614174000)',
  'MountVolume.SetUp failed for volume "tls" : secret "app-tls" not found',
  "couldn't find key PASSWORD in Secret media/db",
  "Error: secret key 'password' does not exist",
  "DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
  'secretName: app-tls',
  'secretRef:\n  name: cluster-secrets',
  'secretKeyRef: {name: db, key: password}',
  'existingSecret: harbor-admin',
  'imagePullSecrets: [ghcr]',
  'passwordSecretRef: db',
  'tokenExpirationSeconds: 3600',
  'automountServiceAccountToken: false',
  'tokens: 4096, max_tokens=2048',
  'token expired',
  'the token: is expired',
  'invalid token: unauthorized',
  'failed to fetch token: Get "https://ghcr.io/token?scope=repository": dial tcp: lookup ghcr.io: no such host',
  'error reading password: EOF',
  'login failed: password: incorrect',
  'WRONGPASS invalid username-password pair or user is disabled.',
  'password: ${DB_PASSWORD}',
  'password: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]',
  'token: $(TOKEN)',
  'PASSWORD=',
  'password: ""',
  'password: ******',
  '--password-file=/etc/app/password',
  'use --token-ttl 5m',
  'the --token flag is required',
  'Bearer authentication is required',
  'basic auth is disabled',
  'PWD=/home/app',
  'ssh://git@github.com/home/cluster.git',
  'https://grafana.test:3000/d/abc?orgId=1&from=now-1h',
  'oci://ghcr.io/fluxcd/manifests/podinfo',
  'Readiness probe failed: Get "http://10.0.0.5:8080/healthz?verbose=1": context deadline exceeded',
  'event cilium.17c5f3a1b2c3d4e5 is old',
  '0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }',
  'risk-assessment-of-large-deployments-2025',
  'Normal  Scheduled  5m  default-scheduler  Successfully assigned media/app to node-1',
  'sops-age   Opaque   1   5d',
  'checksum/secret: 4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b',
  '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ\n-----END CERTIFICATE-----',
  '-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24\n-----END AGE ENCRYPTED FILE-----',
  'kind: ConfigMap\ndata:\n  color: blue\n',
  '{"kind":"ConfigMap","data":{"color":"blue"}}',
  'kind: SealedSecret\nspec:\n  template: {}\n',
  'x509: certificate has expired or is not yet valid: current time 2025-11-25T02:14:00Z is after 2025-11-24T00:00:00Z',
  'secretKey: password',
  'nextPageToken=abc123def456',
];
