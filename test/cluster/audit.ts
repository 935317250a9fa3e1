import { readFile } from 'node:fs/promises';

/** One answered request, from the API server's audit log. */
export interface AuditEntry {
  /** RFC 3339, of its arrival. */
  at: string;
  user: string;
  userAgent: string;
  /** Kubernetes verb (`get`, `list`, `watch`, `create` …), for other paths the HTTP method in lower case. */
  verb: string;
  uri: string;
  /** HTTP status. */
  code: number;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** A watch is written when it starts, everything else when it is answered; no bodies. */
export const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

interface RawEntry {
  stage: string;
  verb: string;
  requestURI: string;
  requestReceivedTimestamp: string;
  userAgent?: string;
  user: { username: string };
  objectRef?: {
    apiGroup?: string;
    resource?: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
  responseStatus?: { code?: number };
}

/** The entries of an audit log, oldest first, each request once; throws when there is no log. */
export async function readAudit(file: string | undefined, user?: string): Promise<AuditEntry[]> {
  if (file === undefined) throw new Error('this control plane was started without an audit log');
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RawEntry)
    .filter(isFirstAnswer)
    .filter((entry) => user === undefined || entry.user.username === user)
    .map(auditEntry);
}

/** A long answer such as a watch has an entry at its start and one at its end. */
function isFirstAnswer({ stage, verb }: RawEntry): boolean {
  return verb === 'watch' ? stage === 'ResponseStarted' : stage === 'ResponseComplete';
}

function auditEntry(raw: RawEntry): AuditEntry {
  const { apiGroup, resource, subresource, namespace, name } = raw.objectRef ?? {};
  return {
    at: raw.requestReceivedTimestamp,
    user: raw.user.username,
    userAgent: raw.userAgent ?? '',
    verb: raw.verb,
    uri: raw.requestURI,
    code: raw.responseStatus?.code ?? 0,
    group: apiGroup,
    resource,
    subresource,
    namespace,
    name,
  };
}
