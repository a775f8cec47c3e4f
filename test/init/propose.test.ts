import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOfHeader } from '../../src/init/header-row.js';
import { matchByWorth } from '../../src/init/match-by-worth.js';
import type { Proposal, UserChoices } from '../../src/init/proposal.js';
import { propose } from '../../src/init/propose.js';
import { PLAIN_STYLE } from '../../src/sales/fields.js';
import { VENDORS } from '../../src/vendors/index.js';

type VendorId = 'convoso' | 'trackdrive' | 'tldcrm' | 'invoca' | 'invoca-signals' | 'ringba';

/** A file as lines of cells with `;` between them, the header first. */
type Lines = readonly string[];

function cut(lines: Lines): string[][] {
  return lines.map((line) => line.split(';'));
}

function vendorOf(id: VendorId): (typeof VENDORS)[number] {
  const vendor = VENDORS.find((vendor) => vendor.id === id);
  if (vendor === undefined) throw new Error(`no vendor ${id}`);
  return vendor;
}

function proposalOf(id: VendorId, lines: Lines, choices: Partial<UserChoices> = {}): Proposal {
  const [header = [], ...rows] = cut(lines);
  const records = rows.map((cells, index) => ({ line: index + 2, cells }));
  const nothingSaid = {
    ...{ columns: new Map(), constants: new Map(), leftOut: new Set<string>(), ignored: [], marking: [] },
    style: PLAIN_STYLE,
  };
  return propose(vendorOf(id), { header, records }, { ...nothingSaid, ...choices });
}

/** What was found, as `field: Header (confidence)`; a constant as `field: = text (confidence)`. */
function found({ fields }: Proposal): string[] {
  return fields.flatMap(({ field, column, constant, confidence }) => {
    if (column === undefined && constant === undefined) return [];
    return [`${field}: ${column ?? `= ${constant ?? ''}`} (${confidence})`];
  });
}

function settings({ settings }: Proposal): string[] {
  return settings.map(({ key, value, reason }) => `${key} ${value}: ${reason}`);
}

describe('the proposal finds a column', () => {
  it.each<readonly [string, VendorId, Lines, readonly string[]]>([
    [
      'by a name the field is known by',
      'convoso',
      ['Call Log #;Sale Amount', '100125;12.50'],
      ['call_id: Call Log # (certain)', 'amount: Sale Amount (certain)'],
    ],
    [
      'by a known name before one that means the same',
      'convoso',
      ['Umsatz;Revenue;Call ID', '1.00;2.00;7'],
      ['call_id: Call ID (certain)', 'amount: Revenue (certain)'],
    ],
    [
      'by what its words mean, in whatever language and order',
      'tldcrm',
      [
        'Anrufdatum;Dialled No;Customer Mobile;Kosten;Bemerkungen',
        '2026-11-19 09:02:11;8005550100;5125550123;32.50;',
        '2026-11-19 09:03:11;8005550100;5125550124;32.50;again',
      ],
      [
        'did: Dialled No (likely)',
        'cid: Customer Mobile (likely)',
        'call_date: Anrufdatum (likely)',
        'amount: Kosten (likely)',
        'notes: Bemerkungen (likely)',
      ],
    ],
    [
      'in spite of a slip in its name',
      'convoso',
      ['Call log numbr;Revnue', '100125;12.50'],
      ['call_id: Call log numbr (likely)', 'amount: Revnue (likely)'],
    ],
    [
      'by its cells alone where the name says nothing',
      'convoso',
      ['a;b;c', '100125;12.50;Alma', '100126;0.00;Ben'],
      ['call_id: a (possible)', 'amount: b (possible)'],
    ],
    [
      'of two near names the one whose cells fit',
      'invoca',
      ['Txn Ref;Dispo;Betrag;Anrufer;Anrufer Tel', 'A-1;Sale;1.50;Alma;+15125550123'],
      [
        'transaction_id: Txn Ref (likely)',
        'calling_phone_number: Anrufer Tel (likely)',
        'outcome_name: Dispo (likely)',
        'amount: Betrag (likely)',
      ],
    ],
    [
      'by a name with a word behind it that changes nothing, before a weak guess',
      'convoso',
      ['id;Number;Call Log ID (metadata);Amount (refunded);Revenue (USD)', 'ch_1;7;100125;0.00;12.50'],
      ['call_id: Call Log ID (metadata) (certain)', 'amount: Revenue (USD) (certain)'],
    ],
    [
      'in two, for a day and its time of day',
      'tldcrm',
      ['Date;Start Time;Talk Time;DID;CID;Cost', '11/19/2026;2:05 PM;00:05:12;8005550100;5125550123;12.50'],
      [
        'did: DID (certain)',
        'cid: CID (certain)',
        'call_date: Date + Start Time (likely)',
        'amount: Cost (certain)',
      ],
    ],
    [
      'by a name before the word id alone',
      'convoso',
      ['Number;Inbound Call ID;Revenue__c', '5125550123;RGB1;12.50'],
      ['call_id: Inbound Call ID (possible)', 'amount: Revenue__c (certain)'],
    ],
    [
      'for the second parameter, which is not the first',
      'invoca',
      ['Txn Ref;Dispo;Betrag;Custom Param 2', 'A-1;Sale;1.50;x'],
      [
        'transaction_id: Txn Ref (likely)',
        'outcome_name: Dispo (likely)',
        'amount: Betrag (likely)',
        'custom_parameter_2: Custom Param 2 (likely)',
      ],
    ],
    [
      'for every custom_data field',
      'invoca-signals',
      ['Txn Ref;Signal;Order Nr;Umsatz;custom_data.Agent', 'A-1;Sale;O-1;2.50;Alma'],
      [
        'transaction_id: Txn Ref (likely)',
        'signal_name: Signal (certain)',
        'partner_unique_id: Order Nr (likely)',
        'amount: Umsatz (likely)',
        'custom_data.Agent: custom_data.Agent (certain)',
      ],
    ],
    [
      'or what every row gets: a file without outcomes is one of sales',
      'invoca',
      ['Txn Ref;Betrag', 'A-1;12.50'],
      ['transaction_id: Txn Ref (likely)', 'outcome_name: = Sale (possible)', 'amount: Betrag (likely)'],
    ],
    [
      'in a file without rows, by name only',
      'convoso',
      ['CallLog Nr;Premium'],
      ['call_id: CallLog Nr (likely)', 'amount: Premium (likely)'],
    ],
  ])('%s', (_, id, lines, wanted) => {
    const proposal = proposalOf(id, lines);
    expect(found(proposal)).toEqual(wanted);
    expect(proposal.problems).toEqual([]);
  });

  it('and says why, with how many cells fit', () => {
    const { fields } = proposalOf('convoso', ['CallLog Nr;Betrag', '100125;12.50', '100126;n/a', '100127;']);
    expect(fields.map(({ reason }) => reason)).toEqual([
      'means "call log number"; 3 of 3 cells fit',
      'no column found',
    ]);
    const mostly = proposalOf('convoso', ['CallLog Nr;Betrag', '1;1.50', '2;2.50', '3;3.50', '4;n/a', '5;']);
    expect(mostly.fields.map(({ reason }) => reason)).toContain('means "amount"; 3 of 4 cells fit');
  });

  it('never in a column of an earlier results file', () => {
    const proposal = proposalOf('convoso', ['Call ID;revsync_amount', '100125;12.50']);
    expect(found(proposal)).toEqual(['call_id: Call ID (certain)']);
  });
});

describe('the proposal leaves to a person', () => {
  it.each<readonly [string, VendorId, Lines, readonly string[]]>([
    [
      'two columns that could be the amount',
      'convoso',
      ['Ref;Umsatz;Summe', '100125;12.50;14.00'],
      ['amount: 2 columns could be it, "Umsatz", "Summe"; choose one with --column amount="HEADER"'],
    ],
    [
      'two columns whose cells could be it',
      'convoso',
      ['Ref;a;b', '100125;12.50;2.00'],
      ['amount: 2 columns could be it, "a", "b"; choose one with --column amount="HEADER"'],
    ],
    [
      'what came of a call, where a column may say it',
      'invoca',
      ['Txn Ref;Status;Betrag', 'A-1;open;12.50'],
      [
        'outcome_name: "Status" could be it, or another field; say so with --column outcome_name="HEADER", or --constant outcome_name=Sale if every row is a sale',
      ],
    ],
    [
      'a column that holds something else than its name says',
      'convoso',
      ['Call ID;Revenue', '1;Alma', '2;Ben'],
      [
        'amount: none of the 2 cells of "Revenue" can be read, the first on line 2: "Alma" is not an amount like 1250.50; use digits and at most one point; fix them, or name another column with --column amount="HEADER"',
      ],
    ],
    [
      'what is not there',
      'convoso',
      ['foo;bar', 'x;y'],
      [
        'call_id: no column found; the headers are "foo", "bar"; name it with --column call_id="HEADER"',
        'amount: no column found; the headers are "foo", "bar"; name it with --column amount="HEADER"',
      ],
    ],
    [
      'a column whose name says that nobody should see it, whatever its cells are',
      'trackdrive',
      ['API Key;Umsatz', '100125;12.50', '100126;12.50'],
      [
        'call_id: no column found; the headers are "API Key", "Umsatz"; name it with --column call_id="HEADER"',
      ],
    ],
  ])('%s', (_, id, lines, problems) => {
    expect(proposalOf(id, lines).problems).toEqual(problems);
  });

  it('and takes the answer', () => {
    const lines = ['Ref;Umsatz;Summe', '100125;12.50;14.00'];
    const proposal = proposalOf('convoso', lines, { columns: new Map([['amount', 'summe']]) });
    expect(found(proposal)).toEqual(['call_id: Ref (possible)', 'amount: Summe (chosen)']);
    const none = proposalOf('trackdrive', ['Call Ref;Umsatz', '1;2.50'], { leftOut: new Set(['amount']) });
    expect(found(none)).toEqual(['call_id: Call Ref (likely)']);
  });
});

describe('the proposal knows how the file is written', () => {
  it.each<readonly [string, Lines, readonly string[]]>([
    ['plain amounts', ['Call ID;Revenue', '1;12.50'], []],
    [
      'decimal commas',
      ['Call ID;Revenue', '1;12,50', '2;1.250,00', '3;7'],
      ['decimal ,: 2 of 3 amounts, the first "12,50" on line 2, can be read only so'],
    ],
    [
      'grouped digits',
      ['Call ID;Revenue', '1;1,250.50', '2;1,300.00'],
      ['decimal .: 2 of 2 amounts, the first "1,250.50" on line 2, can be read only so'],
    ],
    [
      'a few grouped digits',
      ['Call ID;Revenue', '1;1,250.50', '2;89.95', '3;7'],
      ['decimal .: "1,250.50" on line 2 can be read only so'],
    ],
    [
      'a currency',
      ['Call ID;Revenue', '1;$12.50', '2;$3.00', '3;1'],
      ['currency USD: 2 of 3 amounts, the first "$12.50" on line 2, can be read only so'],
    ],
    [
      'a dollar of which a column says which it is',
      ['Call ID;Revenue;Currency', '1;$12.50;CAD', '2;$3.00;cad'],
      ['currency CAD: 2 of 2 amounts, the first "$12.50" on line 2, can be read only so'],
    ],
    [
      'a currency that a column says',
      ['Call ID;Revenue;Currency', '1;12.50;usd', '2;3.00;usd'],
      ['currency USD: "Currency" says no other'],
    ],
    [
      'a currency by its code, and commas',
      ['Call ID;Revenue', '1;12,50 EUR', '2;3,00 EUR'],
      [
        'decimal ,: 2 of 2 amounts, the first "12,50 EUR" on line 2, can be read only so',
        'currency EUR: 2 of 2 amounts, the first "12,50 EUR" on line 2, can be read only so',
      ],
    ],
  ])('%s', (_, lines, wanted) => {
    expect(settings(proposalOf('convoso', lines))).toEqual(wanted);
  });

  it.each([
    [
      '11/19/2026 09:02',
      '11/20/2026 09:02',
      ['date_format mdy: "11/19/2026 09:02" on line 2 can be read only so'],
    ],
    [
      '01.11.2026 09:02',
      '20.11.2026 09:02',
      ['date_format dmy: "20.11.2026 09:02" on line 3 can be read only so'],
    ],
    ['2026/11/01 09:02', '2026/11/02 09:02', []],
    ['2026-11-19 09:02:11', '2026-11-20 09:02:11', []],
  ])('times like %s and %s', (one, other, wanted) => {
    const lines = [
      'DID;CID;Call Date;Cost',
      `8005550100;5125550123;${one};1`,
      `8005550100;5125550124;${other};1`,
    ];
    expect(settings(proposalOf('tldcrm', lines))).toEqual(wanted);
  });
});

describe('the proposal points at what the file leaves open', () => {
  it.each<readonly [string, VendorId, Lines, string]>([
    [
      'amounts below zero',
      'trackdrive',
      ['Call ID;Revenue', '1;-12.50'],
      '--negative-amounts reverse takes those sales back',
    ],
    [
      'rows that may be no sales',
      'convoso',
      ['Call ID;Revenue;Dispo', '1;1;sold', '2;0;open'],
      'if not all rows are to be sent',
    ],
    [
      'the zone of times',
      'invoca',
      ['Transaction ID;Outcome;Start Time;Revenue', 'A-1;Sale;2026-11-19 09:00:00;1'],
      '1 of 1 times have no offset from UTC and are refused until the zone is named',
    ],
    [
      'ids of something else',
      'convoso',
      ['Lead ID;Agent;Revenue', '7001;Alma;1.50'],
      `call_id: the name of "Lead ID" says something else; Convoso's call log id is needed`,
    ],
    [
      'amounts in parentheses',
      'convoso',
      ['Call ID;Revenue', '1;$(12.50)', '2;$3.00'],
      '1 of 2 amounts are negative, the first on line 2, and are refused until it is said what they mean',
    ],
    ['a file without rows', 'convoso', ['Call ID;Revenue'], 'the file has no rows'],
  ])('%s', (_, id, lines, wanted) => {
    const { hints } = proposalOf(id, lines);
    expect(hints.map(({ about }) => about).join('\n')).toContain(wanted);
  });

  it('with lines for the profile', () => {
    const lines = ['Call ID;Revenue;Status', '1;1;sold', '2;1;refunded', '3;1;sold'];
    expect(proposalOf('convoso', lines).hints.flatMap(({ lines = [] }) => lines)).toEqual([
      'only: {column: "Status", values: ["sold", "refunded"]}',
    ]);
  });
});

describe('the header below titles', () => {
  it.each<readonly [string, Lines, number | undefined]>([
    ['is found by its names', ['Report', 'as of;20.11.2026', 'CallLog Nr;Umsatz', '1;2.5'], 3],
    ['is the first line of names where none is known', ['Report', 'foo;bar', '1;2.5'], 2],
    ['is not looked for below a header', ['CallLog Nr;Umsatz', 'Call ID;Revenue', '1;2.5'], undefined],
    ['is not made of data', ['Report', '1;2.5', '+15125550123;2026-11-19T09:00:00Z'], undefined],
  ])('%s', (_, lines, line) => {
    const opening = cut(lines).map((cells, index) => ({ line: index + 1, cells }));
    const header = { line: 1, cells: opening[0]?.cells ?? [], opening };
    expect(lineOfHeader(header, vendorOf('convoso').columns)).toBe(line);
  });
});

describe('the match of columns to fields', () => {
  type Table = Readonly<Record<string, Readonly<Record<string, number>>>>;

  /** As `field: column`, or `field: column?` where someone has to choose. */
  function matched(table: Table): string[] {
    const columns = [...new Set(Object.values(table).flatMap((row) => Object.keys(row)))];
    const matches = matchByWorth(Object.keys(table), columns, (field, column) => table[field]?.[column] ?? 0);
    return [...matches].map(
      ([field, { near, isCertain }]) => `${field}: ${near.join()}${isCertain ? '' : '?'}`,
    );
  }

  it.each<readonly [string, Table, readonly string[]]>([
    ['gives each field its best column', { a: { x: 1, y: 0.6 }, b: { y: 0.9 } }, ['b: y', 'a: x']],
    [
      'gives a column to the field that has no other',
      { a: { x: 0.9, y: 0.85 }, b: { x: 0.88 } },
      ['b: x', 'a: y'],
    ],
    [
      'gives a column to the field whose other one is far worse',
      { a: { x: 0.9, y: 0.8 }, b: { x: 0.85, y: 0.55 } },
      ['b: x', 'a: y'],
    ],
    ['asks where a field has two as good', { a: { x: 0.9, y: 0.85, z: 0.6 } }, ['a: x,y?']],
    ['asks where two fields want one column as much', { a: { x: 0.9 }, b: { x: 0.9 } }, ['a: x?', 'b: x?']],
    [
      'gives no other field a column that two want',
      { a: { x: 0.9 }, b: { x: 0.9 }, c: { x: 0.6, y: 0.55 } },
      ['a: x?', 'b: x?', 'c: y'],
    ],
    [
      'asks for all of them where nothing is certain',
      { a: { x: 0.9, y: 0.9 }, b: { x: 0.9, y: 0.9 } },
      ['a: x,y?', 'b: x,y?'],
    ],
  ])('%s', (_, table, wanted) => {
    expect(matched(table)).toEqual(wanted);
  });

  it('uses no column twice and leaves no field without one that is free', () => {
    const size = fc.integer({ min: 0, max: 4 });
    const tables = fc.tuple(size, size).chain(([fields, columns]) => {
      const row = fc.array(fc.nat(5), { minLength: columns, maxLength: columns });
      return fc.array(row, { minLength: fields, maxLength: fields });
    });
    fc.assert(
      fc.property(tables, (table) => {
        const columns = (table[0] ?? []).map((_, column) => column);
        const worth = (row: readonly number[], column: number): number => row[column] ?? 0;
        const matches = matchByWorth(table, columns, worth);
        const certain = [...matches.values()].filter(({ isCertain }) => isCertain).map(({ best }) => best);
        expect(new Set(certain).size).toBe(certain.length);
        const named = new Set([...matches.values()].flatMap(({ near }) => near));
        for (const row of table)
          if (!matches.has(row))
            expect(columns.filter((column) => worth(row, column) > 0 && !named.has(column))).toEqual([]);
      }),
    );
  });
});
