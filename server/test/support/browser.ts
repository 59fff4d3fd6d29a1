import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { afterFile } from './after-file.js';

/** A condition of a page that a user waits for. */
const PAGE_MS = 10_000;

export interface VisitorOptions {
  /** Where the pages are, without a slash at its end. */
  readonly url: string;
  readonly language?: 'en-GB' | 'de-DE' | 'ar-EG';
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** A device with a touch screen. */
  readonly touch?: boolean;
}

/** Somebody with a browser of their own: own cookies, own storage. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Opens a path of the server. */
  goto(path: string): Promise<void>;
  /**
   * What a user would not see and a developer would: exceptions, errors on the console, breaches of the
   * content security policy, requests that leave the server's own origin.
   */
  readonly faults: readonly string[];
}

let running: Promise<Browser> | null = null;

/** One browser for the test file, closed with it. */
function browser(): Promise<Browser> {
  running ??= launch();
  return running;
}

async function launch(): Promise<Browser> {
  const executablePath = process.env.TEST_CHROMIUM;
  if (!executablePath) {
    throw new Error('TEST_CHROMIUM is not set: run the tests with npm test, which finds Chromium.');
  }
  // Its sandbox does not work for root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const started = await chromium.launch({ executablePath, args });
  afterFile(() => started.close());
  return started;
}

/** A new visitor; gone with the test file. */
export async function newVisitor(options: VisitorOptions): Promise<Visitor> {
  const { url, language = 'en-GB', theme = 'light', width = 390, height = 844 } = options;
  const context = await (await browser()).newContext({
    locale: language,
    colorScheme: theme,
    reducedMotion: 'reduce',
    viewport: { width, height },
    hasTouch: options.touch ?? false,
  });
  context.setDefaultTimeout(PAGE_MS);
  afterFile(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  watch(page, url, faults);
  return {
    page,
    context,
    faults,
    async goto(path) {
      await page.goto(`${url}${path}`);
    },
  };
}

function watch(page: Page, url: string, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // The browser's own note of an answer or a connection that failed: what came of it the page shows.
    if (/^Failed to load resource|WebSocket connection to/.test(text)) return;
    if (message.type() === 'error') faults.push(`console: ${text}`);
  });
  page.on('request', (request) => {
    const asked = request.url();
    if (/^(data|blob):/.test(asked) || new URL(asked).origin === url) return;
    faults.push(`request: ${asked}`);
  });
  page.on('websocket', (socket) => {
    const { host } = new URL(socket.url());
    if (host !== new URL(url).host) faults.push(`socket: ${socket.url()}`);
  });
}

/** Asks axe for everything that WCAG 2.2 AA wants and more, light and dark; nothing serious may be found. */
export async function expectAccessible({ page }: Visitor, state: string): Promise<void> {
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNothingSerious(page, `${state}, ${colorScheme}`);
  }
}

async function expectNothingSerious(page: Page, state: string): Promise<void> {
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    }));
  });
  const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect({ state, serious }).toEqual({ state, serious: [] });
}

/** Nothing reaches beyond the sides of the screen. */
export async function expectNoSidewaysScroll({ page }: Visitor, state: string): Promise<void> {
  const [content, screen] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  expect({ state, content }).toEqual({ state, content: screen });
}

/** The page ends where what is on it ends: nothing unseen makes it longer. */
export async function expectNothingBelow({ page }: Visitor, state: string): Promise<void> {
  const below = await page.evaluate(() => {
    const end = document.getElementById('page')?.getBoundingClientRect().bottom ?? 0;
    const { scrollHeight, clientHeight } = document.documentElement;
    return Math.max(0, Math.floor(scrollHeight - Math.max(clientHeight, end + scrollY)));
  });
  expect({ state, below }).toEqual({ state, below: 0 });
}
