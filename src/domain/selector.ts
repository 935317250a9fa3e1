import { ToolError } from '../errors.ts';

/** One requirement of a label selector. */
export interface Requirement {
  key: string;
  operator: '=' | '!=' | 'exists' | 'absent';
  value: string;
}

const PART =
  /^(?:(?<absent>!)?(?<bare>[\w./-]+)|(?<key>[\w./-]+)\s*(?<operator>==?|!=)\s*(?<value>[\w.-]*))$/;

/** An equality-based label selector: `a=b,c!=d,e,!f`. Throws `invalid_input` for what it cannot read. */
export function parseSelector(selector: string | undefined): Requirement[] {
  if (selector === undefined) return [];
  return selector.split(',').map((part) => parseRequirement(part.trim()));
}

/** Whether labels meet every requirement; `!=` is met by a missing label, as in Kubernetes. */
export function matchesSelector(
  labels: Readonly<Record<string, string>>,
  requirements: readonly Requirement[],
): boolean {
  return requirements.every(({ key, operator, value }) => {
    if (operator === 'exists') return key in labels;
    if (operator === 'absent') return !(key in labels);
    return (labels[key] === value) === (operator === '=');
  });
}

function parseRequirement(part: string): Requirement {
  const groups = PART.exec(part)?.groups;
  if (groups === undefined) {
    throw new ToolError(
      'invalid_input',
      `the selector part ${JSON.stringify(part)} cannot be read`,
      'Write parts as key=value, key!=value, key or !key, joined by commas; sets (in, notin) are not supported.',
    );
  }
  if (groups['bare'] !== undefined) {
    return { key: groups['bare'], operator: groups['absent'] ? 'absent' : 'exists', value: '' };
  }
  return {
    key: groups['key'] ?? '',
    operator: groups['operator'] === '!=' ? '!=' : '=',
    value: groups['value'] ?? '',
  };
}
