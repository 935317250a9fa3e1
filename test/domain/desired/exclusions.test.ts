import { expect, test } from 'vitest';

import { includedBy, patternsOf } from '#domain/desired/exclusions.ts';

const PATHS = [
  '.gitignore',
  '.sops.yaml',
  '.github/ci.yaml',
  'README.md',
  'docs/guide.md',
  'docs/keep/note.md',
  'kubernetes/app/icon.png',
  'kubernetes/app/web.yaml',
  'kubernetes/app/WEB.YAML',
  'talos/config.yaml',
];

// Each was also given to the matcher of fluxcd/pkg/sourceignore.
test.each<[what: string, files: Record<string, string>, ignore: string, left: string[]]>([
  [
    'the default exclusions',
    {},
    '',
    [
      'README.md',
      'docs/guide.md',
      'docs/keep/note.md',
      'kubernetes/app/web.yaml',
      'kubernetes/app/WEB.YAML',
      'talos/config.yaml',
    ],
  ],
  [
    'spec.ignore replaces them, all but those of Git',
    {},
    '/docs\n# no comment counts\n',
    [
      '.sops.yaml',
      '.github/ci.yaml',
      'README.md',
      'kubernetes/app/icon.png',
      'kubernetes/app/web.yaml',
      'kubernetes/app/WEB.YAML',
      'talos/config.yaml',
    ],
  ],
  [
    'everything but one directory',
    {},
    '/*\n!/kubernetes',
    ['kubernetes/app/icon.png', 'kubernetes/app/web.yaml', 'kubernetes/app/WEB.YAML'],
  ],
  ['a file comes back from a directory that is out', {}, '*\n!docs/keep/', ['docs/keep/note.md']],
  [
    'case matters',
    {},
    '*\n!*.yaml',
    ['.sops.yaml', '.github/ci.yaml', 'kubernetes/app/web.yaml', 'talos/config.yaml'],
  ],
  [
    '.sourceignore of a directory counts below it, and spec.ignore goes last',
    { '.sourceignore': '/*\n!/kubernetes\n', 'kubernetes/.sourceignore': '/app\n' },
    '!*.png',
    ['kubernetes/app/icon.png'],
  ],
])('%s', (_what, files, ignore, left) => {
  const isIncluded = includedBy(
    Object.entries(files).map(([path, text]) => patternsOf(path, text)),
    ignore,
  );

  expect(PATHS.filter(isIncluded)).toEqual(left);
});
