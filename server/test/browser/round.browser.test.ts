import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import type { Visitor } from '../support/browser.js';
import { ask, type HostAtPage, newHost, say, votes } from '../support/host-page.js';
import { answer, newPlayer } from '../support/player-page.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { openProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

/** How long a network is silent before anybody can know. */
const SILENCE_MS = 10_000;

/** One after the other: a whole evening, as the people in it live through it. */
describe('a host and five players, on two nodes', () => {
  let first: SpawnedNode;
  let second: SpawnedNode;
  /** The way of one player to the first node. */
  let line: TcpProxy;
  /** The balancer of another one; it leads to the second node, as long as that is there. */
  let balancer: TcpProxy;
  let target: SpawnedNode;
  let host: HostAtPage;
  let players: { near: Visitor[]; unlucky: Visitor; far: Visitor };

  const everybody = () => [...players.near, players.unlucky, players.far];
  const local = (port: number) => ({ url: `http://127.0.0.1:${port}` });

  beforeAll(async () => {
    const { env } = await startBackends();
    [first, second] = await Promise.all([
      spawnNode({ env: { ...UNLIMITED, ...env }, transport: 'uws' }),
      spawnNode({ env: { ...UNLIMITED, ...env }, transport: 'ws' }),
    ]);
    target = second;
    line = await openProxy({ host: '127.0.0.1', port: first.port });
    balancer = await openProxy(() => ({ host: '127.0.0.1', port: target.port }));
  });

  it('a room is open with one click, and its PIN lets everybody in', async () => {
    host = await newHost({ url: first.url }, 'Friday quiz');
    const { pin } = host;
    const [ada, bela, cleo, unlucky, far] = await Promise.all([
      ...['Ada', 'Bela', 'Cleo'].map((name) => newPlayer({ url: first.url }, pin, name)),
      newPlayer(local(line.port), pin, 'Dana'),
      newPlayer(local(balancer.port), pin, 'Emil'),
    ]);
    if (!ada || !bela || !cleo || !unlucky || !far) throw new Error('Five players are in.');
    players = { near: [ada, bela, cleo], unlucky, far };
    for (const name of ['Ada', 'Bela', 'Cleo', 'Dana', 'Emil']) {
      await host.page.getByText(name, { exact: true }).first().waitFor();
    }
    await host.page.getByText('5 people are here').first().waitFor();
  });

  it('a question is answered with one tap, and the answers are a chart that lives', async () => {
    await ask(host.page, {
      text: 'Six times seven?',
      options: ['40', '41', '42'],
      right: 2,
    });
    const choices = ['42', '40', '42', '42', '41'];
    for (const [place, { page }] of everybody().entries()) {
      await page.getByRole('heading', { name: 'Six times seven?' }).waitFor();
      await answer(page, choices[place] ?? '');
    }
    await until(async () => `${await votes(host.page)}` === '1,1,3');
    await host.page.locator('[data-action="result"]').click();
    await host.page.locator('[data-stage="question"][data-state="closed"]').waitFor();
    const verdicts = ['right', 'wrong', 'right', 'right', 'wrong'];
    for (const [place, { page }] of everybody().entries()) {
      await page.locator(`[data-verdict="${verdicts[place]}"]`).waitFor();
    }
  });

  it('who was without a network for ten seconds has everything after, and plays on', async () => {
    const { page } = players.unlucky;
    line.set('hold');
    const silentUntil = delay(SILENCE_MS);
    for (const text of ['One', 'Two', 'Three']) await say(host.page, text);
    await ask(host.page, { text: 'Still there?', options: ['Yes', 'No'] });
    for (const { page: other } of [...players.near, players.far]) await answer(other, 'Yes');
    await silentUntil;
    expect(await page.getByText('Three', { exact: true }).count()).toBe(0);
    line.cutOpen();
    await page.locator('[data-state="lost"]').waitFor();
    line.set('pass');
    await page.locator('[data-state="back"]').getByText('4 messages that you missed').waitFor();
    for (const text of ['One', 'Two', 'Three']) {
      await page.getByText(text, { exact: true }).waitFor();
    }
    await answer(page, 'No');
    await until(async () => `${await votes(host.page)}` === '4,1');
  });

  it('the host reloads and sees the same, answers included', async () => {
    await host.page.reload();
    await host.page.locator('[data-stage="question"][data-state="open"]').waitFor();
    await until(async () => `${await votes(host.page)}` === '4,1');
    await host.page.locator('[data-action="result"]').click();
    for (const { page } of everybody()) await page.locator('[data-verdict="counted"]').waitFor();
  });

  it('who answers while the line is down is heard when it is back', async () => {
    const { page } = players.unlucky;
    await ask(host.page, { text: 'And now?', options: ['Here', 'Elsewhere'] });
    await page.getByRole('heading', { name: 'And now?' }).waitFor();
    line.set('cut');
    await page.locator('[data-state="lost"]').waitFor();
    await page.locator('.options').getByRole('button', { name: 'Elsewhere' }).click();
    await page.locator('[data-away="true"]').waitFor();
    line.set('pass');
    await page.locator('[data-answer="kept"]').waitFor();
    await until(async () => `${await votes(host.page)}` === '0,1');
  });

  it('the node of a player is killed, and the player goes on at the other one', async () => {
    const { page } = players.far;
    target = first;
    await second.kill();
    await page.locator('[data-state="lost"]').waitFor();
    await page.locator('[data-state="lost"]').waitFor({ state: 'detached' });
    await answer(page, 'A Here');
    await until(async () => `${await votes(host.page)}` === '1,1');
  });

  it('a player who reloads is in again, with the answer given', async () => {
    const { page } = players.far;
    await page.reload();
    await page.locator('[data-answer="kept"]').waitFor();
    await page.locator('[data-option="0"][aria-pressed="true"]').waitFor();
  });

  it('who is kicked is out, and hears nothing more', async () => {
    const [ada, bela] = players.near;
    if (!ada || !bela) throw new Error('Ada and Bela are there.');
    const { page } = host;
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByRole('button', { name: 'Manage Ada' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove from the room' }).click();
    await page.getByRole('dialog').locator('[data-action="confirm"]').click();
    await ada.page.getByText('A host has removed you').waitFor();
    await say(page, 'Only for those who stay');
    await bela.page.getByText('Only for those who stay').waitFor();
    expect(await ada.page.getByText('Only for those who stay').count()).toBe(0);
  });

  it('the room is closed for all; nothing went wrong on any page meanwhile', async () => {
    const { page } = host;
    await page.getByRole('tab', { name: 'Room' }).click();
    await page.getByRole('button', { name: 'Close the room' }).click();
    await page.getByRole('dialog').locator('[data-action="confirm"]').click();
    await page.getByRole('heading', { name: 'The room is closed' }).waitFor();
    await players.far.page.getByText('The room was closed').waitFor();
    expect([host, ...everybody()].flatMap(({ faults }) => faults)).toEqual([]);
  });
});
