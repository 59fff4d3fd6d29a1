import type { Page } from 'playwright-core';
import { newVisitor, type Visitor, type VisitorOptions } from './browser.js';

/** A host who has opened a room on the page. */
export interface HostAtPage extends Visitor {
  readonly pin: string;
  readonly roomId: string;
}

/** Opens a room with one click, and waits for its PIN on the screen. */
export async function newHost(
  { mayPlayersWrite = false, ...options }: VisitorOptions & { readonly mayPlayersWrite?: boolean },
  title: string,
): Promise<HostAtPage> {
  const visitor = await newVisitor({ width: 1440, height: 900, ...options });
  const { page } = visitor;
  await visitor.goto('/host');
  await page.getByLabel('Title').fill(title);
  if (mayPlayersWrite) {
    await page.getByText('More settings').click();
    await page.getByLabel('Players may write to everybody').check();
  }
  await page.getByRole('button', { name: 'Create room' }).click();
  const pin = await page.locator('[data-pin]').first().getAttribute('data-pin');
  const roomId = new URL(page.url()).hash.slice(1);
  if (!pin || !roomId) throw new Error('The page shows a PIN, and has the room in its address.');
  return { ...visitor, pin, roomId };
}

export interface AskedQuestion {
  readonly text: string;
  readonly options: readonly string[];
  /** Place of the right option. */
  readonly right?: number;
}

/** Asks a question by the composer. */
export async function ask(page: Page, { text, options, right }: AskedQuestion): Promise<void> {
  await page.getByRole('tab', { name: 'Send' }).click();
  await page.getByRole('tab', { name: 'Question' }).click();
  await page.getByLabel('Your question').fill(text);
  const letter = (place: number) => String.fromCharCode(65 + place);
  for (const [place, option] of options.entries()) {
    const field = page.getByRole('textbox', { name: `Answer ${letter(place)}`, exact: true });
    if (!(await field.isVisible()))
      await page.getByRole('button', { name: 'Add an answer' }).click();
    await field.fill(option);
  }
  if (right !== undefined) await page.getByLabel(`Answer ${letter(right)} is right`).check();
  await page.getByLabel('Time to answer').selectOption('No limit');
  await page.getByRole('button', { name: 'Ask the question' }).click();
  await page.locator('[data-stage="question"][data-state="open"]').waitFor();
}

/** Sends a text to everybody by the composer. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('tab', { name: 'Send' }).click();
  await page.getByRole('tab', { name: 'Text' }).click();
  await page.getByLabel('Your message').fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('The message is sent.').first().waitFor({ state: 'attached' });
}

/** What the bars of the question on the screen count, in the order of the options. */
export async function votes(page: Page): Promise<number[]> {
  const found = await page.locator('.bars [data-votes]').all();
  return Promise.all(found.map(async (bar) => Number(await bar.getAttribute('data-votes'))));
}
