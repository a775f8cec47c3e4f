import { JOB_SETTINGS } from './job-settings.js';
import { PACE_SETTINGS, SENDING } from './pace-settings.js';
import { often, both, choice, option, QUOTES, under, wholeNumber, type Settings } from './setting.js';

/** Where profiles are looked for without `--config`: in the working directory. */
export const DEFAULT_CONFIG = 'revsync.yaml';

/** Those that plan what is sent. */
export const PLANNING = ['push', 'explain'] as const;
/** The commands that read a sales file. */
export const READING = ['push', 'reconcile', 'explain'] as const;
/** Those that read, and what writes down what they are told. */
const SAYING = [...READING, 'init'] as const;
const LOOKING_UP = ['status', 'runs', 'plan', 'results', 'history', 'resolve'] as const;
const BY_A_LEDGER = [
  ...READING,
  'undo',
  'apply',
  'pull',
  'report',
  ...LOOKING_UP,
  'ledger',
  'doctor',
  'sandbox',
] as const;

const DECIMAL = { ...choice('.', ','), wanted: 'one of "." and ",", in quotes' } as const;
const FIELDS = {
  is: 'fields',
  wanted: 'a map from fields to headers',
  write: 'FIELD=HEADER, such as amount="Sale Amount"',
} as const;
const CONSTANTS = {
  is: 'fields',
  wanted: 'a map from fields to texts',
  write: 'FIELD=TEXT, such as outcome_name=Sale',
} as const;

/**
 * Every setting that a profile knows, in the order in which messages list the keys. Those that only an option can
 * say follow in `cli/settings.ts`.
 */
export const PROFILE_SETTINGS = {
  ...under('Connection', [...READING, 'report', 'resolve', 'init', 'doctor'], {
    vendor: often(
      both('vendor', '--vendor <id>', 'vendor', {
        about: 'whom to send to; `revsync vendors` lists them',
        but: {
          reconcile: 'whose books; `revsync vendors` lists them',
          report: 'with --ledger, only this one; with files, whom they were sent to',
          resolve: 'only keys of this one',
          explain: 'whom the file is to be sent to; of keys and codes only those of this one',
          init: 'whose fields the columns are; on a terminal it is asked for',
          doctor: 'the vendor to look at (default: those with something in the environment)',
        },
      }),
    ),
  }),
  ...under('Connection', [...READING, 'pull', 'report', 'resolve', 'init', 'doctor'], {
    baseUrl: both('base_url', '--base-url <url>', 'text', {
      about: "the vendor's address",
      but: { report: 'with --ledger, the books of this address', resolve: 'only keys of this address' },
    }),
  }),
  ...under('Connection', [...READING, 'pull', 'report', 'resolve'], {
    account: both('account', '--account <name>', 'text', {
      about: 'keeps ledgers of several accounts apart',
      default: 'default',
      but: {
        report: { about: 'with --ledger, only this one', default: undefined },
        resolve: { about: 'only keys of this one', default: undefined },
      },
    }),
  }),
  ...under('Connection', BY_A_LEDGER, {
    ledger: often(
      both('ledger', '--ledger <path>', 'path', {
        about: 'the ledger file',
        env: 'REVSYNC_LEDGER',
        but: {
          report: {
            flag: '--ledger [path]',
            env: undefined,
            about:
              'everything that is held, as the ledger knows it; with a path, the ledger file (env: REVSYNC_LEDGER)',
          },
        },
      }),
    ),
  }),
  ...under('Connection', [...READING, 'undo', 'apply', 'pull', 'resolve', 'doctor'], {
    envFile: often(both('env_file', '--env-file <path>', 'path', 'variables to read before the environment')),
  }),
  ...under('Files', [...SAYING, 'report'], {
    column: often(
      both('columns', '--column <field=header>', FIELDS, {
        about: 'where the file keeps a field; repeatable',
        but: { report: 'where the file keeps agent, campaign or time; repeatable' },
      }),
    ),
  }),
  ...under('Files', SAYING, {
    constant: both('constants', '--constant <field=text>', CONSTANTS, {
      about: 'what a field is in every row; repeatable',
    }),
    value: both('values', '--value <field:text=sent>', 'replacements', {
      about:
        'what is sent for the texts of a field, compared without case and the white space around them; repeatable',
    }),
    ignoreColumn: both('ignore', '--ignore-column <header>', 'headers', {
      about: 'a column that is taken for no field and looked at for nothing; repeatable',
    }),
  }),
  ...under('Amounts', SAYING, {
    reversal: {
      key: 'reversal',
      kind: { is: 'cells', example: '[refunded, chargeback]' },
      about: 'which sales are taken back',
    },
    reversalColumn: option('--reversal-column <header>', 'text', {
      about: 'the column that says which sales are taken back',
    }),
    reversalValues: option('--reversal-values <list>', 'values', {
      about: 'its values that take a sale back: refunded,chargeback',
    }),
    refund: both('refund', '--refund <how>', choice('reverse', 'clear'), {
      about: 'what is done for a sale that is taken back',
    }),
    refundSides: both('refund_sides', '--refund-sides <which>', choice('buyer', 'offer', 'both'), {
      about:
        "which conversions a sale that is taken back takes back, where buyer and offer have one each (default: the buyer's)",
    }),
    negativeAmounts: both(
      'negative_amounts',
      '--negative-amounts <what>',
      choice('refuse', 'reverse', 'net', 'send'),
      {
        about:
          'what a negative amount is: a refund of the whole sale, or taken off it with what remains sent',
      },
    ),
  }),
  ...under('Files', SAYING, {
    only: often(
      both(
        'only',
        '--only <header=list>',
        { is: 'cells', example: '[sold]' },
        { about: 'which rows are read at all: Status=sold,refunded' },
      ),
    ),
  }),
  ...under('Guards', READING, {
    mayBeEmpty: both('may_be_empty', '--may-be-empty', 'flag', {
      about: 'take a file in which --only, --reversal-values or --value match no row',
    }),
  }),
  ...under('Dates', [...SAYING, 'pull', 'report'], {
    timezone: often(
      both('timezone', '--timezone <zone>', 'zone', {
        about: 'the zone of times without an offset, such as America/New_York',
        but: {
          pull: "the zone of the token's user, in which times are written (default: UTC)",
          report: 'the zone of hours and days, such as America/New_York',
          init: 'the zone of times without an offset',
        },
      }),
    ),
  }),
  ...under('Dates', [...SAYING, 'report'], {
    dateFormat: both('date_format', '--date-format <order>', 'date_order', {
      about:
        'dates that are not ISO 8601: mdy, dmy, ymd, or a pattern such as MM/DD/YYYY; with it years of two digits are 1969 to 2068',
      but: {
        report: 'dates that are not ISO 8601: mdy, dmy, or a pattern',
        init: 'dates that are not ISO 8601: mdy, dmy, or a pattern',
      },
    }),
  }),
  ...under('Amounts', SAYING, {
    decimal: both('decimal', '--decimal <mark>', DECIMAL, {
      about: 'the decimal mark of amounts; the other one and spaces then group digits',
    }),
    currency: both('currency', '--currency <code>', 'currency', {
      about: 'the currency that amounts may name, such as USD or $',
    }),
  }),
  ...under('Files', SAYING, {
    delimiter: both('delimiter', '--delimiter <mark>', 'delimiter', {
      about: 'comma, semicolon, tab or pipe (default: what the header has)',
      but: { init: 'comma, semicolon, tab or pipe' },
    }),
    encoding: both('encoding', '--encoding <name>', 'encoding', {
      about: 'the encoding of the file, such as windows-1252 (default: its mark, or UTF-8)',
      but: { init: 'the encoding of the file' },
    }),
    quotes: both('quotes', '--quotes <how>', choice(...QUOTES), {
      about:
        'how quotes are written: doubled inside of quotes; spaced: and blanks around quotes do not count; backslash: and \\" is one too',
    }),
    headerRow: both('header_row', '--header-row <n>', wholeNumber(1, 1_000_000), {
      about: 'the line of the header, where titles stand above it',
    }),
    skipTotalRow: both('skip_total_row', '--skip-total-row', 'flag', {
      about: 'check the total in the last row against the rows, and leave it out',
    }),
  }),
  ...under('Amounts', SAYING, {
    round: both(
      'round',
      '--round <how>',
      choice('half-up', 'half-even'),
      'amounts finer than the vendor keeps',
    ),
    blankAmount: both('blank_amount', '--blank-amount <what>', choice('refuse', 'clear', 'omit'), {
      about: 'a row whose amount is blank',
      default: 'refuse',
    }),
    zero: both('zero', '--zero <what>', choice('amount', 'no_sale', 'refuse'), {
      about: "what 0.00 is: an amount like others, or no sale (default: the vendor's)",
    }),
    onConflict: both('on_conflict', '--on-conflict <what>', choice('refuse', 'last', 'sum'), {
      about: 'rows with one key and different content',
      default: 'refuse',
    }),
  }),
  ...PACE_SETTINGS,
  ...under('Guards', SENDING, {
    maxErrors: both(
      'max_errors',
      '--max-errors <n|n%>',
      { is: 'rows', from: 1 },
      'stop after so many failed rows, or at this share of the last 200',
    ),
  }),
  ...under('Guards', PLANNING, {
    minRows: both('min_rows', '--min-rows <n>', wholeNumber(0, 1_000_000_000, 'a whole number from 0'), {
      about: 'refuse the files unless they have so many rows or more',
    }),
    maxAge: both('max_age', '--max-age <age>', 'age', {
      about: 'refuse a file whose newest time is longer ago: 36h or 2d',
    }),
    maxInvalid: both(
      'max_invalid',
      '--max-invalid <n|n%>',
      { is: 'rows', from: 0 },
      'refuse the files if more rows than this are invalid',
    ),
    maxTotal: often(
      both('max_total', '--max-total <amount>', 'amount', {
        about: 'refuse the files if more than this would be sent',
      }),
    ),
    maxReversed: both('max_reversed', '--max-reversed <amount>', 'amount', {
      about: 'refuse the files if reversals and clears would take back more than this',
    }),
  }),
  ...under('Sending', [...SENDING, 'explain'], {
    confirm: both(
      'confirm',
      '--confirm',
      'flag',
      'have the vendor say each amount back where it must be asked, and take no answer without it; Convoso is asked with return=1, which by an older article of theirs marks the call refunded',
    ),
  }),
  ...under('Sending', PLANNING, {
    correct: both('correct', '--no-correct', 'flag', {
      about: 'hold rows back that change, take back or empty what was accepted before',
    }),
  }),
  ...under('Output', ['push', 'runs'], {
    prune: both('prune', '--prune <age>', 'age', {
      about:
        'after a push that came to its end, forget source rows of runs of the account that are older than this, never what is held or unknown: 400d',
      but: {
        runs: {
          flag: '--prune <days>',
          kind: wholeNumber(0, 100_000, 'a number of days from 0'),
          about: 'forget source rows of runs older than this, never what is held or unknown',
        },
      },
    }),
  }),
  ...JOB_SETTINGS,
  ...under('Dates', SAYING, {
    allowMissingCallDate: both('allow_missing_call_date', '--allow-missing-call-date', 'flag', {
      about: 'send rows without a call date where the vendor would take the present time',
    }),
  }),
} as const satisfies Settings;
