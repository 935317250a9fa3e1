import ignore from 'ignore';

import { dirname } from './place.ts';

/** What source-controller leaves out of every artifact (fluxcd/pkg, sourceignore/sourceignore.go). */
const DEFAULTS = [
  '.git/',
  '.gitignore',
  '.gitmodules',
  '.gitattributes',
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

/**
 * Which paths of a tree are in the artifact: Flux's own exclusions, then `.sourceignore` files from the root down, then the
 * source's `spec.ignore`; the last pattern that fits decides, as in Git.
 */
export function includedBy(files: readonly Patterns[], specIgnore = ''): (path: string) => boolean {
  const root = files.filter(({ directory }) => directory === '').map(({ text }) => text);
  const whole = ignore()
    .add(DEFAULTS)
    .add([...root, specIgnore].join('\n'));
  const nested = files
    .filter(({ directory }) => directory !== '')
    .map(({ directory, text }) => ({ prefix: `${directory}/`, rules: ignore().add(text) }));
  return (path) =>
    !whole.ignores(path) &&
    !nested.some(({ prefix, rules }) => path.startsWith(prefix) && rules.ignores(path.slice(prefix.length)));
}

/** The patterns of a `.sourceignore` file. */
export function patternsOf(path: string, text: string): Patterns {
  return { directory: dirname(path), text };
}
