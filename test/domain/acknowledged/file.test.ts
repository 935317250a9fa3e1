import { describe, expect, it } from 'vitest';

import { parseAcknowledged } from '#domain/acknowledged/file.ts';

const PATH = 'docs/acknowledged-findings.yaml';

const WHOLE = `# what we know of
acknowledged:
  - id: 1a2b3c4d
    reason: the disk is on its way
    until: 2026-03-31
  - match: {kind: Volume, namespace: longhorn-system, name: 'pvc-*', reason: OneReplica}
    reason: scratch volumes
    until: 2026-12-31
benign:
  - reason: FrobnicationFailed
    message: '*try again*'
  - reason: ImageGCFailed
`;

describe('the file of acknowledgements', () => {
  it('says what is known, why and until when', () => {
    expect(parseAcknowledged(PATH, WHOLE)).toEqual({
      path: PATH,
      entries: [
        { line: 3, id: '1a2b3c4d', reason: 'the disk is on its way', until: '2026-03-31' },
        {
          line: 6,
          match: { kind: 'Volume', namespace: 'longhorn-system', name: 'pvc-*', reason: 'OneReplica' },
          reason: 'scratch volumes',
          until: '2026-12-31',
        },
      ],
      benign: [{ reason: 'FrobnicationFailed', message: '*try again*' }, { reason: 'ImageGCFailed' }],
      mistakes: [],
    });
  });

  it.each([
    { what: 'an empty file', text: '' },
    { what: 'a comment', text: '# nothing yet\n' },
    { what: 'empty lists', text: 'acknowledged: []\nbenign: []\n' },
    { what: 'keys without a list', text: 'acknowledged:\nbenign:\n' },
  ])('takes $what for none', ({ text }) => {
    expect(parseAcknowledged(PATH, text)).toEqual({ path: PATH, entries: [], benign: [], mistakes: [] });
  });

  it.each([
    { text: 'acknowleged: []', line: 1, message: /unknown key "acknowleged", did you mean acknowledged\?/ },
    { text: 'acknowledged: none', line: 1, message: /acknowledged must be a list/ },
    { text: '- id: 1a2b3c4d', line: 1, message: /must be one map/ },
    { text: 'acknowledged:\n  - id: [', line: 2, message: /./ },
    {
      text: 'acknowledged:\n  - reason: x\n    until: 2026-01-01',
      line: 2,
      message: /needs either id or match/,
    },
    {
      text: 'acknowledged:\n  - {id: 12345678, reason: x, until: 2026-01-01}',
      line: 2,
      message: /put it in quotes/,
    },
    {
      text: 'acknowledged:\n  - {id: web, reason: x, until: 2026-01-01}',
      line: 2,
      message: /8 hexadecimal digits/,
    },
    {
      text: "acknowledged:\n  - match: {kind: '*'}\n    reason: x\n    until: 2026-01-01",
      line: 2,
      message: /fits every finding/,
    },
    {
      text: 'acknowledged:\n  - match: {kinds: Pod}\n    reason: x\n    until: 2026-01-01',
      line: 2,
      message: /unknown key "kinds", did you mean kind\?/,
    },
    {
      text: 'acknowledged:\n  - id: 1a2b3c4d\n    reason: x\n    until: soon',
      line: 4,
      message: /until: must be a day/,
    },
    { text: 'acknowledged:\n  - id: 1a2b3c4d\n    until: 2026-01-01', line: 2, message: /reason: / },
    { text: "benign:\n  - {reason: '*'}", line: 2, message: /fits every warning/ },
  ])('names line $line of $text', ({ text, line, message }) => {
    const { entries, benign, mistakes } = parseAcknowledged(PATH, text);

    expect(mistakes.map((mistake) => mistake.line)).toContain(line);
    expect(mistakes.map((mistake) => mistake.message).join('\n')).toMatch(message);
    expect([...entries, ...benign]).toEqual([]);
  });

  it('keeps what is right beside a mistake', () => {
    const text = `${WHOLE}  - reasons: Odd\n`;

    const { entries, benign, mistakes } = parseAcknowledged(PATH, text);

    expect([entries.length, benign.length]).toEqual([2, 2]);
    expect(mistakes.map(({ line }) => line)).toContain(13);
  });
});
