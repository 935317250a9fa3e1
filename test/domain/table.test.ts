import { describe, expect, test } from 'vitest';

import { paginate, type Row, Table } from '#domain/table.ts';

import { ToolError } from '../../src/errors.ts';

const columns = ['ref', 'age'];
const rows: Row[] = Array.from({ length: 25 }, (_, index) => [`Pod/ns/pod-${index}`, `${index}m`]);
const roomy = { columns, limit: 100, budget: 10_000 };

function readAll(all: readonly Row[], page: { columns: string[]; limit: number; budget: number }): Table[] {
  const pages: Table[] = [];
  let cursor: string | undefined;
  do {
    const table = paginate(all, { ...page, cursor });
    pages.push(table);
    cursor = table.cursor;
  } while (cursor !== undefined);
  return pages;
}

describe('paginate', () => {
  test('gives everything when it fits, without a cursor', () => {
    const table = paginate(rows, roomy);

    expect(table).toEqual({ columns, rows, total: 25, shown: 25 });
    expect(Table.parse(table)).toEqual(table);
  });

  test.each([
    ['rows', { columns, limit: 10, budget: 10_000 }, [10, 10, 5]],
    ['bytes', { columns, limit: 100, budget: 230 }, [10, 9, 6]],
  ])('cuts by %s, and the pages together are the list', (_, page, sizes) => {
    const pages = readAll(rows, page);

    expect(pages.flatMap((table) => table.rows)).toEqual(rows);
    expect(pages.map((table) => table.shown)).toEqual(sizes);
  });

  test('says what was cut and how to narrow', () => {
    const table = paginate(rows, { ...roomy, limit: 3, narrow: 'filter by namespace' });

    expect(table.cut).toBe('3 of 25 shown; pass cursor for the next, or filter by namespace.');
  });

  test('gives one row even when it is larger than the budget', () => {
    const pages = readAll(rows.slice(0, 3), { columns, limit: 10, budget: 1 });

    expect(pages.map((table) => table.shown)).toEqual([1, 1, 1]);
  });

  test('counts equal rows instead of repeating them', () => {
    const repeated: Row[] = [
      ['a', 1],
      ['b', null],
      ['a', 1],
      ['a', 2],
    ];

    const table = paginate(repeated, roomy);

    expect(table.columns).toEqual(['ref', 'age', 'count']);
    expect(table.rows).toEqual([
      ['a', 1, 2],
      ['b', null, 1],
      ['a', 2, 1],
    ]);
    expect([table.total, table.shown]).toEqual([4, 4]);
  });

  test('an empty list has no rows and no cursor', () => {
    expect(paginate([], roomy)).toEqual({ columns, rows: [], total: 0, shown: 0 });
  });

  test('a list that shrank under a cursor ends', () => {
    const { cursor } = paginate(rows, { ...roomy, limit: 20 });

    const table = paginate(rows.slice(0, 5), { ...roomy, cursor });

    expect(table).toEqual({ columns, rows: [], total: 5, shown: 0 });
  });

  test.each([
    '',
    'x',
    '5',
    Buffer.from('5.00000000').toString('base64url'),
    Buffer.from('-1.x').toString('base64url'),
  ])('refuses the cursor %j', (cursor) => {
    expect(() => paginate(rows, { ...roomy, cursor })).toThrowError(
      expect.objectContaining({ code: 'invalid_input' }) as ToolError,
    );
  });

  test('refuses the cursor of another question', () => {
    const { cursor } = paginate(rows, { ...roomy, limit: 3, question: 'namespace=a' });

    expect(() => paginate(rows, { ...roomy, cursor, question: 'namespace=b' })).toThrowError(ToolError);
  });
});
