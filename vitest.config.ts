import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, hookTimeout: 60_000, env: { CDK_VALIDATION: 'false' } };

const platformTests = 'test/platform/**/*.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [platformTests],
          // A worker keeps its modules for all its files: reading CDK, SDK and zod anew for each took as long as the tests
          // of most. What a test stubs ends with it, so that no file hears of another.
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
          // Vitest leaves one core to itself otherwise, which is half of a small machine.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'platform',
          include: [platformTests],
          globalSetup: ['test/setup/debian-packages.ts', 'test/setup/assembly.ts'],
          // Each of these files starts a whole platform, whose functions run on threads of their own.
          maxWorkers: '50%',
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
