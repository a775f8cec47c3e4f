import { SENDING } from '../io/pace-settings.js';
import { PLANNING, PROFILE_SETTINGS, READING } from '../io/profile-settings.js';
import {
  choice,
  GROUPS,
  often,
  option,
  SECONDS,
  under,
  wholeNumber,
  type CommandName,
  type Kind,
  type Setting,
  type Settings,
} from '../io/setting.js';
import { BOOKS_SETTINGS, LOOKING, ROLE_SETTINGS } from './books-settings.js';
import { COUNT, EXPORT_SETTINGS } from './export-settings.js';
import { SANDBOX_SETTINGS } from './sandbox-settings.js';
import { SAYING_SETTINGS } from './saying-settings.js';
import type { OptionOf } from './validators.js';

const ROWS = wholeNumber(0, 1_000_000_000, 'a whole number from 0');

/** Commands that read a sales file and write down what came of it. */
const WRITING = ['push', 'reconcile'] as const;

/**
 * Every setting there is. Options of commands and their types, the schema of profiles, what a shell completes and
 * the tables of docs/commands.md and docs/files.md all come from here.
 */
export const SETTINGS = {
  ...PROFILE_SETTINGS,
  ...under('Connection', [...READING, 'undo', 'apply', 'pull', 'report', 'init', 'doctor'], {
    profile: often(
      option(
        '--profile <name>',
        { is: 'known', what: 'profile' },
        {
          about: 'a profile of revsync.yaml; options go before what it says',
          but: {
            push: {
              kind: { is: 'profiles' },
              about:
                'a profile of revsync.yaml; options go before what it says; said again, the files: of each are pushed',
            },
            undo: 'a profile of revsync.yaml for the account of the run: its pace, credentials and ledger',
            apply: 'a profile of revsync.yaml for the account of the plan: its pace, credentials and ledger',
            init: { kind: { is: 'text' }, about: "what the profile is called (default: the vendor's id)" },
            doctor: 'check what a profile of revsync.yaml says, too',
          },
        },
      ),
    ),
  }),
  ...under('Connection', [...READING, 'undo', 'apply', 'pull', 'report', 'init', 'status', 'doctor'], {
    config: option('--config <path>', 'path', {
      about: 'the file with the profiles (default: revsync.yaml in this folder)',
    }),
  }),
  ...under('Connection', [...READING, 'report'], {
    sandbox: often(
      option('--sandbox', 'flag', {
        about: 'send to a fake vendor inside this process that keeps books',
        but: {
          reconcile: 'the books of `push --sandbox`',
          explain: 'by the books of `push --sandbox`',
          report: 'with --ledger, the books of `push --sandbox`',
        },
      }),
    ),
  }),
  ...under('Selection', ['report'], {
    run: often(
      option(
        '--run <id>',
        { is: 'known', what: 'run' },
        'a run of the ledger instead of files, such as 12 or run-12',
      ),
    ),
  }),
  ...under('Connection', ['doctor'], {
    online: option(
      '--online',
      'flag',
      'ask the vendor something that changes nothing, where it documents that',
    ),
  }),
  ...BOOKS_SETTINGS,
  ...ROLE_SETTINGS,
  ...under('Selection', ['reconcile'], {
    fromLedger: often(
      option('--from-ledger', 'flag', 'what revsync has had accepted, instead of what was pulled'),
    ),
    tolerance: option('--tolerance <s>', SECONDS, {
      about: 'how far start times of one call may differ',
      default: 60,
    }),
  }),
  ...under('Selection', ['push'], {
    all: option(
      '--all',
      'flag',
      'push the files: of every profile that has any, those of different vendors side by side',
    ),
  }),
  ...under('Selection', PLANNING, {
    limit: often(option('--limit <n>', COUNT, 'send at most the first N rows that would be sent')),
  }),
  ...under('Selection', ['undo'], {
    onlyUntouched: option(
      '--only-untouched',
      'flag',
      'leave keys alone that a later run touched; without it the undo is refused then',
    ),
  }),
  ...under('Selection', ['resolve'], {
    accepted: option('--accepted', 'flag', 'the vendor holds it'),
    notApplied: option('--not-applied', 'flag', 'the vendor does not hold it; the next push sends it'),
    ask: option(
      '--ask',
      'flag',
      'read what the vendor holds of it and settle it by that; Invoca and TrackDrive',
    ),
    undo: option('--undo', 'flag', 'take back what was said of it; it is unknown again'),
    why: option('--why <text>', 'text', 'how you know; kept in the history. Not needed with --ask'),
  }),
  ...EXPORT_SETTINGS,
  ...under('Amounts', ['report'], {
    commissionRate: option('--commission-rate <rate>', 'commission_rate', {
      about: 'commission of every agent: 0.2 or 20%',
    }),
    rates: option('--rates <path>', 'path', {
      about: 'a CSV with agent and rate, which goes before --commission-rate',
    }),
    costs: option('--costs <path>', 'path', {
      about: 'a CSV with campaign and cost, for return on cost and cost per sale',
    }),
  }),
  ...under('Guards', PLANNING, {
    expectRows: option('--expect-rows <n>', ROWS, 'refuse the files unless they have so many rows'),
    expectTotal: often(
      option('--expect-total <amount>', 'amount', {
        about: 'refuse the files unless their amounts come to this',
      }),
    ),
    older: option('--older', 'flag', {
      about: 'send a file even if most of its rows go back to amounts that a later run has changed',
    }),
    once: option('--once', 'flag', 'refuse a file that was pushed whole before under another name'),
  }),
  ...under('Sending', ['push', 'undo'], {
    plan: often(option('--plan <path>', 'path', 'send nothing; hold a plan of it, here and in the ledger')),
  }),
  ...under('Sending', SENDING, {
    dryRun: often(
      option('--dry-run', 'flag', 'read, judge and plan everything, send nothing, change nothing'),
    ),
  }),
  ...under('Sending', PLANNING, {
    sendAgain: option('--send-again', 'flag', {
      about: 'send rows that look like a sale which was sent with another time or found in another way',
    }),
    force: option('--force', 'flag', 'send rows again that were accepted unchanged before'),
  }),
  ...under('Sending', ['push'], {
    newLedger: option('--new-ledger', 'flag', {
      about: 'the ledger knows of no push to this account, and nothing was sent to it by another one',
    }),
  }),
  ...under('Sending', ['pull'], {
    pageRows: option('--page-rows <n>', COUNT, "rows of a page at most (default: the vendor's)"),
  }),
  ...under('Output', ['report'], {
    by: often(
      option('--by <list>', 'dimensions', {
        about:
          'agent, campaign, hour, day, weekday, status, vendor; several with commas between (default: agent, else campaign, else status; with --ledger vendor)',
      }),
    ),
  }),
  ...under('Output', ['pull'], {
    folded: option('--folded', 'flag', 'one row for each call as it stands now, corrections applied'),
  }),
  ...under('Output', ['pull', 'report'], {
    format: often(
      option('--format <format>', choice('table', 'csv', 'json', 'html'), {
        about: 'how it is written (default: by the name of --out, else table)',
        but: {
          pull: {
            kind: choice('csv', 'jsonl'),
            about: 'of the file (default: by the name of --out, else csv)',
          },
        },
      }),
    ),
  }),
  ...under('Output', [...WRITING, 'undo', 'apply', 'pull', 'report', 'results', 'ledger'], {
    out: often(
      option('--out <path>', 'path', {
        about: 'where the results CSV goes; - is standard output (default: beside the input)',
        but: {
          pull: 'where the rows go; - is standard output (default: nowhere)',
          reconcile: 'where the breaks CSV goes; - is standard output (default: beside the file)',
          report: { about: 'where the report goes; - is standard output', default: '-' },
          undo: 'where the results CSV goes; - is standard output (default: undo-run-N.results.csv)',
          results: 'where to; - is standard output (default: where the push wrote it)',
          ledger: 'backup: the new file (default: beside the ledger, with the time in its name)',
        },
      }),
    ),
  }),
  ...under('Output', ['ledger'], {
    compact: option(
      '--compact',
      'flag',
      'check: give back the room that is free; no push or pull may be at work',
    ),
  }),
  ...under('Output', SENDING, {
    report: option('--report <path>', 'path', {
      about: 'write a page about the run when it ends; like `revsync report --format html`',
    }),
  }),
  ...under('Output', ['init', 'resolve', 'runs'], {
    yes: often(
      option('--yes', 'flag', {
        about: 'write without asking',
        but: { resolve: 'settle without asking', runs: 'with --prune: forget without asking' },
      }),
    ),
  }),
  ...under('Output', [...READING, 'undo', 'apply', 'pull', 'report', ...LOOKING], {
    json: often(option('--json', 'flag', 'print one JSON object on standard output, however it ends')),
  }),
  ...under('Output', ['runs'], {
    last: option('--last <n>', COUNT, 'list only the newest (default: 20, with --json all)'),
  }),
  ...under('Output', [...WRITING, 'undo', 'apply', 'pull', 'report'], {
    quiet: option('--quiet', 'flag', 'say nothing but errors'),
  }),
  ...SANDBOX_SETTINGS,
  ...SAYING_SETTINGS,
} as const satisfies Settings;

/** A setting that an option can say. */
export type OptionSetting = Setting & { readonly name: string; readonly flag: string };

/** The options of a command as it has them, in the order of its help. */
export function settingsOn(command: string, settings: Settings = SETTINGS): readonly OptionSetting[] {
  const own = Object.entries(settings).flatMap(([name, { but, ...setting }]) => {
    const { flag } = setting;
    if (flag === undefined || !setting.on.some((one) => one === command)) return [];
    const other = but?.[command as CommandName];
    return [{ name, ...setting, flag, ...(typeof other === 'string' ? { about: other } : other) }];
  });
  const groupOf = ({ group }: Setting): number => GROUPS.indexOf(group);
  return own.sort((left, right) => groupOf(left) - groupOf(right));
}

type Table = typeof SETTINGS;

/** A setting as a command has it, but for its texts. */
type With<S, C> = S extends { but: infer But }
  ? C extends keyof But
    ? But[C] extends string
      ? S
      : Omit<S, keyof But[C]> & But[C]
    : S
  : S;

type OptionalText<S> = S extends { flag: `${string} [${string}]` } ? true : never;

type Value<S> = S extends { flag: `--no-${string}` }
  ? boolean
  : S extends { kind: infer K extends Kind }
    ? OptionOf<K> | OptionalText<S>
    : never;

type NamesOn<C> = { [N in keyof Table]: C extends Table[N]['on'][number] ? N : never }[keyof Table];

/** Whether there is a value in any case. */
type Always<S> = S extends { default: string | number } | { required: true } | { flag: `--no-${string}` }
  ? true
  : false;

type AlwaysOn<C> = {
  [N in NamesOn<C>]: Always<With<Table[N], C>> extends true ? N : never;
}[NamesOn<C>];

/** What a command is called with, profiles included. */
export type OptionsOf<C extends CommandName> = {
  readonly [N in AlwaysOn<C>]: Value<With<Table[N], C>>;
} & {
  readonly [N in Exclude<NamesOn<C>, AlwaysOn<C>>]?: Value<With<Table[N], C>> | undefined;
} & { readonly color?: boolean };
