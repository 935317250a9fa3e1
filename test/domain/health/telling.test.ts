import { describe, expect, it } from 'vitest';

import type { HealthAnswer } from '#domain/health/answer.ts';
import type { FluxObject } from '#domain/objects/flux.ts';

import { answerFor, kustomization, notReady } from './objects.ts';

/** Most findings that a caller who names no limit gets. */
const DEFAULT_LIMIT = 20;

/** What is said of a finding: JSON that is escaped, UTF-8 of several bytes, plain text. */
const WORDS = ['"kind":"Volume"\\n', 'größer als 1 µs … ', 'connection refused; '] as const;

/** So many Kustomizations that do not build, each with a message of so many characters. */
function broken(count: number, length: number, word: string = WORDS[0]): FluxObject[] {
  const message = word.repeat(Math.ceil(length / word.length)).slice(0, length);
  return Array.from({ length: count }, (_, index) =>
    kustomization(nameAt(index), notReady('BuildFailed', message)),
  );
}

function nameAt(index: number): string {
  return `application-number-${String(index).padStart(3, '0')}`;
}

const refs = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `Kustomization/flux-system/${nameAt(index)}`);

function namedIn({ findings, more }: HealthAnswer): string[] {
  return [...findings.map(({ ref }) => ref), ...(more?.rows ?? []).map(([, , ref]) => String(ref))];
}

function bytesOf({ findings, more }: HealthAnswer): number {
  return Buffer.byteLength(JSON.stringify([findings, more?.rows ?? []]));
}

/** Characters of the longest message in brief. */
function longestIn({ more }: HealthAnswer): number {
  return Math.max(...(more?.rows ?? []).map(([, , , , message]) => Array.from(String(message)).length));
}

const counts = Array.from({ length: DEFAULT_LIMIT }, (_, index) => index + 1);
const lengths = Array.from({ length: 49 }, (_, index) => index * 5);

describe('findings of one answer', () => {
  it.each(counts)('name every cause of %i, whatever its messages are', async (count) => {
    for (const word of WORDS)
      for (const length of lengths) {
        const answer = await answerFor(broken(count, length, word), { limit: DEFAULT_LIMIT });

        expect(namedIn(answer)).toEqual(refs(count));
        expect(answer).toMatchObject({ total: count, shown: count });
        expect(answer.cursor).toBeUndefined();
        expect(answer.findings.length).toBeGreaterThan(0);
        expect(bytesOf(answer)).toBeLessThanOrEqual(4_810);
      }
  });

  it('are all in full where they fit', async () => {
    const told = await Promise.all([1, 2, 3, 4, 5].map((count) => answerFor(broken(count, 200))));

    expect(told.map(({ findings, more }) => [findings.length, more])).toEqual(
      [1, 2, 3, 4, 5].map((count) => [count, undefined]),
    );
  });

  it('are brief in words rather than left out', async () => {
    const [some, many] = [await answerFor(broken(12, 200)), await answerFor(broken(30, 200))];

    expect(longestIn(some)).toBe(120);
    expect(longestIn(many)).toBe(1);
    expect(namedIn(many)).toEqual(refs(30));
  });

  it.each([1, 7, 20, 100])('come page by page, %i at most, where not all can be named', async (limit) => {
    const objects = broken(90, 120);
    const all: string[] = [];

    let cursor: string | undefined;
    do {
      const answer = await answerFor(objects, { limit, cursor });
      all.push(...namedIn(answer));
      expect(answer.findings.length).toBeGreaterThan(0);
      expect(answer.shown).toBe(namedIn(answer).length);
      expect(bytesOf(answer)).toBeLessThanOrEqual(4_810);
      ({ cursor } = answer);
    } while (cursor !== undefined);

    expect(all).toEqual(refs(90));
  });
});
