import { describe, expect, it } from 'vitest';

import { lookup } from '#domain/runbooks/lookup.ts';
import { createRunbookIndex } from '#domain/runbooks/runbook-index.ts';

import { DISTRACTORS } from './distractors.ts';
import { type Asked, HELD_OUT, TUNING, UNANSWERED, UNANSWERED_HELD_OUT } from './questions.ts';
import { BUILT_IN } from './shelf.ts';

const index = createRunbookIndex([...BUILT_IN, ...DISTRACTORS]);

function isRight({ question, runbook, heading }: Asked): boolean {
  const first = lookup(index, question).matches[0];
  return first?.runbook.id === runbook && (heading?.test(first.section.heading) ?? true);
}

function missed(asked: readonly Asked[]): string[] {
  return asked
    .filter((one) => !isRight(one))
    .map(({ question, runbook, heading }) => {
      const { matches, none } = lookup(index, question);
      const [first] = matches;
      return `${JSON.stringify(question)}: wanted ${runbook} ${heading?.source ?? ''}, got ${first ? `${first.runbook.id}#${first.section.anchor} (${first.why})` : none}`;
    });
}

describe('16 built-in runbooks among 100 other documents', () => {
  it.each([
    ['questions seen while tuning', TUNING],
    ['questions not seen while tuning', HELD_OUT],
  ])('%s: the right one is first for at least 90 %', (_, asked) => {
    const wrong = missed(asked);

    expect(wrong.slice(Math.floor(asked.length * 0.1))).toEqual([]);
  });

  it.each([...UNANSWERED, ...UNANSWERED_HELD_OUT].map((question) => [JSON.stringify(question), question]))(
    'says that nothing answers %s',
    (_, question) => {
      const { matches, none } = lookup(index, question);

      expect(matches.map(({ runbook, why }) => `${runbook.id}: ${why}`)).toEqual([]);
      expect(none).toMatch(/no runbook|too general/);
    },
  );

  it('holds the numbers that it is to hold', () => {
    expect(BUILT_IN).toHaveLength(16);
    expect(new Set(DISTRACTORS.map(({ path }) => path)).size).toBe(100);
    expect(HELD_OUT.length).toBeGreaterThanOrEqual(60);
  });
});
