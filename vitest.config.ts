import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 20_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/adapters/git/**', 'test/cluster/**', 'test/e2e/**'],
        },
      },
      { test: { ...shared, name: 'git', include: ['test/adapters/git/**/*.test.ts'] } },
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
