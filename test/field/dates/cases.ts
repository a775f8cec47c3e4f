import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

/** Billable calls of TLDCRM, one a row; the callers count from 5125550101. */
export function calls(...times: readonly string[]): string {
  const rows = times.map((time, index) => `5125550123;${5_125_550_101 + index};"${time}";5\n`);
  return `did;cid;call_date;cost\n${rows.join('')}`;
}

/** All of them accepted, in their order; TLDCRM takes wall clock times. */
export function sold(...times: readonly string[]): readonly Row[] {
  return times.map((time, index): Row => [
    index + 2,
    `5125550123|${5_125_550_101 + index}|${time}`,
    'accepted',
    '5.00',
  ]);
}

function implausible(line: number, what: string): Row {
  const message = `call_date: ${what}; fix the date, or the clock of this machine`;
  return [line, '', 'invalid', '', 'implausible_time', message];
}

const vendor = 'tldcrm';
const UNPROVED = 'no date proves which, so say --date-format mdy or --date-format dmy';

/** Outcomes of Invoca, which takes moments. */
const MOMENTS = 'Date,Time,Phone,Outcome,Amount\n11/19/2026,2:05 PM,5125550101,Sale,5\n';

export const DATES: readonly FieldCase[] = [
  {
    ...{ name: 'dates that are all two days at once', vendor, exit: 3 },
    file: calls('11/12/2026 14:05', '2026-11-12 09:00', '1/2/2026 9:05 AM'),
    says: [
      `sales.csv:2: call_date: "11/12/2026 14:05" is 2026-11-12 with --date-format mdy and 2026-12-11 with --date-format dmy, and "1/2/2026 9:05 AM" on line 4 is as open; ${UNPROVED}`,
    ],
    remedy: {
      takes: '--date-format mdy',
      rows: sold('2026-11-12 14:05:00', '2026-11-12 09:00:00', '2026-01-02 09:05:00'),
    },
  },
  {
    ...{ name: 'a column that proves the month first needs no option', vendor, exit: 0 },
    file: calls('2026-11-01 10:00', '11/12/2026 14:05', '11/13/2026 2:05 PM', '10/9/2026 0:05'),
    rows: sold('2026-11-01 10:00:00', '2026-11-12 14:05:00', '2026-11-13 14:05:00', '2026-10-09 00:05:00'),
  },
  {
    ...{
      name: 'a column that proves the day first needs no option, years in front beside it',
      vendor,
      exit: 0,
    },
    file: calls('11/10/2026 14:05', '20.11.2026 14:05:00', '2026/11/20 14:05'),
    rows: sold('2026-10-11 14:05:00', '2026-11-20 14:05:00', '2026-11-20 14:05:00'),
  },
  {
    ...{ name: 'standard input that proves an order is read twice', vendor, exit: 0 },
    file: { '-': calls('11/10/2026 14:05', '20/11/2026 14:05') },
    rows: sold('2026-10-11 14:05:00', '2026-11-20 14:05:00'),
  },
  {
    ...{ name: 'one day in every order needs none', vendor, exit: 0 },
    file: calls('11/11/2026 14:05', '10/10/2026 14:05'),
    rows: sold('2026-11-11 14:05:00', '2026-10-10 14:05:00'),
  },
  {
    ...{ name: 'an option that the column disproves', vendor, exit: 3 },
    file: calls('13/11/2026 14:05', '12/11/2026 14:05'),
    args: ['--date-format', 'mdy'],
    says: [
      'sales.csv:2: call_date: "13/11/2026 14:05" is read with --date-format dmy and not with --date-format mdy, which was given; find out which order the file has',
    ],
    remedy: { takes: '--date-format dmy', rows: sold('2026-11-13 14:05:00', '2026-11-12 14:05:00') },
  },
  {
    ...{ name: 'cells that prove different orders', vendor, exit: 3 },
    file: calls('11/12/2026 14:05', '13/11/2026 14:05', '11/14/2026 14:05'),
    says: [
      'sales.csv:3: call_date: "13/11/2026 14:05" proves the day before the month and "11/14/2026 14:05" on line 4 the month before the day; the dates of one file have one order, so fix the one or the other',
    ],
  },
  {
    ...{ name: 'years of two digits in a proved order', vendor, exit: 3 },
    file: calls('11/19/26 14:05', '11/2/26 14:05'),
    says: [
      'sales.csv:2: call_date: push the file with --date-format mdy: the year of "11/19/26 14:05" has two digits, which are read only so (00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999)',
    ],
    remedy: { takes: '--date-format mdy', rows: sold('2026-11-19 14:05:00', '2026-11-02 14:05:00') },
  },
  {
    ...{ name: 'years of two digits in no proved order', vendor, exit: 3 },
    file: calls('11/02/26 14:05'),
    says: [
      'sales.csv:2: call_date: "11/02/26 14:05" is 2026-11-02 with --date-format mdy and 2026-02-11 with --date-format dmy and 2011-02-26 with --date-format ymd; no date proves which, so say --date-format mdy or --date-format dmy or --date-format ymd',
    ],
    remedy: { takes: '--date-format dmy', rows: sold('2026-02-11 14:05:00') },
  },
  {
    ...{ name: 'a month by its name and a year of two digits', vendor, exit: 3 },
    file: calls('19-Nov-26 14:05'),
    says: [
      'sales.csv:2: call_date: push the file with --date-format dmy: the year of "19-Nov-26 14:05" has two digits, which are read only so (00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999)',
    ],
    remedy: { takes: '--date-format dmy', rows: sold('2026-11-19 14:05:00') },
  },
  {
    ...{
      name: 'what needs no order: years in front, months by name, spaces that do not break',
      vendor,
      exit: 0,
    },
    file: calls(
      '2026/11/19 14:05',
      '19-Nov-2026 14:05',
      'Nov 19, 2026 2:05 PM',
      'Thursday, November 19, 2026 at 2:05\u202fPM',
      '20261119T140511',
      '2026-11-19 2:05:11\u00a0pm',
      '2026-11-19 14:05:11.0',
      '2026-11-19 14:05:11.000000',
    ),
    rows: sold(
      ...Array.from({ length: 4 }, () => '2026-11-19 14:05:00'),
      ...Array.from({ length: 4 }, () => '2026-11-19 14:05:11'),
    ),
  },
  {
    ...{ name: 'times that no sale has', vendor, exit: 1 },
    file: calls('2026-11-19 14:05', '2062-11-19 14:05', '2016-11-19 14:05', '2026-12-02 14:05'),
    rows: [
      ...sold('2026-11-19 14:05:00'),
      implausible(3, '"2062-11-19 14:05" is more than a day in the future'),
      implausible(4, '"2016-11-19 14:05" is more than ten years ago'),
      implausible(5, '"2026-12-02 14:05" is more than a day in the future'),
    ],
  },
  {
    ...{ name: 'date and time in two columns, by a profile', vendor: 'invoca', exit: 0 },
    file: MOMENTS,
    config:
      'profiles:\n  desk:\n    vendor: invoca\n    timezone: America/New_York\n    columns: { start_time: "Date + Time" }\n',
    args: ['--profile', 'desk'],
    rows: [[2, 'start_time_t=1795115100&calling_phone_number=+15125550101|sale|', 'accepted', '5.00']],
  },
  {
    ...{ name: 'a day and a time of day that are both known as the time of a call', vendor, exit: 3 },
    file: 'did,cid,Call Time,Call Date,cost\n5125550123,5125550101,2:05 PM,11/19/2026,5\n',
    says: [
      'sales.csv:1: call_date: 2 columns could be it, "Call Time", "Call Date"; choose one with --column call_date="HEADER", or read both as one with --column call_date="Call Date + Call Time"',
    ],
    remedy: {
      takes: '--column call_date="Call Date + Call Time"',
      rows: sold('2026-11-19 14:05:00'),
    },
  },
  {
    ...{ name: 'a day whose time of day stands in another column', vendor, exit: 1 },
    file: 'did,cid,Call Date,Hour,cost\n5125550123,5125550101,11/19/2026,2:05 PM,5\n',
    rows: [
      [
        ...([2, '', 'invalid', '', 'not_a_time'] as const),
        'call_date: "11/19/2026" has no time of day; write it like 2026-11-20 14:05:00, or name the column that has it too: --column FIELD="DATE + TIME"',
      ],
    ],
  },
  {
    ...{ name: 'standard input whose dates are open', vendor, exit: 3 },
    file: { '-': calls('11/12/2026 14:05') },
    says: [
      `-:2: call_date: "11/12/2026 14:05" is 2026-11-12 with --date-format mdy and 2026-12-11 with --date-format dmy; ${UNPROVED}`,
    ],
    remedy: { takes: '--date-format mdy', rows: sold('2026-11-12 14:05:00') },
  },
  {
    ...{ name: 'a column that is not there behind another', vendor, exit: 3 },
    file: 'did,cid,Day,Clock,cost\n5125550123,5125550101,19.11.2026,14:05,5\n',
    args: ['--column', 'call_date=Day + Clocks'],
    says: [
      'sales.csv:1: call_date: there is no column "Clocks"; the headers are "did", "cid", "Day", "Clock", "cost"',
    ],
  },
];
