/** How far something leads: into the internet, to nobody knows whom, or not beyond the own network. */
export type Reach = 'public' | 'unclear' | 'internal';

const PUBLIC = word('extern|external|public|internet|edge|wan|cloudflare|cloudflare-tunnel');
const INTERNAL = word('intern|internal|private|priv|local|lan|vpn|tailscale|tailnet');

function word(names: string): RegExp {
  return new RegExp(`(?:^|[^a-z])(?:${names})(?:[^a-z]|$)`, 'i');
}

const DNS = 'external-dns.alpha.kubernetes.io/';

/** How far an ingress class or Gateway leads, by its names and by what external-dns is told about it. */
export function reachOf(
  names: readonly (string | undefined)[],
  annotations: readonly Readonly<Record<string, string>>[],
): Reach {
  const dns = annotations.flatMap((one) => Object.entries(one).filter(([key]) => key.startsWith(DNS)));
  const words = [...names, ...dns.filter(([key]) => key === `${DNS}target`).map(([, value]) => value)];
  if (annotations.some((one) => one['tailscale.com/funnel'] === 'true')) return 'public';
  if (words.some((name) => name !== undefined && PUBLIC.test(name))) return 'public';
  if (words.some((name) => name !== undefined && INTERNAL.test(name))) return 'internal';
  return dns.length > 0 ? 'public' : 'unclear';
}

/** Networks that everybody is in. */
export const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);
