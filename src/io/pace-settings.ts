import { both, PER_SECOND, SECONDS, under, wholeNumber, type Settings } from './setting.js';

/** The commands that send. */
export const SENDING = ['push', 'undo', 'apply'] as const;

/** How fast is sent, and for how long. */
export const PACE_SETTINGS = {
  ...under('Sending', SENDING, {
    rate: both('rate', '--rate <limits>', 'rate', {
      about:
        "requests a second at most, or several limits: 5,80/min,2000/day; 0 is none; auto begins with the default and finds out what the vendor bears, and where a repeat would count twice it only slows down (default: the vendor's; none with --sandbox)",
    }),
    maxRate: both('max_rate', '--max-rate <n>', PER_SECOND, {
      about:
        "with --rate auto, requests a second at most (default: ten times the vendor's default, that default itself where its pages name a limit)",
    }),
    concurrency: both('concurrency', '--concurrency <n>', wholeNumber(1, 1024), {
      about: "rows in flight at most (default: the vendor's; 1 with --sandbox)",
    }),
  }),
  ...under('Sending', [...SENDING, 'pull'], {
    retries: both('retries', '--retries <n>', wholeNumber(0, 1000), {
      about: 'further attempts per row',
      default: 5,
      but: { pull: 'further attempts per page' },
    }),
    timeout: both('timeout', '--timeout <s>', SECONDS, "seconds an answer may take (default: the vendor's)"),
    deadline: both('deadline', '--deadline <s>', SECONDS, {
      about: 'seconds a row may take with all its attempts',
      default: 600,
      but: { pull: 'seconds a page may take with all its attempts' },
    }),
    wait: both('wait', '--wait <duration>', 'duration', {
      about:
        'where another process pushes to the account, wait so long at most until it has ended: 90s, 30m or 2h (default: end with 6 at once)',
      but: {
        pull: {
          flag: '--wait',
          kind: { is: 'flag' },
          about: 'wait until the vendor may be polled again',
        },
      },
    }),
  }),
} as const satisfies Settings;
