import { z } from 'zod';

import { Table, paginate } from '../table.ts';
import type { JudgedService } from './judge.ts';

/** The answer of `disabled_services`: what agrees is listed, what does not comes first. */
export const DisabledAnswer = z.strictObject({
  verdict: z.enum(['agrees', 'disagrees', 'none']),
  summary: z.array(z.string()),
  services: Table,
});

export type DisabledAnswer = z.infer<typeof DisabledAnswer>;

const COLUMNS = [
  'service',
  'how',
  'decision',
  'reason',
  'reviewer',
  'revisit_by',
  'problems',
  'place',
] as const;

/** How the answer is cut, and what it could not look at. */
export interface DisabledPage {
  cursor?: string;
  limit: number;
  /** Why no cluster was asked what runs. */
  unchecked?: string;
}

/** Puts the services into words and a table. */
export function disabledAnswer(
  services: readonly JudgedService[],
  { unchecked, ...page }: DisabledPage,
): DisabledAnswer {
  const wrong = services.filter(({ problems }) => problems.length > 0);
  const sorted = [...wrong, ...services.filter(({ problems }) => problems.length === 0)];
  return {
    verdict: services.length === 0 ? 'none' : wrong.length > 0 ? 'disagrees' : 'agrees',
    summary: [
      `${services.length} disabled services, ${wrong.length} with a problem`,
      ...(unchecked === undefined ? [] : [`not checked against what runs: ${unchecked}`]),
    ],
    services: paginate(sorted.map(rowOf), { ...page, columns: COLUMNS, budget: 5_000, question: 'disabled' }),
  };
}

function rowOf(service: JudgedService): (string | null)[] {
  const { entry, decision, problems } = service;
  const { decision: decided = null, reason = '', reviewer = '', revisit = '' } = decision ?? {};
  const place = entry ?? decision;
  return [
    service.service,
    service.how,
    decided,
    orNull(entry?.comment || reason),
    orNull(reviewer),
    orNull(revisit),
    orNull(problems.join('; ')),
    place ? `${place.file}:${place.line}` : null,
  ];
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
