import { gzipSync } from 'node:zlib';
import type { FieldCase } from '../field.js';

const SAVE = 'open it and save it as "CSV UTF-8"';
const ERROR_OR_EXPORT = 'where it is an error message, fetch the file again, else export the sales as CSV';

/** A zip archive whose entries are stored, as far as its first bytes go. */
function zip(...names: readonly string[]): Buffer {
  return Buffer.concat(
    names.map((name) => {
      const head = Buffer.alloc(30);
      head.write('PK\x03\x04', 'latin1');
      head.writeUInt16LE(name.length, 26);
      return Buffer.concat([head, Buffer.from(name)]);
    }),
  );
}

function refused(name: string, file: string | Buffer, says: string): FieldCase {
  return { name, file, exit: 3, says: [`sales.csv: ${says}`] };
}

export const NOT_A_CSV: readonly FieldCase[] = [
  refused(
    'an Excel workbook that is called CSV',
    zip('[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml', 'xl/worksheets/sheet1.xml'),
    `is an Excel workbook, not a CSV file; ${SAVE}`,
  ),
  refused(
    'an Excel workbook that is packed with gzip too',
    gzipSync(zip('[Content_Types].xml', 'xl/workbook.xml')),
    `is an Excel workbook, not a CSV file; ${SAVE}`,
  ),
  refused(
    'a workbook of an old Excel, or one with a password',
    Buffer.from('d0cf11e0a1b11ae10000', 'hex'),
    `is a workbook of an old Excel (.xls) or one with a password, not a CSV file; ${SAVE}`,
  ),
  refused(
    'a spreadsheet of Numbers',
    zip('Index/Document.iwa', 'Metadata/Properties.plist'),
    'is a spreadsheet of Numbers, not a CSV file; export it as CSV (UTF-8)',
  ),
  refused(
    'a zip archive with the CSV file in it',
    zip('exports/sales.csv'),
    'is a zip archive, not a CSV file; unpack it and name the file inside, "exports/sales.csv"',
  ),
  refused(
    'a zip archive with something else in it',
    zip('readme.html'),
    'is a zip archive, not a CSV file; unpack it and name the CSV file inside',
  ),
  refused('a PDF', '%PDF-1.4\n%\xe2\xe3\n', 'is a PDF, not a CSV file; export the sales as CSV'),
  refused(
    'the login page that a download came to',
    '\n<!-- cached -->\n<html lang="en"><head><title>Log in | CRM</title></head><body></body></html>\n',
    'is a web page that asks for a login, not a CSV file; sign in and download the file again',
  ),
  refused(
    'a web page in UTF-16 that a site calls an Excel file',
    Buffer.from('\ufeff<html><table><tr><td>Call Log ID</td></tr></table></html>', 'utf16le'),
    'is a web page with a table in it, not a CSV file; open it in a spreadsheet and save it as "CSV UTF-8"',
  ),
  refused(
    'a web page that says that something went wrong',
    '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>',
    'is a web page, not a CSV file; open it in a browser to see what it says, and download the file again',
  ),
  refused(
    'JSON, with a byte order mark',
    '\ufeff{\n  "error": "token expired"\n}\n',
    `is JSON, not a CSV file; ${ERROR_OR_EXPORT}`,
  ),
  refused(
    'JSON lines',
    '{"call_log_id": 7001, "revenue": 5}\n{"call_log_id": 7002, "revenue": 6}\n',
    `is JSON, not a CSV file; ${ERROR_OR_EXPORT}`,
  ),
  refused(
    'XML of a store that has no such file',
    '<Error><Code>NoSuchKey</Code></Error>',
    `is XML, not a CSV file; ${ERROR_OR_EXPORT}`,
  ),
  refused(
    'the XML spreadsheet of an old Excel',
    '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
    `is an XML spreadsheet, not a CSV file; ${SAVE}`,
  ),
  {
    name: 'a web address instead of a path: what may be secret in it is not shown',
    file: 'call_log_id,revenue\n7001,5.00\n',
    args: ['https://me:pass@crm.example/export/sales.csv?token=abc#x'],
    exit: 3,
    says: [
      'https://crm.example/export/sales.csv: is a web address, not a file; download it and name the file, or pipe it in and name - as the file',
    ],
  },
  {
    name: 'the address of a Google sheet',
    file: 'call_log_id,revenue\n7001,5.00\n',
    args: ['https://docs.google.com/spreadsheets/d/1a/edit?gid=0'],
    exit: 3,
    says: [
      'https://docs.google.com/spreadsheets/d/1a/edit: is a web address, not a file; choose File > Download > Comma Separated Values there, and name that file',
    ],
  },
  {
    name: 'headers in brackets, which are no JSON',
    file: '[call_log_id],[revenue]\n7001,5.00\n',
    args: ['--column', 'call_id=[call_log_id]', '--column', 'amount=[revenue]'],
    exit: 0,
    rows: [[2, '7001', 'accepted', '5.00']],
  },
  {
    name: 'the mark with which DOS ends a file',
    file: 'revenue,call_log_id\r\n5.00,7001\r\n6.00,7002\x1a',
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [3, '7002', 'accepted', '6.00'],
    ],
  },
  {
    name: 'the mark with which DOS ends a file, on a line of its own',
    file: 'call_log_id,revenue\r\n7001,5.00\r\n\x1a',
    exit: 0,
    rows: [[2, '7001', 'accepted', '5.00']],
  },
  {
    name: 'a last line without its end, whose last cell is the amount',
    file: 'call_log_id,revenue\n7001,5.00\n7002,12',
    exit: 0,
    says: [
      'sales.csv:3: the last line has no end, so that its amount "12" may be cut off; see that the file is whole, or say what it comes to with --expect-total',
    ],
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [3, '7002', 'accepted', '12.00'],
    ],
  },
  {
    name: 'last lines without their end, whose amount is all there',
    file: {
      'quoted.csv': 'call_log_id,revenue\n7001,"5.00"',
      'before.csv': 'revenue,call_log_id\n6.00,7002',
      'marked.csv': 'call_log_id,revenue\n7003,7.00\x1a',
    },
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [2, '7002', 'accepted', '6.00'],
      [2, '7003', 'accepted', '7.00'],
    ],
  },
];
