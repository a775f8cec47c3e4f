import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import prettier from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/cli/schema.js';
import { newProfile, writeProfiles, type EntryComment } from '../../src/io/new-profile.js';
import { PROFILE } from '../../src/io/schema.js';
import { DEFAULT_CONFIG } from '../../src/io/profile-settings.js';
import { QUOTES } from '../../src/io/setting.js';
import { TELLING } from '../../src/io/telling.js';
import { readConfig, type ConfigFile, type Profile, type ProfileInput } from '../../src/io/config.js';

const folder = mkdtempSync(join(tmpdir(), 'revsync-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PATH = join(folder, DEFAULT_CONFIG);

function at(path: string): ConfigFile {
  return { path, cwd: folder };
}

function write(text: string | Uint8Array): void {
  writeFileSync(PATH, text);
}

function read(text: string | Uint8Array): ReadonlyMap<string, Profile> {
  write(text);
  const result = readConfig(at(PATH));
  if (!result.ok) throw new Error(result.error.join('\n'));
  return result.value;
}

/** Without the folder before them. */
function problems(text: string | Uint8Array): string[] {
  write(text);
  const result = readConfig(at(PATH));
  return result.ok ? [] : result.error.map((one) => one.replace(`${folder}/`, ''));
}

/** What is wrong with one line of a profile. */
function problemsOf(line: string): string[] {
  return problems(`profiles:\n  nightly:\n    vendor: acme\n    ${line}\n`);
}

const CREDENTIAL =
  'credentials never belong in a profile; take it out, and set it in the environment, in a file that NAME_FILE names, or in an --env-file';

describe('a profile', () => {
  it('is read with every setting', () => {
    const profiles = read(`
profiles:
  nightly:
    vendor: acme
    account: main
    base_url: https://api.example.com
    ledger: state/ledger.db
    env_file: ../.env
    columns: { call_id: "Call Log ID", amount: "Sale Amount" }
    constants: { outcome_name: Sale }
    values: { outcome_name: { " Won": Sale, LOST: "" } }
    reversal: { column: Status, values: [Refunded, " chargeback "] }
    refund: clear
    negative_amounts: reverse
    only: { column: State, values: [sold] }
    timezone: America/New_York
    date_format: MM/dd/yyyy
    decimal: ","
    currency: USD
    delimiter: tab
    encoding: windows-1252
    header_row: 3
    skip_total_row: true
    round: half-even
    blank_amount: omit
    on_conflict: sum
    rate: 0.5
    concurrency: 8
    retries: 0
    timeout: 12.5
    deadline: 60
    max_errors: 10%
    max_invalid: 0
    max_total: "50000.00"
    confirm: true
    correct: false
    allow_missing_call_date: true
`);
    expect(profiles.get('nightly')).toEqual({
      name: 'nightly',
      vendor: 'acme',
      account: 'main',
      baseUrl: 'https://api.example.com',
      ledger: join(folder, 'state', 'ledger.db'),
      envFile: join(folder, '..', '.env'),
      columns: new Map([
        ['call_id', 'Call Log ID'],
        ['amount', 'Sale Amount'],
      ]),
      constants: new Map([['outcome_name', 'Sale']]),
      values: new Map([
        [
          'outcome_name',
          new Map([
            ['won', 'Sale'],
            ['lost', ''],
          ]),
        ],
      ]),
      reversal: { column: 'Status', values: ['refunded', 'chargeback'] },
      refund: 'clear',
      negativeAmounts: 'reverse',
      only: { column: 'State', values: ['sold'] },
      timezone: 'America/New_York',
      dateFormat: 'MM/dd/yyyy',
      decimal: ',',
      currency: 'USD',
      delimiter: '\t',
      encoding: 'windows-1252',
      headerRow: 3,
      skipTotalRow: true,
      round: 'half-even',
      blankAmount: 'omit',
      onConflict: 'sum',
      rate: [{ requests: 0.5, per: 'second' }],
      concurrency: 8,
      retries: 0,
      timeout: 12.5,
      deadline: 60,
      maxErrors: { kind: 'percent', percent: 10 },
      maxInvalid: { kind: 'rows', rows: 0 },
      maxTotal: '50000.00',
      confirm: true,
      correct: false,
      allowMissingCallDate: true,
    });
  });

  it('has nothing but its name and vendor where nothing else is said', () => {
    expect(read('profiles: { a.b_c-1: { vendor: acme } }')).toEqual(
      new Map([['a.b_c-1', { name: 'a.b_c-1', vendor: 'acme' }]]),
    );
  });

  it.each([
    ['","', ','],
    ['";"', ';'],
    [';', ';'],
    ['"|"', '|'],
    ['"\\t"', '\t'],
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['pipe', '|'],
  ])('may name its delimiter %s', (written, delimiter) => {
    expect(read(`profiles: { a: { vendor: acme, delimiter: ${written} } }`).get('a')).toEqual({
      name: 'a',
      vendor: 'acme',
      delimiter,
    });
  });

  it('may use what another one has, through an alias', () => {
    const profiles = read(
      'profiles:\n  a: { vendor: acme, columns: &c { amount: Sum } }\n  b: { vendor: acme, columns: *c }\n',
    );
    expect([...profiles.keys()]).toEqual(['a', 'b']);
    expect(profiles.get('b')?.columns).toEqual(new Map([['amount', 'Sum']]));
  });

  it('is read with a byte order mark and Windows line ends', () => {
    expect(read('\uFEFFprofiles:\r\n  a:\r\n    vendor: acme\r\n').get('a')).toEqual({
      name: 'a',
      vendor: 'acme',
    });
  });
});

describe('a key that is not known', () => {
  it.each([
    ['colums: { a: b }', 'colums: no such key; did you mean columns?'],
    ['baseUrl: x', 'baseUrl: no such key; did you mean base_url?'],
    ['max-errors: 5', 'max-errors: no such key; did you mean max_errors?'],
    ['only: { colum: x, column: y, values: [z] }', 'only.colum: no such key; did you mean column?'],
    [
      'reversal: { column: y, values: [z], refund: clear }',
      'reversal.refund: no such key; here may stand column, values',
    ],
    ['"a b": x', `"a b": no such key; here may stand ${Object.keys(PROFILE.shape).join(', ')}`],
    ['<<: { account: x }', '"<<": no such key; maps are not merged, write the entries out'],
    ['__proto__: { account: x }', '__proto__: no such key'],
  ])('is refused: %s', (line, message) => {
    expect(problemsOf(line)).toEqual([`revsync.yaml:4: profiles.nightly.${message}`]);
  });

  it('is refused at the top', () => {
    expect(problems('profile:\n  a: { vendor: acme }\n')).toEqual([
      'revsync.yaml:1: has no profiles; add it as a map from names to profiles',
      'revsync.yaml:1: profile: no such key; did you mean profiles?',
    ]);
    expect(problems('profiles: { a: { vendor: acme } }\nnightly: { vendor: acme }\n')).toEqual([
      'revsync.yaml:2: nightly: no such key; a profile stands under profiles:',
    ]);
  });
});

describe('a credential', () => {
  it.each([
    ['token: s3cret'],
    ['authToken: [s3cret]'],
    ['api_key: { a: s3cret }'],
    ['client-secret: s3cret'],
    ['password: s3cret'],
    ['ACME_API_ID: s3cret'],
    ['CONVOSO_AUTH_TOKEN: s3cret'],
    ['"export ACME_TOKEN=s3cret": 1'],
    ['constants: { secure_token: s3cret }'],
    ['values: { secure_token: { a: s3cret } }'],
  ])('is refused without being shown: %s', (line) => {
    const [problem, ...more] = problemsOf(line);
    expect(problem).toMatch(/^revsync\.yaml:4: profiles\.nightly\.\S+: /);
    expect(problem?.endsWith(CREDENTIAL)).toBe(true);
    expect([problem, ...more].join('\n')).not.toContain('s3cret');
  });

  it.each([
    ['in an environment file', 'ACME_TOKEN=s3cret\nACME_ID=s3cret\n'],
    ['at the top', 'ACME_TOKEN: s3cret\n'],
    ['as the name of a profile', 'profiles:\n  ACME_TOKEN: s3cret\n'],
    ['of a wrong kind', 'profiles: { a: { vendor: acme, constants: { api_token: 90210777 } } }'],
    ['behind a mistake of YAML', 'token: "s3cret" s3cret\n  s3cret: @s3cret\n'],
    ['behind an escape', 'token: "s3cret\\q"\n'],
    ['as a tag', 'token: !s3cret s3cret\n'],
    ['in flow style without a value', 'profiles: {ACME_TOKEN=s3cret}\n'],
  ])('is shown by no message: %s', (_, text) => {
    const said = problems(text).join('\n');
    expect(said).not.toBe('');
    expect(said).not.toMatch(/s3cret|90210777/);
  });
});

describe('a value that is not what is wanted', () => {
  it.each([
    ['account: 007', 'account: 007 is not text; put it in quotes: "007"'],
    ['account: true', 'account: true is not text; put it in quotes: "true"'],
    ['account: ""', 'account: is blank; write text, or take it out'],
    ['account:', 'account: nothing stands here; write text, or take it out'],
    ['env_file: ~', 'env_file: ~ means nothing; write text, or take it out'],
    ['account: [a]', 'account: a list is not text'],
    [
      'ledger: ~/ledger.db',
      'ledger: "~/ledger.db" is not a path that is written out: ~ is not expanded here',
    ],
    ['columns: Sum', 'columns: "Sum" is not a map from fields to headers'],
    ['columns: {}', 'columns: an empty map is not a map from fields to headers'],
    ['columns: { amount: 5 }', 'columns.amount: 5 is not text; put it in quotes: "5"'],
    ['columns: { amount: " " }', 'columns.amount: is blank; write text, or take it out'],
    ['columns: { "": a }', 'columns."": the key is not the name of a field; rename it'],
    ['columns: { 010: a }', 'columns.010: put the key in quotes: "010"'],
    [
      'columns: { [a]: b, c: d }',
      'columns: a map or list stands where the name of a key is wanted; write it as text',
    ],
    ['constants: { x: 1.50 }', 'constants.x: 1.50 is not text; put it in quotes: "1.50"'],
    [
      'values: { x: {} }',
      'values.x: an empty map is not a map from texts in the file to what is sent for them',
    ],
    ['values: { x: { won: 1 } }', 'values.x.won: 1 is not text; put it in quotes: "1"'],
    [
      'values: { x: { won: a, " WON": b } }',
      'values.x." WON": is the same as "won" but for case and white space; keep one',
    ],
    ['reversal: { column: a }', 'reversal: has no values; add it as a list such as [refunded, chargeback]'],
    [
      'reversal: { column: a, values: [] }',
      'reversal.values: an empty list is not a list such as [refunded, chargeback]',
    ],
    [
      'reversal: { column: a, values: refunded }',
      'reversal.values: "refunded" is not a list such as [refunded, chargeback]',
    ],
    ['reversal: { column: a, values: [b, 1] }', 'reversal.values[1]: 1 is not text; put it in quotes: "1"'],
    ['only: { column: a, values: [""] }', 'only.values[0]: is blank; write text, or take it out'],
    ['only: { column: , values: [a] }', 'only.column: nothing stands here; write text'],
    ['refund: clears', 'refund: "clears" is not one of reverse, clear; did you mean clear?'],
    ['negative_amounts: no', 'negative_amounts: "no" is not one of refuse, reverse, net, send'],
    ['timezone: Mars/Base', 'timezone: "Mars/Base" is not an IANA time zone such as America/New_York or UTC'],
    ['timezone: "+05:00"', 'timezone: "+05:00" is not an IANA time zone such as America/New_York or UTC'],
    ['decimal: ;', 'decimal: ";" is not one of "." and ",", in quotes'],
    ["delimiter: '\\t'", 'delimiter: "\\\\t" is not one of comma, semicolon, tab, pipe'],
    ['delimiter: |', 'delimiter: is blank; write one of comma, semicolon, tab, pipe, or take it out'],
    [
      'encoding: utf-9',
      'encoding: "utf-9" is not an encoding such as utf-8, utf-16, windows-1252, iso-8859-2, cp850, macintosh or shift_jis; did you mean utf-8?',
    ],
    ['header_row: 0', 'header_row: 0 is not a whole number from 1 to 1000000'],
    ['skip_total_row: yes', 'skip_total_row: "yes" is not true or false'],
    ['confirm: "true"', 'confirm: "true" is not true or false; take the quotes away'],
    ...[
      ['-1', '-1'],
      ['.inf', '.inf'],
      ['1000001', '1000001'],
      ['5/hour', '"5/hour"'],
      ['0.5/min', '"0.5/min"'],
      ['5,6/s', '"5,6/s"'],
      ['80/min,', '"80/min,"'],
      ['[5, 80/m]', 'a list'],
      ['[]', 'an empty list'],
    ].map(([said = '', named = '']) => [
      `rate: ${said}`,
      `rate: ${named} is not requests a second such as 5 (0: no limit), auto, or limits such as 5,80/min,2000/day`,
    ]),
    ['concurrency: 1025', 'concurrency: 1025 is not a whole number from 1 to 1024'],
    ['retries: 1.5', 'retries: 1.5 is not a whole number from 0 to 1000'],
    ['wait: 5d', 'wait: "5d" is not seconds, minutes or hours, such as 90s, 30m or 2h'],
    ['timeout: 0x', 'timeout: "0x" is not a number of seconds from 0.001 to 10000000'],
    ['max_errors: 0', 'max_errors: 0 is not a whole number of rows from 1, or a share such as 10%'],
    ['max_errors: 101%', 'max_errors: "101%" is not a whole number of rows from 1, or a share such as 10%'],
    [
      'max_invalid: "10"',
      'max_invalid: "10" is not a whole number of rows from 0, or a share such as 10%; take the quotes away',
    ],
    [
      'max_total: 50000.00',
      'max_total: 50000.00 is not text that is an amount such as "50000.00" (amounts are never floats); put it in quotes: "50000.00"',
    ],
    [
      'max_total: "50,000"',
      'max_total: "50,000" is not text that is an amount such as "50000.00" (amounts are never floats)',
    ],
    ['vendor: acme', 'vendor: stands on line 3 already; keep one of them'],
  ])('is refused: %s', (line, message) => {
    expect(problemsOf(line)).toEqual([`revsync.yaml:4: profiles.nightly.${message}`]);
  });

  it('is refused where a field is both a column and a constant', () => {
    expect(problemsOf('columns: { x: A, y: B }\n    constants: { y: b, z: c }')).toEqual([
      'revsync.yaml:5: profiles.nightly.constants.y: has a column under columns: too; keep one of them',
    ]);
  });

  it.each([
    ['profiles:', 'profiles: nothing stands here; write a map from names to profiles'],
    ['profiles: {}', 'profiles: an empty map is not a map from names to profiles'],
    ['profiles: [a]', 'profiles: a list is not a map from names to profiles'],
    [
      'profiles: { a: }',
      'profiles.a: nothing stands here; write a map of settings such as vendor: and columns:, or take it out',
    ],
    ['profiles: { a: acme }', 'profiles.a: "acme" is not a map of settings such as vendor: and columns:'],
    ['profiles: { a: { account: b } }', 'profiles.a: has no vendor; add it as text'],
    [
      'profiles: { a b: { vendor: c } }',
      'profiles."a b": the key is not a name of letters, digits, "-", "_" and "."; rename it',
    ],
    [
      'profiles: { "": { vendor: c } }',
      'profiles."": the key is not a name of letters, digits, "-", "_" and "."; rename it',
    ],
    ['profiles: { 007: { vendor: c } }', 'profiles.007: put the key in quotes: "007"'],
    [
      'profiles: { a: { vendor: b }, a: { vendor: c } }',
      'profiles.a: stands on line 1 already; keep one of them',
    ],
  ])('is refused: %s', (text, message) => {
    expect(problems(text)).toEqual([`revsync.yaml:1: ${message}`]);
  });

  it('is told together with all the others, in the order of the file', () => {
    expect(
      problems(`profiles:
  nightly:
    colums: { a: b }
    constants: { x: a }
    account: 1
    rate: 1
    columns:
      x:
        - a
    rate: 2
  "weekly run":
    vendor: acme
    timeout: never
  TOKEN: 5
extra: 1
`),
    ).toEqual([
      'revsync.yaml:2: profiles.nightly: has no vendor; add it as text',
      'revsync.yaml:3: profiles.nightly.colums: no such key; did you mean columns?',
      'revsync.yaml:4: profiles.nightly.constants.x: has a column under columns: too; keep one of them',
      'revsync.yaml:5: profiles.nightly.account: 1 is not text; put it in quotes: "1"',
      'revsync.yaml:8: profiles.nightly.columns.x: a list is not text',
      'revsync.yaml:10: profiles.nightly.rate: stands on line 6 already; keep one of them',
      'revsync.yaml:11: profiles."weekly run": the key is not a name of letters, digits, "-", "_" and "."; rename it',
      'revsync.yaml:13: profiles."weekly run".timeout: "never" is not a number of seconds from 0.001 to 10000000',
      'revsync.yaml:14: profiles.TOKEN: a number is not a map of settings such as vendor: and columns:',
      'revsync.yaml:15: extra: no such key; a profile stands under profiles:',
    ]);
  });
});

describe('a file that is not YAML as it is wanted', () => {
  const OK = 'profiles:\n  a:\n    vendor: acme\n';
  it.each([
    ['empty', '', '1: the file is empty; write profiles: and a profile under it'],
    ['comments only', '# nothing yet\n', '1: the file is empty; write profiles: and a profile under it'],
    ['a text', 'call_id,amount\n1,2.50\n', '1: a text is not a map that begins with profiles:'],
    ['a list', '- a\n', '1: a list is not a map that begins with profiles:'],
    [
      'two documents',
      `${OK}---\n${OK}`,
      '4: a second document begins here; keep one, and no line of --- or ... after it',
    ],
    ['a tab', 'profiles:\n  a:\n\tvendor: acme\n', '3: a tab stands where the line is indented; use spaces'],
    [
      'a comma without quotes',
      `${OK}    delimiter: ,\n`,
      '4: a text may not begin with this sign; put it in quotes',
    ],
    [
      'a colon inside',
      `${OK}    account: a: b\n`,
      '4: a key stands inside a value; put a text with a colon in it in quotes, or start a new line',
    ],
    [
      'an escape',
      `${OK}    account: "C:\\dir"\n`,
      '4: this is no escape after a backslash; double the backslash, or use single quotes',
    ],
    [
      'an open quote',
      `${OK}    account: "a\n`,
      '5: a quote, bracket, colon or comma is missing here or above',
    ],
    [
      'a tag',
      `${OK}    account: !!binary YQ==\n`,
      '4: tags such as !name mean nothing here; take it out, or put a text with ! in quotes',
    ],
    ['a directive', `%FOO\n---\n${OK}`, '1: lines that begin with % mean nothing here; take it out'],
    [
      'an alias of nothing',
      `${OK}    account: *b\n`,
      '4: profiles.a.account: *b stands for nothing; give the part it means the name &b first',
    ],
  ])('is refused: %s', (_, text, message) => {
    expect(problems(text)).toEqual([`revsync.yaml:${message}`]);
  });

  it('is refused where its aliases would grow past all bounds', () => {
    const levels = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [of, name] of ['ab', 'bc', 'cd', 'de', 'ef'].map((pair) => pair.split(/(?!^)/))) {
      levels.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(',')}]`);
    }
    expect(problems(levels.join('\n'))).toEqual([
      'revsync.yaml:1: uses aliases such as *name too often; write the entries out',
    ]);
  });

  it.each([['['], ['{a: '], ['- '], ['? '], ['[{a: ']])(
    'is refused where it is nested too deeply: %s',
    (open) => {
      expect(problems(`# deep\n${open.repeat(10_000)}`)).toEqual([
        'revsync.yaml:2: is nested more than 100 levels deep; a profile needs four',
      ]);
    },
  );

  it('is refused where a part contains itself', () => {
    expect(problems('profiles: &p { a: { vendor: acme, columns: *p } }')).toEqual([
      'revsync.yaml:1: profiles.a.columns.a: a map is not text',
    ]);
  });

  it('is refused where it is not UTF-8', () => {
    expect(problems(Buffer.from('profiles:\n  a: { vendor: \xe9 }\n', 'latin1'))).toEqual([
      'revsync.yaml:2: the file is not UTF-8; save it as UTF-8',
    ]);
    expect(problems(Buffer.from(`\uFEFF${OK}`, 'utf16le'))).toEqual([
      'revsync.yaml:1: the file is not UTF-8; save it as UTF-8',
    ]);
  });

  it('is refused where it is far too long, a folder or not there', () => {
    expect(problems('#'.repeat(1024 * 1024 + 1))).toEqual([
      'revsync.yaml: is larger than 1 MiB, so it is no file of profiles; check the path',
    ]);
    const missing = join(folder, 'none.yaml');
    expect(readConfig(at(folder))).toEqual({ ok: false, error: [`${folder}: is a folder; name a file`] });
    expect(readConfig(at(missing))).toEqual({
      ok: false,
      error: [`${missing}: there is no such file; check the path`],
    });
  });
});

type Rest = [name: string, profile: ProfileInput, comments?: readonly EntryComment[]];

async function addProfile(config: ConfigFile, ...rest: Rest): ReturnType<typeof writeProfiles> {
  const added = newProfile(config, ...rest);
  if (!added.ok) return added;
  if (added.value.file === undefined) throw new Error('only a person can tell where the profile goes');
  return writeProfiles(config, added.value.file);
}

describe('adding a profile', () => {
  const NEW: ProfileInput = {
    vendor: 'acme',
    columns: { call_id: 'Ref No', amount: '007' },
    reversal: { column: 'Status', values: ['refunded', 'a, b'] },
  };

  /** The file with the profile. */
  async function added(before: string | undefined, ...rest: Rest): Promise<string> {
    rmSync(PATH, { force: true });
    if (before !== undefined) write(before);
    expect(await addProfile(at(PATH), ...rest)).toEqual({ ok: true, value: undefined });
    const text = readFileSync(PATH, 'utf8');
    if (before !== undefined && before !== '') return text;
    // A file that had nothing yet begins with what editors go by.
    const [first = ''] = text.split('\n');
    expect(first).toMatch(/^# yaml-language-server: \$schema=\S+revsync\.schema\.json$/);
    return text.slice(first.length + 1);
  }

  /** The lines that a person has to put into the file. */
  function byHand(before: string, name: string, profile: ProfileInput): string {
    write(before);
    const result = newProfile(at(PATH), name, profile);
    if (!result.ok) throw new Error(result.error);
    expect(result.value.file).toBeUndefined();
    return result.value.lines;
  }

  async function refused(before: string, name: string, profile: ProfileInput): Promise<string> {
    write(before);
    const result = await addProfile(at(PATH), name, profile);
    expect(readFileSync(PATH, 'utf8')).toBe(before);
    return result.ok ? '' : result.error.replaceAll(`${folder}/`, '');
  }

  it('makes the file, with comments beside what they are about', async () => {
    expect(
      await added(undefined, 'nightly', { ...NEW, account: undefined }, [
        { entry: ['columns', 'call_id'], text: 'header "Ref No":\nlooks like a call id' },
        { entry: ['reversal', 'column'], text: 'found in the sample' },
      ]),
    ).toBe(`profiles:
  nightly:
    vendor: acme
    columns:
      call_id: Ref No # header "Ref No": looks like a call id
      amount: "007"
    reversal:
      column: Status # found in the sample
      values: [refunded, "a, b"]
`);
  });

  it('leaves every byte of what is there', async () => {
    const head = `# ours
profiles:   # by team

    nightly:   # at 02:00
        vendor:   'acme'
        columns: {call_id:  "Ref No"}   # as exported
    # weekly: to come
`;
    const tail = '\n# the end\n';
    expect(await added(`${head}${tail}`, 'b', { vendor: 'acme', rate: 5 })).toBe(
      `${head}${tail}\n    b:\n        vendor: acme\n        rate: 5\n`,
    );
  });

  it('keeps a text with a line separator in it on its line, and as it is', async () => {
    const columns = { call_id: '\u2028Ref\u2029 No' };
    expect(await added(undefined, 'b', { vendor: 'acme', columns })).toBe(
      'profiles:\n  b:\n    vendor: acme\n    columns:\n      call_id: "\u2028Ref\u2029 No"\n',
    );
    expect(readConfig(at(PATH))).toMatchObject({
      value: new Map([['b', { columns: new Map([['call_id', '\u2028Ref\u2029 No']]) }]]),
    });
  });

  it.each([
    ['an empty file', '', 'profiles:\n  b:\n    vendor: acme\n'],
    ['comments only', '# ours', '# ours\nprofiles:\n  b:\n    vendor: acme\n'],
    ['no profile yet', '# ours\nprofiles: # none\n', '# ours\nprofiles: # none\n  b:\n    vendor: acme\n'],
    ['a blank document', '---\n', '---\nprofiles:\n  b:\n    vendor: acme\n'],
    [
      'no line end at the end',
      'profiles:\n  a:\n    vendor: x',
      'profiles:\n  a:\n    vendor: x\n\n  b:\n    vendor: acme\n',
    ],
    [
      'Windows line ends',
      'profiles:\r\n  a:\r\n    vendor: x # y\r\n  # z\r\n',
      'profiles:\r\n  a:\r\n    vendor: x # y\r\n  # z\r\n\r\n  b:\r\n    vendor: acme\r\n',
    ],
    [
      'a block text at the end',
      'profiles:\n  a:\n    vendor: |\n      x\n',
      'profiles:\n  a:\n    vendor: |\n      x\n\n  b:\n    vendor: acme\n',
    ],
    [
      'a profile with quotes',
      'profiles:\n  "1":\n    vendor: "x\n      y"\n',
      'profiles:\n  "1":\n    vendor: "x\n      y"\n\n  b:\n    vendor: acme\n',
    ],
  ])('goes into a file with %s', async (_, before, after) => {
    expect(await added(before, 'b', { vendor: 'acme' })).toBe(after);
  });

  it.each([
    ['an empty map', 'profiles: {}\n'],
    ['flow style', 'profiles: { a: { vendor: x } } # y\n'],
    ['a mark at its end', 'profiles:\n  a:\n    vendor: x\n...\n'],
    ['a block text that would take the blank line', 'profiles:\n  a:\n    vendor: |+\n      x\n'],
  ])('leaves it to a person where the file has %s', (_, before) => {
    expect(byHand(before, 'b', { vendor: 'acme' })).toBe('  b:\n    vendor: acme\n');
    expect(readFileSync(PATH, 'utf8')).toBe(before);
  });

  it('refuses a name that is taken, a profile that would be refused and a file with problems', async () => {
    const before = 'profiles:\n  a:\n    vendor: x\n';
    expect(await refused(before, 'a', NEW)).toBe(
      'revsync.yaml:2: there is a profile "a" already; choose another name with --profile',
    );
    expect(await refused(before, 'b c', { vendor: 'x', rate: -1 })).toBe(
      'revsync.yaml: profiles."b c": the key is not a name of letters, digits, "-", "_" and "."; rename it\n' +
        'revsync.yaml: profiles."b c".rate: -1 is not requests a second such as 5 (0: no limit), auto, or limits such as 5,80/min,2000/day',
    );
    expect(await refused(`${before}    rate: -1\n`, 'b', NEW)).toBe(
      'revsync.yaml:4: profiles.a.rate: -1 is not requests a second such as 5 (0: no limit), auto, or limits such as 5,80/min,2000/day',
    );
    expect(await refused('profiles:\nprofiles:\n', 'b', NEW)).toContain(
      'revsync.yaml:2: profiles: stands on line 1',
    );
    expect(await refused('a: [', 'b', NEW)).toContain('revsync.yaml:1: ');
    expect(await refused('a,b\n', 'b', NEW)).toBe(
      'revsync.yaml:1: a text is not a map that begins with profiles:',
    );
  });

  it('keeps the mode of the file and a link to it, and leaves nothing else behind', async () => {
    const link = join(folder, 'link.yaml');
    write('profiles:\n  a:\n    vendor: x\n');
    chmodSync(PATH, 0o640);
    symlinkSync(PATH, link);
    expect((await addProfile(at(link), 'b', NEW)).ok).toBe(true);
    expect(statSync(PATH).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    rmSync(link);
    expect([...read(readFileSync(PATH, 'utf8')).keys()]).toEqual(['a', 'b']);
    expect(readdirSync(folder)).toEqual([DEFAULT_CONFIG]);
  });

  it('says where it cannot write', async () => {
    const path = join(folder, 'none', DEFAULT_CONFIG);
    expect(await addProfile(at(path), 'a', NEW)).toEqual({
      ok: false,
      error: `profile ${path}: its folder does not exist; make it or choose another place with --config`,
    });
  });

  it('takes no comment on what is not there', async () => {
    rmSync(PATH);
    const comments = [{ entry: ['columns', 'x'], text: 'y' }];
    await expect(addProfile(at(PATH), 'a', NEW, comments)).rejects.toThrow('columns.x');
  });
});

describe('any text', () => {
  const line = fc
    .tuple(
      fc.nat({ max: 6 }),
      fc.constantFrom(
        'profiles',
        'a',
        'vendor',
        'columns',
        'values',
        'only',
        'token',
        '-',
        '?',
        '"',
        '[',
        '{',
        '&a',
        '*a',
        '<<',
        '%',
        '---',
        '...',
        '!!x',
        '|',
        '\t',
        '#',
      ),
      fc.constantFrom(': ', ' : ', ':', ' ', ''),
      fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom('1', '{}', '[a]', '*a', '&a {', '"', "'", '>', 'acme', ','),
      ),
    )
    .map(([indent, key, colon, value]) => `${' '.repeat(indent)}${key}${colon}${value}`);

  it('gives profiles or problems with a line', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(line).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, (text) => {
        write(text);
        const result = readConfig(at(PATH));
        if (result.ok) return;
        expect(result.error.length).toBeGreaterThan(0);
        for (const problem of result.error) expect(problem.slice(PATH.length)).toMatch(/^:\d+: [^]+/);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives problems where it is any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        write(bytes);
        expect(readConfig(at(PATH))).toBeDefined();
      }),
    );
  });
});

describe('any profile that is accepted', () => {
  const text = fc.string({ unit: 'binary' }).filter((text) => /\S/.test(text));
  const ascii = fc.string().filter((text) => /\S/.test(text));
  const any = fc.oneof(
    text,
    ascii,
    fc
      .constantFrom(
        '007',
        'true',
        'null',
        '~',
        '- a',
        '# a',
        'a: b',
        'a #b',
        '|',
        '<<',
        '\n',
        'a\n\n b\n',
        '&a',
        '*a',
        '!a',
        '%a',
        '@a',
        '`a',
        '---',
        '"',
        "'",
      )
      .filter((text) => /\S/.test(text)),
  );
  const field = any.filter((field) => field !== '__proto__' && field !== '<<');
  const map = <T>(value: fc.Arbitrary<T>, maxKeys = 4) =>
    fc.dictionary(field, value, { minKeys: 1, maxKeys, noNullPrototype: true });
  const match = fc.record({ column: any, values: fc.array(any, { minLength: 1, maxLength: 4 }) });
  const rows = (least: number) =>
    fc.oneof(
      fc.integer({ min: least, max: 1e9 }),
      fc.integer({ min: least, max: 100 }).map((share) => `${share}%`),
    );
  const path = any.filter((path) => !path.startsWith('~'));
  const seconds = fc.double({ min: 0.001, max: 1e7, noNaN: true });
  const address = fc.constantFrom('https://example.com/x?y=z', 'http://127.0.0.1:9/', 'http://localhost:1');

  const profile: fc.Arbitrary<ProfileInput> = fc.record(
    {
      vendor: any,
      account: any,
      base_url: any,
      ledger: path,
      env_file: path,
      columns: map(any),
      constants: map(any),
      values: map(map(fc.oneof(any, fc.constant('')))),
      ignore: fc.array(any, { minLength: 1, maxLength: 3 }),
      reversal: match,
      refund: fc.constantFrom('reverse', 'clear'),
      negative_amounts: fc.constantFrom('refuse', 'reverse', 'net', 'send'),
      only: match,
      may_be_empty: fc.boolean(),
      timezone: fc.constantFrom('America/New_York', 'UTC', 'Europe/Berlin'),
      date_format: any,
      decimal: fc.constantFrom('.', ','),
      currency: any,
      delimiter: fc.constantFrom(',', ';', '|', '\t', 'comma', 'semicolon', 'tab', 'pipe'),
      encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
      quotes: fc.constantFrom(...QUOTES),
      refund_sides: fc.constantFrom('buyer', 'offer', 'both'),
      header_row: fc.integer({ min: 1, max: 1_000_000 }),
      skip_total_row: fc.boolean(),
      round: fc.constantFrom('half-up', 'half-even'),
      blank_amount: fc.constantFrom('refuse', 'clear', 'omit'),
      zero: fc.constantFrom('amount', 'no_sale', 'refuse'),
      on_conflict: fc.constantFrom('refuse', 'last', 'sum'),
      rate: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      max_rate: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      concurrency: fc.integer({ min: 1, max: 1024 }),
      retries: fc.integer({ min: 0, max: 1000 }),
      timeout: seconds,
      deadline: seconds,
      max_errors: rows(1),
      min_rows: fc.integer({ min: 0, max: 1e9 }),
      wait: fc.constantFrom('90s', '30m', '2h'),
      max_age: fc.constantFrom('36h', '2d'),
      prune: fc.constantFrom('36h', '400d'),
      approve: fc.constant('other'),
      every: fc.constantFrom('24h', '7d'),
      files: fc.oneof(path, fc.array(path, { minLength: 1, maxLength: 3 })),
      notify: fc.record(
        {
          on: fc.constantFrom(...TELLING),
          command: fc.oneof(any, fc.array(any, { minLength: 1 })),
          url: address,
        },
        { requiredKeys: ['command'] },
      ),
      ping: address,
      max_invalid: rows(0),
      max_total: fc.tuple(fc.nat(), fc.nat({ max: 9999 })).map(([whole, part]) => `${whole}.${part}`),
      max_reversed: fc.tuple(fc.nat(), fc.nat({ max: 9999 })).map(([whole, part]) => `${whole}.${part}`),
      confirm: fc.boolean(),
      correct: fc.boolean(),
      allow_missing_call_date: fc.boolean(),
    },
    { requiredKeys: ['vendor'] },
  );
  const name = fc.stringMatching(/^[\w.-]{1,12}$/).filter((name) => name !== '__proto__');

  it('is generated with every key there is', () => {
    const seen = new Set(fc.sample(profile, { numRuns: 200, seed: 1 }).flatMap((one) => Object.keys(one)));
    expect([...seen].sort()).toEqual(Object.keys(PROFILE.shape).sort());
  });

  it('reads back as the same thing written as JSON does, each time one is added', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(name, profile), { minLength: 1, maxLength: 3, selector: ([name]) => name }),
        fc.boolean(),
        async (entries, windows) => {
          const json = JSON.stringify({ profiles: Object.fromEntries(entries) });
          write(json);
          const wanted = readConfig(at(PATH));
          // Two texts that differ by case only, a field that is named like a credential: rare, and refused.
          if (!wanted.ok) return;
          accepted += 1;
          if (windows) write('# ours\r\n');
          else rmSync(PATH);
          for (const [name, profile] of entries) {
            const comments = Object.entries(profile)
              .filter(([, value]) => typeof value !== 'object')
              .map(([key]) => ({ entry: [key], text: `about ${json.slice(0, 60)}` }));
            expect(await addProfile(at(PATH), name, profile, comments)).toEqual({
              ok: true,
              value: undefined,
            });
          }
          expect(readConfig(at(PATH))).toEqual(wanted);
        },
      ),
      { numRuns: 60 },
    );
    expect(accepted).toBeGreaterThan(30);
  });
});

describe('revsync.schema.json', () => {
  it('says what the reader says; `npx vitest run test/io/config.test.ts -u` writes it anew', async () => {
    const path = new URL('../../revsync.schema.json', import.meta.url).pathname;
    const text = await prettier.format(JSON.stringify(configJsonSchema()), {
      ...(await prettier.resolveConfig(path)),
      parser: 'json',
    });
    await expect(text).toMatchFileSnapshot(path);
  });
});
