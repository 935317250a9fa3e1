/** Bundles the published package into dist/: one entry, lazy chunks for what is loaded on first use. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

import { ENGINE_FILE, ensureEngine } from './engine/ensure.ts';

const root = join(import.meta.dirname, '..');

/** Dependencies try to load these and do without; none of them is installed. */
const OPTIONAL = ['supports-color', 'bufferutil', 'utf-8-validate'];

/** The Kubernetes client says nothing of side effects and has none: without this its 900 models come along. */
const onlyWhatIsUsed: Plugin = {
  name: 'only-what-is-used',
  setup(bundle) {
    const resolved = Symbol('resolved');
    bundle.onResolve({ filter: /./ }, async ({ path, pluginData, kind, importer, resolveDir }) => {
      const client = /@kubernetes\/client-node\/dist\//;
      if (pluginData === resolved || kind === 'entry-point' || !client.test(`${importer} ${path}`))
        return undefined;
      const found = await bundle.resolve(path, { kind, importer, resolveDir, pluginData: resolved });
      return client.test(found.path) ? { path: found.path, sideEffects: false } : undefined;
    });
  },
};

/** zod brings its messages in 50 languages, of which one is ever set. */
const onlyEnglish: Plugin = {
  name: 'only-english',
  setup(bundle) {
    bundle.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: join(path, '..'),
    }));
  },
};

/** The SDK would check what a client answers to questions with it, and daytwo asks its client none. */
const noSchemaCompiler: Plugin = {
  name: 'no-schema-compiler',
  setup(bundle) {
    bundle.onLoad({ filter: /@modelcontextprotocol\/server\/dist\/shimsNode\.mjs$/ }, () => ({
      contents: `export { default as process } from 'node:process';
        export class DefaultJsonSchemaValidator {
          getValidator() { throw new Error('this build asks clients nothing'); }
        }`,
    }));
  },
};

/** An import of these modules of Node touches each of their exports, some of which load a WebSocket client or Web Crypto. */
const heavyByRequire: Plugin = {
  name: 'heavy-by-require',
  setup(bundle) {
    bundle.onResolve({ filter: /^(node:)?(https?|crypto)$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'required' } : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

/** undici's index loads all of it, and nothing here mocks, caches or opens a WebSocket. */
const onlyRequests: Plugin = {
  name: 'only-requests',
  setup(bundle) {
    const unused =
      /undici\/lib\/(mock|cache|interceptor|web\/(eventsource|websocket|cookies|cache))\/[^/]*\.js$/;
    bundle.onLoad({ filter: unused }, () => ({ contents: 'exports.CacheStorage = class {};' }));
  },
};

const options: BuildOptions = {
  absWorkingDir: root,
  entryPoints: { main: 'src/bin.ts', 'engine-worker': 'src/adapters/engine/worker.ts' },
  outdir: 'dist',
  // Beside the entry: the policy is looked for at `../policy` from wherever the code stands.
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  external: OPTIONAL,
  // Names stay, so that the stack of an internal error can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  banner: {
    js: "import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);",
  },
  plugins: [onlyWhatIsUsed, onlyEnglish, noSchemaCompiler, heavyByRequire, onlyRequests],
  logLevel: 'warning',
};

/** All but the engine: it is as costly as it is rarely stale, and another process may be running it. */
function clearBundle(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(basename(ENGINE_FILE))) rmSync(join(folder, name), { recursive: true });
  }
}

clearBundle(join(root, 'dist'));
await build(options);
await ensureEngine();
