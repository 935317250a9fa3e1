import { defineConfig } from 'vitest/config';

/** These run real Git, over and over. */
const withGit = ['test/adapters/git/**/*.test.ts', 'test/gate/propose.test.ts'];

const shared = { testTimeout: 20_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...withGit, 'test/cluster/**', 'test/e2e/**'],
        },
      },
      { test: { ...shared, name: 'git', include: withGit } },
      {
        test: {
          ...shared,
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          globalSetup: ['test/cluster/global-setup.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
