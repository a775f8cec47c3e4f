import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grouped } from '../../src/core/amount.js';
import { CODES } from '../../src/core/codes.js';
import { MOST_OPEN_ROWS } from '../../src/report/top-rows.js';
import { reportPage } from '../../src/report/page/page.js';
import { VENDORS } from '../../src/vendors/index.js';
import { openBrowser, openPage, type Opened } from '../support/browser.js';
import { FIXTURES, records, Workspace } from '../support/cli.js';
import { computed, items, recordsOf, row, type RowLike } from '../support/reported.js';

type Opening = Awaited<ReturnType<typeof openBrowser>>;
let opening: Opening;

beforeAll(async () => {
  opening = await openBrowser();
});

afterAll(async () => {
  await opening.close();
});

const HEADER = ['Agent', 'Campaign', 'Call Date'];
const HEAD = { title: 'run-1', version: '1.2.3', writtenAt: Date.parse('2026-11-21T09:00:00Z') };

/** The page of these rows in the browser. */
async function pageOf(
  rows: readonly RowLike[],
  options: Parameters<typeof openPage>[2] = {},
): Promise<Opened> {
  const report = await computed(items(HEADER, rows.map(row), 'convoso'), { page: true });
  const space = new Workspace();
  return openPage(opening.browser, urlOf(space.write('page.html', reportPage(report, HEAD))), options);
}

function urlOf(path: string): string {
  return pathToFileURL(path).href;
}

/** Runs in the page, for every element of a selector: what the script makes of `one`. */
async function inPage<T>(page: Page, selector: string, script: string): Promise<T[]> {
  return page.evaluate<T[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => ${script})`,
  );
}

/** The texts of an element's children, white space as it is shown. */
const CHILD_TEXTS = String.raw`[...one.children].map((child) => child.textContent.replace(/\s+/g, ' ').trim())`;

/** The texts of a table's rows, cell by cell, without its head. */
async function cellsOf(page: Page, table: string): Promise<string[][]> {
  return inPage(page, `#${table} tbody tr, #${table} tfoot tr`, CHILD_TEXTS);
}

/** Everything that the page says in figures. */
async function figuresOf(page: Page): Promise<string> {
  const key = await inPage<string[]>(page, '#key > div', CHILD_TEXTS);
  const tables = await inPage<string>(page, 'table', 'one.id');
  const lines = key.map((texts) => texts.join(': '));
  // Where a file tells no time, that of the push is taken, which is another every time.
  const sent = await page.locator('#by-day .lead').textContent();
  const changing = sent?.includes('revsync_sent_at') === true ? ['by-day-table', 'by-hour-table'] : [];
  for (const table of tables.filter((id) => !changing.includes(id))) {
    lines.push('', `${table}:`);
    for (const cells of await cellsOf(page, table)) lines.push(cells.join(' | '));
  }
  return `${lines.join('\n')}\n`;
}

/** A month of a small call centre, the same every time. */
function month(): RowLike[] {
  let seed = 7;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const names =
    'Reyes O’Neill Díaz Patel Walsh Khan Lindqvist Sato Marek Park Obi Brandt Haddad Cole Roth Adler Amos Weir Young'.split(
      ' ',
    );
  const campaigns = ['Final Expense - TX', 'Medicare T65', 'Auto "Spring" Offer', 'Home Warranty, FL'];
  return Array.from({ length: 1200 }, (_, index): RowLike => {
    const day = String(1 + Math.floor(random() * 30)).padStart(2, '0');
    const hour = String(8 + Math.floor(random() * 6 + random() * 6)).padStart(2, '0');
    const agent = `${'ABCDEFGHIJKLMNOPQRS'.charAt(Math.floor(random() * random() * 19))}. `;
    const cells = [
      agent + (names['ABCDEFGHIJKLMNOPQRS'.indexOf(agent.charAt(0))] ?? ''),
      campaigns[Math.floor(random() * 4)] ?? '',
      `2026-10-${day} ${hour}:15:00`,
    ];
    const amount = random() < 0.45 ? (20 + Math.floor(random() * 40_000) / 100).toFixed(2) : '0.00';
    const base = { cells, amount, line: index + 2, key: String(100_000 + index), sentAt: HEAD.writtenAt };
    if (index % 97 === 5) return { ...base, status: 'rejected', code: '6033', message: 'No such Call Log' };
    if (index % 150 === 9)
      return {
        ...base,
        amount: undefined,
        action: undefined,
        status: 'invalid',
        code: 'not_an_amount',
        message: 'amount: "n/a" is not an amount like 1250.50; use digits and at most one point',
      };
    if (index % 211 === 3) return { ...base, action: 'correct', previous: '45.00' };
    if (index % 400 === 7) return { ...base, action: 'reverse', amount: undefined, previous: '129.00' };
    return base;
  });
}

describe('the page of a fixture', () => {
  it.each(VENDORS.map(({ id }) => [id]))('of %s has the figures of its CSV, to the cent', async (id) => {
    const space = new Workspace();
    const push = ['push', `${FIXTURES}${id}/sales.csv`, '--vendor', id, '--sandbox', '--quiet'];
    await space.run(...push, '--out', 'sales.results.csv');
    const written = await space.run('report', 'sales.results.csv', '--out', 'page.html');
    expect([written.code, written.stdout]).toEqual([0, '']);
    const url = urlOf(space.path('page.html'));
    const { page, requests, complaints } = await openPage(opening.browser, url);
    expect(await figuresOf(page)).toBe(readFileSync(`${FIXTURES}${id}/report.expected.page.txt`, 'utf8'));

    const csv = records(readFileSync(`${FIXTURES}${id}/report.expected.csv`, 'utf8'));
    const total = csv.at(-1);
    expect(await page.locator('#key-revenue dd').textContent()).toBe(grouped(total?.['revenue'] ?? ''));
    for (const dimension of ['agent', 'campaign', 'day', 'hour', 'vendor']) {
      if ((await page.locator(`#by-${dimension}-table`).count()) === 0) continue;
      const ended = await space.run('report', 'sales.results.csv', '--by', dimension, '--format', 'csv');
      const wanted = records(ended.stdout).map((one) => [
        one[dimension] || '(none)',
        grouped(one['revenue'] ?? ''),
      ]);
      expect((await cellsOf(page, `by-${dimension}-table`)).map((cells) => cells.slice(0, 2))).toEqual(
        wanted,
      );
    }
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
  });
});

describe('the page', () => {
  it('is sorted by its buttons, with mouse and keyboard, and says how', async () => {
    const { page, complaints } = await pageOf(month());
    const heads = page.locator('#open-table thead th');
    expect(await heads.allTextContents()).toEqual([
      'row',
      'status',
      'amount',
      'key',
      'agent',
      'campaign',
      'code',
      'what is wrong',
    ]);
    const amounts = async (): Promise<string[]> =>
      (await cellsOf(page, 'open-table')).map((cells) => cells[2] ?? '');
    const known = (texts: readonly string[]): number[] =>
      texts.filter((text) => text !== '–').map((text) => Number(text.replace(',', '')));
    const first = await amounts();
    expect(known(first)).toEqual([...known(first)].sort((left, right) => right - left));
    expect(first.at(-1)).toBe('–');

    const button = heads.nth(2).getByRole('button');
    await button.click();
    expect(await heads.nth(2).getAttribute('aria-sort')).toBe('descending');
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await heads.nth(2).getAttribute('aria-sort')).toBe('ascending');
    const ascending = await amounts();
    expect(known(ascending)).toEqual([...known(first)].sort((left, right) => left - right));
    expect(ascending.at(-1)).toBe('–');

    await heads.nth(4).getByRole('button').click();
    expect(await heads.nth(2).getAttribute('aria-sort')).toBeNull();
    expect(await heads.nth(4).getAttribute('aria-sort')).toBe('ascending');
    const agents = (await cellsOf(page, 'open-table')).map((cells) => cells[4] ?? '');
    expect(agents).toEqual([...agents].sort(new Intl.Collator('en').compare));
    expect(complaints).toEqual([]);
  });

  it('says how much of what was accepted is new, corrected and taken back, and of which rows no one knows the money', async () => {
    const rows = month();
    const { page } = await pageOf(rows);
    const of = (action: string): RowLike[] => rows.filter((row) => row.action === action);
    const accepted = rows.filter(({ status = 'accepted' }) => status === 'accepted').length;
    const [corrected, reversed] = [of('correct').length, of('reverse').length];
    const lead = await page.locator('#by-status .lead').textContent();
    expect(lead).toContain(
      ` Accepted: new ${grouped(String(accepted - corrected - reversed))}, corrected ${corrected}: `,
    );
    expect(lead).toContain(`, taken back ${reversed}: -${grouped((129 * reversed).toFixed(2))}.`);
    const invalid = rows.filter(({ status }) => status === 'invalid').length;
    expect(await cellsOf(page, 'by-status-table')).toContainEqual(['invalid', String(invalid), 'unknown']);
  });

  it('is searched as one types, and tells how many rows there are', async () => {
    const { page } = await pageOf(month());
    const search = page.getByRole('searchbox', { name: 'Search' });
    const told = page.locator('.search output');
    const all = (await cellsOf(page, 'open-table')).length;
    expect(await told.textContent()).toBe(`${all} of ${all} rows`);
    await search.fill('MEDICARE rejected');
    const shown = await page.locator('#open-table tbody tr:visible').allTextContents();
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(all);
    for (const text of shown) expect(text).toMatch(/rejected[\s\S]*Medicare/);
    expect(await told.textContent()).toBe(`${shown.length} of ${all} rows`);
    await search.fill('nobody at all');
    expect(await told.textContent()).toBe(`0 of ${all} rows`);
    await search.fill('');
    expect(await page.locator('#open-table tbody tr:visible').count()).toBe(all);
  });

  it('shows money by status, day and hour, errors with examples, corrections old and new', async () => {
    const { page } = await pageOf(month());
    const report = await computed(items(HEADER, month().map(row)), { by: ['agent'] });
    const total = recordsOf(report).at(-1);
    expect(await page.locator('#key-revenue dd').textContent()).toBe(grouped(total?.['revenue'] ?? ''));
    expect(await page.locator('#key-corrections dd').textContent()).toContain(
      grouped(total?.['corrections'] ?? ''),
    );
    expect(await page.locator('#by-day rect').count()).toBe(30);
    expect(await page.locator('#by-hour rect').count()).toBe(24);
    expect(await page.locator('#by-agent rect.main').count()).toBe(15);
    expect(await page.locator('#by-agent .label').last().textContent()).toMatch(/^\d others$/);
    const [invalid] = (await cellsOf(page, 'errors-table')).filter(([code]) => code === 'not_an_amount');
    expect(invalid?.[4]).toBe(`${CODES.not_an_amount.means}; ${CODES.not_an_amount.remedy}`);
    expect(invalid?.[5]).toContain('line 11: amount: "n/a" is not an amount');
    const changes = await cellsOf(page, 'changes-table');
    expect(changes.filter((cells) => cells[2] === 'reverse')[0]?.slice(3)).toEqual([
      '129.00',
      '–',
      '-129.00',
    ]);
  });

  it('shows the rows with the most money where there are too many, and says so', async () => {
    const rows = Array.from({ length: MOST_OPEN_ROWS + 200 }, (_, index): RowLike => ({
      ...{ line: index + 2, amount: `${index}.00`, status: 'rejected', code: '6033', cells: ['A', 'C', ''] },
    }));
    const { page } = await pageOf(rows);
    expect(await page.locator('#open-cap').textContent()).toContain(
      'The 1,000 with the most money of 1,200 rows',
    );
    const amounts = (await cellsOf(page, 'open-table')).map((cells) => cells[2]);
    expect([amounts.length, amounts[0], amounts.at(-1)]).toEqual([MOST_OPEN_ROWS, '1,199.00', '200.00']);
    expect(await page.locator('#key-open_amount dd').textContent()).toContain('1,200 rows');
  });

  const HOSTILE = [
    '</script><script>window.hit = 1</script>',
    '</style><style>body{display:none}</style>',
    '<img src=x onerror="window.hit = 1">',
    '"><svg onload="window.hit = 1">',
    "' onmouseover='window.hit = 1",
    '<!-- <a href="javascript:window.hit = 1">x</a>',
    '&lt;b&gt; &amp;',
    'line\u2028separator',
    'control\u0000\u001b[31m\u007fred',
    'turned\u202eround',
    '${window.hit = 1} {{7*7}}',
    '\ud800 alone',
  ];

  it('shows hostile cells as text, wherever they come from', async () => {
    const rows = HOSTILE.map((text, index): RowLike => ({
      ...{ line: index + 2, cells: [text, text, text], key: text, message: text, code: text, amount: '1.00' },
      ...(index % 2 === 0 ? { status: 'rejected' } : { action: 'correct', previous: '2.00' }),
    }));
    const report = await computed(
      items(HEADER, [...rows, ...rows.map((one): RowLike => ({ ...one, status: 'rejected' }))].map(row)).map(
        (item) =>
          item.kind === 'table' ? { ...item, table: { ...item.table, input: HOSTILE.join('') } } : item,
      ),
      { page: true },
    );
    const space = new Workspace();
    const page = reportPage(report, { ...HEAD, title: HOSTILE.join('') });
    const opened = await openPage(opening.browser, urlOf(space.write('page.html', page)));
    const found = await opened.page.evaluate<object>(`({
      hit: 'hit' in window,
      scripts: document.scripts.length,
      styles: document.querySelectorAll('style').length,
      strange: document.querySelectorAll('img, iframe, object, embed, base, form, a:not([href^="#"])').length,
      handlers: [...document.querySelectorAll('*')].filter((one) =>
        one.getAttributeNames().some((name) => name.startsWith('on'))).length,
    })`);
    expect(found).toEqual({ hit: false, scripts: 1, styles: 1, strange: 0, handlers: 0 });
    const shown = (await cellsOf(opened.page, 'by-agent-table')).map(([name]) => name);
    for (const text of HOSTILE.slice(0, 7)) expect(shown).toContain(text);
    expect(shown).toContain('line\ufffdseparator');
    expect(shown).toContain('control\u2400\u241b[31m\u2421red');
    expect(shown).toContain('turned\ufffdround');
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toHaveLength(1);
  });

  it('lets no other script, style or request in', async () => {
    const { page, requests } = await pageOf(month().slice(0, 20));
    const blocked = await page.evaluate<object>(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.hit = 1';
      document.head.append(script);
      document.body.setAttribute('style', 'display: none');
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
      const asked = await fetch('http://127.0.0.1:9/').then(() => true, () => false);
      return { hit: 'hit' in window, display: getComputedStyle(document.body).display, asked };
    })()`);
    expect(blocked).toEqual({ hit: false, display: 'block', asked: false });
    expect(requests.filter((url) => url.startsWith('file:'))).toHaveLength(1);
  });

  it.each([
    ['light, wide', { colorScheme: 'light', viewport: { width: 1200, height: 900 } }],
    ['dark, wide', { colorScheme: 'dark', viewport: { width: 1200, height: 900 } }],
    ['light, narrow', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
    ['dark, narrow', { colorScheme: 'dark', viewport: { width: 320, height: 700 } }],
  ] as const)('can be read by everybody: %s', async (name, options) => {
    const { page, complaints } = await pageOf(month(), options);
    await inPage(page, 'details', `(one.setAttribute('open', ''), null)`);
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(axe);
    const violations = await page.evaluate<string[]>(`axe.run().then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html, failureSummary].join(': '))))`);
    expect(violations).toEqual([]);
    const [width, room] = await page.evaluate<number[]>(
      '[document.documentElement.scrollWidth, window.innerWidth]',
    );
    expect(width).toBeLessThanOrEqual(room ?? 0);
    expect(complaints).toEqual([]);
    const folder = process.env['REVSYNC_SCREENSHOTS'];
    if (folder !== undefined) {
      await inPage(page, 'details', `(one.removeAttribute('open'), null)`);
      await page.screenshot({ path: join(folder, `${name.replace(', ', '-')}.png`) });
      await page.screenshot({ path: join(folder, `${name.replace(', ', '-')}-whole.png`), fullPage: true });
    }
  });

  it('is gone through with the keyboard: the link that skips to the figures comes first', async () => {
    const { page } = await pageOf(month().slice(0, 50));
    await page.keyboard.press('Tab');
    const first = page.locator(':focus');
    expect(await first.textContent()).toBe('Skip to the figures');
    expect((await first.boundingBox())?.x).toBe(0);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });

  it('tells its pictures in words and has their figures as a table', async () => {
    const { page } = await pageOf(month());
    const pictures = await page.getByRole('img').all();
    expect(pictures).toHaveLength(5);
    for (const picture of pictures) {
      const ids = ((await picture.getAttribute('aria-labelledby')) ?? '').split(' ');
      expect(ids).toHaveLength(2);
      for (const id of ids)
        expect((await page.locator(`[id="${id}"]`).textContent())?.length).toBeGreaterThan(8);
      const section = picture.locator('xpath=ancestor::section');
      expect(await section.locator('details table caption').count()).toBe(1);
    }
    expect(await page.locator('th:not([scope])').count()).toBe(0);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  it('is whole on paper, without what only a screen can use', async () => {
    const { page } = await pageOf(month());
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(`dispatchEvent(new Event('beforeprint')), undefined`);
    for (const gone of ['nav', '.search', '.skip'])
      expect(await page.locator(gone).first().isVisible()).toBe(false);
    for (const table of await page.locator('table').all()) expect(await table.isVisible()).toBe(true);
    await page.evaluate(`dispatchEvent(new Event('afterprint')), undefined`);
    expect(await page.locator('details[open]').count()).toBe(0);
  });

  it('says of a dry run that nothing was sent, and of no rows that there are none', async () => {
    const planned = await pageOf(month().map((one): RowLike => ({ ...one, status: 'planned' })));
    expect(await planned.page.locator('.notice').textContent()).toContain('Nothing has been sent');
    const empty = await pageOf([]);
    expect(await empty.page.locator('#key-revenue dd').textContent()).toBe('0.00');
    expect(await empty.page.getByRole('img').count()).toBe(0);
    expect(empty.complaints).toEqual([]);
  });
});
