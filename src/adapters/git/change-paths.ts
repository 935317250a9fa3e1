import type { FileChange, TreeFile } from '#domain/repository/port.ts';

import { ToolError } from '../../errors.ts';

/** Segments of what is new: what every file system and shell takes as it is. */
const NEW_SEGMENT = /^[\w.@+-]+$/;

/** Segments of what is in the base already: letters of any script, spaces and parentheses too. */
const KNOWN_SEGMENT = /^[\p{L}\p{N}\p{M}_.@+() -]+$/u;

const LONGEST = 200;
const MOST_FILES = 100;

/** Refuses changes that do not apply to the files of the base, or whose paths could be taken for something else. */
export function assertApplies(changes: readonly FileChange[], base: readonly TreeFile[]): void {
  if (changes.length === 0) throw refused('the change has no files', 'Change at least one file.');
  if (changes.length > MOST_FILES) throw refused(`the change has over ${MOST_FILES} files`, 'Split it.');
  const known = new Map(base.map((file) => [file.path, file]));
  const taken = takenIn(base);
  const existing = new Set([...taken.values()].map(({ path }) => path));
  const seen = new Set<string>();
  for (const change of changes) {
    const { path } = change;
    if (seen.has(path)) throw refused(`${path} is changed twice`, 'Make one change of it.');
    seen.add(path);
    assertPath(path, existing);
    assertWas(change, known.get(path));
    if (change.was === null) claim(path, taken);
  }
}

function assertPath(path: string, existing: ReadonlySet<string>): void {
  const isGood = [...directoriesOf(path), path].every((step) => {
    const segment = step.slice(step.lastIndexOf('/') + 1);
    return (existing.has(step) ? KNOWN_SEGMENT : NEW_SEGMENT).test(segment) && !isSpecial(segment);
  });
  if (isGood && path.length <= LONGEST && path === path.normalize('NFC')) return;
  throw refused(
    `${JSON.stringify(path.slice(0, LONGEST))} is no path that a proposal may change`,
    `Use up to ${LONGEST} characters; new files and directories of letters, digits and . _ @ + - only.`,
  );
}

/** Segments that Git, a file system or a shell gives a meaning of its own. */
function isSpecial(segment: string): boolean {
  return /^\.{1,2}$|^[- ]|[. ]$|^\.git$|^git~\d+$/i.test(segment);
}

function assertWas({ path, content, was }: FileChange, file: TreeFile | undefined): void {
  if (file === undefined && was === null) {
    if (content === null) throw refused(`${path} cannot be deleted: it does not exist`, 'Leave it out.');
    return;
  }
  if (file === undefined) throw moved(path, 'is not in the base');
  if (was === null) throw moved(path, 'exists already in the base');
  if (file.mode !== REGULAR)
    throw refused(`${path} is ${nameOf(file.mode)}`, 'Only plain files are changed.');
  if (file.id !== was) throw moved(path, 'is not what was read');
}

/** The mode of plain files, the only one that proposals write. */
export const REGULAR = '100644';

function nameOf(mode: string): string {
  if (mode === '120000') return 'a symbolic link';
  return mode === '160000' ? 'a submodule' : 'an executable file';
}

interface Taken {
  path: string;
  isFile: boolean;
}

/** Every file and directory of the base, found by its name as a file system that ignores case sees it. */
function takenIn(base: readonly TreeFile[]): Map<string, Taken> {
  const taken = new Map<string, Taken>();
  for (const { path } of base) {
    for (const directory of directoriesOf(path))
      taken.set(folded(directory), { path: directory, isFile: false });
    taken.set(folded(path), { path, isFile: true });
  }
  return taken;
}

/** Enters a new path; refuses one that meets another, or a file where it needs a directory. */
function claim(path: string, taken: Map<string, Taken>): void {
  const steps = directoriesOf(path).map((directory) => ({ path: directory, isFile: false }));
  for (const step of [...steps, { path, isFile: true }]) {
    const before = taken.get(folded(step.path));
    if (before === undefined) taken.set(folded(step.path), step);
    else if (step.isFile || before.isFile || before.path !== step.path) throw collides(path, before);
  }
}

function collides(path: string, { path: other, isFile }: Taken): ToolError {
  return refused(
    `${path} collides with the ${isFile ? 'file' : 'directory'} ${other}`,
    'Choose a path that differs in more than case, and needs no file to be a directory.',
  );
}

function directoriesOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function moved(path: string, how: string): ToolError {
  return refused(
    `${path} ${how}`,
    'Read the file again at the newest commit, and make the change from that.',
  );
}

function refused(message: string, hint: string): ToolError {
  return new ToolError('invalid_input', message, hint);
}
