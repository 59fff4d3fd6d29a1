import { beforeAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../support/backends.js';
import { expectAccessible, expectNoSidewaysScroll, newVisitor } from '../support/browser.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom } from '../support/test-client.js';

describe('a page speaks the language of its reader', () => {
  let node: SpawnedNode;

  beforeAll(async () => {
    node = await spawnNode({ env: UNLIMITED });
  });

  it.each([
    {
      language: 'de-DE' as const,
      direction: 'ltr',
      pin: 'PIN eingeben',
      unknown: 'Kein Raum hat diese PIN',
      name: 'Dein Name',
      host: 'Raum eröffnen',
    },
    {
      language: 'ar-EG' as const,
      direction: 'rtl',
      pin: 'أدخل رمز الغرفة',
      unknown: 'لا توجد غرفة',
      name: 'اسمك',
      host: 'إنشاء الغرفة',
    },
  ])('$language, from the PIN to a question', async (words) => {
    const host = await newPerson(node.url, 'Hugo');
    const { pin, handle } = await openRoom(host, { title: 'Quiz' });
    const visitor = await newVisitor({
      url: node.url,
      language: words.language,
      width: 320,
      height: 568,
    });
    const { page } = visitor;
    await visitor.goto('/');
    const root = page.locator('html');
    expect(await root.getAttribute('lang')).toBe(words.language.slice(0, 2));
    expect(await root.getAttribute('dir')).toBe(words.direction);
    const field = page.getByLabel(words.pin);
    await field.fill('999999');
    await field.press('Enter');
    await page.getByText(words.unknown).first().waitFor();
    await expectNoSidewaysScroll(visitor, 'an unknown PIN');
    await field.fill(pin);
    await field.press('Enter');
    const name = page.getByLabel(words.name);
    await name.fill('Paula');
    await name.press('Enter');
    await page.locator('[data-stage]').waitFor();
    await handle.send('question', { text: 'Six times seven?', options: ['40', '42'] });
    await page.getByRole('heading', { name: 'Six times seven?' }).waitFor();
    await expectAccessible(visitor, `a question in ${words.language}`);
    await expectNoSidewaysScroll(visitor, `a question in ${words.language}`);
    // Letters and marks stand where reading begins.
    const option = page.locator('[data-option="0"]');
    const box = await option.boundingBox();
    const sign = await option.locator('.option-sign').boundingBox();
    if (!box || !sign) throw new Error('An option has a mark.');
    const isAtRight = sign.x + sign.width / 2 > box.x + box.width / 2;
    expect(isAtRight).toBe(words.direction === 'rtl');
    await visitor.goto('/host');
    await page.getByRole('button', { name: words.host }).waitFor();
    await expectNoSidewaysScroll(visitor, `the host's page in ${words.language}`);
    expect(visitor.faults).toEqual([]);
  });

  it('and another one where its reader chooses it, on this visit and the next', async () => {
    const visitor = await newVisitor({ url: node.url });
    const { page } = visitor;
    await visitor.goto('/');
    await page.getByLabel('Language').selectOption('de');
    await page.getByLabel('PIN eingeben').waitFor();
    await visitor.goto('/host');
    await page.getByRole('button', { name: 'Raum eröffnen' }).waitFor();
    expect(visitor.faults).toEqual([]);
  });
});
