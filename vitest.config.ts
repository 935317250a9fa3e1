import { defineConfig } from 'vitest/config';

/** These run real Git, over and over. */
const withGit = ['test/adapters/git/**/*.test.ts', 'test/gate/propose.test.ts'];

/** These hold the rendering engine to whole tables of cases, and to hostile ones. */
const withEngine = [
  'test/adapters/engine/**/*.test.ts',
  'test/domain/desired/rendered/**/*.test.ts',
  'test/gate/effect.test.ts',
];

const engine = 'test/support/engine-setup.ts';

const shared = { testTimeout: 20_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...withGit, ...withEngine, 'test/cluster/**', 'test/e2e/**', 'test/truth/**'],
          globalSetup: [engine],
        },
      },
      { test: { ...shared, name: 'git', include: withGit } },
      {
        test: { ...shared, name: 'engine', include: withEngine, testTimeout: 60_000, globalSetup: [engine] },
      },
      {
        test: {
          ...shared,
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/truth/**/*.test.ts'],
          testTimeout: 120_000,
          globalSetup: [engine, 'test/cluster/global-setup.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
