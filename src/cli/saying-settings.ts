import { SENDING } from '../io/pace-settings.js';
import { choice, option, under, type Settings } from '../io/setting.js';

/** What a command that sends says while it goes on. */
export const SAYING_SETTINGS = {
  ...under('Output', SENDING, {
    verbose: option('--verbose', 'flag', 'say a line for every row that is settled'),
    logFormat: option('--log-format <format>', choice('text', 'json'), {
      about: 'lines on stderr',
      default: 'text',
    }),
    progress: option('--no-progress', 'flag', 'no progress line'),
  }),
} as const satisfies Settings;
