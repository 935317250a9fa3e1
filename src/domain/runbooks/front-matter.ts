import { parse } from 'yaml';

/** What a runbook says about itself before its first line of text; everything may be missing. */
export interface FrontMatter {
  title?: string;
  alerts: string[];
  reasons: string[];
  kinds: string[];
  symptoms: string[];
}

/** Splits lines into front matter and the number of lines it takes; what cannot be read counts as absent. */
export function frontMatterOf(lines: readonly string[]): { matter: FrontMatter; length: number } {
  const end = lines[0]?.trim() === '---' ? lines.findIndex((line, at) => at > 0 && isEnd(line)) : -1;
  if (end === -1) return { matter: listsOf({}), length: 0 };
  return { matter: listsOf(parsed(lines.slice(1, end).join('\n'))), length: end + 1 };
}

function isEnd(line: string): boolean {
  return /^(?:---|\.\.\.)\s*$/.test(line);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'silent' });
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function listsOf(values: Record<string, unknown>): FrontMatter {
  const { title } = values as { title?: unknown };
  return {
    ...(typeof title === 'string' && { title }),
    alerts: ['alerts', 'alert', 'alertname', 'alertnames'].flatMap((key) => strings(values[key])),
    reasons: ['reasons', 'reason', 'conditions'].flatMap((key) => strings(values[key])),
    kinds: ['kinds', 'kind'].flatMap((key) => strings(values[key])),
    symptoms: ['symptoms', 'tags', 'keywords', 'description'].flatMap((key) => strings(values[key])),
  };
}

function strings(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((one) => typeof one === 'string');
}
