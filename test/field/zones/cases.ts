import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';
import { calls, sold } from '../dates/cases.js';

const vendor = 'invoca';

/** Outcomes of Invoca, which takes moments, under a header for their times. */
function outcomes(header: string, ...times: readonly string[]): string {
  const rows = times.map((time) => `"${time}",5125550101,Sale,5\n`);
  return `${header},phone,outcome,amount\n${rows.join('')}`;
}

function moments(...unix: readonly number[]): readonly Row[] {
  return unix.map((at, index): Row => [
    index + 2,
    `start_time_t=${at}&calling_phone_number=+15125550101|sale|`,
    'accepted',
    '5.00',
  ]);
}

function lost(line: number, code: string, message: string): Row {
  return [line, '', 'invalid', '', code, `start_time: ${message}`];
}

/** 2026-11-19 14:05 in UTC, and in New York. */
const [IN_UTC, IN_NEW_YORK] = [1_795_097_100, 1_795_115_100];

/** An abbreviation as --timezone. */
function abbreviated(written: string, meant: string, unix: number): FieldCase {
  return {
    ...{ name: `--timezone ${written} is refused with ${meant}`, vendor, exit: 2 },
    file: outcomes('start_time', '2026-11-19 14:05'),
    args: ['--timezone', written],
    says: [
      `--timezone "${written}": write the name of a zone, which for ${written} is ${meant} (an abbreviation knows no summer time)`,
    ],
    remedy: { takes: meant, for: written, rows: moments(unix) },
  };
}

export const ZONES: readonly FieldCase[] = [
  {
    ...{ name: 'a header that says UTC decides', vendor, exit: 0 },
    file: outcomes('Start Time (UTC)', '2026-11-19 14:05', '2026-11-19 14:05-05:00'),
    rows: moments(IN_UTC, IN_NEW_YORK),
  },
  {
    ...{ name: 'a header that says GMT decides, another column by an option', vendor, exit: 0 },
    file: outcomes('Began_GMT', '11/19/2026 14:05'),
    args: ['--column', 'start_time=Began_GMT'],
    rows: moments(IN_UTC),
  },
  {
    ...{ name: 'a zone that says otherwise than the header', vendor, exit: 3 },
    file: outcomes('start_time_utc', '2026-11-19 14:05'),
    args: ['--timezone', 'America/New_York'],
    says: [
      'sales.csv: start_time: the header "start_time_utc" says in which zone the times are, and --timezone America/New_York says otherwise; push the file with --timezone UTC',
    ],
    remedy: { takes: '--timezone UTC', rows: moments(IN_UTC) },
  },
  {
    ...{ name: 'a zone behind each time', vendor, exit: 0 },
    file: outcomes(
      'start_time',
      '2026-11-19 14:05 UTC',
      '11/19/2026 2:06 PM GMT',
      '20261119T140700Z',
      '2026-11-19 14:05:00 America/New_York',
    ),
    rows: moments(IN_UTC, IN_UTC + 60, IN_UTC + 120, IN_NEW_YORK),
  },
  {
    ...{ name: 'an abbreviation behind each time names a zone first', vendor, exit: 3 },
    file: outcomes('start_time', 'Nov 19, 2026 2:05 PM EST', '2026-11-19 14:06 ET'),
    says: [
      'sales.csv:2: start_time: none of the 2 cells in "start_time" can be read; the first: "Nov 19, 2026 2:05 PM EST" is in EST, which does not say where; name the zone of the times with --timezone America/New_York; where that is not the field, leave the column out with --ignore-column "start_time"',
    ],
    remedy: { takes: '--timezone America/New_York', rows: moments(IN_NEW_YORK, IN_NEW_YORK + 60) },
  },
  {
    ...{
      name: 'an abbreviation tells the hours apart that come twice, and is no other zone',
      vendor,
      exit: 1,
    },
    file: outcomes(
      'start_time',
      '2026-11-01 01:30 EDT',
      '2026-11-01 01:30 EST',
      '2026-07-20 14:05 EDT',
      '2026-07-20 14:05 EST',
      '2026-11-19 14:05 PST',
    ),
    args: ['--timezone', 'America/New_York'],
    rows: [
      ...moments(1_793_511_000, 1_793_514_600, 1_784_570_700),
      ...(
        [
          [5, '"2026-07-20 14:05 EST" says EST'],
          [6, '"2026-11-19 14:05 PST" says PST'],
        ] as const
      ).map(([line, what]) =>
        lost(
          line,
          'not_a_time',
          `${what}, and the clocks of America/New_York do not then; write it with its offset, such as -05:00`,
        ),
      ),
    ],
  },
  {
    ...{
      name: 'wall clock times with an abbreviation are taken as they are in its zone',
      vendor: 'tldcrm',
      exit: 0,
    },
    file: calls('11/19/2026 2:05 PM CST', '2026-07-20 14:05 CDT'),
    args: ['--timezone', 'America/Chicago'],
    rows: sold('2026-11-19 14:05:00', '2026-07-20 14:05:00'),
  },
  abbreviated('EST', 'America/New_York', IN_NEW_YORK),
  abbreviated('pst', 'America/Los_Angeles', IN_NEW_YORK + 3 * 3600),
  abbreviated('HST', 'Pacific/Honolulu', IN_NEW_YORK + 5 * 3600),
  abbreviated('CET', 'Europe/Berlin', IN_UTC - 3600),
  {
    ...{ name: 'an abbreviation in a profile is refused with the same zone', vendor, exit: 2 },
    file: outcomes('start_time', '2026-11-19 14:05'),
    config: 'profiles:\n  desk: { vendor: invoca, timezone: MST }\n',
    args: ['--profile', 'desk'],
    says: [
      'revsync.yaml:2: profiles.desk.timezone: "MST" is not the name of a zone, which for MST is America/Denver (an abbreviation knows no summer time)',
    ],
  },
];
