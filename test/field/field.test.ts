import { describe, it } from 'vitest';
import { QUEUED_MS } from '../files/case.js';
import { Workspace } from '../support/cli.js';
import { AMOUNTS } from './amounts/cases.js';
import { DATES } from './dates/cases.js';
import { IDS } from './ids/cases.js';
import { LEFT_OUT } from './left-out/cases.js';
import { NO_SALES } from './no-sales/cases.js';
import { PHONES } from './phones/cases.js';
import { NAMES } from './names/cases.js';
import { SHIFTED } from './shifted/cases.js';
import { CURRENCY_COLUMNS } from './currency-columns/cases.js';
import { RULES } from './rules/cases.js';
import { UNLISTED_REFUNDS } from './unlisted-refunds/cases.js';
import { ENCODINGS } from './encodings/cases.js';
import { NOT_A_CSV } from './not-a-csv/cases.js';
import { QUOTES } from './quotes/cases.js';
import { GOING_BACK } from './going-back/cases.js';
import { SENT_BEFORE } from './sent-before/cases.js';
import { checkField, type FieldCase } from './field.js';
import { PAIRS } from './pairs/cases.js';
import { REFUNDS } from './refunds/cases.js';
import { ZEROS } from './zero/cases.js';
import { ZONES } from './zones/cases.js';

const KINDS: readonly (readonly [kind: string, cases: readonly FieldCase[]])[] = [
  ['amounts', AMOUNTS],
  ['names of columns', NAMES],
  ['columns that are left out', LEFT_OUT],
  ['ids', IDS],
  ['phones', PHONES],
  ['dates', DATES],
  ['zones', ZONES],
  ['rows that are no sales', NO_SALES],
  ['shifted rows', SHIFTED],
  ['currency columns', CURRENCY_COLUMNS],
  ['refunds that nobody listed', UNLISTED_REFUNDS],
  ['encodings', ENCODINGS],
  ['what is no CSV file', NOT_A_CSV],
  ['quotes', QUOTES],
  ['sent before', SENT_BEFORE],
  ['going back', GOING_BACK],
  ['lines with one key', PAIRS],
  ['partial refunds', REFUNDS],
  ['0.00', ZEROS],
  ['rules', RULES],
];

describe.concurrent.each(KINDS)('%s', (_, cases) => {
  it.for(cases)('$name', { timeout: QUEUED_MS }, async (given, { onTestFinished }) => {
    await checkField(given, new Workspace(onTestFinished));
  });
});
