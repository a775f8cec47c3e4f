import type { Random } from '../crash/random.js';
import { units, type CrashVendor, type Sale } from '../crash/vendors.js';
import type { Held } from './model.js';

export type OnConflict = 'refuse' | 'last' | 'sum';

/** What a file says of a key: what the vendor is to hold, or undefined where its rows cannot be sent. */
export interface Said {
  readonly wanted: Held | undefined;
  /** Whether the vendor has to hold it once nothing goes wrong any more. */
  readonly isSound: boolean;
}

const SPOILED = ['', 'n/a', '"12,3,4"', '-5.00', '1.23456', '#N/A'];
const MONEY = /^\d+(\.\d+)?$/;

export function newFile(vendor: CrashVendor, chance: Random, rows = chance.between(2, 8)): readonly Sale[] {
  return Array.from({ length: rows }, (_, number) => newSale(vendor, number, chance));
}

function newSale(vendor: CrashVendor, number: number, chance: Random): Sale {
  return { place: 1, number, amount: amount(vendor, chance), reversed: false };
}

function amount({ decimals }: CrashVendor, chance: Random): string {
  const fraction = String(chance.between(0, 10 ** decimals - 1)).padStart(decimals, '0');
  return `${chance.between(1, 900)}.${fraction}`;
}

/** The file as somebody handed it in the next time. */
export function mutate(vendor: CrashVendor, file: readonly Sale[], chance: Random): readonly Sale[] {
  let sales = [...file];
  const some = (share: number, change: (sale: Sale) => readonly Sale[]): void => {
    sales = sales.flatMap((sale) => (chance.chance(share) ? change(sale) : [sale]));
  };
  if (chance.chance(0.4)) some(0.3, (sale) => [{ ...sale, amount: amount(vendor, chance) }]);
  if (chance.chance(0.2) && vendor.canReverse) some(0.3, (sale) => [{ ...sale, reversed: !sale.reversed }]);
  if (chance.chance(0.15)) some(0.3, () => []);
  if (chance.chance(0.15)) some(0.2, (sale) => [sale, sale]);
  if (chance.chance(0.15)) some(0.2, (sale) => [sale, { ...sale, amount: amount(vendor, chance) }]);
  if (chance.chance(0.15)) some(0.2, (sale) => [{ ...sale, amount: chance.pick(SPOILED) }]);
  const next = Math.max(-1, ...sales.map(({ number }) => number)) + 1;
  const more = chance.chance(0.5) ? chance.between(1, 3) : 0;
  for (let number = next; number < next + more && number < MOST_ROWS; number += 1)
    sales.push(newSale(vendor, number, chance));
  if (chance.chance(0.2)) sales.sort((left, right) => spread(left) - spread(right));
  return sales;
}

function spread({ number, amount }: Sale): number {
  return (number * 7 + amount.length) % 11;
}

/** The file as somebody hands it in who has looked at it: a row for a key, each of which can be sent. */
export function mended(vendor: CrashVendor, file: readonly Sale[]): readonly Sale[] {
  const last = new Map(file.map((sale) => [sale.number, sale]));
  return [...last.values()].filter((sale) => wantedOf(vendor, sale) !== undefined);
}

export function textOf({ header, line }: CrashVendor, file: readonly Sale[]): string {
  return `${header}\n${file.map((sale) => `${line(sale)}\n`).join('')}`;
}

/** What the vendor holds, as it exports it. */
export function exportOf(vendor: CrashVendor, held: ReadonlyMap<string, Held>): string {
  const sales = Array.from({ length: MOST_ROWS }, (_, number) => ({ place: 1, number, reversed: false }));
  return textOf(
    vendor,
    sales.flatMap((sale) =>
      (held.get(vendor.key(sale)) ?? []).map((amount) => ({
        ...sale,
        amount: (amount / 10_000).toFixed(vendor.decimals),
      })),
    ),
  );
}

const MOST_ROWS = 90;

/** What each key of the file is to come to. */
export function sayings(
  vendor: CrashVendor,
  file: readonly Sale[],
  onConflict: OnConflict,
): Map<string, Said> {
  const groups = new Map<string, Sale[]>();
  for (const sale of file) groups.set(vendor.key(sale), [...(groups.get(vendor.key(sale)) ?? []), sale]);
  return new Map([...groups].map(([key, sales]) => [key, sayingOf(vendor, sales, onConflict)]));
}

function sayingOf(vendor: CrashVendor, sales: readonly Sale[], onConflict: OnConflict): Said {
  const distinct = [...new Map(sales.map((sale) => [vendor.line(sale), sale])).values()];
  const each = distinct.map((sale) => wantedOf(vendor, sale));
  const sound = each.filter((held) => held !== undefined);
  const last = sales.at(-1);
  const lastHeld = last && wantedOf(vendor, last);
  // One that cannot be read beside one that can: neither is sent, but the last one where that is what was asked for.
  if (sound.length < each.length)
    return { wanted: onConflict === 'last' ? lastHeld : undefined, isSound: false };
  if (each.length === 1) return { wanted: each[0], isSound: true };
  if (
    onConflict === 'refuse' ||
    sound.some((held) => held.length === 0) !== sound.every((held) => held.length === 0)
  )
    return { wanted: undefined, isSound: false };
  if (onConflict === 'last') return { wanted: lastHeld, isSound: true };
  return { wanted: total(sound), isSound: true };
}

function total(amounts: readonly Held[]): Held {
  return [amounts.flat().reduce((sum, amount) => sum + amount, 0)];
}

function wantedOf({ decimals }: CrashVendor, { amount, reversed }: Sale): Held | undefined {
  if (reversed) return [];
  const [, fraction = ''] = amount.split('.');
  return MONEY.test(amount) && fraction.length <= decimals ? [units(amount)] : undefined;
}
