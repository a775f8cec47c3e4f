import { option, under, wholeNumber, type Settings } from '../io/setting.js';

const PORT = wholeNumber(0, 65_535, 'a port from 0 to 65535');
const MILLISECONDS = wholeNumber(0, 3_600_000, 'milliseconds from 0');

/** How the fake vendors are served. */
export const SANDBOX_SETTINGS = {
  ...under('Connection', ['sandbox'], {
    port: option('--port <n>', PORT, { about: '0 takes a free one', default: 0 }),
  }),
  ...under('Files', ['sandbox'], {
    known: option('--known <path>', 'path', 'ids the vendors know, one a line (default: all but 404404…)'),
    books: option('--books <folder>', 'path', 'keep the books there (default: in memory)'),
    reset: option('--reset', 'flag', {
      about: 'empty the books of `push --sandbox`, and what the ledger remembers of them',
    }),
  }),
  ...under('Sending', ['sandbox'], {
    faults: option('--faults <list>', 'text', {
      about: 'what goes wrong: KIND[=VALUE][@WHEN],…',
      default: '',
    }),
    latency: option('--latency <ms>', MILLISECONDS, { about: 'how long every answer takes', default: 0 }),
  }),
} as const satisfies Settings;
