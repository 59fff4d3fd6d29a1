import { beforeAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../support/backends.js';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  expectNothingBelow,
  newVisitor,
  type Visitor,
} from '../support/browser.js';
import { ask, newHost } from '../support/host-page.js';
import { answer, newPlayer } from '../support/player-page.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom } from '../support/test-client.js';

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitän';
const QUESTION = {
  text: `Which of these ${LONG}s has the longest day of all that we know, and why so?`,
  options: ['Earth', LONG, 'A somewhat longer answer that needs two lines', '3', '4', '5'],
  right: 1,
};

describe('every state of every page can be read by everybody', () => {
  let node: SpawnedNode;

  beforeAll(async () => {
    node = await spawnNode({ env: UNLIMITED });
  });

  async function look(visitor: Visitor, state: string): Promise<void> {
    await expectAccessible(visitor, state);
    await expectNoSidewaysScroll(visitor, state);
    await expectNothingBelow(visitor, state);
  }

  /** The projector shows all of it, and as large as that allows. */
  async function expectStageFits({ page }: Visitor, state: string): Promise<void> {
    const [over, left] = await page.locator('main').evaluate((stage) => {
      const parts = [...stage.querySelectorAll('.question-body, .question-end')];
      const [body, end] = parts.map((part) => part.getBoundingClientRect());
      return [stage.scrollHeight - stage.clientHeight, (end?.top ?? 0) - (body?.bottom ?? 0)];
    });
    expect({ state, isOver: over > 1 }).toEqual({ state, isOver: false });
    expect(left).toBeLessThan(32);
  }

  it('of the host, on the projector and on a phone; and of a player beside', async () => {
    const host = await newHost({ url: node.url }, 'Friday quiz');
    const { page } = host;
    await look(host, 'an empty room');
    const player = await newPlayer({ url: node.url, width: 320, height: 568 }, host.pin, LONG);
    await page.getByText('1 person is here').waitFor();
    await look(host, 'a room with somebody');
    await ask(page, QUESTION);
    await answer(player.page, LONG);
    await look(host, 'a question');
    await expectStageFits(host, 'a question');
    await look(player, 'a question, answered');
    await page.locator('[data-action="result"]').click();
    await player.page.locator('[data-verdict="right"]').waitFor();
    await look(host, 'a result');
    await expectStageFits(host, 'a result');
    await look(player, 'a result');
    for (const tab of ['People', 'Chat', 'Log', 'Room']) {
      await page.getByRole('tab', { name: tab }).click();
      await look(host, tab);
    }
    await page.locator('[data-action="settings"]').click();
    await page.getByRole('dialog').waitFor();
    await look(host, 'settings');
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 844 });
    await look(host, 'a result, on a phone');
    await page.locator('[data-action="close"]').click();
    await page.getByRole('dialog').locator('[data-action="confirm"]').click();
    await page.locator('[data-over="closed"]').waitFor();
    await look(host, 'closed');
    await player.page.locator('[data-state="ended"]').waitFor();
    await look(player, 'closed');
    await host.goto('/host');
    await page.locator('[data-room="closed"]').waitFor();
    await look(host, 'the list of rooms');
    expect([...host.faults, ...player.faults]).toEqual([]);
  });

  it('of a room’s history, which its members read, search and take home', async () => {
    const owner = await newPerson(node.url, 'Hugo');
    const { pin, roomId, handle } = await openRoom(owner, { title: 'Friday quiz' });
    const member = await newPlayer({ url: node.url, width: 1440, height: 900 }, pin, 'Paula');
    for (let number = 1; number <= 300; number++) {
      void handle.send('text', { text: number === 7 ? 'A needle' : `Message ${number}` });
    }
    await handle.send('question', { text: QUESTION.text, options: QUESTION.options });
    await handle.close();
    const { page } = member;
    await member.goto(`/rooms/${roomId}`);
    await page.getByText('Message 300').waitFor();
    await look(member, 'the newest');
    expect(await page.getByText('A needle').count()).toBe(0);
    await page.locator('[data-search]').click();
    await page.getByRole('button', { name: 'Load all' }).click();
    await page.getByText('This is where it began.').waitFor();
    await page.getByRole('searchbox').fill('néedle');
    await page.getByRole('searchbox').press('Enter');
    await page.locator('mark', { hasText: 'needle' }).first().waitFor();
    await look(member, 'a hit');
    await page.locator('[data-tool="download"]').click();
    const saved = page.waitForEvent('download');
    await page.getByRole('dialog').locator('.button-main').click();
    const stream = await (await saved).createReadStream();
    let lines = 0;
    for await (const chunk of stream) lines += String(chunk).split('\n').length - 1;
    expect(lines).toBeGreaterThanOrEqual(301);
    await page.locator('[data-progress="done"]').waitFor();
    await look(member, 'a download');
    const stranger = await newVisitor({ url: node.url });
    await stranger.goto(`/rooms/${roomId}`);
    await stranger.page.locator('[data-notice="denied"]').waitFor();
    await look(stranger, 'a stranger');
    expect([...member.faults, ...stranger.faults]).toEqual([]);
  });

  it('of the operator, whom the page tells within a glance how everything is', async () => {
    const owner = await newPerson(node.url, 'Hugo');
    const { handle, roomId } = await openRoom(owner, { title: 'Friday quiz' });
    await handle.send('text', { text: 'between us' });
    const visitor = await newVisitor({ url: node.url, width: 1440, height: 900 });
    const { page } = visitor;
    await visitor.goto('/monitor');
    await page.getByLabel('Operator token').fill('not-the-operator-token');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByText('This is not the operator token').waitFor();
    await look(visitor, 'a wrong token');
    await page.getByLabel('Operator token').fill(SHARED_SECRETS.PINROOM_OPERATOR_TOKEN);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.locator('[data-health="good"]').waitFor();
    await page.locator('[data-chart="entries"] canvas').waitFor();
    await page.locator('.log-row[data-type="room-opened"]').first().waitFor();
    await look(visitor, 'all is well');
    await page.locator(`[data-room="${roomId}"]`).getByRole('link').first().click();
    await page.locator('[data-member]').first().waitFor();
    expect(await page.getByText('between us').count()).toBe(0);
    await look(visitor, 'a room');
    await page
      .getByRole('button', { name: /this is logged/ })
      .first()
      .click();
    await page.getByText('between us').waitFor();
    await look(visitor, 'what is said in a room');
    await page.goBack();
    await page.locator('.log-row[data-type="room-read"]').first().waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await look(visitor, 'all is well, on a phone');
    expect(visitor.faults).toEqual([]);
  });
});
