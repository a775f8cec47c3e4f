import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as Options from '../../src/cli/reconcile-options.js';
import type * as Guards from '../../src/push/guards.js';
import type * as Plan from '../../src/push/plan.js';
import type * as Classify from '../../src/reconcile/classify.js';
import type * as ExportFile from '../../src/reconcile/export-file.js';
import type * as BreaksFile from '../../src/sales/breaks-file.js';
import { SqliteComparison } from '../../src/io/ledger/comparison.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { BreaksSeen } from '../../src/sales/breaks-file.js';
import { KeysBefore } from '../../src/sales/keys-before.js';
import { CostDesk, csv, HEADER, salesOf } from '../support/cost-desk.js';
import { clear, type Spoilt } from '../support/spoilt.js';

const planted = await vi.hoisted(async () => {
  const { spoiling } = await import('../support/spoilt.js');
  return spoiling<{
    plan: Spoilt<typeof Plan>;
    exportFile: Spoilt<typeof ExportFile>;
    breaksFile: Spoilt<typeof BreaksFile>;
    guards: Spoilt<typeof Guards>;
    classify: Spoilt<typeof Classify>;
    options: Spoilt<typeof Options>;
  }>({ plan: {}, exportFile: {}, breaksFile: {}, guards: {}, classify: {}, options: {} });
});

vi.mock('../../src/push/plan.js', async (sound) => planted.spoilt(await sound(), 'plan'));
vi.mock('../../src/reconcile/export-file.js', async (sound) => planted.spoilt(await sound(), 'exportFile'));
vi.mock('../../src/sales/breaks-file.js', async (sound) => planted.spoilt(await sound(), 'breaksFile'));
vi.mock('../../src/push/guards.js', async (sound) => planted.spoilt(await sound(), 'guards'));
vi.mock('../../src/reconcile/classify.js', async (sound) => planted.spoilt(await sound(), 'classify'));
vi.mock('../../src/cli/reconcile-options.js', async (sound) => planted.spoilt(await sound(), 'options'));

afterEach(() => {
  vi.restoreAllMocks();
  clear(planted.faults);
});

/** What must hold of a vendor that adds a record with every request; what is wrong, or nothing. */
const CHECKS = {
  'a first page': async () => {
    const desk = await CostDesk.pushed(salesOf(3));
    const { stderr } = await desk.reconcile(salesOf(1));
    if (stderr.includes('next:')) return 'a push of nothing is advised';
    await desk.push('sales.breaks.csv');
    return desk.records === 3 ? undefined : 'a first page doubled the rest';
  },
  'an export of something else': async () => {
    const desk = await CostDesk.open(salesOf(2));
    const { code } = await desk.reconcile(salesOf(2, { hour: 14 }));
    return code === 3 ? undefined : 'an export in which nothing matches was taken';
  },
  'an export from before': async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    const made = new Date(Date.now() - 60_000).toISOString();
    const { code } = await desk.reconcile(salesOf(1), '--export-made', made);
    return code === 3 ? undefined : 'an export from before the last push was taken';
  },
  'an export whose time nobody said': async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    desk.space.write('export.csv', csv(salesOf(1)));
    const against = ['--against', 'export.csv', '--key', 'did,cid,call_date', '--amount', 'cost'];
    const { code } = await desk.space.run('reconcile', 'sales.csv', ...desk.to, ...against);
    return code === 2 ? undefined : 'an export was taken of which nobody said when it was made';
  },
  'a push elsewhere': async () => {
    const desk = await CostDesk.open(salesOf(2));
    await desk.reconcile(salesOf(1));
    const { code } = await desk.push('sales.breaks.csv', '--account', 'other', '--new-ledger');
    return code === 3 && desk.records === 0 ? undefined : 'breaks of another account were sent';
  },
  'another ledger': async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    desk.space.write('sales.csv', csv(salesOf(3)));
    await desk.reconcile(salesOf(2));
    const { code } = await desk.push(
      'sales.breaks.csv',
      '--ledger',
      desk.space.path('other.db'),
      '--new-ledger',
    );
    return code === 3 ? undefined : 'breaks of another ledger were sent';
  },
  'a word of a person': async () => {
    const desk = await CostDesk.pushed(salesOf(3));
    await desk.reconcile(salesOf(1));
    desk.confirm(1);
    for (let time = 0; time < 2; time += 1) await desk.push('sales.breaks.csv');
    await desk.push('sales.breaks.results.csv');
    return desk.records === 4 ? undefined : `one row was confirmed, and ${desk.records - 3} were sent`;
  },
  'results fed back': async () => {
    const desk = await CostDesk.open(salesOf(2));
    // Nobody pushed the first, and the export has it.
    await desk.reconcile(salesOf(1));
    await desk.push('sales.breaks.csv', '--new-ledger');
    const [row] = desk.space.rows('sales.breaks.results.csv');
    if (row?.['revsync_break'] !== 'matched') return 'the results do not say what was found';
    await desk.push('sales.breaks.results.csv');
    return desk.records === 1 ? undefined : 'a row that was skipped was sent when it was fed back';
  },
  references: async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    const ids = desk.space.rows('sales.results.csv').map((row) => row['revsync_vendor_ref'] ?? '');
    const lines = salesOf(2, { hour: 14 }).map((line, index) => `${line},${ids[index] ?? ''}`);
    const { code } = await desk.reconcile(lines, '--header', `${HEADER},cost_id`);
    return code === 0 ? undefined : 'what has the same reference was not found';
  },
  'another key': async () => {
    const desk = await CostDesk.pushed(salesOf(1));
    const moved = desk.space
      .read('sales.results.csv')
      .replace('2026-11-19 09:01:00,', '2026-11-21 09:01:00,');
    desk.space.write('moved.csv', moved);
    await desk.push('moved.csv');
    return desk.records === 1 ? undefined : 'a row was sent whose key is not the one beside it';
  },
} as const;

interface PlantedFault {
  readonly fault: string;
  readonly noticedBy: keyof typeof CHECKS;
  readonly plant: (faults: {
    -readonly [N in keyof typeof planted.faults]: (typeof planted.faults)[N];
  }) => void;
}

/** One way at a time in which the rules of breaks could be wrong. The list only grows. */
const FAULTS: readonly PlantedFault[] = [
  {
    fault: 'sends again what was accepted and was not found',
    noticedBy: 'a first page',
    plant: ({ plan }) =>
      Object.assign(plan, {
        planRules: (sound) => (vendor, policy) =>
          sound(vendor, policy).map((rule) =>
            rule.relation === 'missing' && rule.doubt === 'none'
              ? {
                  intent: rule.intent,
                  relation: rule.relation,
                  doubt: rule.doubt,
                  do: 'send',
                  action: 'create',
                }
              : rule,
          ),
      } satisfies typeof plan),
  },
  {
    fault: 'takes every row for confirmed',
    noticedBy: 'a first page',
    plant: ({ breaksFile }) =>
      Object.assign(breaksFile, {
        discrepancyOf: (sound) => (record, columns, vendor) => {
          const found = sound(record, columns, vendor);
          return found.ok && found.value?.found === 'missing'
            ? { ok: true, value: { ...found.value, found: 'confirmed_missing' } }
            : found;
        },
      } satisfies typeof breaksFile),
  },
  {
    fault: 'forgets what the ledger has where it advises',
    noticedBy: 'a first page',
    plant: ({ classify }) =>
      Object.assign(classify, { classify: (sound) => (row) => sound(row, false) } satisfies typeof classify),
  },
  {
    fault: 'takes an export of nothing for empty books',
    noticedBy: 'an export of something else',
    plant: () => vi.spyOn(SqliteComparison.prototype, 'foundNothing').mockResolvedValue(undefined),
  },
  {
    fault: 'takes an export from before the last push',
    noticedBy: 'an export from before',
    plant: ({ exportFile }) =>
      Object.assign(exportFile, { isBehind: () => () => [] } satisfies typeof exportFile),
  },
  {
    fault: 'does not know when something was sent last',
    noticedBy: 'an export from before',
    plant: () => lastPushAs((last) => ({ ...last, at: undefined })),
  },
  {
    fault: 'does not ask when the export was made',
    noticedBy: 'an export whose time nobody said',
    plant: ({ options }) =>
      Object.assign(options, { checkReconcileOptions: () => () => undefined } satisfies typeof options),
  },
  {
    fault: 'sends breaks to whomever it is told',
    noticedBy: 'a push elsewhere',
    plant: () => vi.spyOn(BreaksSeen.prototype, 'see').mockReturnValue(undefined),
  },
  {
    fault: 'does not ask whose runs are counted',
    noticedBy: 'another ledger',
    plant: ({ guards }) =>
      Object.assign(guards, { checkBreaks: () => () => Promise.resolve([]) } satisfies typeof guards),
  },
  {
    fault: 'writes a run that is still to come',
    noticedBy: 'a word of a person',
    plant: ({ breaksFile }) =>
      Object.assign(breaksFile, {
        discrepancyOf: (sound) => (record, columns, vendor) => {
          const found = sound(record, columns, vendor);
          return found.ok && found.value !== undefined
            ? { ok: true, value: { ...found.value, asOf: Date.now() + 60_000, asOfRun: 1000 } }
            : found;
        },
      } satisfies typeof breaksFile),
  },
  {
    fault: 'takes nobody at their word',
    noticedBy: 'a word of a person',
    plant: ({ breaksFile }) =>
      Object.assign(breaksFile, {
        discrepancyOf: (sound) => (record, columns, vendor) =>
          sound(record.with(columns.sendAgain, ''), columns, vendor),
      } satisfies typeof breaksFile),
  },
  {
    fault: 'leaves what was found out of the results',
    noticedBy: 'results fed back',
    plant: ({ breaksFile }) =>
      Object.assign(breaksFile, { isRead: () => () => false } satisfies typeof breaksFile),
  },
  {
    fault: 'reads no references',
    noticedBy: 'references',
    plant: () => {
      const sound = SqliteComparison.prototype.exported;
      vi.spyOn(SqliteComparison.prototype, 'exported').mockImplementation(function (this: SqliteComparison) {
        return sound.call(this, 'no_such_field');
      });
    },
  },
  {
    fault: 'takes whatever key a row has now',
    noticedBy: 'another key',
    plant: () => vi.spyOn(KeysBefore.prototype, 'changed').mockReturnValue(undefined),
  },
  {
    fault: 'takes its own results for those of another vendor',
    noticedBy: 'another key',
    plant: () => {
      vi.spyOn(KeysBefore.prototype, 'learn').mockImplementation(async function (this: KeysBefore, records) {
        const others = records.map((record) => ({ ...record }));
        await Reflect.apply(learn, this, [others, () => Promise.resolve('convoso')]);
      });
    },
  },
];

const learn = KeysBefore.prototype.learn;

/** A ledger that says something else of how far pushes have come. */
function lastPushAs(spoil: (last: Awaited<ReturnType<SqliteLedger['lastPush']>>) => typeof last): void {
  const sound = SqliteLedger.dryRun;
  vi.spyOn(SqliteLedger, 'dryRun').mockImplementation((path, namespace) => {
    const ledger = sound.call(SqliteLedger, path, namespace);
    const { lastPush } = ledger;
    ledger.lastPush = async () => spoil(await lastPush());
    return ledger;
  });
}

describe('the rules of breaks and of what is fed back', () => {
  it.each(Object.entries(CHECKS))('hold: %s', async (_name, check) => {
    expect(await check()).toBeUndefined();
  });

  it.each(FAULTS)('are noticed to be broken where revsync $fault', async ({ plant, noticedBy }) => {
    plant(planted.faults);
    expect(await CHECKS[noticedBy]()).toEqual(expect.any(String));
  });
});
