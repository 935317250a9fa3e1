import { nameOf, type Runbook } from './runbook.ts';
import type { Place, RunbookIndex } from './indexed.ts';

/** What a link leads to: a file, perhaps a section of it; or only names that it holds. */
export interface Linked {
  runbook?: Runbook;
  place?: Place;
  /** Names of the last part and the anchor, lower case: alert names on the sites of others. */
  names: string[];
}

/**
 * Follows a `runbook_url` without any request: a blob, tree or raw URL of any forge, a published page, or a path relative
 * to anything; with an anchor or a line (`#L12`, `?plain=1#L12-L20`). A link that leads nowhere gives names only.
 */
export function followLink(url: string, { runbooks, places }: RunbookIndex): Linked {
  const [address = '', fragment = ''] = url.trim().split('#', 2);
  const path = decoded(address.replace(/\?.*$/, '').replace(/^[a-z][a-z+.-]*:\/\/[^/]*/i, ''))
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  const runbook = runbookAt(path, runbooks);
  const names = [nameOf(path.at(-1) ?? ''), fragment.replace(/^(?:alert-name-|user-content-)/i, '')];
  return {
    names: names.filter((name) => name !== '' && !LINE.test(name)).map((name) => decoded(name).toLowerCase()),
    ...(runbook && {
      runbook,
      place: placeAt(
        fragment,
        places.filter((place) => place.runbook === runbook),
      ),
    }),
  };
}

const LINE = /^(?:L|lines-)(\d+)/i;

/** By the longest path that the link ends in; else by the file's name, where only one has it. */
function runbookAt(parts: readonly string[], runbooks: readonly Runbook[]): Runbook | undefined {
  const asked = withoutSuffix(parts.join('/'));
  const [whole] = runbooks
    .filter(({ path }) => `/${asked}`.endsWith(`/${withoutSuffix(path)}`))
    .toSorted(
      (a, b) =>
        b.path.length - a.path.length || Number(a.origin === 'built-in') - Number(b.origin === 'built-in'),
    );
  const last = withoutSuffix(parts.at(-1) ?? '');
  const named = runbooks.filter(({ path }) => nameOf(path).toLowerCase() === last && last !== 'readme');
  const own = named.filter(({ origin }) => origin === 'operator');
  const [only, ...others] = own.length > 0 ? own : named;
  return whole ?? (others.length === 0 ? only : undefined);
}

function withoutSuffix(path: string): string {
  return path.toLowerCase().replace(/\.(?:md|markdown|mdx|html)$/, '');
}

function placeAt(fragment: string, places: readonly Place[]): Place | undefined {
  const line = Number(LINE.exec(fragment)?.[1]);
  if (line > 0) return places.findLast(({ section }) => section.line <= line);
  const anchor = decoded(fragment).toLowerCase();
  return anchor === '' ? undefined : places.find(({ section }) => section.anchor === anchor);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
