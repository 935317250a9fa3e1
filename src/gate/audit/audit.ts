import { createHmac } from 'node:crypto';

import { ToolError } from '../../errors.ts';
import { loggedArguments } from './arguments.ts';

/** A proposal in a record: what it touches and where it goes. */
export interface AuditedProposal {
  repository: string;
  branch: string;
  paths: readonly string[];
  commit?: string;
}

/**
 * What the gate knows when a call ends, before a proposal leaves (`intent`), when a later start found out what became of
 * one (`recovered`), or a transport when a message cannot be read (`malformed`).
 */
export interface AuditEvent {
  /** The id of the call, when records belong together; a new one otherwise. */
  auditID?: string;
  stage?: 'intent' | 'recovered';
  proposal?: AuditedProposal;
  principal?: { id: string; roles: readonly string[] };
  client: string;
  tool?: string;
  /** As they came; only allow-listed ones are written, all of them as an HMAC. */
  arguments?: unknown;
  touched?: readonly { kind: string; namespace: string | undefined }[];
  decision?: 'allow' | 'deny';
  rule?: string;
  reason?: string;
  policySha?: string;
  error?: { code: string; message: string; cause?: unknown };
  /** Size of the answer, UTF-8. */
  bytes?: number;
  /** Counts per rule. */
  redactions?: Readonly<Record<string, number>>;
  /** Invisible characters that were made visible. */
  sanitised?: number;
  malformed?: string;
}

/** Where records go and what they are made with. */
export interface AuditParts {
  /** Appends one line, which has no newline; `durable` lines are on disk when it returns. Throws when it cannot. */
  write: (line: string, durable: boolean) => void;
  /** Secret of the chain and of the arguments' HMAC. */
  key: Uint8Array;
  /** Milliseconds since the epoch. */
  clock: () => number;
  id: () => string;
  redact: (text: string) => string;
  /** Refuse calls that cannot be recorded; by default they go on and `onFailure` is told. */
  required?: boolean;
  onFailure?: (error: unknown) => void;
}

/** One process's audit log. `append` throws `unavailable` only where records are required. */
export interface Audit {
  append: (event: AuditEvent) => void;
  /** Records what is about to leave, on disk when it returns. Throws `unavailable` when it cannot be written. */
  intend: (event: AuditEvent) => void;
  /** An id for a call whose records belong together. */
  newId: () => string;
}

/**
 * Chains JSON records: `seq` counts from 1, `prev` is the hash before, `hash` an HMAC over the record without it. A
 * record that could not be written leaves no gap; the next one says in `lost` how many there were.
 */
export function createAudit(parts: AuditParts): Audit {
  let head = { seq: 0, prev: '' };
  let lost = 0;
  const append = (event: AuditEvent): void => {
    const seq = head.seq + 1;
    const body = { ...recordOf(event, parts), ...(lost > 0 && { lost }), seq, prev: head.prev };
    const hash = hashOf(body, parts.key);
    parts.write(JSON.stringify({ ...body, hash }), event.decision === 'deny' || event.proposal !== undefined);
    head = { seq, prev: hash };
    lost = 0;
  };
  const attempt = (event: AuditEvent, required = false): void => {
    try {
      append(event);
    } catch (error) {
      lost += 1;
      fail(error, required ? { ...parts, required } : parts);
    }
  };
  return {
    append: (event) => attempt(event),
    intend: (event) => attempt({ ...event, stage: 'intent' }, true),
    newId: parts.id,
  };
}

/** The link of the chain: HMAC-SHA-256 over the record's JSON without `hash`, in hexadecimal. */
export function hashOf(record: object, key: Uint8Array): string {
  return createHmac('sha256', key).update(JSON.stringify(record)).digest('hex');
}

function fail(error: unknown, { required, onFailure = onStderr }: AuditParts): void {
  onFailure(error);
  if (!required) return;
  throw new ToolError(
    'unavailable',
    'the audit log cannot be written',
    'Calls are refused until it can; the operator sees the cause in the log of the server.',
    { cause: error },
  );
}

function onStderr(error: unknown): void {
  process.stderr.write(`the audit log cannot be written: ${String(error)}\n`);
}

function recordOf(event: AuditEvent, { clock, id, key, redact }: AuditParts): object {
  const { principal, client, tool, decision, rule, policySha, reason, malformed, touched } = event;
  return {
    auditID: event.auditID ?? id(),
    stage: event.stage ?? (malformed === undefined ? 'complete' : 'malformed'),
    ts: new Date(clock()).toISOString(),
    principal: principal && { id: principal.id, roles: principal.roles },
    client: redact(client.slice(0, 200)),
    tool: tool && redact(tool.slice(0, 200)),
    verb: tool === undefined ? undefined : 'call',
    objectRef: touched?.map(({ kind, namespace }) =>
      namespace === undefined ? kind : `${kind}/${namespace}`,
    ),
    decision,
    rule,
    policySha,
    reason: reason && redact(reason),
    ...loggedArguments(event.arguments, key, redact),
    proposal: event.proposal,
    result: malformed === undefined ? resultOf(event, redact) : { status: redact(malformed.slice(0, 500)) },
  };
}

function resultOf(
  { error, bytes, redactions, sanitised }: AuditEvent,
  redact: (text: string) => string,
): object {
  return {
    status: error?.code ?? 'ok',
    message: error && redact(error.message.slice(0, 1000)),
    cause: error?.cause === undefined ? undefined : redact(causeText(error.cause).slice(0, 2000)),
    bytes,
    redactions,
    sanitised,
  };
}

const CAUSES = 5;

function causeText(cause: unknown): string {
  const texts: string[] = [];
  for (
    let at = cause;
    at !== undefined && texts.length < CAUSES;
    at = at instanceof Error ? at.cause : undefined
  ) {
    texts.push(oneCause(at));
  }
  return texts.join('\ncaused by ');
}

/** What was thrown without being an error may hold anything, so only its type is written. */
function oneCause(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.stack ?? thrown.message;
  return typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`;
}
