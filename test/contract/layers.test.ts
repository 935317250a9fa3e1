import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What each layer may import, beside itself and packages; the first prefix that fits a file is its layer. */
const LAYERS: readonly { layer: string; mayImport: readonly string[] }[] = [
  { layer: 'src/domain/', mayImport: ['src/errors.ts'] },
  { layer: 'src/errors.ts', mayImport: [] },
  { layer: 'src/tool.ts', mayImport: ['src/domain/', 'src/errors.ts'] },
  { layer: 'tools/', mayImport: ['src/tool.ts', 'src/domain/'] },
  { layer: 'src/tool-names.ts', mayImport: [] },
  { layer: 'src/catalog.ts', mayImport: ['tools/', 'src/tool.ts'] },
  { layer: 'src/adapters/', mayImport: ['src/domain/', 'src/errors.ts'] },
  { layer: 'src/gate/', mayImport: ['src/tool.ts', 'src/domain/', 'src/errors.ts'] },
  { layer: 'src/transport/', mayImport: ['src/gate/', 'src/tool.ts', 'src/domain/', 'src/errors.ts'] },
  { layer: 'src/options.ts', mayImport: [] },
  { layer: 'src/config.ts', mayImport: ['src/options.ts', 'src/domain/'] },
  {
    layer: 'src/cli/',
    mayImport: [
      'src/config.ts',
      'src/options.ts',
      'src/transport/',
      'src/gate/',
      'src/tool.ts',
      'src/domain/',
      'src/errors.ts',
    ],
  },
  { layer: 'src/rendering.ts', mayImport: ['src/adapters/', 'src/gate/', 'src/domain/', 'src/errors.ts'] },
  {
    layer: 'src/sources.ts',
    mayImport: ['src/adapters/', 'src/catalog.ts', 'src/cli/', 'src/config.ts', 'src/rendering.ts'],
  },
  { layer: 'src/main.ts', mayImport: ['src/', 'package.json'] },
  { layer: 'src/bin.ts', mayImport: ['src/main.ts', 'package.json'] },
];

const files = ['src', 'tools'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`),
);

describe('imports point inward', () => {
  test.each(files)('%s', (file) => {
    const layer = LAYERS.find((candidate) => file.startsWith(candidate.layer));

    const outward = importsOf(file).filter((target) => !allowed(target, layer));

    expect(layer, 'every file belongs to a layer').toBeDefined();
    expect(outward).toEqual([]);
  });

  test('only the transport of the adapters talks to a network', () => {
    const talkers = files.filter((file) =>
      /from '(node:http|node:https|node:net|node:tls|undici)'/.test(source(file)),
    );

    expect(talkers.filter((file) => !file.startsWith('src/adapters/kubernetes/'))).toEqual([]);
  });
});

function allowed(target: string, layer: (typeof LAYERS)[number] | undefined): boolean {
  return layer !== undefined && [layer.layer, ...layer.mayImport].some((prefix) => target.startsWith(prefix));
}

function importsOf(file: string): string[] {
  const specifiers = [...source(file).matchAll(/(?:from|import)\s*\(?\s*'([.#][^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return specifiers.map((specifier) => {
    if (specifier === '#tool') return 'src/tool.ts';
    if (specifier.startsWith('#domain/')) return specifier.replace('#domain/', 'src/domain/');
    return relative(root, resolve(root, dirname(file), specifier));
  });
}

function source(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
