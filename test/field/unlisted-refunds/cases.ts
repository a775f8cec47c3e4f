import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

function file(header: string, ...rows: readonly string[]): string {
  return `Call ID,Revenue,${header}\n${rows.map((row, index) => `${index + 1},${row}\n`).join('')}`;
}

function sold(line: number, amount: string): Row {
  return [line, String(line - 1), 'accepted', amount];
}

function leftOut(line: number, says: string, only: string): Row {
  return [line, '', 'skipped', '', 'only', `${says}, and only ${only} is sent`];
}

function unlisted(line: number, header: string, text: string): Row {
  const message = `${header}: "${text}" is no sale, and the reversal values do not list it; add it to --reversal-values, or take the row out`;
  return [line, String(line - 1), 'invalid', '', 'unlisted_refund', message];
}

const trackdrive = 'trackdrive';

const ONE = file('Status', '50.00,Sale', '70.00,Refunded', '80.00,Sale');
const ONE_SAYS =
  'sales.csv:3: Status: 1 of 3 rows says of a sale that it was taken back or never made, "Refunded" (1), and no option says what that means; ' +
  'take such sales back with --reversal-column Status --reversal-values Refunded, ' +
  'send only the others with --only Status=Sale, or send every row as a sale with --ignore-column Status';

export const UNLISTED_REFUNDS: readonly FieldCase[] = [
  {
    name: 'a refund that nobody listed is taken back with the option that is named',
    vendor: trackdrive,
    file: ONE,
    exit: 3,
    says: [ONE_SAYS],
    remedy: {
      takes: '--reversal-column Status --reversal-values Refunded',
      rows: [sold(2, '50.00'), sold(3, ''), sold(4, '80.00')],
    },
  },
  {
    name: 'or left out',
    vendor: trackdrive,
    file: ONE,
    exit: 3,
    says: [ONE_SAYS],
    remedy: {
      takes: '--only Status=Sale',
      rows: [sold(2, '50.00'), leftOut(3, 'Status is "Refunded"', 'sale'), sold(4, '80.00')],
    },
  },
  {
    name: 'or sent',
    vendor: trackdrive,
    file: ONE,
    exit: 3,
    says: [ONE_SAYS],
    remedy: {
      takes: '--ignore-column Status',
      rows: [sold(2, '50.00'), sold(3, '70.00'), sold(4, '80.00')],
    },
  },
  {
    name: 'words of several kinds, and a vendor that empties the amount',
    file: `Call Log ID,Revenue,Deal Stage\n1,50.00,Closed Won\n2,70.00,Closed Lost\n3,80.00,Chargeback - Lost\n4,90.00,VOIDED\n5,95.00,closed lost\n`,
    exit: 3,
    says: [
      'sales.csv:3: Deal Stage: 4 of 5 rows say of a sale that it was taken back or never made, "Closed Lost" (2), "Chargeback - Lost" (1), "VOIDED" (1), and no option says what that means; ' +
        'take such sales back with --reversal-column "Deal Stage" --reversal-values "Closed Lost,Chargeback - Lost,VOIDED" --refund clear, ' +
        'send only the others with --only "Deal Stage=Closed Won", or send every row as a sale with --ignore-column "Deal Stage"',
    ],
    remedy: {
      takes:
        '--reversal-column "Deal Stage" --reversal-values "Closed Lost,Chargeback - Lost,VOIDED" --refund clear',
      rows: [sold(2, '50.00'), sold(3, ''), sold(4, ''), sold(5, ''), sold(6, '')],
    },
  },
  {
    name: 'a vendor that takes nothing back: the rows are left out',
    vendor: 'tldcrm',
    file:
      'DID,CID,Call Date,Cost,Status\n' +
      '3055550101,3055550111,2026-11-19 10:00:00,12.50,Billed\n' +
      '3055550101,3055550112,2026-11-19 10:05:00,7.25,Charged Back\n',
    exit: 3,
    says: [
      'sales.csv:3: Status: 1 of 2 rows says of a sale that it was taken back or never made, "Charged Back" (1), and no option says what that means; ' +
        'send only the others with --only Status=Billed, or send every row as a sale with --ignore-column Status',
    ],
    remedy: {
      takes: '--only Status=Billed',
      rows: [
        [2, '3055550101|3055550111|2026-11-19 10:00:00', 'accepted', '12.50'],
        leftOut(3, 'Status is "Charged Back"', 'billed'),
      ],
    },
  },
  {
    name: 'what remains of a sale is sent from the column that says so',
    file: 'Call Log ID,Amount,Refunded Amount,Net Amount,Status\n1,100.00,0.00,100.00,paid\n2,80.00,30.00,50.00,partially_refunded\n3,40.00,40.00,0.00,refunded\n',
    exit: 3,
    says: [
      'sales.csv:3: Status: 2 of 3 rows say of a sale that it was taken back or never made, "refunded" (1), "partially_refunded" (1), and no option says what that means; ' +
        'take such sales back with --reversal-column Status --reversal-values refunded --refund clear, ' +
        'send only the others with --only Status=paid, or send every row as a sale with --ignore-column Status',
      'sales.csv:3: Refunded Amount is "30.00" where the amount is "80.00", and 2 of 3 rows say such a thing; ' +
        'send what remains with --column amount="Net Amount", or send the amount as it is with --ignore-column "Refunded Amount" --ignore-column "Net Amount"',
    ],
    remedy: {
      takes: '--column amount="Net Amount"',
      rows: [sold(2, '100.00'), sold(3, '50.00'), sold(4, '0.00')],
    },
  },
  {
    name: 'a refunded amount without a column of what remains',
    vendor: trackdrive,
    file: file('Refunded', '50.00,0.00', '70.00,$20.00', '80.00,'),
    exit: 3,
    says: [
      'sales.csv:3: Refunded is "$20.00" where the amount is "70.00"; write what remains into the amount, or send the amount as it is with --ignore-column Refunded',
    ],
    remedy: {
      takes: '--ignore-column Refunded',
      rows: [sold(2, '50.00'), sold(3, '70.00'), sold(4, '80.00')],
    },
  },
  {
    name: 'a net amount that is the amount in every row says nothing',
    vendor: trackdrive,
    file: file('Net', '50.00,50.00', '70,70.00'),
    exit: 0,
    rows: [sold(2, '50.00'), sold(3, '70.00')],
  },
  {
    name: 'a column that answers yes or no',
    vendor: trackdrive,
    file: file('Is Refunded?', '50.00,No', '70.00,Yes', '80.00,No'),
    exit: 3,
    says: [
      'sales.csv:3: Is Refunded?: 1 of 3 rows says of a sale that it was taken back or never made, "Yes" (1), and no option says what that means; ' +
        'take such sales back with --reversal-column "Is Refunded?" --reversal-values Yes, ' +
        'send only the others with --only "Is Refunded?=No", or send every row as a sale with --ignore-column "Is Refunded?"',
    ],
    remedy: {
      takes: '--reversal-column "Is Refunded?" --reversal-values Yes',
      rows: [sold(2, '50.00'), sold(3, ''), sold(4, '80.00')],
    },
  },
  {
    name: 'the day of a refund',
    vendor: trackdrive,
    file: file('Refunded At', '50.00,', '70.00,2026-11-19'),
    exit: 3,
    says: [
      'sales.csv:3: Refunded At is "2026-11-19" where the amount is "70.00"; write what remains into the amount, or send the amount as it is with --ignore-column "Refunded At"',
    ],
    remedy: { takes: '--ignore-column "Refunded At"', rows: [sold(2, '50.00'), sold(3, '70.00')] },
  },
  {
    name: 'a word that --reversal-values does not list is never a sale',
    vendor: trackdrive,
    file: file(
      'Status',
      '50.00,Sale',
      '70.00,Refunded',
      '80.00,PartiallyRefunded',
      '0.00,Declined',
      '90.00,Declined',
    ),
    args: ['--reversal-column', 'Status', '--reversal-values', 'refunded'],
    exit: 1,
    rows: [
      sold(2, '50.00'),
      sold(3, ''),
      unlisted(4, 'Status', 'PartiallyRefunded'),
      [
        5,
        '4',
        'skipped',
        '0.00',
        'no_sale',
        '0.00 is no sale, and nothing is held for it; --zero amount sends it',
      ],
      unlisted(6, 'Status', 'Declined'),
    ],
  },
  {
    name: 'notes, refunds of nothing and what is only alike say nothing',
    file: `Call Log ID,Revenue,Status,Notes,Line\n1,50.00,Sale,Refund policy accepted,lost\n2,0.00,Declined,,x\n3,80.00,Not refunded,no refund,x\n4,90.00,Chargeback Won,voided check on file,x\n`,
    exit: 0,
    rows: [sold(2, '50.00'), sold(3, '0.00'), sold(4, '80.00'), sold(5, '90.00')],
  },
  {
    name: 'a column of more than a dozen texts is no status',
    file: `Call Log ID,Revenue,Remark\n${Array.from({ length: 14 }, (_, row) => `${row + 1},5.00,${row === 3 ? 'refunded' : `text ${row}`}\n`).join('')}`,
    exit: 0,
    rows: Array.from({ length: 14 }, (_, row) => sold(row + 2, '5.00')),
  },
  {
    name: 'a second column that says no more than the one that is mapped',
    vendor: trackdrive,
    file: file('Status,Payment', '50.00,Sale,paid', '70.00,Refunded,refunded'),
    args: ['--reversal-column', 'Status', '--reversal-values', 'refunded'],
    exit: 0,
    rows: [sold(2, '50.00'), sold(3, '')],
  },
];
