import type { Match, TextQuery } from '#domain/repository/port.ts';

import { ToolError } from '../../errors.ts';
import { noCommit } from './commits.ts';
import type { Git } from './git.ts';
import { commitId, readablePath } from './names.ts';

/** Most characters of a line, and bytes of all that is looked at. */
const LONGEST_LINE = 4_000;
const MOST_BYTES = 16_000_000;

/** Lines that hold a literal text, in the order of their paths; files that are binary are passed over. */
export async function searchText(
  git: Git,
  commit: string,
  { text, ignoreCase, paths, limit }: TextQuery,
  signal: AbortSignal,
): Promise<Match[]> {
  const id = commitId(commit);
  if (!isSearchable(text)) throw notSearchable();
  const options = ['-F', '-n', '-z', '-I', '--no-color', '--full-name', ...(ignoreCase ? ['-i'] : [])];
  const where = paths.map(readablePath).filter((path) => path !== '');
  const { code, stdout } = await git(['grep', ...options, '-f', '-', id, '--', ...where], {
    // The pattern travels on standard input, so that it is never taken for an option.
    input: Buffer.from(`${text}\n`),
    signal,
    accept: [1, 128],
    enough: counter(limit),
  });
  if (code === 128) throw noCommit(id);
  return matchesIn(stdout.toString('utf8'), id).slice(0, limit);
}

/** True once more lines than wanted, or more bytes than are looked at, have come. */
function counter(limit: number): (chunk: Uint8Array) => boolean {
  let lines = 0;
  let bytes = 0;
  return (chunk) => {
    bytes += chunk.length;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
    return lines > limit || bytes > MOST_BYTES;
  };
}

const NEWLINE = 0x0a;

/** `commit:path<nul>line<nul>text<newline>`; a last line that was cut off has no newline and is left out. */
function matchesIn(output: string, commit: string): Match[] {
  const lines = output.split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const [path, number, ...rest] = line.split('\0');
    if (path === undefined || number === undefined) return [];
    const text = rest.join('\0').slice(0, LONGEST_LINE);
    return [{ path: path.slice(commit.length + 1), line: Number(number), text }];
  });
}

function isSearchable(text: string): boolean {
  return text.trim() !== '' && text.length <= 1_000 && !/[\0\n\r]/.test(text);
}

function notSearchable(): ToolError {
  return new ToolError(
    'invalid_input',
    'that text cannot be searched for',
    'Search for a part of one line, up to 1,000 characters.',
  );
}
