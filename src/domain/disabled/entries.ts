import { dirname, normalPath } from '../desired/place.ts';

/** An entry of a kustomization's resources, in force or commented out; `path` is in the repository. */
export interface Entry {
  path: string;
  isCommented: boolean;
  /** What the comment says behind it. */
  comment: string;
  file: string;
  line: number;
}

const ENTRY = /^(?<hash>\s*#)?[\s#]*-\s+["']?(?<path>[\w./${}-]+)["']?\s*(?:#\s*(?<comment>.*))?$/;

/** The entries under `resources` (and `components`) of a kustomization, commented ones among them. */
export function entriesOf(file: string, text: string): Entry[] {
  const entries: Entry[] = [];
  let isInside = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^[A-Za-z][\w-]*\s*:/.test(line)) isInside = /^(?:resources|components|bases)\s*:/.test(line);
    else if (isInside) {
      const { hash, path, comment = '' } = ENTRY.exec(line)?.groups ?? {};
      const target = path === undefined ? undefined : normalPath(`${dirname(file)}/${path}`);
      if (target !== undefined && (hash === undefined || /[/.]/.test(path ?? '')))
        entries.push({
          path: target,
          isCommented: hash !== undefined,
          comment: comment.replace(/^disabled\b\s*:?\s*/i, '').trim(),
          file,
          line: index + 1,
        });
    }
  }
  return entries;
}

/** True for the file that says what a directory consists of. */
export function isKustomizationFile(path: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path);
}

/** True for a directory that is put aside by its name. */
export function isArchive(path: string): boolean {
  return /(?:^|\/)_?(?:archived?|disabled|attic|unused|deprecated)\//i.test(path);
}
