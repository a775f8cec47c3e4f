import type { FieldCase } from '../field.js';

const HEADER = Buffer.from('call_log_id,revenue\n');

/** One sale whose id is these bytes. */
function sale(id: readonly number[]): Buffer {
  return Buffer.concat([HEADER, Buffer.from(id), Buffer.from(',5.00\n')]);
}

function read(name: string, id: readonly number[], key: string): FieldCase {
  return {
    name: `is read as ${name}`,
    file: sale(id),
    args: ['--encoding', name],
    exit: 0,
    rows: [[2, key, 'accepted', '5.00']],
  };
}

function unknown(name: string, meant: string): FieldCase {
  return {
    name: `${name} is no encoding`,
    file: sale([0x41]),
    config: `profiles: { nightly: { vendor: convoso, encoding: ${name} } }\n`,
    args: ['--profile', 'nightly'],
    exit: 2,
    says: [
      `revsync.yaml:1: profiles.nightly.encoding: "${name}" is not an encoding such as utf-8, utf-16, windows-1252, iso-8859-2, cp850, macintosh or shift_jis; did you mean ${meant}?`,
    ],
  };
}

/** A file of lines that are not UTF-8, and the encoding in the message, which then reads it. */
const SUGGESTED: FieldCase = {
  name: 'all lines with a byte that is not UTF-8 are said at once',
  file: Buffer.from(
    'call_log_id,revenue,note\n7001,5.00,M\xfcller\n7002,6.00,x\n7003,7.00,Zo\xeb \x80\n',
    'latin1',
  ),
  exit: 3,
  says: [
    'sales.csv:2: has a byte that is not UTF-8 (0xFC); save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252; the same on line 4',
  ],
  remedy: {
    takes: '--encoding windows-1252',
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [3, '7002', 'accepted', '6.00'],
      [4, '7003', 'accepted', '7.00'],
    ],
  },
};

export const ENCODINGS: readonly FieldCase[] = [
  read('latin1', [0xdc, 0x80], 'Ü€'),
  read('ISO-8859-1', [0xdc], 'Ü'),
  read('cp1252', [0xdc], 'Ü'),
  read('utf8', [0xc3, 0x9c], 'Ü'),
  {
    name: 'is read as utf-16, with and without its mark, in either order',
    file: {
      'marked.csv': Buffer.from('\ufeffcall_log_id,revenue\nÜ1,5.00\n', 'utf16le'),
      'little.csv': Buffer.from('call_log_id,revenue\nÜ2,5.00\n', 'utf16le'),
      'big.csv': Buffer.from('call_log_id,revenue\nÜ3,5.00\n', 'utf16le').swap16(),
    },
    args: ['--encoding', 'utf-16'],
    exit: 0,
    rows: [1, 2, 3].map((id) => [2, `Ü${id}`, 'accepted', '5.00']),
  },
  read('latin-2', [0xf5], 'ő'),
  read('iso8859-15', [0xa4], '€'),
  read('cp850', [0x9a], 'Ü'),
  read('IBM437', [0x9a], 'Ü'),
  read('macroman', [0x86], 'Ü'),
  read('Shift-JIS', [0x93, 0x8c, 0x8b, 0x9e], '東京'),
  read('gb2312', [0xb1, 0xb1], '北'),
  read('koi8-r', [0xf1], 'Я'),
  unknown('latin-11', 'latin1'),
  SUGGESTED,
  {
    name: 'bytes that Windows-1252 does not have either',
    file: sale([0x81]),
    exit: 3,
    says: [
      'sales.csv:2: has a byte that is not UTF-8 (0x81); save the file as "CSV UTF-8", or name its encoding, such as --encoding cp850 or macintosh',
    ],
    remedy: { takes: '--encoding cp850', rows: [[2, 'ü', 'accepted', '5.00']] },
  },
  {
    name: 'a byte that the encoding does not have',
    file: sale([0xff]),
    args: ['--encoding', 'euc-jp'],
    exit: 3,
    says: ['sales.csv:2: has a byte that is not EUC-JP (0xFF); save the file as "CSV UTF-8"'],
  },
];
