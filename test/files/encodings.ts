import { gzipSync } from 'node:zlib';
import type { Case } from './case.js';

const MARK = '\uFEFF';

export function utf16le(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

function utf16be(text: string): Buffer {
  return utf16le(text).swap16();
}

/** Byte for byte, for a file that is in no Unicode encoding. */
function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

const TABLE = 'call_log_id,revenue\n7001,5.00\nÜ-7002,6.10\n';
const ROWS: Case['rows'] = [
  [2, '7001', 'accepted', '5.00'],
  [3, 'Ü-7002', 'accepted', '6.10'],
];

/** A file of one sale; every file of a push has another. */
function one(id: number): string {
  return `call_log_id,revenue\nÜ-${id},${id}.10\n`;
}

export const ENCODINGS: readonly Case[] = [
  {
    name: 'UTF-8 with and without its mark or two, UTF-16 with its mark and in gzip: each file by itself',
    file: {
      'utf-8.csv': one(1),
      'mark.csv': MARK + one(2),
      'two-marks.csv': MARK + MARK + one(3),
      'utf-16le.csv': utf16le(MARK + one(4)),
      'utf-16be.csv': utf16be(MARK + one(5)),
      'zipped.csv.gz': gzipSync(utf16le(MARK + one(6))),
    },
    exit: 0,
    rows: [1, 2, 3, 4, 5, 6].map((id) => [2, `Ü-${id}`, 'accepted', `${id}.10`]),
  },
  {
    name: 'Windows-1252 that is named, its own signs between 0x80 and 0x9F too',
    file: bytes('call_log_id,revenue\n7001,\x805.00\n\xDC\x967002,6.10\n'),
    args: ['--encoding', 'windows-1252', '--currency', 'EUR'],
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [3, 'Ü–7002', 'accepted', '6.10'],
    ],
  },
  {
    name: 'UTF-16LE without its mark that is named',
    file: utf16le(TABLE),
    args: ['--encoding', 'utf-16le'],
    exit: 0,
    rows: ROWS,
  },
  {
    name: 'UTF-16BE without its mark that is named',
    file: utf16be(TABLE),
    args: ['--encoding', 'utf-16be'],
    exit: 0,
    rows: ROWS,
  },
  {
    name: 'UTF-16BE that was cut off inside a character',
    file: utf16be(`${MARK}call_log_id,revenue\n7001,5.00\n7002,6.1`).subarray(0, -1),
    exit: 3,
    says: ['sales.csv:3: has a character that is not UTF-16BE; save the file as "CSV UTF-8"'],
  },
  { name: 'standard input', file: { '-': TABLE }, exit: 0, rows: ROWS },
  {
    name: 'gzip on standard input with a bad byte',
    file: { '-': gzipSync(bytes('call_log_id,revenue\n\xFF,1\n')) },
    exit: 3,
    says: [
      '-:2: has a byte that is not UTF-8 (0xFF); save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252',
    ],
  },
];
