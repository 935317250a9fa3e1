import { lineAt } from '../text.ts';

/** Secrets that their form gives away, wherever they stand; each pattern is linear and begins with a literal. */
const TOKENS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an age key', /AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{40}/i],
  ['a private key', /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----\s{1,80}[A-Za-z0-9+/=]{32}/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40})/],
  ['a GitLab token', /\bgl(?:pat|dt|rt|ptt|ft|agent)-[A-Za-z0-9_-]{20}/],
  ['an AWS key', /\b(?:AKIA|ASIA)(?=[A-Z0-9]{0,15}\d)[A-Z0-9]{16}\b(?<!EXAMPLE)/],
  ['a Google key', /\b(?:AIza[0-9A-Za-z_-]{35}|GOCSPX-[0-9A-Za-z_-]{20})/],
  ['a Slack token', /\bxox[abeoprs]-(?=[A-Za-z-]{0,20}\d)[A-Za-z0-9-]{20}/],
  [
    'a Slack or Discord webhook',
    /hooks\.slack\.com\/services\/T\w{6,12}\/B\w{6,12}\/\w{20}|discord(?:app)?\.com\/api\/webhooks\/\d{15,20}\/[\w-]{40}/,
  ],
  ['a JWT', /\beyJhbGciOi[A-Za-z0-9_-]{5,200}\.eyJ[A-Za-z0-9_-]{10}/],
  ['a Cloudflare tunnel token', /\beyJhIjoi[A-Za-z0-9+/_-]{80}/],
  ['a Vault token', /\bhv[sbr]\.[A-Za-z0-9_-]{24}/],
  ['a Stripe key', /\b[sr]k_live_[A-Za-z0-9]{20}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}/],
  ['a PyPI token', /\bpypi-AgEI[A-Za-z0-9_-]{40}/],
  ['a Docker token', /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20}/],
  ['a Tailscale key', /\btskey-(?:auth|api|client)-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{16}/],
  ['a SendGrid key', /\bSG\.[\w-]{20,24}\.[\w-]{40}/],
  ['a 1Password token', /\bops_eyJ[A-Za-z0-9+/=_-]{40}/],
  ['a Telegram bot token', /\b\d{8,10}:AA[\w-]{33}\b/],
  ['an AI key', /\bsk-(?:proj|ant|or)-(?=[A-Za-z_-]{0,40}\d)[A-Za-z0-9_-]{32}/],
  ['a Grafana token', /\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}/],
  [
    'a password hash',
    /\$(?:2[aby]\$\d\d\$[./A-Za-z0-9]{53}|argon2id\$v=\d{1,3}\$m=[\w,=]{5,40}\$[A-Za-z0-9+/]{16}|6\$[\w./=$]{0,40}\$[\w./]{80})/,
  ],
];

/** Kinds of tokens that a text holds, each with the line of the first, counted from 1. */
export function tokensIn(text: string): { what: string; line: number }[] {
  return TOKENS.flatMap(([what, pattern]) => {
    const at = text.search(pattern);
    return at === -1 ? [] : [{ what, line: lineAt(text, at) }];
  });
}
