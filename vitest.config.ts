import { defineConfig } from 'vitest/config';

/** What takes longer than all the rest together: `npm run test:full`. */
const LONG = [
  'test/cli/security-wire.test.ts',
  'test/crash/**/*.test.ts',
  'test/faults/matrix.test.ts',
  'test/files/large.test.ts',
  'test/fuzz/**/*.test.ts',
  'test/install/**/*.test.ts',
  'test/power/**/*.test.ts',
  'test/report/page.test.ts',
  'test/shared/**/*.test.ts',
];

/** Tests that change modules or what is kept in them; the others of a worker load what they test once. */
const ALONE = [
  'test/**/planted-faults.test.ts',
  'test/cli/notify.test.ts',
  'test/io/ledger/plans.test.ts',
  'test/model/model.test.ts',
  'test/sandbox/invoca-account.test.ts',
];

const WITH_BROWSER = 'test/install.mjs';
const WITH_SERVER = 'test/support/with-server.ts';

/** Mounts folders, which not every machine permits. */
const IMAGE = 'test/install/image.test.ts';

/** What a shared ledger tells and a file tells, what comes late and what answer is lost; with `npm run test:ledgers`. */
const STORIES = 'test/shared/{story,late-requests,lost-answers}.test.ts';

/** Over a ledger in a database too: the battery of one vendor and pushes; all of it takes long. */
const SHARED_PAGE = 'test/docs/shared-ledger.test.ts';
const SHARED = ['test/vendors/invented.test.ts', 'test/push/{push,moved-keys}.test.ts', SHARED_PAGE];
const SHARED_LONG = [
  STORIES,
  'test/vendors/{conformance,planted-faults}.test.ts',
  'test/push/{push,refunds,look-alikes,earlier-values,moved-keys}.test.ts',
  'test/faults/matrix.test.ts',
  'test/reconcile/pull.test.ts',
  'test/cli/pull.test.ts',
];

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
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...LONG, ...ALONE, SHARED_PAGE, 'test/node_modules/**'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: { name: 'full', include: LONG, exclude: [STORIES, IMAGE], globalSetup: WITH_BROWSER },
      },
      { extends: true, test: { name: 'image', include: [IMAGE] } },
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false, globalSetup: WITH_SERVER } },
      { extends: true, test: { name: 'shared-long', include: SHARED_LONG, globalSetup: WITH_SERVER } },
      { extends: true, test: { name: 'bench', include: ['bench/**/*.test.ts'] } },
    ],
  },
});
