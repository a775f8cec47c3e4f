import { describe, expect, it } from 'vitest';
import * as sound from '../../src/io/redact.js';
import { mutated, type Mutation } from '../support/mutated.js';

const SECRETS = { TOKEN: 'tok3n/Geheim+42= ü"', DASHED: 'ab-cd_ef-9', OTHER: 'tok3n/Geheim' };
const PAIR = { KEY: 'public-7:pri+vate' };
const ENCODED = { KEY: Buffer.from('public-7:pri+vate').toString('base64') };
const ID = { ID: '1234' };

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const escaped = (text: string, escape: (code: string) => string): string =>
  text.replace(/./gu, (character) => escape(character.charCodeAt(0).toString(16).padStart(2, '0')));

/** A text with secrets in it, and what has to become of it. */
const CASES: readonly (readonly [
  about: string,
  secrets: Record<string, string>,
  text: string,
  shown: string,
])[] = [
  ['as it is', SECRETS, 'a tok3n/Geheim+42= ü" b', 'a [TOKEN] b'],
  ['in other letters', SECRETS, 'a TOK3N/geheim+42= Ü" b', 'a [TOKEN] b'],
  ['in a URL', SECRETS, 'a tok3n%2FGeheim%2B42%3D%20%C3%BC%22 b', 'a [TOKEN] b'],
  ['in a URL in lower case', SECRETS, 'a tok3n%2fGeheim%2b42%3d%20%c3%bc%22 b', 'a [TOKEN] b'],
  ['in a form', SECRETS, 'a tok3n%2FGeheim%2B42%3D+%C3%BC%22 b', 'a [TOKEN] b'],
  ['in a URL in a URL', SECRETS, 'a tok3n%252FGeheim%252B42%253D%2520%25C3%25BC%2522 b', 'a [TOKEN] b'],
  [
    'all of it in percent signs',
    SECRETS,
    `a=%22${escaped('ab-cd_ef-9', (code) => `%${code}`)}%22`,
    'a=%22[DASHED]%22',
  ],
  ['in JSON', SECRETS, '{"a":"tok3n/Geheim+42= ü\\""}', '{"a":"[TOKEN]"}'],
  ['in JSON as PHP writes it', SECRETS, '{"a":"tok3n\\/Geheim+42= \\u00fc\\""}', '{"a":"[TOKEN]"}'],
  ['in JSON that escapes its signs', SECRETS, '{"a":"ab\\u002dcd_ef\\u002D9"}', '{"a":"[DASHED]"}'],
  ['in JSON in JSON', SECRETS, '"{\\"a\\":\\"ab\\\\u002dcd_ef-9\\"}"', '"{\\"a\\":\\"[DASHED]\\"}"'],
  ['in JSON, all of it escaped', SECRETS, escaped('ab-cd_ef-9', (code) => `\\u00${code}`), '[DASHED]'],
  ['as JavaScript may escape it', SECRETS, 'a ab\\x2dcd\\u{5f}ef-9 b', 'a [DASHED] b'],
  ['in HTML', SECRETS, '<b>tok3n&sol;Geheim&#43;42&equals; &#xFC;&quot;</b>', '<b>[TOKEN]</b>'],
  ['in HTML in HTML', SECRETS, 'a ab&amp;#45;cd&amp;lowbar;ef-9 b', 'a [DASHED] b'],
  ['in hexadecimal digits', SECRETS, `a${Buffer.from('ab-cd_ef-9').toString('hex')}b`, 'a[DASHED]b'],
  ['in those in upper case', SECRETS, Buffer.from('ab-cd_ef-9').toString('hex').toUpperCase(), '[DASHED]'],
  ['in base64', SECRETS, 'a dG9rM24vR2VoZWltKzQyPSDDvCI= b', 'a [TOKEN] b'],
  ['in base64 for URLs', SECRETS, 'a dG9rM24vR2VoZWltKzQyPSDDvCI b', 'a [TOKEN] b'],
  ['in base64 that differs for URLs', { TOKEN: 'a?>b~~' }, 'YT8+Yn5+ YT8-Yn5-', '[TOKEN] [TOKEN]'],
  ['in base64 in a URL', SECRETS, 'a dG9rM24vR2VoZWltKzQyPSDDvCI%3D b', 'a [TOKEN] b'],
  ['in base64 behind one byte', SECRETS, `a ${base64('xab-cd_ef-9yz')} b`, 'a e[DASHED]5eg== b'],
  ['in base64 behind two', SECRETS, `a ${base64('xxab-cd_ef-9yz')} b`, 'a eH[DASHED]eXo= b'],
  ['in base64 behind three', SECRETS, `a ${base64('xxxab-cd_ef-9yz')} b`, 'a eHh4[DASHED]l6 b'],
  ['the longer one where one begins like the other', SECRETS, 'tok3n/Geheim!', '[OTHER]!'],
  ['several times, in several ways', SECRETS, 'ab-cd_ef-9,AB%2DCD_EF-9;x', '[DASHED],[DASHED];x'],
  ['both halves', PAIR, 'a public-7 b pri+vate c public-7:pri+vate d', 'a [KEY] b [KEY] c [KEY] d'],
  ['a half in base64', PAIR, base64('x pri+vate'), 'eC[KEY]'],
  ['the whole of the header', PAIR, `Basic ${base64('public-7:pri+vate')}`, 'Basic [KEY]'],
  ['the halves of one in base64 already', ENCODED, 'a public-7 b pri+vate c', 'a [KEY] b [KEY] c'],
  ['a half where + is a space', PAIR, 'a pri vate b', 'a [KEY] b'],
  [
    'a number that stands by itself',
    ID,
    'the id 1234, id=1234. And id1234',
    'the id [ID], id=[ID]. And id[ID]',
  ],
  ['a number in JSON of more', ID, '{"error":"no 1234","id":1234}', '{"error":"no [ID]","id":[ID]}'],
  [
    'no part of another number',
    ID,
    'cost 5123499, 1234.50, 9,123,412.34 and 1,1234',
    'cost 5123499, 1234.50, 9,123,412.34 and 1,1234',
  ],
  ['no text that is nothing but a number', ID, '1234', '1234'],
  ['a long number wherever it is', { ID: '1234567890' }, '991234567890', '99[ID]'],
  ['nothing where there is none', {}, 'tok3n', 'tok3n'],
  ['no pattern', { TOKEN: 'a.*b$' }, 'axxb$ a.*b$', 'axxb$ [TOKEN]'],
  [
    'nothing else',
    SECRETS,
    '100 % of 5 &c. \\o/ %zz &#99999999; \\u12',
    '100 % of 5 &c. \\o/ %zz &#99999999; \\u12',
  ],
];

/** The cases that a redactor gets wrong. */
function wrong({ redactor }: Pick<typeof sound, 'redactor'>): string[] {
  return CASES.filter(([, secrets, text, shown]) => redactor(secrets)(text) !== shown).map(
    ([about]) => about,
  );
}

describe('a secret in a text has its name instead', () => {
  it.each(CASES)('%s', (_, secrets, text, shown) => {
    expect(sound.redactor(secrets)(text)).toBe(shown);
  });

  it('and numbers stay where a person counts with them', () => {
    const redact = sound.redactor({ ...ID, ...PAIR }, 'left');
    expect(redact('1234 rows accepted, public-7')).toBe('1234 rows accepted, [KEY]');
  });

  it('in time that grows with the text, however deep it is escaped', () => {
    const redact = sound.redactor(SECRETS);
    const began = performance.now();
    redact(`%${'25'.repeat(100_000)}`);
    redact('ab-cd_ef-'.repeat(20_000));
    redact('\\u002d'.repeat(40_000));
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('in each text of a value, whose names, numbers and structure stay', () => {
    const redact = sound.redactor({ A: 'value', B: '1234' });
    const read = { value: 'the value', at: 1234, list: [null, true, ['value 1234']], none: undefined };
    const shown = { value: 'the [A]', at: 1234, list: [null, true, ['[A] [B]']], none: undefined };
    expect(sound.redactTexts(read, redact)).toEqual(shown);
  });
});

/** The list only grows. */
const FAULTS: readonly Mutation[] = [
  ['reads no escapes', 'const DEEPEST = 8', 'const DEEPEST = 0'],
  ['reads escapes once', 'const DEEPEST = 8', 'const DEEPEST = 1'],
  ['reads no \\u', '\\\\u([0-9a-f]{4})|', ''],
  ['reads no \\x', '\\\\x([0-9a-f]{2})|', ''],
  ['reads no backslash before a sign', '\\\\([^a-z0-9\\s])|', ''],
  ['reads no decimal entity', '&#(\\d{1,7});?|', ''],
  ['reads no hexadecimal entity', '&#x([0-9a-f]{1,6});?|', ''],
  ['reads no named entity', '|&([a-z]{2,8});', ''],
  ['reads no percent signs', '|(?:%[0-9a-f]{2})+', ''],
  ['reads lower-case digits only', '(?:%[0-9a-f]{2})+/gi', '(?:%[0-9a-f]{2})+/g'],
  ['looks for the case as it is', "new RegExp(source, 'gi')", "new RegExp(source, 'g')"],
  ['looks for no hexadecimal digits', ", Buffer.from(part).toString('hex')]", ']'],
  ['looks for base64 at its start only', 'BASE64_AFTER = [0, 1, 2]', 'BASE64_AFTER = [0]'],
  ['looks for base64 of mail only', "'[+-]'", "'[+]'"],
  ['leaves the edges of base64', "is ? `${BASE64}?` : ''", "is ? '' : ''"],
  ['takes no halves', 'return at < 0 ?', 'return at < 1e9 ?'],
  ['reads no key that is encoded', '? [inner] : []', '? [] : []'],
  ['takes no + for a space', ", part.replaceAll('+', ' ')", ''],
  ['takes no space for a +', "part.replaceAll(' ', '+'),", ''],
  ['breaks numbers', '(isNumber(word) ?', '(word === "" ?'],
  ['breaks amounts', '(?!\\\\d|[.,]\\\\d)', '(?!\\\\d)'],
  ['breaks a text that is a number', '(?!(?<=^\\\\s*-?)${digits}\\\\s*$)', ''],
  ['takes a secret for a pattern', "text.replace(/[^\\w\\s]/g, '\\\\$&')", 'text'],
  ['names the shorter one', 'end - start > last.longest', 'end - start < last.longest'],
];

describe('the cases notice a redactor that', () => {
  it.each(FAULTS)('%s', async (...fault) => {
    expect(wrong(await mutated('io/redact.ts', fault))).not.toEqual([]);
  });
});
