import type { Case, Row } from './case.js';

/** Billable calls of TLDCRM, one a row; the callers count from 5125550101. */
function calls(...times: readonly string[]): string {
  const rows = times.map((time, index) => `5125550123,${5_125_550_101 + index},"${time}",5\n`);
  return `did,cid,call_date,cost\n${rows.join('')}`;
}

/** The row of the nth call; TLDCRM takes wall clock times. */
function found(nth: number, time: string): Row {
  return [nth + 1, `5125550123|${5_125_550_100 + nth}|${time}`, 'accepted', '5.00'];
}

function lost(nth: number, code: string, error: string): Row {
  return [nth + 1, '', 'invalid', '', code, `call_date: ${error}`];
}

/** Outcomes of Invoca, which takes moments. */
function outcomes(...times: readonly string[]): string {
  const rows = times.map((time) => `${time},5125550101,Sale,5\n`);
  return `start_time,phone,outcome,amount\n${rows.join('')}`;
}

function moment(line: number, unix: string): Row {
  return [line, `start_time_t=${unix}&calling_phone_number=+15125550101|sale|`, 'accepted', '5.00'];
}

function noMoment(line: number, code: string, error: string): Row {
  return [line, '', 'invalid', '', code, `start_time: ${error}`];
}

const NEW_YORK = ['--timezone', 'America/New_York'];
const NAME_THE_ZONE = 'name the zone of the times with --timezone, such as America/New_York';

const NO_OFFSET = 'has an offset that no zone has; write one from -12:00 to +14:00';

export const TIMES: readonly Case[] = [
  {
    name: 'times with an offset for a vendor of wall clocks, no zone named',
    vendor: 'tldcrm',
    file: calls('2026-11-20T14:05:00Z', '2026-11-20 14:05:00 -0500', '1795201500'),
    exit: 1,
    rows: [
      lost(1, 'time_needs_zone', `"2026-11-20T14:05:00Z" has an offset from UTC; ${NAME_THE_ZONE}`),
      lost(2, 'time_needs_zone', `"2026-11-20 14:05:00 -0500" has an offset from UTC; ${NAME_THE_ZONE}`),
      lost(3, 'time_needs_zone', `"1795201500" is Unix time; ${NAME_THE_ZONE}`),
    ],
  },
  {
    name: 'times with an offset for a vendor of wall clocks, the zone named; offsets that no place on earth has',
    vendor: 'tldcrm',
    file: calls(
      '2026-11-20T19:05:00Z',
      '2026-11-20 20:05:00 +0100',
      '1795201500',
      '1795201500250',
      '2026-11-20T14:05:00+14:00',
      '2026-11-20T14:05:00+25:00',
      '2026-11-20T14:05:00-05:75',
    ),
    args: NEW_YORK,
    exit: 1,
    rows: [
      found(1, '2026-11-20 14:05:00'),
      found(2, '2026-11-20 14:05:00'),
      found(3, '2026-11-20 14:05:00'),
      found(4, '2026-11-20 14:05:00'),
      found(5, '2026-11-19 19:05:00'),
      lost(6, 'not_a_time', `"2026-11-20T14:05:00+25:00" ${NO_OFFSET}`),
      lost(7, 'not_a_time', `"2026-11-20T14:05:00-05:75" ${NO_OFFSET}`),
    ],
  },
  {
    name: 'moments: offsets, Unix seconds and milliseconds; none without a zone',
    vendor: 'invoca',
    file: outcomes(
      '2026-11-20T14:05:00Z',
      '2026-11-20 14:05:01+02:00',
      '1795183502',
      '1795183503000',
      '1795183504250',
      '2026-11-20 14:05:00',
    ),
    exit: 1,
    rows: [
      moment(2, '1795183500'),
      moment(3, '1795176301'),
      moment(4, '1795183502'),
      moment(5, '1795183503'),
      moment(6, '1795183504250'),
      noMoment(7, 'time_needs_zone', `"2026-11-20 14:05:00" has no offset from UTC; ${NAME_THE_ZONE}`),
    ],
  },
  {
    name: 'moments without an offset, the zone named; an hour that its clocks leave out and one they have twice',
    vendor: 'invoca',
    file: outcomes(
      '2026-11-20 14:05:00',
      '2026-07-20 14:05:00',
      '2026-03-08 01:59:59',
      '2026-03-08 02:30:00',
      '2026-03-08 03:00:00',
      '2026-11-01 01:30:00',
      '2026-11-01 01:30:00-04:00',
      '2026-11-01 01:30:00-05:00',
    ),
    args: NEW_YORK,
    exit: 1,
    rows: [
      moment(2, '1795201500'),
      moment(3, '1784570700'),
      moment(4, '1772953199'),
      noMoment(
        5,
        'not_a_time',
        '"2026-03-08 02:30:00" does not exist in America/New_York: the clocks went forward over it',
      ),
      moment(6, '1772953200'),
      noMoment(
        7,
        'not_a_time',
        '"2026-11-01 01:30:00" happened twice in America/New_York: the clocks went back; write it with its offset',
      ),
      moment(8, '1793511000'),
      moment(9, '1793514600'),
    ],
  },
  {
    name: 'a day that the clocks leave out',
    vendor: 'invoca',
    file: outcomes('2011-12-30 10:00:00'),
    args: ['--timezone', 'Pacific/Apia'],
    exit: 1,
    rows: [
      noMoment(
        2,
        'not_a_time',
        '"2011-12-30 10:00:00" does not exist in Pacific/Apia: the clocks went forward over it',
      ),
    ],
  },
  {
    name: 'US dates, with am and pm',
    vendor: 'tldcrm',
    file: calls(
      '11/12/2026 2:05 PM',
      '1/2/2026, 12:30 a.m.',
      '11-12-2026 12:00:30pm',
      '2026-11-12 14:05',
      '13/13/2026 14:05',
    ),
    args: ['--date-format', 'mdy'],
    exit: 1,
    rows: [
      found(1, '2026-11-12 14:05:00'),
      found(2, '2026-01-02 00:30:00'),
      found(3, '2026-11-12 12:00:30'),
      found(4, '2026-11-12 14:05:00'),
      lost(5, 'not_a_time', '"13/13/2026 14:05" is not a day and time that exists'),
    ],
  },
  {
    name: 'European dates by a pattern',
    vendor: 'tldcrm',
    file: calls('11.11.2026 14:05', '11.11.2026 13:05 pm', '12.11.26 14:05', '11.11.2026'),
    args: ['--date-format', 'DD.MM.YYYY HH:mm'],
    exit: 1,
    rows: [
      found(1, '2026-11-11 14:05:00'),
      lost(2, 'not_a_time', '"11.11.2026 13:05 pm" is not a time like 20.11.2026 14:05'),
      found(3, '2026-11-12 14:05:00'),
      lost(
        4,
        'not_a_time',
        '"11.11.2026" has no time of day; write it like 2026-11-20 14:05:00, or name the column that has it too: --column FIELD="DATE + TIME"',
      ),
    ],
  },
  {
    name: 'wall clock times are taken as they are; days without one, that do not exist, serial numbers of a spreadsheet',
    vendor: 'tldcrm',
    file: calls(
      '2026-11-20',
      '2026-02-30 10:00',
      '46346.5868',
      '46346',
      '2026-11-20 14:05:00',
      '2026-11-20T14:05',
      '2026-11-20 00:00:59.9',
    ),
    exit: 1,
    rows: [
      lost(
        1,
        'not_a_time',
        '"2026-11-20" has no time of day; write it like 2026-11-20 14:05:00, or name the column that has it too: --column FIELD="DATE + TIME"',
      ),
      lost(2, 'not_a_time', '"2026-02-30 10:00" is not a day and time that exists'),
      lost(
        3,
        'serial_date',
        '"46346.5868" is a spreadsheet\'s serial number, perhaps of 2026-11-20; format the column as yyyy-mm-dd hh:mm:ss and export again',
      ),
      lost(
        4,
        'serial_date',
        '"46346" is a spreadsheet\'s serial number, perhaps of 2026-11-20; format the column as yyyy-mm-dd hh:mm:ss and export again',
      ),
      found(5, '2026-11-20 14:05:00'),
      found(6, '2026-11-20 14:05:00'),
      found(7, '2026-11-20 00:00:59'),
    ],
  },
];
