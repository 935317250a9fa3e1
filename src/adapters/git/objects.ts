import { ToolError } from '../../errors.ts';
import type { Git } from './git.ts';

/** One object, whole. */
export interface GitObject {
  id: string;
  type: string;
  content: Buffer;
}

/** Most bytes of one file, and so of one object that is read. */
export const MOST_BYTES = 5_000_000;

/** Most bytes of everything one command reads. */
const MOST_TOGETHER = 64_000_000;

/**
 * Objects by name, in the order asked, in one process; undefined for a name that names none, or several. Names travel on
 * standard input, one a line, so that none is taken for an option.
 */
export async function readObjects(
  git: Git,
  names: readonly string[],
  signal: AbortSignal,
): Promise<(GitObject | undefined)[]> {
  if (names.length === 0) return [];
  const input = Buffer.from(names.map((name) => `${name}\n`).join(''));
  const { stdout } = await git(['cat-file', '--batch'], { input, signal, maxBytes: MOST_TOGETHER });
  const objects: (GitObject | undefined)[] = [];
  for (let at = 0; objects.length < names.length;) {
    const end = stdout.indexOf(NEWLINE, at);
    if (end < 0) throw cutShort();
    const header = stdout.toString('utf8', at, end);
    const [id = '', type = '', size] = header.split(' ');
    const isThere = /^[0-9a-f]{40} (?:commit|tree|blob|tag) \d+$/.test(header);
    const start = end + 1;
    objects.push(isThere ? { id, type, content: stdout.subarray(start, start + Number(size)) } : undefined);
    at = isThere ? start + Number(size) + 1 : start;
  }
  return objects;
}

const NEWLINE = 0x0a;

function cutShort(): ToolError {
  return new ToolError(
    'internal',
    'Git said less than it was asked',
    'Try once more; if it fails again, the operator has to delete the cache of the repository.',
  );
}
