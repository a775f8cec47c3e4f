import type { VendorRequest } from '../../src/core/vendor.js';
import { encodeBody } from '../../src/io/http/request-text.js';
import { convosoFake, type ConvosoBooks } from '../../src/sandbox/convoso.js';
import { invocaFake, type InvocaBooks } from '../../src/sandbox/invoca.js';
import { invocaSignalsFake, type InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import { ringbaFake, type RingbaBooks } from '../../src/sandbox/ringba.js';
import { tldcrmFake, type TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { trackdriveFake, type TrackDriveBooks } from '../../src/sandbox/trackdrive.js';
import { convoso } from '../../src/vendors/convoso.js';
import { invoca } from '../../src/vendors/invoca.js';
import { invocaSignals } from '../../src/vendors/invoca-signals.js';
import { ringba } from '../../src/vendors/ringba.js';
import { tldcrm } from '../../src/vendors/tldcrm.js';
import { trackdrive } from '../../src/vendors/trackdrive.js';
import { quotedReplies, type Harness } from './battery.js';

/** One per vendor, written out; a vendor that is missing here fails the battery. */
export const HARNESSES: readonly Harness[] = [
  {
    vendor: convoso,
    fake: () => convosoFake({}),
    header: 'Call Log ID,Revenue',
    good: '100125,{amount}',
    goodKey: '100125',
    spelledOtherwise: ' 100125 ,{amount}',
    another: '0100125,{amount}',
    unknown: { row: '404404001,{amount}', status: 'rejected', code: '6033' },
    secrets: { CONVOSO_AUTH_TOKEN: 'NEEDLE-convoso' },
    badSecrets: { CONVOSO_AUTH_TOKEN: 'bad-token' },
    held: (books) => given((books as ConvosoBooks).revenue['100125']),
    amountIn: (request) => formField(request, 'revenue'),
    decimals: 2,
    zero: '0.00',
    lostReply: 'accepted',
    emptyObject: 'in_doubt',
    rejection: { status: 200, body: '{"success":false,"code":6033,"text":"No such Call Log"}' },
    missingColumns: ['call_id', 'amount'],
    replies: quotedReplies('convoso'),
  },
  {
    vendor: trackdrive,
    fake: () => trackdriveFake({}),
    header: 'Call UUID,Revenue',
    good: '0f8b-11,{amount}',
    goodKey: '0f8b-11',
    spelledOtherwise: '0f8b-11 , {amount}',
    another: '0f8b-12,{amount}',
    unknown: { row: '404404-1,{amount}', status: 'rejected', code: 'http_404' },
    secrets: { TRACKDRIVE_API_KEY: 'NEEDLE-public:NEEDLE-private' },
    badSecrets: { TRACKDRIVE_API_KEY: 'bad:key' },
    held: (books) =>
      (books as TrackDriveBooks).billing
        .filter(({ call, kind }) => call === '0f8b-11' && kind === 'conversion')
        .map(({ revenue }) => revenue),
    takenBack: (books) => {
      const { buyer_converted: buyer, offer_converted: offer } =
        (books as TrackDriveBooks).calls['0f8b-11'] ?? {};
      return buyer === false && offer !== false;
    },
    amountIn: (request) => jsonNumber(request, 'revenue'),
    decimals: 2,
    zero: '0.00',
    lostReply: 'accepted',
    lostReversal: 'unknown',
    emptyObject: 'applied',
    rejection: { status: 422, body: '{"errors":["revenue is not a number"]}' },
    missingColumns: ['call_id'],
    replies: quotedReplies('trackdrive'),
  },
  {
    vendor: tldcrm,
    fake: () => tldcrmFake({}),
    header: 'DID,Caller ID,Call Date,Cost',
    good: '(800) 555-0100,5125550123,2026-11-20 14:05:00,{amount}',
    goodKey: '8005550100|5125550123|2026-11-20 14:05:00',
    spelledOtherwise: '+18005550100,1-512-555-0123,2026-11-20T14:05:00,{amount}',
    another: '8005550100,5125550123,2026-11-20 14:06:00,{amount}',
    unknown: {
      row: '8005550100,4044045555,2026-11-20 14:05:00,{amount}',
      status: 'accepted',
      warning: 'no_lead_updated',
    },
    secrets: { TLDCRM_API_ID: 'NEEDLE-id', TLDCRM_API_KEY: 'NEEDLE-key' },
    badSecrets: { TLDCRM_API_ID: 'id', TLDCRM_API_KEY: 'bad-key' },
    held: (books) =>
      (books as TldcrmBooks).costs
        .filter(({ cid, call_date: date }) => cid === '5125550123' && date === '2026-11-20 14:05:00')
        .map(({ cost }) => cost),
    amountIn: (request) => jsonText(request, 'cost'),
    decimals: 4,
    zero: '0.00',
    lostReply: 'unknown',
    emptyObject: 'in_doubt',
    rejection: { status: 200, body: '{"error":"Invalid CID"}' },
    missingColumns: ['did', 'cid', 'call_date', 'amount'],
    replies: quotedReplies('tldcrm'),
  },
  {
    vendor: invoca,
    fake: () => invocaFake({ omitted: 'keep' }),
    otherFakes: { 'which empties what is left out': () => invocaFake({ omitted: 'replace' }) },
    header: 'Transaction ID,Outcome Name,Order ID,Sale Amount',
    good: '00000002-000A,Sale,A-17,{amount}',
    goodKey: '00000002-000A|sale|A-17',
    spelledOtherwise: '00000002-000A,sALE, A-17,{amount}',
    another: '00000002-000A,Sale,A-18,{amount}',
    unknown: { row: '404404-1,Sale,A-17,{amount}', status: 'rejected', code: 'RecordNotFound' },
    secrets: { INVOCA_OAUTH_TOKEN: 'NEEDLE-oauth', INVOCA_API_VERSION: '2015-08-17' },
    badSecrets: { INVOCA_OAUTH_TOKEN: 'bad-token', INVOCA_API_VERSION: '2015-08-17' },
    held: (books) => given((books as InvocaBooks).outcomes['00000002-000A|sale|A-17']?.sale_amount),
    takenBack: (books) =>
      isTakenBack((books as InvocaBooks).outcomes['00000002-000A|sale|A-17'], 'sale_amount'),
    amountIn: (request) => jsonText(request, 'call_outcome', 'sale_amount'),
    decimals: 2,
    zero: undefined,
    lostReply: 'accepted',
    emptyObject: 'in_doubt',
    rejection: { status: 403, body: '{"errors":{"class":"RecordInvalid","invalid_data":"no"}}' },
    missingColumns: ['outcome_name'],
    replies: quotedReplies('invoca'),
  },
  {
    vendor: invocaSignals,
    fake: () => invocaSignalsFake({ omitted: 'keep' }),
    otherFakes: { 'which empties what is left out': () => invocaSignalsFake({ omitted: 'replace' }) },
    header: 'Transaction ID,Signal,Order ID,Revenue',
    good: '00000002-000A,Sale,A-17,{amount}',
    goodKey: 'A-17',
    spelledOtherwise: '00000002-000A,sale,A-17 ,{amount}',
    another: '00000002-000A,Sale,A-18,{amount}',
    unknown: { row: '404404-1,Sale,A-16,{amount}', status: 'rejected', code: 'RecordNotFound' },
    secrets: { INVOCA_OAUTH_TOKEN: 'NEEDLE-oauth' },
    badSecrets: { INVOCA_OAUTH_TOKEN: 'bad-token' },
    held: (books) => given((books as InvocaSignalsBooks).signals['00000002-000A|sale|A-17']?.revenue),
    takenBack: (books) =>
      isTakenBack((books as InvocaSignalsBooks).signals['00000002-000A|sale|A-17'], 'revenue'),
    amountIn: (request) => jsonText(request, 'signals', 0, 'revenue'),
    decimals: 2,
    zero: undefined,
    lostReply: 'accepted',
    emptyObject: 'in_doubt',
    rejection: { status: 403, body: '{"errors":{"class":"InvalidInput","invalid_data":"no"}}' },
    missingColumns: ['signal_name', 'partner_unique_id'],
    replies: quotedReplies('invoca-signals'),
  },
  {
    vendor: ringba,
    fake: () => ringbaFake({}),
    header: 'Inbound Call ID,Conversion Amount',
    good: 'RGB1F2E-0001,{amount}',
    goodKey: 'RGB1F2E-0001',
    spelledOtherwise: ' RGB1F2E-0001, {amount} ',
    another: 'RGB1F2E-0002,{amount}',
    unknown: { row: '404404-1,{amount}', status: 'rejected', code: 'http_400' },
    secrets: { RINGBA_API_TOKEN: 'NEEDLE-ringba', RINGBA_ACCOUNT_ID: 'RA12' },
    badSecrets: { RINGBA_API_TOKEN: 'bad-token', RINGBA_ACCOUNT_ID: 'RA12' },
    // The books keep the digits of a number as they came; no payout is asked for, and no other account.
    held: (books) => {
      const { calls, adjustments } = books as RingbaBooks;
      const strange = adjustments.filter(({ payout, account }) => payout !== null || account !== 'RA12');
      return [...given(calls['RGB1F2E-0001']?.conversionAmount), ...strange.map(() => 'strange')];
    },
    takenBack: (books) => (books as RingbaBooks).calls['RGB1F2E-0001']?.conversionAmount === '0.00',
    amountIn: (request) => jsonNumber(request, 'newConversionAmount'),
    decimals: 2,
    zero: '0.00',
    lostReply: 'accepted',
    emptyObject: 'in_doubt',
    rejection: {
      status: 200,
      body: '{"isSuccessful":false,"message":"Conversion would be brought below zero, the max refund is $0"}',
    },
    missingColumns: ['call_id', 'amount'],
    replies: quotedReplies('ringba'),
  },
];

/** One that is not true and has no money. */
function isTakenBack(record: object | undefined, money: string): boolean {
  const { value, [money]: amount } = (record ?? {}) as Record<string, unknown>;
  return String(value) === 'false' && amount == null;
}

function given(text: string | null | undefined): string[] {
  return text == null ? [] : [text];
}

function formField({ body }: VendorRequest, name: string): string | undefined {
  return body.kind === 'form' ? body.fields[name] : undefined;
}

function jsonText({ body }: VendorRequest, ...path: (string | number)[]): string | undefined {
  let value: unknown = body.kind === 'json' ? body.value : undefined;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return typeof value === 'string' ? value : undefined;
}

/** The digits of a number, as they are written. */
function jsonNumber({ body }: VendorRequest, name: string): string | undefined {
  return new RegExp(`"${name}":(-?[\\d.]+)[,}]`).exec(encodeBody(body).text)?.[1];
}
