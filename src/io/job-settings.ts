import { choice, under } from './setting.js';

/** What makes a profile a job that runs by itself: only a profile can say it. */
export const JOB_SETTINGS = {
  ...under('Files', ['push'], {
    files: {
      key: 'files',
      kind: { is: 'globs' },
      about:
        'the files of `revsync push --profile NAME` and `--all`, as one pattern or a list, such as exports/*.csv; those that were pushed whole before are passed over',
    },
  }),
  ...under('Guards', ['push'], {
    approve: {
      key: 'approve',
      kind: choice('other'),
      about:
        'other: nothing is pushed with this profile but by a plan of `push --plan` that somebody else applies',
    },
  }),
  ...under('Output', ['push', 'status'], {
    every: {
      key: 'every',
      kind: { is: 'age' },
      about:
        'how often a file of this profile is expected; one that did not come is told by `revsync status`, and by a push that finds none: 24h',
    },
  }),
  ...under('Output', ['push'], {
    notify: {
      key: 'notify',
      kind: { is: 'notify' },
      about: 'who is told how a push ended: a command, an address, or both; dry runs tell nobody',
    },
    ping: {
      key: 'ping',
      kind: { is: 'web_address' },
      about:
        'the address of a health check: GET of ADDRESS/start, then of ADDRESS where the push ended with 0, else of ADDRESS/fail',
    },
  }),
} as const;
