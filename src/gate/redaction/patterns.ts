import { hasDigitAndLetter, isBasicCredential, looksRandom } from './values.ts';

/**
 * A kind of secret that is known by its shape. What the group `keep` matches stays; the rest is replaced. Each pattern
 * starts with a literal or a look-behind and has bounded or final repetitions, so that it takes linear time.
 */
export interface SecretPattern {
  rule: string;
  /** In lower case; the pattern is tried only on text that holds one of them. */
  needles: readonly string[];
  pattern: RegExp;
  /** Judges what is to be replaced; without it every match is. */
  accept?: (secret: string) => boolean;
}

/** Vendors' tokens, keys, headers and URLs whose form gives them away; order is that of application. */
export const PATTERNS: readonly SecretPattern[] = [
  { rule: 'age-key', needles: ['age-secret-key-'], pattern: /AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{10,}/gi },
  {
    rule: 'age-key',
    needles: ['qudflvnfq1jfvc1lrvkt'],
    pattern: /QUdFLVNFQ1JFVC1LRVkt[A-Za-z0-9+/_-]+={0,2}/g,
  },
  {
    rule: 'private-key',
    needles: ['ls0tls1crudjti'],
    pattern: /LS0tLS1CRUdJTi[A-Za-z0-9+/_-]*={0,2}(?:(?:\\n|\r?\n)[ \t]{0,40}[A-Za-z0-9+/]{20,}={0,2})*/g,
  },
  {
    rule: 'dockerconfig',
    needles: ['eyjhdxrocyi6', 'eyaiyxv0ahmi', 'ewogicjhdxrocyi6', 'ewoiyxv0ahmi', 'ewogicagimf1dghziio'],
    pattern:
      /(?:eyJhdXRocyI6|eyAiYXV0aHMi|ewogICJhdXRocyI6|ewoiYXV0aHMi|ewogICAgImF1dGhzIjo)[A-Za-z0-9+/_-]*={0,2}/g,
  },
  { rule: 'tunnel-token', needles: ['eyjhijoi'], pattern: /eyJhIjoi[A-Za-z0-9+/_-]{40,}={0,2}/g },
  {
    rule: 'jwt',
    needles: ['eyj'],
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g,
  },
  { rule: 'github-token', needles: ['gh'], pattern: /gh[pousr]_[A-Za-z0-9]{30,}/g },
  { rule: 'github-token', needles: ['github_pat_'], pattern: /github_pat_[A-Za-z0-9_]{22,}/g },
  {
    rule: 'gitlab-token',
    needles: ['gl'],
    pattern: /(?<![A-Za-z0-9])gl(?:pat|dt|rt|rtr|ptt|ft|imt|agent|oas|soat|cbt|ffct)-[A-Za-z0-9_.-]{20,}/g,
  },
  {
    rule: 'gitea-token',
    needles: ['token'],
    pattern: /(?<keep>\btoken[ \t]{1,4})[0-9a-f]{40}(?![0-9a-f])/gi,
  },
  {
    rule: 'vault-token',
    needles: ['hvs.', 'hvb.', 'hvr.'],
    pattern: /(?<![A-Za-z0-9])hv[sbr]\.[A-Za-z0-9_-]{20,}/g,
  },
  {
    rule: 'aws-key',
    needles: ['akia', 'asia', 'abia', 'acca'],
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  },
  { rule: 'google-key', needles: ['aiza'], pattern: /AIza[0-9A-Za-z_-]{35}/g },
  { rule: 'google-key', needles: ['gocspx-'], pattern: /GOCSPX-[0-9A-Za-z_-]{20,}/g },
  { rule: 'google-key', needles: ['ya29.'], pattern: /(?<![A-Za-z0-9])ya29\.[0-9A-Za-z_-]{20,}/g },
  {
    rule: 'slack-token',
    needles: ['xox', 'xapp-'],
    pattern: /(?<![A-Za-z0-9])(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}/g,
  },
  {
    rule: 'stripe-key',
    needles: ['_live_', '_test_', 'whsec_'],
    pattern: /(?<![A-Za-z0-9])(?:[srp]k_(?:live|test)|whsec)_[A-Za-z0-9+/]{16,}={0,2}/g,
  },
  { rule: 'npm-token', needles: ['npm_'], pattern: /npm_[A-Za-z0-9]{36}/g },
  { rule: 'pypi-token', needles: ['pypi-agei'], pattern: /pypi-AgEI[A-Za-z0-9_-]{20,}/g },
  { rule: 'docker-token', needles: ['dckr_'], pattern: /dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/g },
  { rule: 'digitalocean-token', needles: ['_v1_'], pattern: /do[opr]_v1_[0-9a-f]{32,}/g },
  { rule: 'grafana-token', needles: ['glsa_', 'glc_'], pattern: /gl(?:sa|c)_[A-Za-z0-9+/_]{32,}={0,2}/g },
  { rule: 'tailscale-key', needles: ['tskey-'], pattern: /tskey-[a-z]+-[A-Za-z0-9-]{10,}/g },
  {
    rule: 'ai-key',
    needles: ['sk-'],
    pattern: /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,}/g,
    accept: hasDigitAndLetter,
  },
  { rule: 'ai-key', needles: ['hf_'], pattern: /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}/g },
  { rule: 'sendgrid-key', needles: ['sg.'], pattern: /(?<![A-Za-z0-9])SG\.[\w-]{16,64}\.[\w-]{16,64}/g },
  { rule: 'sentry-token', needles: ['sntry'], pattern: /sntry[su]_[A-Za-z0-9+/=_-]{20,}/g },
  { rule: 'onepassword-token', needles: ['ops_eyj'], pattern: /ops_eyJ[A-Za-z0-9+/=_-]{20,}/g },
  { rule: 'telegram-token', needles: [':aa'], pattern: /(?<![A-Za-z0-9])\d{8,10}:AA[\w-]{30,}/g },
  {
    rule: 'bootstrap-token',
    needles: ['.'],
    pattern: /(?<![\w./@-])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w@-]|[./]\w)/g,
    // names of events end in a dot and 16 hexadecimal digits
    accept: (secret) => /\d.*[g-z]|[g-z].*\d/.test(secret.slice(7)),
  },
  {
    rule: 'password-hash',
    needles: ['$2', '$argon2', '$5$', '$6$', '$y$', '$apr1$'],
    pattern: /\$(?:2[abxy]|argon2(?:id|i|d)|[56y]|apr1)\$[\w./$,=+-]{20,}/g,
  },
  {
    rule: 'bearer',
    needles: ['bearer'],
    pattern: /(?<keep>\bbearer[ \t]{1,4})[A-Za-z0-9._~+/-]{8,}={0,2}/gi,
    accept: hasDigitAndLetter,
  },
  {
    rule: 'basic-auth',
    needles: ['basic '],
    pattern: /(?<keep>\bbasic[ \t]{1,4})[A-Za-z0-9+/]{6,}={0,2}/gi,
    accept: isBasicCredential,
  },
  {
    rule: 'webhook-url',
    needles: ['hooks.slack.com'],
    pattern: /(?<keep>hooks\.slack\.com\/[a-z]+\/)[\w/-]+/gi,
  },
  {
    rule: 'webhook-url',
    needles: ['discord'],
    pattern: /(?<keep>discord(?:app)?\.com\/api\/(?:v\d{1,3}\/)?webhooks\/)[\w/-]+/gi,
  },
  {
    rule: 'webhook-url',
    needles: ['webhook.office.com'],
    pattern: /(?<keep>webhook\.office\.com\/)[\w@/-]+/gi,
  },
  {
    rule: 'webhook-url',
    needles: ['api.telegram.org'],
    pattern: /(?<keep>api\.telegram\.org\/(?:file\/)?bot)\d+(?::|%3a)[\w-]+/gi,
  },
  { rule: 'webhook-url', needles: ['hc-ping.com'], pattern: /(?<keep>hc-ping\.com\/)[\w-]{20,}/gi },
  // status.webhookPath of a Flux Receiver: notification-controller, api/v1/receiver_types.go
  { rule: 'webhook-url', needles: ['/hook/'], pattern: /(?<keep>\/hook\/)[0-9a-f]{64}/g },
  {
    rule: 'webhook-url',
    needles: ['/hooks/', '/push/', '/webhook'],
    pattern: /(?<keep>\/(?:hooks|api\/push|webhooks?)\/)[A-Za-z0-9]{16,}/g,
    accept: looksRandom,
  },
  {
    rule: 'url-user',
    needles: ['@tcp(', '@unix('],
    pattern: /(?<keep>(?<![\w.-])[\w.-]{1,64}:)[^\s@/[\]]{1,200}(?=@(?:tcp|unix)\()/g,
  },
  {
    rule: 'command-line',
    needles: ['curl', 'wget'],
    pattern: /(?<keep>[ "'](?:-u|--user)[ =]["']?[^\s:"']{1,100}:)[^\s"'[][^\s"']*/g,
  },
  {
    rule: 'key-name',
    needles: ['password'],
    pattern: /(?<keep>\blogin\s{1,4}\S{1,100}\s{1,4}password\s{1,4})[^\s[]\S*/gi,
  },
  {
    rule: 'key-name',
    needles: ["by '", "password '"],
    pattern: /(?<keep>\b(?:identified by|password) ')[^'\n[][^'\n]*/gi,
  },
  {
    rule: 'key-name',
    needles: ['password>', 'token>', 'secret>', 'apikey>'],
    pattern: /(?<keep>(?:password|token|secret|apikey)>)[^<>\s[][^<>\n]*(?=<\/)/gi,
  },
];
