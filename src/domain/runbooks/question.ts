/** What runbooks are asked: any part alone, or several together. */
export interface Question {
  /** Free words. */
  text?: string;
  /** Name of an alert. */
  alert?: string;
  /** The alert's `runbook_url`, in whatever form. */
  runbookUrl?: string;
  /** A finding of a health or reconciliation answer. */
  finding?: { reason: string; kind?: string; component?: string };
  kind?: string;
  /** Reason of a condition or event. */
  reason?: string;
}

/** The kind and reason of a question, wherever they stand in it. */
export function objectOf({ finding, kind, reason }: Question): { kind?: string; reason?: string } {
  return { kind: finding?.kind ?? kind, reason: finding?.reason ?? reason };
}
