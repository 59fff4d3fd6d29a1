import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../support/backends.js';
import { ask, newHost, say, votes } from '../support/host-page.js';
import { answer, newPlayer } from '../support/player-page.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { openProxy } from '../support/tcp-proxy.js';
import { newPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

/** After so long a client has other channels, if it has another role. */
const STALE_MS = 3_000;
const QUESTION = { text: 'Six times seven?', options: ['40', '42'], right: 1 };

describe('a round that does not go by the book', () => {
  let node: SpawnedNode;

  beforeAll(async () => {
    node = await spawnNode({ env: UNLIMITED });
  });

  const throughProxy = async () => {
    const line = await openProxy({ host: '127.0.0.1', port: node.port });
    return { line, url: `http://127.0.0.1:${line.port}` };
  };

  it('keeps the question on the screen whatever is said meanwhile, and finds it again', async () => {
    const host = await newHost({ url: node.url }, 'Friday quiz');
    const { page } = host;
    const player = await newPlayer({ url: node.url }, host.pin, 'Ada');
    await ask(page, QUESTION);
    await say(page, 'Take your time');
    await page.locator('[data-aside="text"]').getByText('Take your time').waitFor();
    await page.locator('[data-stage="question"][data-state="open"]').waitFor();
    await page.getByRole('button', { name: 'Back to the PIN' }).click();
    await page.getByRole('heading', { name: '1 person is here' }).waitFor();
    await page.getByRole('tab', { name: 'Question' }).click();
    await page.getByLabel('Your question').fill('Another one?');
    await page.getByRole('textbox', { name: 'Answer A', exact: true }).fill('a');
    await page.getByRole('textbox', { name: 'Answer B', exact: true }).fill('b');
    await page.getByRole('button', { name: 'Ask the question' }).click();
    await page.getByText('A question is still open').first().waitFor();
    await answer(player.page, '42');
    await page.locator('[data-action="show-again"]').click();
    await until(async () => `${await votes(page)}` === '0,1');
    await page.locator('[data-action="result"]').click();
    await player.page.locator('[data-verdict="right"]').waitFor();
    expect([...host.faults, ...player.faults]).toEqual([]);
  });

  it('knows its question again when it was reloaded before it heard that it was asked', async () => {
    const { line, url } = await throughProxy();
    const host = await newHost({ url }, 'Friday quiz');
    const { page } = host;
    const player = await newPlayer({ url: node.url }, host.pin, 'Ada');
    line.delayReplies(60_000);
    const asking = ask(page, QUESTION);
    await player.page.getByRole('heading', { name: QUESTION.text }).waitFor();
    line.delayReplies(0);
    await page.reload();
    await asking;
    await answer(player.page, '42');
    await until(async () => `${await votes(page)}` === '0,1');
    // Nobody has to say which option is right.
    await page.locator('[data-action="result"]').click();
    await player.page.locator('[data-verdict="right"]').waitFor();
    await player.page.locator('[data-place="1"]').waitFor();
    expect([...host.faults, ...player.faults]).toEqual([]);
  });

  it('goes on when its host hands it over in the middle', async () => {
    const host = await newHost({ url: node.url }, 'Friday quiz');
    const player = await newPlayer({ url: node.url }, host.pin, 'Ada');
    const heir = await newPerson(node.url, 'Hera');
    const seat = await heir.client.joinRoom({ pin: host.pin });
    const { page } = host;
    await ask(page, QUESTION);
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByRole('button', { name: 'Manage Hera' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('[data-action="transfer"]').click();
    await dialog.locator('[data-action="confirm"]').click();
    await page.locator('[data-over="role-lost"]').waitFor();
    await until(() => seat.isHost);
    await answer(player.page, '42');
    const [question] = await until(() => {
      const found = seat.entries().filter(({ type }) => type === 'question');
      return found.length > 0 && found;
    });
    await seat.send('result', { question: question?.id, right: 1 });
    await player.page.locator('[data-verdict="right"]').waitFor();
    // And back again, later: the page of before sees it all, what came meanwhile included.
    await delay(STALE_MS);
    const former = [...seat.members.values()].find(({ nickname }) => nickname === 'Host');
    await seat.grantHost(former?.userId ?? '');
    await page.locator('[data-stage="question"][data-state="closed"]').waitFor();
    await until(async () => `${await votes(page)}` === '0,1');
    expect([...host.faults, ...player.faults]).toEqual([]);
  });

  it('does not call an answer right that came after the result', async () => {
    const { line, url } = await throughProxy();
    const host = await newHost({ url: node.url }, 'Friday quiz');
    const player = await newPlayer({ url }, host.pin, 'Ada');
    await ask(host.page, QUESTION);
    await player.page.getByRole('heading', { name: QUESTION.text }).waitFor();
    line.set('cut');
    await player.page.locator('[data-state="lost"]').waitFor();
    await player.page.locator('[data-option="1"]').click();
    await player.page.locator('[data-away="true"]').waitFor();
    await host.page.locator('[data-action="result"]').click();
    await host.page.locator('[data-stage="question"][data-state="closed"]').waitFor();
    line.set('pass');
    await player.page.locator('[data-verdict="late"]').waitFor();
    expect(await votes(host.page)).toEqual([0, 0]);
    expect([...host.faults, ...player.faults]).toEqual([]);
  });
});
