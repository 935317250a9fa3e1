import ignore from 'ignore';

import { dirname } from './place.ts';

/** What no pattern of the user's replaces (fluxcd/pkg, sourceignore/sourceignore.go). */
const OF_GIT = ['.git/', '.gitignore', '.gitmodules', '.gitattributes'];

/** What is left out as long as nobody has patterns of their own (as above). */
const DEFAULTS = [
  '*.jpg',
  '*.jpeg',
  '*.gif',
  '*.png',
  '*.wmv',
  '*.flv',
  '*.tar.gz',
  '*.zip',
  '.github/',
  '.circleci/',
  '.travis.yml',
  '.gitlab-ci.yml',
  'appveyor.yml',
  '.drone.yml',
  'cloudbuild.yaml',
  'codeship-services.yml',
  'codeship-steps.yml',
  '**/.goreleaser.yml',
  '**/.sops.yaml',
  '**/.flux.yaml',
];

/** Patterns in the form of a .gitignore, of the whole tree or of a directory. */
export interface Patterns {
  directory: string;
  text: string;
}

export const IGNORE_FILE = '.sourceignore';

/** Patterns of one kind that follow each other in one file. */
interface Rules {
  /** Of a directory, with a slash behind it; empty for the whole tree. */
  prefix: string;
  includes: boolean;
  patterns: string[];
}

/**
 * Which paths of a tree are in the artifact of a GitRepository (source-controller, SourceIgnoreFilter): `.sourceignore` files
 * from the root down, then `spec.ignore`; either replaces the default exclusions. The last pattern that fits decides, so that,
 * other than in Git, a file comes back from a directory that is left out.
 */
export function includedBy(files: readonly Patterns[], specIgnore = ''): (path: string) => boolean {
  const own = [...files, { directory: '', text: specIgnore }].flatMap(rulesIn);
  const rules = [rulesOf(OF_GIT), ...(own.length > 0 ? own : [rulesOf(DEFAULTS)])];
  const matchers = rules.toReversed().map(({ prefix, includes, patterns }) => {
    const matcher = ignore({ ignorecase: false, allowRelativePaths: true }).add(patterns);
    const fits = (path: string): boolean =>
      path.startsWith(prefix) && matcher.ignores(path.slice(prefix.length));
    return { includes, fits };
  });
  return (path) => matchers.find(({ fits }) => fits(path))?.includes ?? true;
}

function rulesOf(patterns: string[]): Rules {
  return { prefix: '', includes: false, patterns };
}

function rulesIn({ directory, text }: Patterns): Rules[] {
  const rules: Rules[] = [];
  const prefix = directory === '' ? '' : `${directory}/`;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#') || line.trim() === '') continue;
    const includes = line.startsWith('!');
    const pattern = includes ? line.slice(1) : line;
    const last = rules.at(-1);
    if (last?.includes === includes) last.patterns.push(pattern);
    else rules.push({ prefix, includes, patterns: [pattern] });
  }
  return rules;
}

/** The patterns of a `.sourceignore` file. */
export function patternsOf(path: string, text: string): Patterns {
  return { directory: dirname(path), text };
}
