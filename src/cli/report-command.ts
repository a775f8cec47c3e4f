import { Option, type Command } from 'commander';
import { read } from './option-readers.js';

/** The options of `revsync report`. */
export function reportCommand(program: Command): Command {
  return program
    .command('report')
    .description('what the revenue says: by agent, campaign and time, as a table, CSV, JSON or a page')
    .argument('[files...]', 'results files of pushes; - is standard input')
    .option('--run <id>', 'a run of the ledger instead of files, such as 12 or run-12')
    .option(
      '--ledger [path]',
      'everything that is held, as the ledger knows it; with a path, the ledger file (env: REVSYNC_LEDGER)',
    )
    .option(
      '--by <list>',
      'agent, campaign, hour, day, weekday, status, vendor; several with commas between (default: agent, else campaign, else status; with --ledger vendor)',
      read.by,
    )
    .option(
      '--column <field=header>',
      'where the file keeps agent, campaign or time; repeatable',
      read.column,
    )
    .option('--timezone <zone>', 'the zone of hours and days, such as America/New_York', read.timezone)
    .option('--date-format <order>', 'dates that are not ISO 8601: mdy, dmy, or a pattern', read.dateFormat)
    .option('--commission-rate <rate>', 'commission of every agent: 0.2 or 20%', read.commissionRate)
    .option('--rates <path>', 'a CSV with agent and rate, which goes before --commission-rate')
    .option('--costs <path>', 'a CSV with campaign and cost, for return on cost and cost per sale')
    .addOption(
      new Option(
        '--format <format>',
        'how it is written (default: by the name of --out, else table)',
      ).choices(['table', 'csv', 'json', 'html']),
    )
    .option('--out <path>', 'where the report goes; - is standard output', '-')
    .option('--vendor <id>', 'with --ledger, only this one; with files, whom they were sent to')
    .option('--account <name>', 'with --ledger, only this one')
    .option('--sandbox', 'with --ledger, the books of `push --sandbox`')
    .option('--base-url <url>', 'with --ledger, the books of this address')
    .option('--profile <name>', 'a profile of revsync.yaml; options go before what it says')
    .option('--config <path>', 'the file with the profiles (default: revsync.yaml in this folder)')
    .option('--quiet', 'say nothing but errors');
}
