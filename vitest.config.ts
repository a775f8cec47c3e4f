import { defineConfig } from 'vitest/config';

/** What takes longer than all the rest together: `npm run test:full`. */
const LONG = [
  'test/cli/security-wire.test.ts',
  'test/crash/**/*.test.ts',
  'test/faults/matrix.test.ts',
  'test/files/large.test.ts',
  'test/fuzz/**/*.test.ts',
  'test/power/**/*.test.ts',
  'test/report/page.test.ts',
  'test/shared/**/*.test.ts',
];

/** Tests that change nothing of a module's own, so that those of a worker load what they test once. */
const TOGETHER = ['core', 'push', 'sales', 'vendors'].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    maxWorkers: '100%',
    // A test that hangs is ended; one on a busy machine is waited for.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [...LONG, ...TOGETHER] },
      },
      { extends: true, test: { name: 'together', include: TOGETHER, isolate: false } },
      { extends: true, test: { name: 'full', include: LONG } },
      { extends: true, test: { name: 'bench', include: ['bench/**/*.test.ts'] } },
    ],
  },
});
