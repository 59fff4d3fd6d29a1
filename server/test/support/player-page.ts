import type { Page } from 'playwright-core';
import { newVisitor, type Visitor, type VisitorOptions } from './browser.js';

/** Types a PIN into the start page and goes on. */
export async function typePin(page: Page, pin: string): Promise<void> {
  await page.getByLabel('Enter the PIN').fill(pin);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Types a name where the page asks for it and joins. */
export async function typeName(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
}

/** Waits until the player's page shows the room. */
export async function expectInside(page: Page): Promise<void> {
  await page.locator('[data-stage]').waitFor();
}

/** A new visitor who joins by PIN and is in. */
export async function newPlayer(
  options: VisitorOptions,
  pin: string,
  name: string,
): Promise<Visitor> {
  const visitor = await newVisitor(options);
  await visitor.goto(`/r/${pin}`);
  await typeName(visitor.page, name);
  await expectInside(visitor.page);
  return visitor;
}

/** Taps an option of the question that is on and waits until the answer is kept. */
export async function answer(page: Page, option: string): Promise<void> {
  await page.locator('.options').getByRole('button', { name: option }).click();
  await page.locator('[data-answer="kept"]').waitFor();
}
