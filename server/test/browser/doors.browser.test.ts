import { beforeAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../support/backends.js';
import { expectAccessible, expectNoSidewaysScroll, newVisitor } from '../support/browser.js';
import { expectInside, newPlayer, typeName, typePin } from '../support/player-page.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom, type TestPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

describe('the way in, on a phone of 320 pixels', () => {
  let node: SpawnedNode;
  let host: TestPerson;

  beforeAll(async () => {
    node = await spawnNode({ env: UNLIMITED });
    host = await newPerson(node.url, 'Hugo');
  });

  const phone = () => newVisitor({ url: node.url, width: 320, height: 568, touch: true });

  it('is a PIN, tapped or pasted in any form, and a name', async () => {
    const { pin } = await openRoom(host, { title: 'Quiz night' });
    const visitor = await phone();
    const { page } = visitor;
    await visitor.goto('/');
    await expectAccessible(visitor, 'PIN');
    await expectNoSidewaysScroll(visitor, 'PIN');
    for (const digit of pin) {
      await page.getByRole('group', { name: 'Digits' }).getByRole('button', { name: digit }).tap();
    }
    const field = page.getByLabel('Enter the PIN');
    expect((await field.inputValue()).replace(/\D/g, '')).toBe(pin);
    await page.getByRole('button', { name: 'Continue' }).tap();
    await page.getByRole('heading', { name: 'Quiz night' }).waitFor();
    await expectAccessible(visitor, 'name');
    await page.getByRole('button', { name: 'Enter another PIN' }).tap();
    // As somebody copies it from a chat.
    await field.fill(`${node.url}/r/${pin.slice(0, 3)}-${pin.slice(3)}`);
    await page.getByRole('heading', { name: 'Quiz night' }).waitFor();
    await typeName(page, 'Paula');
    await expectInside(page);
    await expectAccessible(visitor, 'in the room');
    await expectNoSidewaysScroll(visitor, 'in the room');
    // No script can read what the session hangs on.
    const [cookie, ...others] = await visitor.context.cookies();
    expect(cookie).toMatchObject({ name: 'pinroom_refresh', httpOnly: true, sameSite: 'Strict' });
    expect(others).toEqual([]);
    const token = cookie?.value ?? '';
    const stored = () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);
    expect(await page.evaluate(stored)).not.toContain(token);
    expect(visitor.faults).toEqual([]);
  });

  it('loads itself again where a part of the page is missing, once, and then says so', async () => {
    const visitor = await phone();
    const { page } = visitor;
    let missing = 1;
    // What a page of another version asks this node for, and what a broken connection does not bring.
    await page.route(/assets\/player-[^/]+\.(js|css)$/, (asked) =>
      missing-- > 0 ? asked.fulfill({ status: 404, body: '' }) : asked.continue(),
    );
    await visitor.goto('/');
    await page.getByLabel('Enter the PIN').waitFor();
    missing = Number.POSITIVE_INFINITY;
    await page.reload();
    await page.getByRole('button', { name: 'Reload' }).waitFor();
    await expectAccessible(visitor, 'a part is missing');
    missing = 0;
    await page.getByRole('button', { name: 'Reload' }).tap();
    await page.getByLabel('Enter the PIN').waitFor();
    expect(visitor.faults).toEqual([]);
  });

  it('says what is wrong with a PIN: none, unknown, or of a room that is closed', async () => {
    const { pin, handle } = await openRoom(host);
    await handle.close();
    const visitor = await phone();
    const { page } = visitor;
    await visitor.goto('/');
    const says = (text: string) => page.getByText(text).first().waitFor();
    await typePin(page, '12');
    await says('This cannot be a PIN');
    await expectAccessible(visitor, 'a PIN that is none');
    await typePin(page, '999999');
    await says('No room has this PIN');
    await typePin(page, pin);
    await says('No room has this PIN');
    // The link of a room that is over.
    await visitor.goto(`/r/${pin}`);
    await says('No room has this PIN');
    expect(visitor.faults).toEqual([]);
  });

  it('says that a room is locked or full, early, and lets members back in', async () => {
    const { pin, handle } = await openRoom(host, { capacity: 1 });
    const member = await newPlayer({ url: node.url }, pin, 'Paula');
    const visitor = await phone();
    const { page } = visitor;
    await visitor.goto(`/r/${pin}`);
    await page.getByText('The room is full.').waitFor();
    await typeName(page, 'Late');
    await page.getByText('This room is full. Try again when').waitFor();
    await handle.update({ locked: true });
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByText('lets nobody new in at the moment').waitFor();
    await expectAccessible(visitor, 'locked out');
    await member.page.reload();
    await expectInside(member.page);
    await handle.update({ locked: false });
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('button', { name: 'Only watch' }).click();
    await expectInside(page);
    expect([...visitor.faults, ...member.faults]).toEqual([]);
  });

  it('asks for a passcode where there is one, and for another name where it is taken', async () => {
    const { pin } = await openRoom(host, { settings: { passcode: 'open sesame' } });
    const visitor = await phone();
    const { page } = visitor;
    await visitor.goto(`/r/${pin}`);
    await typeName(page, 'Hugo');
    await page.getByLabel('Passcode').fill('guess');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByText('This is not the passcode').waitFor();
    await expectAccessible(visitor, 'a wrong passcode');
    await page.getByLabel('Passcode').fill('open sesame');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByText('already called that').waitFor();
    await page.locator('[data-action="suggestion"]').click();
    await expectInside(page);
    expect(visitor.faults).toEqual([]);
  });

  it('leads past the host where the host lets people in', async () => {
    const { pin, handle } = await openRoom(host, { settings: { approval: true } });
    const people = await Promise.all([phone(), phone()]);
    for (const [index, visitor] of people.entries()) {
      await visitor.goto(`/r/${pin}`);
      await typeName(visitor.page, `Guest ${index}`);
      await visitor.page.locator('[data-state="waiting"]').waitFor();
    }
    const [first, second] = people;
    if (!first || !second) throw new Error('Two people wait.');
    await expectAccessible(first, 'waiting');
    const waiting = await until(() => handle.waiting.length === 2 && handle.waiting);
    for (const { userId, nickname } of waiting) await handle.admit(userId, nickname === 'Guest 0');
    await expectInside(first.page);
    await second.page.getByText('did not let you in').waitFor();
    expect([...first.faults, ...second.faults]).toEqual([]);
  });

  it('leads out again: kicked, banned, and when the room is closed', async () => {
    const { pin, handle } = await openRoom(host, { title: 'Short' });
    const [kicked, banned, stays] = await Promise.all(
      ['Kim', 'Bo', 'Stella'].map((name) => newPlayer({ url: node.url }, pin, name)),
    );
    if (!kicked || !banned || !stays) throw new Error('Three people are in.');
    const idOf = (name: string) =>
      until(() => [...handle.members.values()].find(({ nickname }) => nickname === name)?.userId);
    await handle.kick(await idOf('Kim'));
    await handle.kick(await idOf('Bo'), { ban: true });
    await kicked.page.getByText('A host has removed you').waitFor();
    await banned.page.getByText('A host has banned you').waitFor();
    await expectAccessible(banned, 'banned');
    await banned.goto(`/r/${pin}`);
    await typeName(banned.page, 'Bo again');
    await banned.page.getByText('a host has banned you').waitFor();
    await handle.close();
    await stays.page.getByText('The room was closed').waitFor();
    await stays.page.getByRole('link', { name: 'See what was said in the room' }).click();
    await stays.page.waitForURL(/\/rooms\//);
    expect([...kicked.faults, ...banned.faults, ...stays.faults]).toEqual([]);
  });
});
