import { describe, expect, it } from 'vitest';

import { newAnchors } from '#domain/runbooks/anchors.ts';
import { indexOfFiles } from '../../support/runbook-files.ts';
import { parseRunbook, type Runbook } from '#domain/runbooks/runbook.ts';

function read(text: string, path = 'docs/runbooks/example.md'): Runbook {
  return parseRunbook({ path, text, origin: 'operator', commit: 'c0ffee' });
}

function headings(text: string): string[] {
  return read(text).sections.map(({ heading }) => heading);
}

describe('anchors, as GitHub makes them', () => {
  it.each([
    ['When to stop', 'when-to-stop'],
    ['  Spaces  around ', 'spaces--around'],
    ['What now? (2.9 & later)', 'what-now-29--later'],
    ['snake_case and kebab-case', 'snake_case-and-kebab-case'],
    ['Größe prüfen', 'größe-prüfen'],
    ['🚨 Alarm', '-alarm'],
    ['KubePodCrashLooping', 'kubepodcrashlooping'],
  ])('%s', (title, anchor) => {
    expect(newAnchors()(title)).toBe(anchor);
  });

  it('numbers repeats', () => {
    const anchorFor = newAnchors();

    expect(['Checks', 'Checks', 'Checks'].map(anchorFor)).toEqual(['checks', 'checks-1', 'checks-2']);
  });
});

describe('sections', () => {
  it('are cut at headings of both kinds, the title standing for what comes first', () => {
    const { title, sections } = read(
      'Title\n=====\nintro\n\nOne\n---\nfirst\n\n## Two ##\nsecond\n### Two a\nthird\n',
    );

    expect(title).toBe('Title');
    expect(sections).toEqual([
      { heading: 'Title', anchor: 'title', line: 1, text: 'intro' },
      { heading: 'One', anchor: 'one', line: 5, text: 'first' },
      { heading: 'Two', anchor: 'two', line: 9, text: 'second\n### Two a\nthird' },
    ]);
  });

  it.each([
    ['a fence of backticks', '# T\n## A\n```sh\n# no heading\n```\ntext\n## B\nb', ['A', 'B']],
    ['a longer fence around a shorter one', '# T\n## A\n````\n```\n## no\n```\n````\n## B\nb', ['A', 'B']],
    ['a fence of tildes', '# T\n## A\n~~~\n## no\n~~~\n## B\nb', ['A', 'B']],
    ['a fence that is never closed', '# T\n## A\n```\n## no\n', ['A']],
    ['a comment', '# T\n## A\na\n<!--\n## no\n-->\n## B\nb', ['A', 'B']],
    ['a table', '# T\n## A\n| a | b |\n|---|---|\n| # | 1 |', ['A']],
    ['a rule between paragraphs', '# T\n## A\na\n\n---\n\nb', ['A']],
    ['a list above a rule', '# T\n## A\n- a\n---\nb', ['A']],
    ['a hash without a space', '# T\n## A\n#hashtag', ['A']],
    ['Windows line ends', '# T\r\n## A\r\na\r\n## B\r\nb\r\n', ['A', 'B']],
    ['a byte order mark', '\uFEFF# T\n## A\na', ['A']],
    ['markup in a heading', '# T\n## **Bold** `Code` [link](x.md)\na', ['Bold Code link']],
    ['headings without text', '# T\n## A\n## B\nb', ['B']],
  ])('are not misled by %s', (_, text, expected) => {
    expect(headings(text)).toEqual(expected);
  });

  it('are told by their subordinate headings where they are long', () => {
    const long = 'word '.repeat(800);

    expect(headings(`# T\n## A\nintro\n### A1\n${long}\n### A2\n${long}\n## B\nb`)).toEqual([
      'A',
      'A1',
      'A2',
      'B',
    ]);
  });

  it('give lines and anchors of the file', () => {
    const text = '---\nalerts: [WebDown]\n---\n# T\n\n## Checks\na\n\n## Checks\nb\n';

    expect(read(text).sections.map(({ line, anchor }) => [line, anchor])).toEqual([
      [6, 'checks'],
      [9, 'checks-1'],
    ]);
  });

  it.each(['', '\n\n', 'only text', '---\n', '```', '#', '---\n: : :\n---\ntext'])(
    'can be read out of %j',
    (text) => {
      expect(read(text).title).not.toBe('');
    },
  );
});

describe('what a runbook says of itself', () => {
  it('is taken from its front matter, as list or single word', () => {
    const { title, alerts, reasons, kinds, symptoms } = read(
      '---\ntitle: Web\nalert: WebDown\nreasons: [Failed, 7]\nkind: Deployment\nsymptoms:\n  - slow\n---\n# Other',
    );

    expect({ title, alerts, reasons, kinds, symptoms }).toEqual({
      title: 'Web',
      alerts: ['WebDown'],
      reasons: ['Failed'],
      kinds: ['Deployment'],
      symptoms: ['slow'],
    });
  });

  it.each([
    ['broken', '---\nalerts: [\n---\n# T\n## A\na'],
    ['full of aliases', '---\nalerts: &a [x]\nreasons: *a\n---\n# T\n## A\na'],
    ['never closed', '---\nalerts: [x]\n# T\n## A\na'],
  ])('is left out where the front matter is %s', (_, text) => {
    const { title, alerts } = read(text);

    expect(title).toBe('T');
    expect(alerts).toEqual([]);
  });

  it.each([
    ['docs/runbooks/backup-health.md', 'operator', 'docs/runbooks/backup-health', true],
    ['docs/guides/install.md', 'operator', 'docs/guides/install', false],
    ['ops/RUNBOOK.md', 'operator', 'ops/RUNBOOK', true],
    ['runbooks/node-not-ready.md', 'built-in', 'node-not-ready', true],
  ] as const)('%s, %s: its id is %s', (path, origin, id, isRunbook) => {
    expect(parseRunbook({ path, text: 'text', origin })).toMatchObject({ id, isRunbook });
  });

  it('is the file name where there is no title', () => {
    expect(read('text', 'docs/runbooks/disk-full.md').title).toBe('disk-full');
  });
});

it.each([
  ['many headings', `# T\n${'## A\n- **x** `y` [z](z)\n'.repeat(20_000)}`],
  ['brackets without end', `# ${'['.repeat(150_000)}`],
  ['spaces without end', `#${' '.repeat(150_000)}x`],
  ['stars and underlines', `# T\n${'**a__b'.repeat(30_000)}`],
  ['backticks', `${'`'.repeat(150_000)}x\``],
  ['one word', 'A'.repeat(150_000)],
  ['alternating case', 'aB'.repeat(75_000)],
])('is read and indexed in bounded time: %s', (_, text) => {
  const started = performance.now();

  const index = indexOfFiles([{ path: 'docs/long.md', text, origin: 'operator' }]);

  expect(index.runbooks).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(5_000);
});
