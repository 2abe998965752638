import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.ts';

const platformTests = 'test/platform/**/*.test.ts';

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  env: { CDK_VALIDATION: 'false' },
  // A worker keeps its modules for all its files: reading CDK, SDK and zod anew for each took as long as the tests of most, and
  // a platform whose code is compiled already starts in half the time. What a test stubs ends with it, so that no file hears of
  // another.
  isolate: false,
  restoreMocks: true,
  unstubEnvs: true,
  // Vitest leaves one core to itself otherwise, which is half of a small machine. A file that runs a whole platform keeps less
  // than one core busy.
  maxWorkers: '100%',
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...shared, name: 'unit', include: ['test/**/*.test.ts'], exclude: [platformTests] } },
      {
        test: {
          ...shared,
          name: 'platform',
          include: [platformTests],
          // The collector's own threads gain nothing where every core has a platform of its own.
          execArgv: ['--single-threaded-gc'],
          globalSetup: ['test/setup/debian-packages.ts', 'test/setup/assembly.ts'],
        },
      },
    ],
  },
});
