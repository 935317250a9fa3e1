import { matchesGlob } from '../glob.ts';

/** Why a path cannot be read, or undefined. Reading takes every name a real repository holds, but nothing that Git would take for more than a name. */
export function readPathProblem(path: string): string | undefined {
  if (path === '' || path.length > LONGEST_PATH) return `a path has 1 to ${LONGEST_PATH} characters`;
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u.test(path)) return 'a path holds no control characters';
  if (path.startsWith('/'))
    return 'a path is relative to the root of the repository: leave the leading / out';
  if (path.startsWith(':')) return 'a path does not start with a colon';
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'a path has no empty segment, no . and no ..';
  if (segments.some((segment) => /^\.git$/i.test(segment))) return 'a path does not lead into .git';
  return undefined;
}

/** Why a proposal cannot name a path, or undefined: a stricter grammar, safe on every file system and command line. */
export function proposalPathProblem(path: string): string | undefined {
  const problem = readPathProblem(path);
  if (problem !== undefined) return problem;
  const segments = path.split('/');
  if (segments.length > DEEPEST_PATH) return `a path has at most ${DEEPEST_PATH} segments`;
  for (const segment of segments) {
    const wrong = SEGMENT_RULES.find(([isBroken]) => isBroken(segment));
    if (wrong) return wrong[1];
  }
  return undefined;
}

const LONGEST_PATH = 400;
const DEEPEST_PATH = 20;
const LONGEST_SEGMENT = 100;

const SEGMENT_RULES: readonly (readonly [isBroken: (segment: string) => boolean, words: string])[] = [
  [(segment) => segment.length > LONGEST_SEGMENT, `a name has at most ${LONGEST_SEGMENT} characters`],
  [(segment) => segment !== segment.normalize('NFC'), 'a name is in Unicode form NFC'],
  [
    (segment) => !/^[\p{L}\p{M}\p{N}_.@+-]+$/u.test(segment),
    'a name holds letters, digits and _ . @ + - only',
  ],
  [(segment) => segment.split(/[._@+-]/).some(isMixed), 'a name does not mix Latin with other letters'],
  [(segment) => segment.startsWith('-'), 'a name does not start with -'],
  [(segment) => segment.endsWith('.'), 'a name does not end with a dot'],
  [(segment) => /^\.git(?!hub|lab|ea)/i.test(segment), 'files that steer Git are not proposed'],
  [
    (segment) => /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(segment),
    'a name is not one that Windows reserves',
  ],
];

function isMixed(word: string): boolean {
  return /\p{Script=Latin}/u.test(word) && /\p{L}/u.test(word.replaceAll(/\p{Script=Latin}/gu, ''));
}

/**
 * Whether a path lies under one of the roots. A root is a directory (`docs`), or a pattern in which `**` stands for any
 * number of segments and `*` for any characters within one.
 */
export function isUnder(roots: readonly string[], path: string): boolean {
  return roots.some((root) =>
    matchesGlob(root.includes('*') ? root : `${root.replace(/\/+$/, '')}/**`, path),
  );
}
