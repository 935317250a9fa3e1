import type { AuditEntry } from './audit.ts';

const READS = new Set(['get', 'list', 'watch']);

/** Subresources of which even a GET acts or gives something away. */
const ACTING = new Set(['exec', 'attach', 'portforward', 'proxy', 'token']);

/**
 * The requests among these that daytwo must never send, as lines to print: all but get, list, watch and reviews of own
 * permissions, and anything about a Secret. An answer of 403 does not excuse a request.
 */
export function forbiddenAmong(entries: readonly AuditEntry[]): string[] {
  return [...new Set(entries.filter((entry) => !isAllowed(entry)).map(lineOf))];
}

/** True for requests of daytwo itself, whoever it is logged in as, and for all of people who are no administrator. */
export function isOfDaytwo({ user, userAgent }: AuditEntry): boolean {
  const isSystem = user === 'admin' || user.startsWith('system:');
  return /^daytwo\b/.test(userAgent) || !isSystem;
}

function isAllowed({ verb, group = '', resource = '', subresource = '' }: AuditEntry): boolean {
  if (resource === 'selfsubjectaccessreviews') {
    return verb === 'create' && group === 'authorization.k8s.io' && subresource === '';
  }
  return READS.has(verb) && resource !== 'secrets' && !ACTING.has(subresource);
}

function lineOf({ user, userAgent, verb, uri, code }: AuditEntry): string {
  return `${user} (${userAgent}): ${verb} ${uri} (${code})`;
}
