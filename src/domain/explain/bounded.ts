import { type Page, type Row, type Table, paginate } from '../table.ts';

/** A table without a next page: an explanation is asked for whole. */
export function bounded(rows: readonly Row[], { narrow, ...page }: Page): Table {
  const { cursor, cut: _, ...table } = paginate(rows, page);
  if (cursor === undefined) return table;
  return {
    ...table,
    cut: `${table.shown} of ${table.total} shown${narrow === undefined ? '' : `; ${narrow}`}`,
  };
}
