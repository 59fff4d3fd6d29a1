// `npm run screens`: takes the pictures of every page in docs/screens/, light and dark, on a phone and
// on a large screen. Starts a node of its own with its data in a temporary folder.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PinroomClient } from '@pinroom/client';
import { chromium } from 'playwright-core';
import { provideChromium } from './find-chromium.mjs';
import { closeHouse, openHouse } from './house.mjs';
import { inRepository } from './repository.mjs';

const FOLDER = inRepository('docs/screens');
const SIZES = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];
/** What stands on the pictures instead of a port of the moment. */
const SHOWN_HOST = 'play.pinroom.example';
const NAMES = [
  'Ada',
  'Béla',
  'Chiara',
  'Dmitri',
  'Esra',
  'Finn',
  'Grace',
  'Hüseyin',
  'Ingrid',
  'João',
  'Khadija',
  'Liv',
];
const QUESTION = {
  text: 'Which planet has the shortest day?',
  options: ['Earth', 'Jupiter', 'Mars', 'Venus'],
  right: 1,
};

const closers = [];

/** Each page in both sizes and themes; what is shown does not change meanwhile. */
async function shoot(page, name) {
  for (const size of SIZES) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // Charts are drawn anew for another size.
      await delay(400);
      const file = `${name}-${size.width}x${size.height}-${colorScheme}.png`;
      await page.screenshot({ path: path.join(FOLDER, file) });
    }
  }
}

async function openBrowser(url) {
  const args = [`--host-resolver-rules=MAP ${SHOWN_HOST} ${new URL(url).host}`];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const browser = await chromium.launch({ executablePath: await provideChromium(), args });
  closers.push(() => browser.close());
  return async () => {
    const context = await browser.newContext({ locale: 'en-GB', viewport: SIZES[1] });
    return context.newPage();
  };
}

/** Twelve people who come in and answer when they are asked. */
async function fillRoom(url, pin) {
  const people = [];
  for (const [index, nickname] of NAMES.entries()) {
    const client = new PinroomClient({ url, nickname });
    closers.push(() => client.stop());
    const room = await client.joinRoom({ pin });
    people.push({ room, choice: [1, 1, 0, 1, 2, 1, 0, 3, 1, 0, 1, 1][index] });
  }
  return people;
}

async function play() {
  mkdirSync(FOLDER, { recursive: true });
  const { nodes, operatorToken } = await openHouse({ nodes: 0 });
  const [{ url: node }] = nodes;
  const newPage = await openBrowser(node);
  const url = `http://${SHOWN_HOST}`;

  const host = await newPage();
  await host.goto(`${url}/host`);
  await host.locator('[data-action="create"]').waitFor();
  await shoot(host, 'host-start');
  await host.locator('input[name="title"]').fill('Friday quiz');
  await host.locator('[data-action="create"]').click();
  const pin = await host.locator('[data-pin]').first().getAttribute('data-pin');
  const roomId = new URL(host.url()).hash.slice(1);
  const people = await fillRoom(node, pin);

  const player = await newPage();
  await player.goto(url);
  await player.locator('#pin').fill(pin);
  await shoot(player, 'player-pin');
  await player.keyboard.press('Enter');
  await player.getByLabel('Your name').fill('Paula');
  await shoot(player, 'player-name');
  await player.keyboard.press('Enter');
  await player.locator('[data-stage="nothing"]').waitFor();
  await host.getByText('Paula').first().waitFor();
  await shoot(player, 'player-room');
  await shoot(host, 'host-lobby');

  await host.setViewportSize(SIZES[1]);
  await host.locator('#panel-tab-ask').click();
  await host.getByLabel('Your question').fill(QUESTION.text);
  for (const [place, option] of QUESTION.options.entries()) {
    const field = host.locator(`input[data-option="${place}"]`);
    if (!(await field.isVisible())) await host.getByText('Add an answer').click();
    await field.fill(option);
  }
  await host.getByLabel('Answer B is right').check();
  await host.getByLabel('Time to answer').selectOption('0');
  await host.locator('[data-action="send"]').click();
  await player.locator('[data-stage="question"]').waitFor();
  const question = await player.locator('[data-question]').getAttribute('data-question');
  await shoot(player, 'player-question');
  for (const { room, choice } of people.slice(0, 10)) {
    await room.send('answer', { question, choice, number: 1 }, { channel: 'host', once: question });
  }
  await player.locator('[data-option="1"]').click();
  await player.locator('[data-answer="kept"]').waitFor();
  await host.locator('[data-answered="11"]').waitFor();
  await shoot(host, 'host-question');
  await host.locator('[data-action="result"]').click();
  await player.locator('[data-verdict="right"]').waitFor();
  await shoot(player, 'player-result');
  await shoot(host, 'host-result');

  const monitor = await newPage();
  await monitor.goto(`${url}/monitor`);
  await shoot(monitor, 'monitor-token');
  await monitor.locator('input[name="token"]').fill(operatorToken);
  await monitor.keyboard.press('Enter');
  await monitor.locator('[data-health="good"]').waitFor();
  // Charts need some points.
  for (let tick = 0; tick < 40; tick++) {
    await people[tick % 12].room.send('answer', { choice: 0 }, { channel: 'host' });
    await delay(500);
  }
  await shoot(monitor, 'monitor');
  await monitor.goto(`${url}/monitor#room=${roomId}`);
  await monitor.locator('[data-member]').first().waitFor();
  await shoot(monitor, 'monitor-room');

  await host.locator('#panel-tab-room').click();
  await host.locator('[data-action="close"]').click();
  await host.locator('dialog [data-action="confirm"]').click();
  await player.locator('[data-state="ended"]').waitFor();
  await shoot(player, 'player-closed');
  await player.goto(`${url}/rooms/${roomId}`);
  await player.locator('.entry').first().waitFor();
  await shoot(player, 'history');
  const about = await newPage();
  await about.goto(`${url}/about`);
  await shoot(about, 'about');
}

try {
  await play();
  console.log(`the pictures are in ${path.relative(process.cwd(), FOLDER)}`);
} finally {
  for (const close of closers.reverse()) await close();
  await closeHouse();
}
