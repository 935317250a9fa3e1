import { describe, expect, it } from 'vitest';

import { indexOfFiles } from '../support/runbook-files.ts';
import type { RunbookFile } from '#domain/runbooks/runbook-file.ts';
import type { z } from '#tool';

import tool from '../../tools/runbook_lookup.ts';
import { BUILT_IN } from '../domain/runbooks/shelf.ts';
import { readContext } from '../support/context.ts';
import { memoryCluster } from '../support/memory-cluster.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');

const SHELF = indexOfFiles(BUILT_IN);

async function ask(
  input: z.input<typeof tool.input>,
  files: readonly RunbookFile[] = BUILT_IN,
  warnings: readonly string[] = [],
): Promise<z.output<typeof tool.output>> {
  const index = files === BUILT_IN ? { ...SHELF, warnings } : indexOfFiles(files, warnings);
  const context = readContext(memoryCluster({ objects: [] }), 0, { runbooks: { index: async () => index } });
  return tool.output.parse(await tool.handler(tool.input.parse(input), context));
}

function own(path: string, text: string): RunbookFile {
  return { path, text, origin: 'operator', commit: COMMIT };
}

function bytesOf(answer: unknown): number {
  return Buffer.byteLength(JSON.stringify(answer));
}

it('answers a finding with the section to begin with, and says where it is from', async () => {
  const { matches, ...rest } = await ask({
    finding: { reason: 'NotReady', ref: 'Node/worker-1', component: 'node' },
    limit: 1,
  });

  const [{ text, ...match } = { text: '' }] = matches;
  expect(match).toEqual({
    runbook: 'node-not-ready',
    title: 'Node not ready',
    origin: 'built-in',
    heading: 'Checks',
    why: 'it is the one for NotReady',
    path: 'runbooks/node-not-ready.md',
    line: 27,
    anchor: 'checks',
    sections: ['Symptoms', 'Meaning', 'Remedy through Git', 'Verification', 'When to stop'],
  });
  expect(text).toContain('kubectl get nodes -o wide');
  expect(rest).toEqual({ total: 1, shown: 1 });
});

it('says which commit an own runbook is from', async () => {
  const file = own('docs/runbooks/node.md', '# Nodes\n\n## KubeNodeNotReady\n\nPress the button.\n');

  const { matches } = await ask({ alert: 'KubeNodeNotReady' }, [...BUILT_IN, file]);

  expect(matches[0]).toMatchObject({
    runbook: 'docs/runbooks/node',
    origin: 'operator',
    path: 'docs/runbooks/node.md',
    commit: COMMIT,
    line: 3,
    text: 'Press the button.',
  });
  expect(matches[1]?.runbook).toBe('node-not-ready');
});

it('says plainly that nothing fits, and that a link is dead', async () => {
  expect(await ask({ alert: 'TeapotEmpty', runbookUrl: 'https://wiki.example.test/teapot' })).toEqual({
    matches: [],
    total: 0,
    shown: 0,
    none: 'no runbook is about this',
    link: 'the link of the alert leads to no runbook that is known here',
  });
});

it('says what could not be read, and answers from the rest', async () => {
  const { matches, warnings } = await ask({ question: 'node down' }, BUILT_IN, ['the repository is away']);

  expect(matches[0]?.runbook).toBe('node-not-ready');
  expect(warnings).toEqual(['the repository is away']);
});

describe('one runbook by its id', () => {
  it.each([
    ['by heading', 'When to stop', 'When to stop'],
    ['by anchor', '#remedy-through-git', 'Remedy through Git'],
    ['by part of a heading', 'remedy', 'Remedy through Git'],
    ['where to begin', undefined, 'Checks'],
  ])('opens %s', async (_, section, heading) => {
    const { matches } = await ask({ runbook: 'node-not-ready', section });

    expect(matches).toHaveLength(1);
    expect(matches[0]).toMatchObject({ runbook: 'node-not-ready', heading, why: 'it was asked for' });
  });

  it('is not found, and the nearest or its headings are named', async () => {
    await expect(ask({ runbook: 'node-not-redy' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'node-not-ready',
    });
    await expect(ask({ runbook: 'node-not-ready', section: 'Weather' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Symptoms, Meaning, Checks, Remedy through Git, Verification, When to stop',
    });
  });
});

describe('an answer is at most 6 KB', () => {
  const prose = 'The node is down and does not come back. '.repeat(20);
  const heavy = [
    ['long paragraphs', `# Node down\n\n## Node down checks\n\n${`${prose}\n\n`.repeat(100)}`],
    ['one long line', `# Node down\n\n## Node down checks\n\n${'node down '.repeat(20_000)}`],
    [
      'characters that JSON escapes',
      `# Node down\n\n## Node down checks\n\nnode down ${'"\\\u0001'.repeat(5_000)}`,
    ],
    ['wide characters', `# Node down\n\n## Node down checks\n\nnode down ${'🚨 über '.repeat(4_000)}`],
    ['many long headings', `# Node down\n\n${`## Node down ${'x'.repeat(300)}\n\ntext\n\n`.repeat(100)}`],
    [
      'a long code block',
      `# Node down\n\n## Node down checks\n\n\`\`\`sh\n${'kubectl get nodes\n'.repeat(500)}\`\`\`\n`,
    ],
  ] as const;

  it.each(heavy)('of %s', async (_, text) => {
    const files = [1, 2, 3, 4, 5].map((nth) => own(`docs/runbooks/node-${nth}.md`, text));

    const answer = await ask(
      { question: 'node down', limit: 5 },
      [...BUILT_IN, ...files],
      ['w'.repeat(5_000)],
    );

    expect(answer.shown).toBe(5);
    expect(answer.matches[0]?.text.length).toBeGreaterThan(0);
    expect(bytesOf(answer)).toBeLessThanOrEqual(6 * 1024);
  });

  it('closes a code block that it cuts, and says how to read on', async () => {
    const text = `# Node down\n\n## Checks\n\n\`\`\`sh\n${'kubectl get nodes\n'.repeat(500)}\`\`\`\n`;

    const { matches } = await ask({ question: 'node down', limit: 1 }, [own('docs/runbooks/node.md', text)]);

    expect(matches[0]?.text.match(/```/g)).toHaveLength(2);
    expect(matches[0]?.cut).toMatch(/repo_read from line \d+$/);
  });

  it.each(
    BUILT_IN.flatMap(({ path, text }) =>
      [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => [path, heading]),
    ),
  )('%s, %s: whole', async (path, section) => {
    const runbook = path.replace(/^runbooks\/|\.md$/g, '');

    const answer = await ask({ runbook, section });

    expect(answer.matches[0]?.cut).toBeUndefined();
    expect(bytesOf(answer)).toBeLessThanOrEqual(6 * 1024);
  });
});
