import { Argument, Command, CommanderError, Option, type OutputConfiguration } from 'commander';
import { ENCODINGS } from '../io/csv/decode.js';
import { plainLines } from './plain-text.js';
import { read } from './option-readers.js';
import { EXIT_MEANINGS } from './exit-codes.js';
import type { Host } from './host.js';
import { reportCommand } from './report-command.js';
import { VERSION } from './version.js';

/** Where no terminal says how wide it is. */
const HELP_WIDTH = 80;
const LEDGER_VARIABLE = 'REVSYNC_LEDGER';

const COMPLETION_SET_UP = `
In the file that your shell reads when it starts:
  ~/.bashrc                    source <(revsync completion bash)
  ~/.zshrc, behind compinit    source <(revsync completion zsh)
  ~/.config/fish/config.fish   revsync completion fish | source
  $PROFILE                     revsync completion powershell | Out-String | Invoke-Expression`;

/** Every command and option; what they do is loaded when they are called. Resolves to the exit code. */
export function buildProgram(host: Host, onExitCode: (code: number) => void): Command {
  const program = new Command('revsync')
    .description("Makes a call platform's revenue match a sales CSV, exactly once, and proves it.")
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addOption(new Option('--color', 'colours, whatever the terminal says').conflicts('noColor'))
    .addOption(new Option('--no-color', 'no colours; NO_COLOR does the same'))
    .configureHelp({ showGlobalOptions: true })
    .configureOutput(outputsOf(host))
    .showHelpAfterError('(--help tells more)')
    .addHelpText(
      'after',
      `\nExit codes:\n${EXIT_MEANINGS.map(({ code, means }) => `  ${code}\t${means}`).join('\n')}`,
    )
    .exitOverride();

  const action =
    <A extends unknown[]>(load: () => Promise<(host: Host, ...args: A) => Promise<number>>) =>
    async (...args: unknown[]): Promise<void> => {
      const command = args.at(-1) as Command;
      const run = await load();
      readLedgerVariable(command, host);
      onExitCode(
        await run(host, ...([...args.slice(0, -2), command.optsWithGlobals(), givenOf(command)] as A)),
      );
    };

  const ledger = new Option('--ledger <path>', `the ledger file (env: ${LEDGER_VARIABLE})`);

  const push = program
    .command('push')
    .description('send what a sales CSV says and the vendor does not hold yet')
    .argument('<files...>', 'CSV files, plain or .gz; - is standard input')
    .option('--vendor <id>', 'whom to send to; `revsync vendors` lists them')
    .option('--profile <name>', 'a profile of revsync.yaml; options go before what it says')
    .option('--config <path>', 'the file with the profiles (default: revsync.yaml in this folder)')
    .option('--dry-run', 'read, judge and plan everything, send nothing, change nothing')
    .option('--sandbox', 'send to a fake vendor inside this process that keeps books')
    .option('--account <name>', 'keeps ledgers of several accounts apart', 'default')
    .option('--out <path>', 'where the results CSV goes; - is standard output (default: beside the input)')
    .option('--report <path>', 'write a page about the run when it ends; like `revsync report --format html`')
    .option('--limit <n>', 'send at most the first N rows that would be sent', read.count);
  readingOptions(push)
    .option('--expect-rows <n>', 'refuse the files unless they have so many rows', read.wholeNumber)
    .option('--expect-total <amount>', 'refuse the files unless their amounts come to this', read.total)
    .option('--max-total <amount>', 'refuse the files if more than this would be sent', read.total)
    .option('--max-invalid <n|n%>', 'refuse the files if more rows than this are invalid', read.maxInvalid)
    .option('--once', 'refuse a file that was pushed whole before under another name')
    .option('--confirm', 'have the vendor echo each amount, and compare')
    .option('--no-correct', 'hold rows back whose amount was accepted differently before')
    .option('--force', 'send rows again that were accepted unchanged before')
    .option(
      '--concurrency <n>',
      "rows in flight at most (default: the vendor's; 1 with --sandbox)",
      read.concurrency,
    )
    .option('--rate <n>', "requests a second at most (default: the vendor's; none with --sandbox)", read.rate)
    .option('--retries <n>', 'further attempts per row', read.retries, 5)
    .option('--timeout <s>', "seconds an answer may take (default: the vendor's)", read.seconds)
    .option('--deadline <s>', 'seconds a row may take with all its attempts', read.seconds, 600)
    .option(
      '--max-errors <n|n%>',
      'stop after so many failed rows, or at this share of the last 200',
      read.maxErrors,
    )
    .addOption(ledger)
    .option('--base-url <url>', "the vendor's address")
    .option('--env-file <path>', 'variables to read before the environment')
    .option('--json', 'print one JSON object about the run on standard output')
    .option('--quiet', 'say nothing but errors')
    .option('--verbose', 'say a line for every row that is settled')
    .addOption(
      new Option('--log-format <format>', 'lines on stderr').choices(['text', 'json']).default('text'),
    )
    .option('--no-progress', 'no progress line')
    .action(action(async () => (await import('./push.js')).push));

  program
    .command('pull')
    .description('read what a vendor holds into the ledger, and write it to a file')
    .argument('<vendor>', 'invoca')
    .option('--network <id>', 'the transactions of a network', read.id)
    .option('--advertiser <id>', 'the transactions of an advertiser', read.id)
    .option('--affiliate <id>', 'the transactions of an affiliate', read.id)
    .option('--from <day>', "first day of the calls, in the zone of the token's user; with --to", read.day)
    .option('--to <day>', 'last day of the calls', read.day)
    .option('--since-last', 'read on after the last pull of the same dates, and write what no file has had')
    .option('--columns <list>', 'columns to ask for besides the default and signal ones', read.names)
    .option('--page-rows <n>', "rows of a page at most (default: the vendor's)", read.count)
    .addOption(
      new Option('--format <format>', 'of the file (default: by the name of --out, else csv)').choices([
        'csv',
        'jsonl',
      ]),
    )
    .option('--folded', 'one row for each call as it stands now, corrections applied')
    .option('--out <path>', 'where the rows go; - is standard output (default: nowhere)')
    .option('--wait', 'wait until the vendor may be polled again')
    .option(
      '--timezone <zone>',
      "the zone of the token's user, in which times are written (default: UTC)",
      read.timezone,
    )
    .option('--profile <name>', 'a profile of revsync.yaml; options go before what it says')
    .option('--config <path>', 'the file with the profiles (default: revsync.yaml in this folder)')
    .option('--account <name>', 'keeps ledgers of several accounts apart', 'default')
    .option('--retries <n>', 'further attempts per page', read.retries, 5)
    .option('--timeout <s>', "seconds an answer may take (default: the vendor's)", read.seconds)
    .option('--deadline <s>', 'seconds a page may take with all its attempts', read.seconds, 600)
    .addOption(ledger)
    .option('--base-url <url>', "the vendor's address")
    .option('--env-file <path>', 'variables to read before the environment')
    .option('--json', 'print one JSON object about the pull on standard output')
    .option('--quiet', 'say nothing but errors')
    .action(action(async () => (await import('./pull.js')).pull));

  const reconcile = program
    .command('reconcile')
    .description('compare a sales CSV with what the vendor holds, and write every break to a CSV')
    .argument('<file>', 'a CSV file, plain or .gz; - is standard input')
    .option('--vendor <id>', 'whose books; `revsync vendors` lists them')
    .option('--network <id>', 'the transactions that were pulled of a network', read.id)
    .option('--advertiser <id>', 'the transactions that were pulled of an advertiser', read.id)
    .option('--affiliate <id>', 'the transactions that were pulled of an affiliate', read.id)
    .option('--from <day>', 'first day that the file is about; with --to and --timezone', read.day)
    .option('--to <day>', 'last day that the file is about', read.day)
    .option('--tolerance <s>', 'how far start times of one call may differ', read.seconds, 60)
    .option('--against <export>', 'a CSV that was exported at the vendor, instead of what was pulled')
    .option('--key <headers>', 'the columns of the export that find a sale, with commas between', read.names)
    .option('--amount <header>', 'the column of the export that has the amount')
    .addOption(
      new Option('--export-decimal <mark>', 'the decimal mark of the export (default: --decimal)').choices([
        '.',
        ',',
      ]),
    )
    .addOption(
      new Option(
        '--export-encoding <name>',
        'the encoding of the export (default: its mark, or UTF-8)',
      ).choices(ENCODINGS),
    )
    .option('--export-header-row <n>', 'the line of the header in the export', read.count)
    .option('--from-ledger', 'what revsync has had accepted, instead of what was pulled')
    .option('--profile <name>', 'a profile of revsync.yaml; options go before what it says')
    .option('--config <path>', 'the file with the profiles (default: revsync.yaml in this folder)')
    .option('--sandbox', 'the books of `push --sandbox`')
    .option('--account <name>', 'keeps ledgers of several accounts apart', 'default')
    .option('--out <path>', 'where the breaks CSV goes; - is standard output (default: beside the file)');
  readingOptions(reconcile)
    .addOption(ledger)
    .option('--base-url <url>', "the vendor's address")
    .option('--env-file <path>', 'variables to read before the environment')
    .option('--json', 'print one JSON object about the comparison on standard output')
    .option('--quiet', 'say nothing but errors')
    .action(action(async () => (await import('./reconcile.js')).reconcile));

  reportCommand(program).action(action(async () => (await import('./report.js')).report));

  program
    .command('runs')
    .description('list the runs the ledger knows')
    .addOption(ledger)
    .option(
      '--prune <days>',
      'forget source rows of runs older than this, never what was accepted',
      read.days,
    )
    .option('--json', 'print JSON')
    .action(action(async () => (await import('./runs.js')).runs));

  program
    .command('results')
    .description('write the results CSV of a run again')
    .argument('<run>', 'such as run-12')
    .option('--out <path>', 'where to; - is standard output (default: where the push wrote it)')
    .addOption(ledger)
    .action(action(async () => (await import('./results.js')).results));

  program
    .command('history')
    .description('everything that ever happened to a key')
    .argument('<key>', 'as in the column revsync_key')
    .addOption(ledger)
    .option('--json', 'print JSON')
    .action(action(async () => (await import('./history.js')).history));

  program
    .command('resolve')
    .description('write down what a person found out about unknown rows, and free their keys')
    .argument('<run|key>', 'a run such as run-12, or a key')
    .addOption(new Option('--accepted', 'the vendor holds it').conflicts('notApplied'))
    .option('--not-applied', 'the vendor does not hold it; the next push sends it')
    .requiredOption('--why <text>', 'how you know; kept in the history')
    .addOption(ledger)
    .action(action(async () => (await import('./resolve.js')).resolve));

  program
    .command('vendors')
    .description('what each vendor needs and does: columns, semantics, error codes, environment')
    .argument('[id]')
    .option('--json', 'print JSON')
    .action(action(async () => (await import('./vendors.js')).vendors));

  program
    .command('init')
    .description('look at a sales CSV, propose which column is what, and write a profile for it')
    .argument('<file>', 'a CSV file such as those to be pushed; - is standard input')
    .requiredOption('--vendor <id>', 'whom to send to; `revsync vendors` lists them')
    .option('--profile <name>', "what the profile is called (default: the vendor's id)")
    .option('--config <path>', 'the file with the profiles (default: revsync.yaml in this folder)')
    .option('--yes', 'write without asking')
    .option('--column <field=header>', 'where the file keeps a field; repeatable', read.column)
    .option('--timezone <zone>', 'the zone of times without an offset', read.timezone)
    .option('--date-format <order>', 'dates that are not ISO 8601: mdy, dmy, or a pattern', read.dateFormat)
    .option('--delimiter <mark>', 'comma, semicolon, tab or pipe', read.delimiter)
    .addOption(new Option('--encoding <name>', 'the encoding of the file').choices(ENCODINGS))
    .option('--header-row <n>', 'the line of the header, where titles stand above it', read.count)
    .option('--json', 'print the proposal as one JSON object on standard output')
    .action(action(async () => (await import('./init.js')).init));

  program
    .command('doctor')
    .description('check what can be checked without sending: ledger, credentials, addresses, clock')
    .option('--vendor <id>', 'the vendor to look at (default: those with something in the environment)')
    .addOption(ledger)
    .option('--env-file <path>', 'variables to read before the environment')
    .option('--json', 'print JSON')
    .action(action(async () => (await import('./doctor.js')).doctor));

  program
    .command('sandbox')
    .description('serve the fake vendors on a loopback port')
    .option('--port <n>', '0 takes a free one', read.port, 0)
    .option('--faults <list>', 'what goes wrong: KIND[=VALUE][@WHEN],…', '')
    .option('--latency <ms>', 'how long every answer takes', read.milliseconds, 0)
    .option('--known <path>', 'ids the vendors know, one a line (default: all but 404404…)')
    .option('--books <folder>', 'keep the books there (default: in memory)')
    .option('--reset', 'empty the books of `push --sandbox`, and what the ledger remembers of them')
    .addOption(ledger)
    .action(action(async () => (await import('./sandbox.js')).sandbox));

  const completion = program
    .command('completion')
    .description('print the script with which a shell completes commands, options and their values')
    .usage('[options] <shell>')
    .addArgument(
      new Argument('<shell>', 'the shell that you type in').choices(['bash', 'zsh', 'fish', 'powershell']),
    )
    .addHelpText('after', COMPLETION_SET_UP)
    .helpCommand(false)
    .action(action(async () => (await import('./completion.js')).completion));
  completion
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(
      action(async () => {
        const { complete } = await import('./completion.js');
        return (host: Host, words: readonly string[]) => complete(host, words, program);
      }),
    );

  return program;
}

/** How a sales file is read: `ReadingOptions`. */
function readingOptions(command: Command): Command {
  return command
    .option('--column <field=header>', 'where the file keeps a field; repeatable', read.column)
    .addOption(
      new Option('--on-conflict <what>', 'rows with one key and different content')
        .choices(['refuse', 'last', 'sum'])
        .default('refuse'),
    )
    .addOption(
      new Option('--blank-amount <what>', 'a row whose amount is blank')
        .choices(['refuse', 'clear', 'omit'])
        .default('refuse'),
    )
    .addOption(
      new Option('--round <how>', 'amounts finer than the vendor keeps').choices(['half-up', 'half-even']),
    )
    .option('--reversal-column <header>', 'the column that says which sales are taken back')
    .option('--reversal-values <list>', 'its values that take a sale back: refunded,chargeback', read.values)
    .option(
      '--timezone <zone>',
      'the zone of times without an offset, such as America/New_York',
      read.timezone,
    )
    .option(
      '--date-format <order>',
      'dates that are not ISO 8601: mdy, dmy, or a pattern such as MM/DD/YYYY',
      read.dateFormat,
    )
    .addOption(
      new Option(
        '--decimal <mark>',
        'the decimal mark of amounts; the other one and spaces then group digits',
      ).choices(['.', ',']),
    )
    .option('--currency <code>', 'the currency that amounts may name, such as USD or $', read.currency)
    .option(
      '--delimiter <mark>',
      'comma, semicolon, tab or pipe (default: what the header has)',
      read.delimiter,
    )
    .addOption(
      new Option('--encoding <name>', 'the encoding of the file (default: its mark, or UTF-8)').choices(
        ENCODINGS,
      ),
    )
    .option('--header-row <n>', 'the line of the header, where titles stand above it', read.count)
    .option('--skip-total-row', 'check the total in the last row against the rows, and leave it out')
    .option(
      '--allow-missing-call-date',
      'send rows without a call date where the vendor would take the present time',
    );
}

/** commander itself would ask the process. */
function readLedgerVariable(command: Command, { env }: Host): void {
  const path = env[LEDGER_VARIABLE];
  const takesPath = command.options.some(({ long, required }) => long === '--ledger' && required);
  if (path === undefined || !takesPath || command.getOptionValueSource('ledger') !== undefined) return;
  command.setOptionValueWithSource('ledger', path, 'env');
}

function outputsOf({ stdout, stderr }: Host): OutputConfiguration {
  return {
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    getOutHelpWidth: () => stdout.columns ?? HELP_WIDTH,
    getErrHelpWidth: () => stderr.columns ?? HELP_WIDTH,
    outputError: (text, write) => write(plainLines(text)),
  };
}

/** The options that somebody has written, on the command line or in the environment. */
function givenOf(command: Command): ReadonlySet<string> {
  const names = command.options.map((option) => option.attributeName());
  return new Set(names.filter((name) => ['cli', 'env'].includes(command.getOptionValueSource(name) ?? '')));
}

export { CommanderError };
