import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../support/backends.js';
import { newVisitor } from '../support/browser.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

/** Nobody needs more to come to a control of these pages. */
const MOST_TABS = 60;

/** Goes on with the Tab key until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < MOST_TABS; presses++) {
    await page.keyboard.press('Tab');
    const called = await page.evaluate(() => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement)) return '';
      const labels = 'labels' in at ? [...((at.labels ?? []) as NodeListOf<HTMLElement>)] : [];
      // A region that scrolls may have the focus too; it is not called by all that is in it.
      const text = at.matches('button, a, summary') ? at.innerText : '';
      return [at.ariaLabel, ...labels.map(({ innerText }) => innerText), text].join(' ').trim();
    });
    if (name.test(called)) return;
  }
  throw new Error(`The Tab key does not lead to ${name}.`);
}

/** What screen readers were told to say, in the order in which they were. */
async function listen(page: Page): Promise<() => Promise<string>> {
  await page.addInitScript(() => {
    const said: string[] = [];
    Reflect.set(globalThis, 'said', said);
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const node = target instanceof Element ? target : target.parentElement;
        const place = node?.closest('[aria-live], [role="alert"], [role="status"]');
        if (place?.textContent) said.push(place.textContent);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  // Without the marks that keep a name from turning the direction of a sentence.
  const spoken = () =>
    page.evaluate(() => (Reflect.get(globalThis, 'said') as string[]).join('\n'));
  return async () => (await spoken()).replace(/[\u2066-\u2069]/g, '');
}

describe('without a mouse, and without sight', () => {
  let node: SpawnedNode;

  beforeAll(async () => {
    node = await spawnNode({ env: UNLIMITED });
  });

  it('a host opens a room and asks, a player joins and answers, by keyboard alone', async () => {
    const host = await newVisitor({ url: node.url, width: 1440, height: 900 });
    const player = await newVisitor({ url: node.url, width: 1440, height: 900 });
    const [hostHears, playerHears] = await Promise.all([listen(host.page), listen(player.page)]);

    await host.goto('/host');
    await tabTo(host.page, /^\W*Create room/);
    await host.page.keyboard.press('Enter');
    const pin = await host.page.locator('[data-pin]').first().getAttribute('data-pin');

    await player.goto('/');
    await player.page.locator('#pin:focus').waitFor();
    await player.page.keyboard.type(pin ?? '');
    await player.page.keyboard.press('Enter');
    await player.page.getByLabel('Your name').waitFor();
    await player.page.keyboard.type('Paula');
    await player.page.keyboard.press('Enter');
    await player.page.locator('[data-stage]').waitFor();
    await until(async () => (await playerHears()).includes('You are in'));
    await until(async () => /Paula joined/.test(await hostHears()));

    await tabTo(host.page, /Your question/);
    await host.page.keyboard.type('Six times seven?');
    await tabTo(host.page, /Answer A$/);
    await host.page.keyboard.type('40');
    await tabTo(host.page, /Answer B$/);
    await host.page.keyboard.type('42');
    await tabTo(host.page, /Ask the question/);
    await host.page.keyboard.press('Enter');
    await until(async () => /Six times seven.*A: 40. B: 42/.test(await playerHears()));

    await tabTo(player.page, /B\s+42/);
    await player.page.keyboard.press('Enter');
    await until(async () => (await playerHears()).includes('Your answer is in.'));
    await tabTo(host.page, /show the result/i);
    await host.page.keyboard.press('Enter');
    await until(async () => (await hostHears()).includes('B, 42: 1 answer'));
    await until(async () => (await playerHears()).includes('Thank you for your answer'));

    // The parts of the panel are one stop, and arrows go through them.
    await tabTo(host.page, /^Send$/);
    await host.page.keyboard.press('ArrowRight');
    await host.page.getByLabel('Search by name').waitFor();
    expect([...host.faults, ...player.faults]).toEqual([]);
  });

  it('a dialog takes the focus, lets Escape close it, and gives the focus back', async () => {
    const { page, goto, faults } = await newVisitor({ url: node.url, width: 1440, height: 900 });
    await goto('/host');
    await page.getByRole('button', { name: 'Create room' }).click();
    await page.getByRole('tab', { name: 'Room' }).click();
    const opener = page.getByRole('button', { name: 'New PIN' }).last();
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(
      true,
    );
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await opener.evaluate((at) => at === document.activeElement)).toBe(true);
    expect(faults).toEqual([]);
  });
});
