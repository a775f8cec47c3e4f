import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/**
 * A real browser: `REVSYNC_BROWSER`, else Chromium or Chrome of this machine, else the one within the package
 * `@sparticuz/chromium` with the libraries that it needs, for x86-64 Linux.
 */
export async function openBrowser(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const named = process.env['REVSYNC_BROWSER'];
  if (named !== undefined && named !== '' && !existsSync(named))
    throw new Error(`REVSYNC_BROWSER names ${named}, which is not there`);
  const installed = named || installedBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'revsync-browser-'));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const env = { ...process.env, TMPDIR: folder };
    const packed = installed === undefined ? await packedBrowser(folder) : undefined;
    const browser = await chromium.launch({
      executablePath: installed ?? packed?.path,
      args: ARGUMENTS,
      env: { ...env, ...packed?.env },
    });
    return { browser, close: async () => browser.close().finally(clean) };
  } catch (error) {
    clean();
    const remedy = 'install Chromium or Chrome, or name one with REVSYNC_BROWSER';
    throw new Error(`the page cannot be tested without a browser; ${remedy}`, { cause: error });
  }
}

function installedBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES];
  return candidates.find((path) => existsSync(path));
}

/** What the package changes in the environment, or is told by it. */
const CHANGED = ['TMPDIR', 'AWS_EXECUTION_ENV', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME'];

/** Unpacked into the folder, with the libraries and fonts that a small machine lacks. */
async function packedBrowser(folder: string): Promise<{ path: string; env: Record<string, string> }> {
  // The package unpacks its libraries only where it takes the machine for the one they were made for.
  const before = Object.fromEntries(CHANGED.map((name) => [name, process.env[name]]));
  Object.assign(process.env, { TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' });
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    packed.setGraphicsMode = false;
    const path = await packed.executablePath();
    // Its own list of fonts names folders that are elsewhere by now, and without any font a page crashes.
    const fonts = join(folder, 'fonts.conf');
    const folders = [join(folder, 'fonts'), '/usr/share/fonts'].map((name) => `<dir>${name}</dir>`).join('');
    const cache = `<cachedir>${join(folder, 'fonts-cache')}</cachedir>`;
    writeFileSync(fonts, `<?xml version="1.0"?><fontconfig>${folders}${cache}</fontconfig>`);
    return { path, env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: fonts } };
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

/** An opened page, with everything that it asked for and complained of. */
export interface Opened {
  readonly page: Page;
  /** URLs. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, requests, complaints };
}
