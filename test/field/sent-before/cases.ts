import type { Case, Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

const KEY = '8005550100|5125550101|2026-11-20';

/** One cost of one call; its time is all that differs. */
function cost(time: string, amount = '12.50'): string {
  return `DID,Caller ID,Call Date,Cost\n8005550100,5125550101,2026-11-20 ${time},${amount}\n`;
}

const sent: Case = {
  ...{ name: 'as it was', vendor: 'tldcrm', file: cost('10:00:45'), exit: 0 },
  rows: [[2, `${KEY} 10:00:45`, 'accepted', '12.50']],
};

/** A file that is held, and sent with what the message names. */
function held(name: string, time: string, difference: string, amount = '12.50'): FieldCase {
  const error =
    `looks like line 2 of sales.csv in run-1, which was sent as ${KEY} 10:00:45: all but its time is the same, ` +
    `and that is ${difference}; nothing was sent now; if it is another sale, push it with --send-again`;
  const row: Row = [2, `${KEY} ${time}`, 'not_sent', amount, 'looks_sent', error];
  return {
    ...{ name, vendor: 'tldcrm', file: cost(time, amount), before: [sent], exit: 1 },
    says: [`  sales.csv:2: not_sent looks_sent: ${error}`],
    rows: [row],
    remedy: { takes: '--send-again', rows: [[2, `${KEY} ${time}`, 'accepted', amount]] },
  };
}

function anew(name: string, time: string, amount = '12.50'): FieldCase {
  return {
    ...{ name, vendor: 'tldcrm', file: cost(time, amount), before: [sent], exit: 0 },
    rows: [[2, `${KEY} ${time}`, 'accepted', amount]],
  };
}

export const SENT_BEFORE: readonly FieldCase[] = [
  held('a spreadsheet left the seconds out', '10:00:00', '45 seconds earlier'),
  held('the next minute, with another cost', '10:01:45', '60 seconds later', '13.00'),
  held('three hours later, as in another zone', '13:00:45', '3 hours later, as in another time zone'),
  held('a zone of half an hour', '19:30:45', '9 hours and 30 minutes later, as in another time zone'),
  anew('more than a minute later', '10:01:46'),
  anew('hours later with another cost', '13:00:45', '13.00'),
];
