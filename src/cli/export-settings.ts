import { choice, often, option, QUOTES, under, wholeNumber, type Settings } from '../io/setting.js';

export const COUNT = wholeNumber(1, 1_000_000_000, 'a whole number from 1');

/** What `reconcile` is told of an export. */
export const EXPORT_SETTINGS = {
  ...under('Files', ['reconcile'], {
    against: often(
      option('--against <export>', 'path', {
        about: 'a CSV that was exported at the vendor, instead of what was pulled',
      }),
    ),
    key: often(
      option('--key <headers>', 'names', {
        about: 'the columns of the export that find a sale, with commas between',
      }),
    ),
    amount: often(option('--amount <header>', 'text', 'the column of the export that has the amount')),
    exportMade: option('--export-made <time>', 'text', {
      about:
        'when the vendor made the export: 2026-11-20T14:05-05:00, or a time in the zone of --timezone; needed where every request adds a record',
    }),
    exportRef: option('--export-ref <header>', 'text', {
      about:
        "the column of the export that has the vendor's reference, by which accepted rows are found before --key (TLDCRM: cost_id, if it is called so)",
    }),
    exportDecimal: option('--export-decimal <mark>', choice('.', ','), {
      about: 'the decimal mark of the export (default: --decimal)',
    }),
    exportEncoding: option('--export-encoding <name>', 'encoding', {
      about: 'the encoding of the export (default: its mark, or UTF-8)',
    }),
    exportQuotes: option('--export-quotes <how>', choice(...QUOTES), 'how quotes are written in the export'),
    exportHeaderRow: option('--export-header-row <n>', COUNT, 'the line of the header in the export'),
  }),
} as const satisfies Settings;
