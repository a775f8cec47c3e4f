import { createRequire } from 'node:module';
import type * as PhoneNumbers from 'libphonenumber-js/min';
import type * as Luxon from 'luxon';

/*
 * Packages that take as long to load as all the rest of a push, and that only some columns need: they are loaded with
 * the first value that does.
 */

const require = createRequire(import.meta.url);

export const luxon = (): typeof Luxon => require('luxon') as typeof Luxon;

export const phoneNumbers = (): typeof PhoneNumbers =>
  require('libphonenumber-js/min') as typeof PhoneNumbers;
