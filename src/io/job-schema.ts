import { z } from 'zod';
import { isLoopback } from './http/proxy.js';
import { TELLING } from './telling.js';

// As in `schema.ts` every message is what is wanted.

const wantedGlobs = 'a pattern such as exports/*.csv, or a list of them';
const glob = z
  .string(wantedGlobs)
  .regex(/\S/, wantedGlobs)
  .regex(/^(?!~)/, 'a path that is written out: ~ is not expanded here');
/** One pattern or several, as a list. */
export const GLOBS = z
  .union([glob, z.array(glob, wantedGlobs).min(1, wantedGlobs)], wantedGlobs)
  .transform((patterns): readonly string[] => [patterns].flat());

const NO_ADDRESS = { protocol: '', hostname: '', username: '', password: '' };
const wantedAddress = 'an address of https, or of http on this machine, without user and password';
/** What may be told anything: nothing of it is shown to the network. */
export const WEB_ADDRESS = z.string(wantedAddress).refine((text) => {
  const { protocol, hostname, username, password } = URL.canParse(text) ? new URL(text) : NO_ADDRESS;
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe && username === '' && password === '';
}, wantedAddress);

const wantedCommand = 'a command for the shell, or a list of a program and its arguments';
const words = z.string(wantedCommand).regex(/\S/, wantedCommand);
/** As `Notify`. */
export const NOTIFY = z
  .strictObject(
    {
      on: z
        .enum(TELLING, `one of ${TELLING.join(', ')}`)
        .default('failure')
        .describe(
          'change: where the exit code is another than that of the push before; failure: where it is not 0; always',
        ),
      command: z
        .union([words, z.array(z.string(wantedCommand), wantedCommand).min(1, wantedCommand)], wantedCommand)
        .optional()
        .describe('Gets the object of `--json` on standard input, and REVSYNC_* variables'),
      url: WEB_ADDRESS.optional().describe('Gets a POST of JSON: text for people, summary as of `--json`'),
    },
    'a map of on, command and url',
  )
  .refine(
    ({ command, url }) => command !== undefined || url !== undefined,
    'a map with a command, a url or both',
  );
