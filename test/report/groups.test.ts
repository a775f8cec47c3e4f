import { describe, expect, it } from 'vitest';
import { findReportColumns } from '../../src/report/columns.js';
import { MOST_GROUPS } from '../../src/report/groups.js';
import { Heaviest } from '../../src/report/top-rows.js';
import { momentAt, readMoment } from '../../src/report/time.js';
import { report } from '../../src/report/report.js';
import { computed, items, JOB, readText, recordsOf, resultsText, row } from '../support/reported.js';

describe('the columns of a report', () => {
  it.each([
    [['Call Log ID', 'Rep', 'Campaign Name', 'Call Date'], { agent: 1, campaign: 2, time: 3 }],
    [['agent_name', 'CAMPAIGN', 'sale date', 'Call Start Time'], { agent: 0, campaign: 1, time: 3 }],
    [['User', 'Agent', 'Date'], { agent: 1, time: 2 }],
    [['Notes', 'Amount'], {}],
  ])('of %j are %j', (header, wanted) => {
    const found = findReportColumns(header, new Map());
    expect(found.ok && found.value.at).toEqual(wanted);
  });

  it('stay undecided where two could be meant, with the option that decides', () => {
    const found = findReportColumns(['Agent', 'Rep', 'Campaign'], new Map());
    expect(found.ok && found.value.at).toEqual({ campaign: 2 });
    expect(found.ok && found.value.undecided.agent).toBe(
      'agent: 2 columns could be it, "Agent", "Rep"; choose one with --column agent="HEADER"',
    );
  });

  it('are those that were chosen, and one that is not there is refused', () => {
    const chosen = findReportColumns(['Agent', 'Rep'], new Map([['agent', 'rep']]));
    expect(chosen.ok && chosen.value.at).toEqual({ agent: 1 });
    const missing = findReportColumns(['Agent'], new Map([['campaign', 'Ad']]));
    expect(missing).toEqual({
      ok: false,
      error: ['campaign: there is no column "Ad"; the headers are "Agent"'],
    });
    const lenient = findReportColumns(['Agent'], new Map([['campaign', 'Ad']]), true);
    expect(lenient.ok && lenient.value.at).toEqual({ agent: 0 });
  });

  it('refuse a report that asks for one that is not there', async () => {
    const refused = await report(items(['Notes'], []), { ...JOB, by: ['agent', 'hour'] });
    expect(refused).toEqual({
      ok: false,
      error: {
        input: 'sales.csv',
        problems: [
          {
            message: 'agent: no column found; the headers are "Notes"; name it with --column agent="HEADER"',
          },
        ],
      },
    });
  });
});

describe('a moment', () => {
  const style = (zone?: string, dateOrder?: 'mdy' | 'dmy') => ({ zone, dateOrder });

  it.each([
    ['2026-11-19 09:07:00', style(), '2026-11-19', 9, 3],
    ['2026-11-19T09:07', style('Asia/Tokyo'), '2026-11-19', 9, 3],
    ['2026-11-19T23:30:00-05:00', style(), '2026-11-19', 23, 3],
    ['2026-11-19T23:30:00-05:00', style('UTC'), '2026-11-20', 4, 4],
    ['2026-11-20T04:30:00Z', style('America/New_York'), '2026-11-19', 23, 3],
    ['1763562940', style('UTC'), '2025-11-19', 14, 2],
    ['1763562940000', style('America/New_York'), '2025-11-19', 9, 2],
    ['11/20/2026 2:05 PM', style(undefined, 'mdy'), '2026-11-20', 14, 4],
    ['20.11.2026 14:05', style(undefined, 'dmy'), '2026-11-20', 14, 4],
    ['2026-11-22', style(), '2026-11-22', undefined, 6],
    ['11/22/2026', style(undefined, 'mdy'), '2026-11-22', undefined, 6],
    ['2026-03-08 02:30:00', style('America/New_York'), '2026-03-08', 2, 6],
  ])('of %s, %j is %s, hour %s, weekday %s', (text, how, day, hour, weekday) => {
    expect(readMoment(text, how)).toEqual({ day, hour, weekday });
  });

  it.each([
    ['1763562940', style()],
    ['11/20/2026 14:05', style()],
    ['2026-02-30 10:00:00', style()],
    ['2026-11-20 24:00:00', style()],
    ['2026-11-20 10:60:00', style()],
    ['2026-11-20 10:00:00+15:00', style('UTC')],
    ['yesterday', style('UTC')],
    ['45981.5', style('UTC')],
  ])('of %s, %j is none', (text, how) => {
    expect(readMoment(text, how)).toBeUndefined();
  });

  it('knows the clocks of a zone', () => {
    expect(momentAt(Date.parse('2026-11-01T05:30:00Z'), 'America/New_York')).toEqual({
      ...{ day: '2026-11-01', hour: 1, weekday: 6 },
    });
  });
});

describe('groups', () => {
  const HEADER = ['Agent', 'Campaign', 'Call Date'];
  const at = (agent: string, time: string, amount: string) => row({ cells: [agent, 'C', time], amount });

  it('stand in the order of their money, those of time in the order of time', async () => {
    const rows = [
      at('A', '2026-11-20 15:00:00', '5.00'),
      at('B', '2026-11-19 09:00:00', '50.00'),
      at('', '2026-11-20 09:00:00', '7.00'),
    ];
    const orderBy = async (...by: ('agent' | 'hour' | 'day' | 'weekday')[]): Promise<string[][]> =>
      (await computed(items(HEADER, rows), { by })).table.groups.map(({ labels }) =>
        labels.map((one) => one ?? '-'),
      );
    expect(await orderBy('agent')).toEqual([['B'], ['-'], ['A']]);
    expect(await orderBy('hour')).toEqual([['09:00'], ['15:00']]);
    expect(await orderBy('weekday')).toEqual([['Thursday'], ['Friday']]);
    expect(await orderBy('day', 'agent')).toEqual([
      ['2026-11-19', 'B'],
      ['2026-11-20', '-'],
      ['2026-11-20', 'A'],
    ]);
  });

  it('know what the time was taken from, and say which rows have none', async () => {
    const rows = [at('A', 'soon', '5.00'), at('A', '2026-11-19 09:00:00', '1.00')];
    const own = await computed(items(HEADER, rows), { by: ['hour'] });
    expect(recordsOf(own).map((one) => [one['hour'], one['revenue']])).toEqual([
      ['09:00', '1.00'],
      ['', '5.00'],
      ['total', '6.00'],
    ]);
    expect(own.notes[0]).toBe('time: "Call Date", as written');
    expect(own.notes[1]).toContain('1 row without a time that can be told for certain (sales.csv:2: "soon")');
    const sent = row({ cells: ['A'], amount: '1.00', sentAt: Date.parse('2026-11-19T23:30:00Z') });
    const bySent = await computed(items(['Agent'], [sent]), { by: ['day'], zone: 'Asia/Tokyo' });
    expect(recordsOf(bySent)[0]).toMatchObject({ day: '2026-11-20' });
    expect(bySent.notes[0]).toBe('time: revsync_sent_at, in Asia/Tokyo');
    const inUtc = await computed(items(['Agent'], [sent]), { by: ['day'] });
    expect(inUtc.notes[0]).toBe('time: revsync_sent_at, in UTC');
  });

  it(`beyond ${MOST_GROUPS} are summed as others, and the total stays exact`, async () => {
    const rows = Array.from({ length: MOST_GROUPS + 2 }, (_, index) => at(`agent ${index}`, '', '0.01'));
    const made = await computed(items(HEADER, rows), { by: ['agent'] });
    const records = recordsOf(made);
    expect(records).toHaveLength(MOST_GROUPS + 2);
    expect(records.find((one) => one['agent'] === '(others)')).toMatchObject({ revenue: '0.02', calls: '2' });
    expect(records.at(-1)).toMatchObject({ revenue: '100.02' });
    expect(made.notes.join('\n')).toContain(
      'by agent: more than 10000 groups; 2 rows of further ones are summed as (others)',
    );
  });

  it('of labels that look alike are told apart', async () => {
    const rows = [
      at('A\u001fB', '', '1.00'),
      at('(none)', '', '2.00'),
      at('', '', '3.00'),
      at('(others)', '', '4.00'),
    ];
    const records = recordsOf(await computed(items(HEADER, rows), { by: ['agent', 'campaign'] }));
    expect(records.map((one) => one['agent'])).toEqual(['(others)', '', '(none)', 'A\u001fB', 'total']);
  });
});

describe('the heaviest rows', () => {
  it('are kept in their order, equal ones as they came, whatever comes in between', () => {
    const kept = new Heaviest<{ id: number; weight: number }>(3, ({ weight }) => weight);
    const weights = [5, 1, 9, 5, 2, 9, 3, 5, 0, 7];
    weights.forEach((weight, id) => kept.add({ id, weight }));
    expect(kept.items.map(({ id }) => id)).toEqual([2, 5, 9]);
    expect(kept.count).toBe(10);
  });
});

describe('a results file', () => {
  it('is refused with its line where a figure was changed by hand', async () => {
    const faults: [Record<string, string>, string][] = [
      [{ revsync_amount: '1,200.00' }, 'revsync_amount: "1,200.00" is not an amount like 1250.50'],
      [{ revsync_amount: '1.00001' }, 'revsync_amount: "1.00001" is not an amount like 1250.50'],
      [{ revsync_previous_amount: '1e3' }, 'revsync_previous_amount: "1e3" is not an amount like 1250.50'],
      [{ revsync_status: 'Accepted' }, 'revsync_status: "Accepted" is not a status'],
      [{ revsync_action: 'sell' }, 'revsync_action: "sell" is not an action'],
      [{ revsync_line: 'two' }, 'revsync_line: "two" is not a line number'],
      [{ revsync_sent_at: 'noon' }, 'revsync_sent_at: "noon" is not a time like 2026-11-20T14:05:00.000Z'],
    ];
    for (const [cells, message] of faults) {
      const found = await readText(resultsText(['a'], [{ a: 'x' }, cells]));
      const last = found.at(-1);
      expect(last?.kind === 'refused' && last.problems).toEqual([
        { line: 3, message: `${message}; write the results anew with revsync results RUN --out FILE` },
      ]);
    }
  });

  it.each([
    ['a,b\n1,2\n', 'has none of the columns that revsync writes'],
    ['a,revsync_break\n1,matched\n', 'is a breaks CSV'],
    ['a,revsync_status,revsync_amount\n1,accepted,1.00\n', 'lacks the columns revsync_line, revsync_key'],
    ['', 'is empty; name a results file of a push'],
  ])('%j is refused', async (text, message) => {
    const [item] = await readText(text);
    expect(item?.kind === 'refused' && item.problems[0]?.message).toContain(message);
  });
});
