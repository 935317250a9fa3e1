import type { FindingFacts } from './finding-runbooks.ts';

/** What runbooks are asked: any part alone, or several together. */
export interface Question {
  /** Free words. */
  text?: string;
  /** Name of an alert. */
  alert?: string;
  /** The alert's `runbook_url`, in whatever form. */
  runbookUrl?: string;
  /** A finding of a health or reconciliation answer. */
  finding?: { reason: string; ref?: string; kind?: string; component?: string; message?: string };
  kind?: string;
  /** Reason of a condition or event. */
  reason?: string;
}

/** The object that a question is about, wherever it stands in it. */
export function factsOf({ finding, kind, reason }: Question): Partial<FindingFacts> {
  return finding ? findingFacts(finding) : { kind, reason };
}

function findingFacts({ ref, kind, component, reason, message }: NonNullable<Question['finding']>) {
  const [refKind, ...rest] = ref?.split('/') ?? [];
  return { reason, message, kind: kind ?? refKind ?? KINDS[component ?? ''], name: rest.at(-1) };
}

/** Components of one kind only. */
const KINDS: Readonly<Record<string, string>> = { node: 'Node' };
