import { choice, option, type CommandName } from '../io/setting.js';
import type { ArgumentSpec } from './setting-option.js';

/** A command. Its options are the settings that are `on` it. */
export interface CommandSpec {
  readonly name: CommandName;
  readonly about: string;
  /** The heading that it stands under in the help. */
  readonly group: 'Send' | 'Compare' | 'Look' | 'Mend' | 'Set up';
  readonly argument?: ArgumentSpec;
  /** What its help says at the end. */
  readonly closing?: string;
  /** Loads what it does: called with the host, its argument, where it takes one, its options, and those that were given. */
  readonly load: () => Promise<(...args: never[]) => Promise<number>>;
}

/** Every command, in the order of the help. What one does is loaded when it is called. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'push',
    group: 'Send',
    about: 'send what a sales CSV says and the vendor does not hold yet',
    argument: option(
      '[files...]',
      'path',
      'CSV files, plain or .gz; - is standard input (default: the files: of --profile)',
    ),
    load: async () => (await import('./push.js')).push,
  },
  {
    name: 'plan',
    group: 'Send',
    about:
      'what a plan of `push --plan` would change: counts, net money, the largest changes, totals by agent',
    argument: option(
      '<file|run>',
      { is: 'known', what: 'plan' },
      'the file of a plan, or its run, such as run-12',
    ),
    load: async () => (await import('./plan.js')).plan,
  },
  {
    name: 'apply',
    group: 'Send',
    about:
      'send exactly what a plan of `push --plan` holds, unless what is held at the vendor has changed since',
    argument: option(
      '<file|run>',
      { is: 'known', what: 'plan' },
      'the file of a plan, or its run, such as run-12',
    ),
    load: async () => (await import('./apply.js')).apply,
  },
  {
    name: 'undo',
    group: 'Send',
    about: 'put back what was held before a run, by what the ledger has of it',
    argument: option('<run>', { is: 'known', what: 'run' }, 'such as run-12'),
    load: async () => (await import('./undo.js')).undo,
  },
  {
    name: 'pull',
    group: 'Compare',
    about: 'read what a vendor holds into the ledger, and write it to a file',
    argument: {
      ...option('<vendor>', 'vendor', 'invoca, trackdrive or ringba'),
      words: ['invoca', 'trackdrive', 'ringba'],
    },
    load: async () => (await import('./pull.js')).pull,
  },
  {
    name: 'reconcile',
    group: 'Compare',
    about: 'compare a sales CSV with what the vendor holds, and write every break to a CSV',
    argument: option('<file>', 'path', 'a CSV file, plain or .gz; - is standard input'),
    load: async () => (await import('./reconcile.js')).reconcile,
  },
  {
    name: 'report',
    group: 'Look',
    about: 'what the revenue says: by agent, campaign and time, as a table, CSV, JSON or a page',
    argument: option('[files...]', 'path', 'results files of pushes; - is standard input'),
    load: async () => (await import('./report.js')).report,
  },
  {
    name: 'status',
    group: 'Look',
    about: 'how every account stands, and everything that waits for somebody',
    load: async () => (await import('./status.js')).status,
  },
  {
    name: 'runs',
    group: 'Look',
    about: 'list the runs the ledger knows',
    load: async () => (await import('./runs.js')).runs,
  },
  {
    name: 'results',
    group: 'Look',
    about: 'write the results CSV of a run again',
    argument: option('<run>', { is: 'known', what: 'run' }, 'such as run-12'),
    load: async () => (await import('./results.js')).results,
  },
  {
    name: 'history',
    group: 'Look',
    about: 'everything that ever happened to a key',
    argument: option('<key>', { is: 'known', what: 'key' }, 'as in the column revsync_key'),
    load: async () => (await import('./history.js')).history,
  },
  {
    name: 'resolve',
    group: 'Mend',
    about: 'write down what a person found out about unknown rows, or ask the vendor, and free their keys',
    argument: option('<run|key>', { is: 'known', what: 'run_or_key' }, 'a run such as run-12, or a key'),
    load: async () => (await import('./resolve.js')).resolve,
  },
  {
    name: 'explain',
    group: 'Look',
    about:
      'how a row is read and what a push does with it and why; what is known of a key; what a code means',
    argument: option(
      '<what>',
      { is: 'known', what: 'explained' },
      'a row as FILE:LINE, such as sales.csv:14 or -:3; a key; or a code, such as conflict or 6033',
    ),
    load: async () => (await import('./explain.js')).explain,
  },
  {
    name: 'ledger',
    group: 'Mend',
    about: 'make a backup of the ledger that is whole, check it, copy it, or have pushes go by it as it is',
    argument: {
      ...option(
        '<what...>',
        'text',
        'backup, into a new file; check, every page of it; accept, where it is older than a push left it; init, in a database; copy FROM TO, to a new file or an empty database',
      ),
      words: ['backup', 'check', 'accept', 'init', 'copy'],
    },
    load: async () => (await import('./ledger.js')).ledger,
  },
  {
    name: 'vendors',
    group: 'Set up',
    about: 'what each vendor needs and does: columns, semantics, error codes, environment',
    argument: option('[id]', 'vendor', ''),
    load: async () => (await import('./vendors.js')).vendors,
  },
  {
    name: 'init',
    group: 'Set up',
    about: 'look at a sales CSV, propose which column is what, and write a profile for it',
    argument: option('<file>', 'path', 'a CSV file such as those to be pushed; - is standard input'),
    load: async () => (await import('./init.js')).init,
  },
  {
    name: 'doctor',
    group: 'Set up',
    about: 'check what can be checked without sending: ledger, credentials, addresses, clock',
    load: async () => (await import('./doctor.js')).doctor,
  },
  {
    name: 'schema',
    group: 'Set up',
    about: 'print the JSON Schema of what --json prints, or of revsync.yaml',
    argument: option('[of]', 'text', 'a command, or config, which is revsync.yaml'),
    load: async () => (await import('./schema.js')).schema,
  },
  {
    name: 'sandbox',
    group: 'Set up',
    about: 'serve the fake vendors on a loopback port',
    load: async () => (await import('./sandbox.js')).sandbox,
  },
  {
    name: 'completion',
    group: 'Set up',
    about: 'print the script with which a shell completes commands, options and their values',
    argument: option('<shell>', choice('bash', 'zsh', 'fish', 'powershell'), 'the shell that you type in'),
    closing: `
In the file that your shell reads when it starts:
  ~/.bashrc
      source <(revsync completion bash)
  ~/.zshrc, behind compinit
      source <(revsync completion zsh)
  ~/.config/fish/config.fish
      revsync completion fish | source
  $PROFILE
      revsync completion powershell | Out-String | Invoke-Expression`,
    load: async () => (await import('./completion.js')).completion,
  },
];
