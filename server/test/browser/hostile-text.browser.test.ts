import { beforeAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../support/backends.js';
import { newVisitor } from '../support/browser.js';
import { newPlayer } from '../support/player-page.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom } from '../support/test-client.js';

/** Runs where it is taken for anything but text. */
const EVIL = '<img src=x onerror="document.title=1"><b>x</b>{0}';

describe('what people write is shown as text', () => {
  let node: SpawnedNode;

  beforeAll(async () => {
    node = await spawnNode({ env: UNLIMITED });
  });

  it('to players and hosts, and in the history, whatever it is', async () => {
    // A room that lets everybody send everything, as those of applications may be.
    const owner = await newPerson(node.url, 'Mallory');
    const { pin, roomId, hostKey, handle: seat } = await openRoom(owner, { title: EVIL });
    await seat.rename(EVIL.slice(0, 40));
    const host = await newVisitor({ url: node.url, width: 1440, height: 900 });
    await host.goto(`/host#${roomId}?key=${hostKey}`);
    await host.page.locator(`[data-pin="${pin}"]`).first().waitFor();
    expect(host.page.url()).not.toContain('key=');
    const player = await newPlayer({ url: node.url }, pin, 'Paula');
    const shown = (text: string) =>
      Promise.all(
        [player, host].map(({ page }) => page.getByText(text, { exact: false }).first().waitFor()),
      );
    // Of the kind that the pages know, and that they do not; of the form that they expect, and not.
    const nonsense = [null, 7, 'x', [], { text: { a: 1 } }, { options: 'x' }, { endsAt: 'soon' }];
    const never = { endsAt: 1e300, text: 'x', options: ['x'] };
    for (const type of ['text', 'question', 'result', 'countdown', 'answer', 'x']) {
      for (const payload of [...nonsense, never]) {
        for (const channel of ['room', 'host']) await seat.send(type, payload, { channel });
      }
    }
    await seat.send('text', { text: EVIL });
    await shown(EVIL);
    await seat.send('question', { text: EVIL, options: [EVIL, '__proto__'] });
    await seat.send('answer', { question: '__proto__', choice: 1e9 }, { channel: 'host' });
    await player.page.getByRole('heading', { name: EVIL, level: 2 }).waitFor();
    await seat.send('result', {
      counts: [-5, 1e308],
      right: 0,
      scores: [{ nickname: EVIL, points: 1e308 }],
    });
    await player.page.locator('[data-verdict]').waitFor();
    const history = await host.context.newPage();
    await history.goto(`${node.url}/rooms/${roomId}`);
    await history.getByText(EVIL).first().waitFor();
    for (const page of [host.page, player.page, history]) {
      expect(await page.locator('img[src="x"]').count()).toBe(0);
      expect(await page.title()).not.toBe('1');
    }
    expect([...host.faults, ...player.faults]).toEqual([]);
  });

  it('to operators', async () => {
    const host = await newPerson(node.url, 'Hugo');
    const { room } = await host.client.createRoom({ title: EVIL });
    const handle = await host.client.joinRoom({ roomId: room.id });
    await handle.send('text', { text: EVIL });
    const visitor = await newVisitor({ url: node.url, width: 1440, height: 900 });
    const { page } = visitor;
    await visitor.goto(`/monitor#room=${room.id}`);
    await page.getByLabel('Operator token').fill(SHARED_SECRETS.PINROOM_OPERATOR_TOKEN);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByText(EVIL).first().waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(visitor.faults).toEqual([]);
  });
});
