/** How one check came out; `remedy` is what to do about it. */
export interface Verdict {
  check: string;
  verdict: 'ok' | 'warn' | 'fail';
  detail: string;
  remedy?: string;
}

const MARK = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

/** One verdict as lines for a terminal. */
export function verdictText({ check, verdict, detail, remedy }: Verdict): string {
  const line = `${MARK[verdict]}  ${check}: ${detail}`;
  return remedy === undefined ? line : `${line}\n      ${remedy}`;
}
