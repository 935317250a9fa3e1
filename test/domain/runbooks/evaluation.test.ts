import { describe, expect, it } from 'vitest';

import { lookup } from '#domain/runbooks/lookup.ts';
import type { RunbookIndex } from '#domain/runbooks/runbook-index.ts';
import { indexOfFiles } from '../../support/runbook-files.ts';

import { DISTRACTORS } from './distractors.ts';
import { EXAMPLE, OWN } from './example.ts';
import {
  type Asked,
  EXAMPLE_QUESTIONS,
  HELD_OUT,
  TUNING,
  UNANSWERED,
  UNANSWERED_HELD_OUT,
} from './questions.ts';
import { BUILT_IN } from './shelf.ts';

const alone = indexOfFiles(BUILT_IN);
const withoutOwn = indexOfFiles([...BUILT_IN, ...DISTRACTORS]);
const withOwn = indexOfFiles([...BUILT_IN, ...EXAMPLE, ...DISTRACTORS]);

/** Answers that are not the expected runbook, or not its section where one is expected. */
function missed(asked: readonly Asked[], index: RunbookIndex): string[] {
  return asked.flatMap(({ question, runbook, heading }) => {
    const { matches, none } = lookup(index, question);
    const [first] = matches;
    if (first?.runbook.id === runbook && (heading?.test(first.section.heading) ?? true)) return [];
    const got = first ? `${first.runbook.id}#${first.section.anchor} (${first.why})` : none;
    return `${JSON.stringify(question)}: wanted ${runbook} ${heading?.source ?? ''}, got ${got}`;
  });
}

/** The same questions where the operator has own runbooks, which are then the right ones. */
const ownExpected = [...TUNING, ...HELD_OUT].map((one) => ({
  ...one,
  runbook: OWN[one.runbook] ?? one.runbook,
}));

describe('the right section is first for at least 90 %', () => {
  it.each<[string, readonly Asked[], RunbookIndex]>([
    ['questions seen while tuning, of the built-in runbooks', TUNING, withoutOwn],
    ['questions not seen while tuning, of the built-in runbooks', HELD_OUT, withoutOwn],
    ['all of them, of the built-in runbooks without other documents', [...TUNING, ...HELD_OUT], alone],
    [
      'all of them and more, with the runbooks of the example',
      [...ownExpected, ...EXAMPLE_QUESTIONS],
      withOwn,
    ],
  ])('%s', (_, asked, index) => {
    const wrong = missed(asked, index);

    expect(wrong.slice(Math.floor(asked.length * 0.1))).toEqual([]);
  });

  it('counts what it is to count', () => {
    expect(BUILT_IN).toHaveLength(16);
    expect(EXAMPLE.filter(({ path }) => path.startsWith('docs/runbooks/'))).toHaveLength(6);
    expect(new Set(DISTRACTORS.map(({ path }) => path)).size).toBe(100);
    expect(HELD_OUT.length).toBeGreaterThanOrEqual(60);
    expect(UNANSWERED.length + UNANSWERED_HELD_OUT.length).toBeGreaterThanOrEqual(15);
  });
});

describe.each([
  ['built-in runbooks', alone],
  ['those among 100 other documents', withoutOwn],
  ['those and the runbooks of the example', withOwn],
])('%s say that they do not answer', (_, index) => {
  it.each([...UNANSWERED, ...UNANSWERED_HELD_OUT].map((question) => [JSON.stringify(question), question]))(
    '%s',
    (__, question) => {
      const { matches, none } = lookup(index, question);

      expect(matches.map(({ runbook, why }) => `${runbook.id}: ${why}`)).toEqual([]);
      expect(none).toMatch(/^no runbook|^too general/);
    },
  );
});
