import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

function file(header: string, ...rows: readonly string[]): string {
  return `Call ID,Revenue,${header}\n${rows.map((row, index) => `${index + 1},${row}\n`).join('')}`;
}

function sold(line: number, amount: string): Row {
  return [line, String(line - 1), 'accepted', amount];
}

const MEANT = 'fix the one or the other, or say with --may-be-empty that such a file is meant';
const REVERSAL = ['--reversal-column', 'Status', '--reversal-values'];

/** So many hours before now, as a clock in UTC tells it. */
function ago(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

const [OLD, OLDER, FRESH] = [ago(80), ago(90), ago(20)];

export const RULES: readonly FieldCase[] = [
  {
    name: 'only that matches no row',
    vendor: 'trackdrive',
    file: file('Status', '5,Sale', '6,Sale', '7,Open', '8,'),
    args: ['--only', 'Status=sold'],
    exit: 3,
    says: [
      `sales.csv: --only: no row has "sold" in Status, which says "Sale" (2), "Open" (1), nothing (1); ${MEANT}`,
    ],
    remedy: {
      takes: '--may-be-empty',
      rows: [
        [2, '', 'skipped', '', 'only', 'Status is "Sale", and only sold is sent'],
        [3, '', 'skipped', '', 'only', 'Status is "Sale", and only sold is sent'],
        [4, '', 'skipped', '', 'only', 'Status is "Open", and only sold is sent'],
        [5, '', 'skipped', '', 'only', 'Status is "", and only sold is sent'],
      ],
    },
  },
  {
    name: 'reversal values that match no row',
    vendor: 'trackdrive',
    file: file('Status', '5,Sale', '6,Sale'),
    args: [...REVERSAL, 'refunded,chargeback'],
    exit: 3,
    says: [
      `sales.csv: --reversal-values: no row has "refunded" or "chargeback" in Status, which says "Sale" (2); ${MEANT}`,
    ],
    remedy: { takes: '--may-be-empty', rows: [sold(2, '5.00'), sold(3, '6.00')] },
  },
  {
    name: 'the same in a profile, and values of a field',
    vendor: 'invoca',
    file: 'Transaction ID,Amount,Outcome,Status\n00A-1,5,Won,Sale\n',
    args: ['--profile', 'p'],
    config:
      'profiles:\n  p:\n    vendor: invoca\n    columns: { outcome_name: Outcome }\n    values: { outcome_name: { gewonnen: Sale } }\n    reversal: { column: Status, values: [refunded] }\n',
    exit: 3,
    says: [
      `sales.csv: --reversal-values: no row has "refunded" in Status, which says "Sale" (1); ${MEANT}`,
      `sales.csv: --value outcome_name: no row has "gewonnen" in Outcome, which says "Won" (1); ${MEANT}`,
    ],
  },
  {
    name: 'may_be_empty in the profile',
    vendor: 'trackdrive',
    file: file('Status', '5,Sale'),
    args: ['--profile', 'p'],
    config:
      'profiles:\n  p: { vendor: trackdrive, reversal: { column: Status, values: [refunded] }, may_be_empty: true }\n',
    exit: 0,
    rows: [sold(2, '5.00')],
  },
  {
    name: 'one row that a rule matches is enough',
    vendor: 'trackdrive',
    file: file('Status', '5,Sale', '6,Refunded'),
    args: [...REVERSAL, 'refunded,chargeback'],
    exit: 0,
    rows: [sold(2, '5.00'), sold(3, '')],
  },
  {
    name: 'a header alone is taken, with a warning',
    vendor: 'trackdrive',
    file: file('Status'),
    args: ['--only', 'Status=sold', '--max-age', '36h'],
    exit: 0,
    says: ['sales.csv: has a header and no rows'],
    rows: [],
  },
  {
    name: 'a header alone, where rows are expected',
    vendor: 'trackdrive',
    file: file('Status'),
    args: ['--min-rows', '1'],
    exit: 3,
    says: [
      'sales.csv: has a header and no rows',
      'sales.csv: --min-rows: the files have 0 rows, and 1 or more were expected; find out what is missing',
    ],
  },
  {
    name: 'fewer rows than the profile expects',
    vendor: 'trackdrive',
    file: file('Note', '5,a', '6,b'),
    args: ['--profile', 'p'],
    config: 'profiles:\n  p: { vendor: trackdrive, min_rows: 3 }\n',
    exit: 3,
    says: [
      'sales.csv: --min-rows: the files have 2 rows, and 3 or more were expected; find out what is missing',
    ],
  },
  {
    name: 'a file that is too old by its newest time',
    vendor: 'trackdrive',
    file: file('Call Date', `5,${OLDER}`, `6,${OLD}`),
    args: ['--max-age', '36h', '--timezone', 'UTC'],
    exit: 3,
    says: [
      `sales.csv:3: --max-age: the newest time, "${OLD}" in Call Date, is 80h ago, and 36h is the most; export the file again`,
    ],
  },
  {
    name: 'a file that is new enough in every zone',
    vendor: 'trackdrive',
    file: file('Call Date', `5,${OLD}`, `6,${FRESH}`),
    args: ['--max-age', '2d'],
    exit: 0,
    rows: [sold(2, '5.00'), sold(3, '6.00')],
  },
  {
    name: 'a file that is new enough in some zones',
    vendor: 'trackdrive',
    file: file('Created', `5,${FRESH}`),
    args: ['--max-age', '24h'],
    exit: 3,
    says: [
      `sales.csv:2: --max-age: the newest time, "${FRESH}" in Created, may be more than 24h ago or not; name its zone with --timezone`,
    ],
    remedy: { takes: '--timezone', args: ['UTC'], rows: [sold(2, '5.00')] },
  },
  {
    name: 'a file without times',
    vendor: 'trackdrive',
    file: file('Note', '5,a'),
    args: ['--profile', 'p'],
    config: 'profiles:\n  p: { vendor: trackdrive, max_age: 36h }\n',
    exit: 3,
    says: [
      'sales.csv: --max-age: no time in the file can be read that says how old it is; leave --max-age out, or name a zone and an order of dates',
    ],
  },
];
