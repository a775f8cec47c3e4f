import type { FileProblem } from '../../core/ports.js';
import { markedEncoding } from './decode.js';

const SAVE = 'open it and save it as "CSV UTF-8"';
const EXPORT = 'export the sales as CSV';

/** By the bytes that files of a kind begin with. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  [
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    `is a workbook of an old Excel (.xls) or one with a password, not a CSV file; ${SAVE}`,
  ],
  ['%PDF-', `is a PDF, not a CSV file; ${EXPORT}`],
  ['{\\rtf', `is a text of a word processor (RTF), not a CSV file; ${EXPORT}`],
  ['SQLite format 3\0', `is an SQLite database, not a CSV file; ${EXPORT}`],
  ['PAR1', `is a Parquet file, not a CSV file; ${EXPORT}`],
  ['7z\xbc\xaf\x27\x1c', 'is a 7-Zip archive, not a CSV file; unpack it and name the CSV file inside'],
  ['Rar!\x1a\x07', 'is a RAR archive, not a CSV file; unpack it and name the CSV file inside'],
  ['BZh', 'is packed with bzip2; unpack it with bunzip2, or pack it with gzip'],
  ['\xfd7zXZ\0', 'is packed with xz; unpack it with unxz, or pack it with gzip'],
  ['\x28\xb5\x2f\xfd', 'is packed with zstd; unpack it with unzstd, or pack it with gzip'],
  ['\x89PNG', `is a picture, not a CSV file; ${EXPORT}`],
  ['\xff\xd8\xff', `is a picture, not a CSV file; ${EXPORT}`],
];

/** What a file is instead of a CSV file, and the way on. `start` holds its first bytes, some ten thousand of them. */
export function otherKindOf(start: Buffer): FileProblem | undefined {
  const bytes = start.toString('latin1');
  const [, message] = BEGINNINGS.find(([beginning]) => bytes.startsWith(beginning)) ?? [];
  const found = message ?? archive(start, bytes) ?? markup(start);
  return found === undefined ? undefined : { message: found };
}

function archive(start: Buffer, bytes: string): string | undefined {
  if (bytes.startsWith('ustar', 257))
    return 'is a tar archive, not a CSV file; unpack it and name the CSV file inside';
  if (!/^PK(\x03\x04|\x05\x06|\x07\x08)/.test(bytes)) return undefined;
  if (/xl\/|\[Content_Types\]\.xml/.test(bytes) && !/(word|ppt)\//.test(bytes))
    return `is an Excel workbook, not a CSV file; ${SAVE}`;
  if (bytes.includes('application/vnd.oasis.opendocument.spreadsheet'))
    return `is an OpenDocument spreadsheet, not a CSV file; ${SAVE}`;
  if (bytes.includes('.iwa')) return 'is a spreadsheet of Numbers, not a CSV file; export it as CSV (UTF-8)';
  const inside = firstName(start);
  const unpack =
    inside === undefined ? 'name the CSV file inside' : `name the file inside, ${JSON.stringify(inside)}`;
  return `is a zip archive, not a CSV file; unpack it and ${unpack}`;
}

/** The first file in a zip archive, where its name says that it holds text. */
function firstName(zip: Buffer): string | undefined {
  const name = zip.length < 30 ? '' : zip.toString('latin1', 30, 30 + zip.readUInt16LE(26));
  return /^[\w .()/-]{1,100}\.(csv|tsv|txt)$/i.test(name) ? name : undefined;
}

function markup(start: Buffer): string | undefined {
  const text = textOf(start).trimStart();
  if (/^(<!--[\s\S]*?-->\s*)?<(!doctype\s+html|(html|head|body|script|table|meta|title)\b)/i.test(text))
    return webPage(text);
  if (/^(<\?xml\b|<([a-z][\w:.-]*)(\s+xmlns|[^<>]*>\s*<[a-z]))/i.test(text)) {
    if (/<html\b/i.test(text)) return webPage(text);
    if (text.includes('urn:schemas-microsoft-com:office:spreadsheet'))
      return `is an XML spreadsheet, not a CSV file; ${SAVE}`;
    return `is XML, not a CSV file; where it is an error message, fetch the file again, else ${EXPORT}`;
  }
  if (/^(\{\s*("|\}\s*$)|\[\s*([{[\]]|"[^"]*"\s*,\s*[{[]))/.test(text))
    return `is JSON, not a CSV file; where it is an error message, fetch the file again, else ${EXPORT}`;
  return undefined;
}

function textOf(start: Buffer): string {
  const marked = markedEncoding(start);
  if (marked === 'utf-8') return start.toString('latin1', 3);
  return marked === undefined ? start.toString('latin1') : new TextDecoder(marked).decode(start);
}

function webPage(text: string): string {
  if (/<input[^>]*type\s*=\s*["']?password|<title>[^<]*\b(log|sign)[ -]?(in|on)\b/i.test(text))
    return 'is a web page that asks for a login, not a CSV file; sign in and download the file again';
  if (/<table\b/i.test(text))
    return 'is a web page with a table in it, not a CSV file; open it in a spreadsheet and save it as "CSV UTF-8"';
  return 'is a web page, not a CSV file; open it in a browser to see what it says, and download the file again';
}

const ADDRESS = /^([a-z][a-z0-9+.-]+):\/\//i;

/** A web address as it may be shown: without what may be secret in it. Undefined where the name is none. */
export function addressIn(name: string): string | undefined {
  const [start] = ADDRESS.exec(name) ?? [];
  if (start === undefined) return undefined;
  const [place = ''] = name.slice(start.length).split(/[?#]/, 1);
  return start + place.replace(/^[^/]*@/, '');
}

/** Why an address is refused. */
export function notAFile(address: string): FileProblem {
  if (/^file:/i.test(address)) return { message: 'is an address, not a path; write the path behind file://' };
  const way = /^https?:\/\/docs\.google\.com\/spreadsheets\//i.test(address)
    ? 'choose File > Download > Comma Separated Values there, and name that file'
    : 'download it and name the file, or pipe it in and name - as the file';
  return { message: `is a web address, not a file; ${way}` };
}
