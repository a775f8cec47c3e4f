import type { CommandName } from '../io/setting.js';

/** Something that people do, as it is typed. */
export interface Example {
  readonly command: string;
  readonly does: string;
}

/** What the help of a command shows at its end. */
export const EXAMPLES: Readonly<Record<CommandName, readonly [Example, Example, Example]>> = {
  push: [
    {
      command: 'revsync push sales.csv --vendor convoso --dry-run',
      does: 'see what would be sent; nothing is',
    },
    {
      command: 'revsync push sales.csv --vendor convoso --limit 3',
      does: 'send three rows, to look at them at the vendor; without --limit the rest',
    },
    {
      command: 'revsync push --profile nightly --env-file .env',
      does: 'every night: send what is new in the files of a profile',
    },
  ],
  plan: [
    { command: 'revsync plan plan.json', does: 'see what the plan in a file would change' },
    { command: 'revsync plan run-13', does: 'the same, where only the ledger has it' },
    { command: 'revsync plan run-13 --json', does: 'the same for a program' },
  ],
  apply: [
    { command: 'revsync apply plan.json', does: 'send what the plan in a file holds' },
    { command: 'revsync apply run-13 --dry-run', does: 'see whether it could still be sent' },
    {
      command: 'revsync apply plan.json --profile nightly --env-file .env',
      does: 'send it at the pace and with the credentials of a profile',
    },
  ],
  undo: [
    { command: 'revsync undo run-12 --dry-run', does: 'see what would be put back; nothing is sent' },
    { command: 'revsync undo run-12', does: 'put back what was held before that run' },
    {
      command: 'revsync undo run-12 --only-untouched',
      does: 'the same, but for what a later run changed',
    },
  ],
  pull: [
    {
      command: 'revsync pull invoca --network 33 --from 2026-11-01 --to 2026-11-30',
      does: 'read what Invoca holds of November, to reconcile with it',
    },
    {
      command: 'revsync pull invoca --network 33 --since-last --out new.csv',
      does: 'every night: write what is new since the last time',
    },
    {
      command: 'revsync pull trackdrive --timezone America/New_York --out calls.csv',
      does: 'read the calls of TrackDrive, and write them to a file',
    },
  ],
  reconcile: [
    {
      command: 'revsync reconcile invoca.csv --vendor invoca --network 33',
      does: 'compare a file with what was pulled',
    },
    {
      command: 'revsync reconcile sales.csv --vendor convoso --from-ledger',
      does: 'compare it with what pushes had accepted; nobody is asked',
    },
    {
      command: 'revsync reconcile sales.csv --profile nightly --from-ledger --json',
      does: 'the same for a program, with what a profile says of the file',
    },
  ],
  report: [
    { command: 'revsync report sales.results.csv', does: 'revenue by agent, on the terminal' },
    {
      command: 'revsync report sales.results.csv --by campaign --out campaigns.html',
      does: 'by campaign, as a page',
    },
    {
      command: 'revsync report --ledger --by vendor,agent',
      does: 'all that is held now, as the ledger knows it',
    },
  ],
  status: [
    { command: 'revsync status', does: 'see every morning whether all is well' },
    { command: 'revsync status --json', does: 'the same for a program' },
    { command: 'revsync status --ledger other.db', does: 'the same of another ledger' },
  ],
  runs: [
    { command: 'revsync runs', does: 'the newest runs' },
    { command: 'revsync runs --last 3', does: 'the last three' },
    {
      command: 'revsync runs --prune 400 --yes',
      does: 'forget source rows of runs older than 400 days; what is held stays',
    },
  ],
  results: [
    { command: 'revsync results run-12', does: 'write the results where the push wrote them' },
    { command: 'revsync results run-12 --out again.csv', does: 'write them to another file' },
    { command: 'revsync results run-12 --out -', does: 'print them' },
  ],
  history: [
    { command: 'revsync history 100125', does: 'every amount that was sent for a call, and the answers' },
    { command: "revsync history '00000E1C-001|sale|SO-1001'", does: 'a key with signs in it, in quotes' },
    { command: 'revsync history 100125 --json', does: 'the same for a program' },
  ],
  resolve: [
    {
      command: 'revsync resolve run-11 --ask --network 33',
      does: 'have revsync ask Invoca about rows whose answer was lost',
    },
    {
      command: "revsync resolve run-10 --accepted --why 'seen in the portal'",
      does: 'you looked, and the vendor holds them',
    },
    {
      command: "revsync resolve run-10 --not-applied --why 'not in the portal'",
      does: 'you looked, and it does not; the next push sends them',
    },
  ],
  explain: [
    {
      command: 'revsync explain sales.csv:14 --vendor convoso',
      does: 'how line 14 is read, and what a push would do with it',
    },
    { command: 'revsync explain 100125', does: 'what is known of a key' },
    { command: 'revsync explain conflict', does: 'what a code means, and what to do' },
  ],
  ledger: [
    { command: 'revsync ledger backup', does: 'write a backup that is whole, beside the ledger' },
    { command: 'revsync ledger backup --out backup.db', does: 'write it elsewhere' },
    { command: 'revsync ledger check', does: 'look at every page of the ledger' },
  ],
  vendors: [
    { command: 'revsync vendors', does: 'all vendors, and what each can do' },
    { command: 'revsync vendors convoso', does: 'its columns, codes and credentials' },
    { command: 'revsync vendors invoca --json', does: 'the same for a program' },
  ],
  init: [
    { command: 'revsync init sales.csv --vendor convoso', does: 'see which column is taken for what' },
    {
      command: 'revsync init sales.csv --vendor convoso --yes',
      does: 'write it to revsync.yaml as a profile, without asking',
    },
    {
      command: 'revsync init sales.csv --vendor convoso --profile weekly',
      does: 'give the profile a name',
    },
  ],
  doctor: [
    { command: 'revsync doctor', does: 'check the ledger and what the environment has' },
    { command: 'revsync doctor --profile nightly --env-file .env', does: 'check what a profile says, too' },
    {
      command: 'revsync doctor --vendor invoca --network 33 --online',
      does: 'ask the vendor whether the credentials are good',
    },
  ],
  schema: [
    { command: 'revsync schema', does: 'what every command prints with --json' },
    { command: 'revsync schema push', does: 'what one command prints' },
    { command: 'revsync schema config', does: 'what may stand in revsync.yaml' },
  ],
  sandbox: [
    { command: 'revsync sandbox', does: 'serve the fake vendors until Ctrl-C' },
    {
      command: 'revsync sandbox --port 4010 --faults 429=2@5,reset-after@every:10',
      does: 'on a port of your own, with answers that fail',
    },
    { command: 'revsync sandbox --reset', does: 'empty the books of push --sandbox' },
  ],
  completion: [
    { command: 'revsync completion bash', does: 'the script for bash' },
    { command: 'revsync completion zsh', does: 'the script for zsh' },
    { command: 'revsync completion fish', does: 'the script for fish' },
  ],
};
