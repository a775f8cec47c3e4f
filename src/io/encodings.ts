import { nearest, plainWord } from './nearest.js';

/**
 * Other names of an encoding, where there are any, but for code pages: `cp1252`, `win1252` and `1252` are all
 * windows-1252. `iso-8859-1` is read as windows-1252, as browsers do: nobody's export has its control characters. So
 * are others that Windows has an encoding for.
 */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'utf-8': ['utf-8-sig', 'utf-8-bom', 'utf8mb4', 'cp65001', 'ascii', 'us-ascii'],
  'utf-16': ['unicode', 'ucs-2'],
  'utf-16le': ['ucs-2le'],
  'utf-16be': ['ucs-2be'],
  'windows-1250': [],
  'windows-1251': [],
  'windows-1252': ['latin1', 'l1', 'iso-8859-1', 'ansi', 'western'],
  'windows-1253': [],
  'windows-1254': ['latin5', 'iso-8859-9'],
  'windows-1255': [],
  'windows-1256': [],
  'windows-1257': [],
  'windows-1258': [],
  'windows-874': ['iso-8859-11', 'tis-620'],
  'iso-8859-2': ['latin2', 'l2'],
  'iso-8859-3': ['latin3'],
  'iso-8859-4': ['latin4'],
  'iso-8859-5': [],
  'iso-8859-6': [],
  'iso-8859-7': [],
  'iso-8859-8': [],
  'iso-8859-10': ['latin6'],
  'iso-8859-13': ['latin7'],
  'iso-8859-14': ['latin8'],
  'iso-8859-15': ['latin9', 'l9', 'latin0'],
  'iso-8859-16': ['latin10'],
  cp437: ['dos', 'oem-us'],
  cp737: [],
  cp775: [],
  cp850: [],
  cp852: [],
  cp855: [],
  cp857: [],
  cp858: [],
  cp860: [],
  cp861: [],
  cp862: [],
  cp863: [],
  cp864: [],
  cp865: [],
  cp866: [],
  cp869: [],
  macintosh: ['macroman', 'mac', 'x-mac-roman', 'cp10000'],
  maccenteuro: ['mac-central-europe', 'x-mac-centraleurope', 'mac-ce'],
  maccyrillic: ['x-mac-cyrillic'],
  macgreek: ['x-mac-greek'],
  macturkish: ['x-mac-turkish'],
  'koi8-r': [],
  'koi8-u': [],
  shift_jis: ['sjis', 'cp932', 'ms932', 'windows-31j'],
  'euc-jp': ['ujis'],
  gbk: ['gb2312', 'cp936', 'euc-cn'],
  gb18030: [],
  big5: ['big5-hkscs', 'cp950'],
  'euc-kr': ['cp949', 'ks_c_5601-1987', 'uhc'],
};

/** The encodings a file may be in, by the names that messages and profiles have. */
export const ENCODINGS: readonly string[] = Object.keys(OTHER_NAMES);

const BY_WORD: ReadonlyMap<string, string> = new Map(
  Object.entries(OTHER_NAMES).flatMap(([name, others]) =>
    [name, ...others].map((one) => [plainWord(one), name] as const),
  ),
);

/** The name in `ENCODINGS` of what people call an encoding; undefined where nobody does. */
export function encodingNamed(text: string): string | undefined {
  const word = plainWord(text);
  const [, page] = /^(?:windows|win|cp|ms|ibm|oem|dos)?(\d{3,5})$/.exec(word) ?? [];
  const [, part] = /^iso8859([1-9]\d?)[ei]?$/.exec(word) ?? [];
  return (
    BY_WORD.get(word) ??
    BY_WORD.get(`windows${page}`) ??
    BY_WORD.get(`cp${page}`) ??
    BY_WORD.get(`iso8859${part}`)
  );
}

/** What is said of a name that is none. */
export function wantedEncoding(text: string): string {
  const near = nearest(text, [...ENCODINGS, ...Object.values(OTHER_NAMES).flat()]);
  const wanted = 'an encoding such as utf-8, utf-16, windows-1252, iso-8859-2, cp850, macintosh or shift_jis';
  return near === undefined ? wanted : `${wanted}; did you mean ${near}?`;
}
