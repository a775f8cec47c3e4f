import { often, option, under, type Settings } from '../io/setting.js';

/** Commands that look something up, or settle it. */
export const LOOKING = [
  'status',
  'runs',
  'plan',
  'results',
  'history',
  'resolve',
  'ledger',
  'vendors',
  'init',
  'doctor',
] as const;

function booksOf(whose: string) {
  return {
    about: `Invoca: the transactions of ${whose}`,
    but: {
      reconcile: `Invoca: the transactions that were pulled of ${whose}`,
      resolve: `with --ask, Invoca: the books of ${whose}`,
      doctor: `with --online, Invoca: asks for the books of ${whose}`,
    },
  } as const;
}

/** Roles of a database for which `ledger init` makes the tables. */
export const ROLE_SETTINGS = {
  ...under('Output', ['ledger'], {
    pusher: option(
      '--pusher <role>',
      'text',
      'init: a role of the database that may do what a push needs, and no more',
    ),
    reader: option('--reader <role>', 'text', 'init: a role that may read the views held and trail'),
  }),
} as const satisfies Settings;

/** Which part of a vendor's books, and which days of them. */
export const BOOKS_SETTINGS = {
  ...under('Selection', ['pull', 'reconcile', 'resolve', 'doctor'], {
    network: often(option('--network <id>', 'id', booksOf('a network'))),
    advertiser: option('--advertiser <id>', 'id', booksOf('an advertiser')),
    affiliate: option('--affiliate <id>', 'id', booksOf('an affiliate')),
  }),
  ...under('Selection', ['pull', 'reconcile', 'resolve'], {
    from: often(
      option('--from <day>', 'day', {
        about: "first day of the calls, in the zone of --timezone (Invoca: of the token's user); with --to",
        but: {
          reconcile: 'first day that the file is about; with --to and --timezone',
          resolve: 'with --ask, the first day on which the call may have been, in UTC; with --to',
        },
      }),
    ),
    to: often(
      option('--to <day>', 'day', {
        about: 'last day of the calls',
        but: { reconcile: 'last day that the file is about', resolve: 'with --ask, the last day' },
      }),
    ),
  }),
  ...under('Selection', ['pull'], {
    sinceLast: option('--since-last', 'flag', {
      about: 'write only what no file has had; without --from and --to, read on after the last row',
    }),
    call: option(
      '--call <id>',
      'id',
      'only the rows of the call with this call record id; the ledger keeps none of them',
    ),
    columns: option('--columns <list>', 'names', 'columns to ask for besides those that are always read'),
  }),
} as const satisfies Settings;
