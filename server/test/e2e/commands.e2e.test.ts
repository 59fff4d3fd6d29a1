import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OperatorRoom, SystemEntry } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../infra/service-process.mjs';
import { DataFolderLock } from '../../src/drivers/postgres/data-folder-lock.js';
import { ALL_MIGRATIONS } from '../../src/drivers/postgres/migrations/all-migrations.js';
import { afterFile } from '../support/after-file.js';
import { startBackends } from '../support/backends.js';
import { runPinroom, startPinroom } from '../support/pinroom-command.js';
import { openSocket } from '../support/raw-socket.js';
import { startRedis } from '../support/services.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const COMMANDS = ['start', 'check', 'migrate', 'keys', 'rooms', 'close', 'tail'];
const OK = 0;
const FAILED = 1;
const MISUSED = 2;
const TOKEN = { PINROOM_OPERATOR_TOKEN: SHARED_SECRETS.PINROOM_OPERATOR_TOKEN };

describe('pinroom', () => {
  it('says what there is, and how each is used, without a node or a configuration', async () => {
    const [all, ...each] = await Promise.all([
      runPinroom(['--help'], { PORT: 'none' }),
      ...COMMANDS.map((name) => runPinroom([name, '--help'])),
    ]);
    for (const name of COMMANDS) {
      expect(all.lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
    }
    for (const [index, { code, lines }] of each.entries()) {
      expect(code).toBe(OK);
      expect(lines[2]).toMatch(new RegExp(`^Usage: pinroom ${COMMANDS[index]}\\b`));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(110);
    }
    expect((await runPinroom(['--version'])).lines[0]).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.each([
    ['nothing', [], /Usage: pinroom <command>/],
    ['no such command', ['begin'], /no command "begin".*--help/],
    ['no such option', ['rooms', '--all'], /'--all'.*pinroom rooms --help/],
    ['an argument too many', ['check', 'it'], /"it" is one argument too many/],
    ['an argument too few', ['close'], /<pin or id> is missing/],
    ['what is no PIN', ['close', 'quiz'], /"quiz" is neither a PIN nor the id/],
    ['no address', ['rooms', '--url', 'here'], /--url must be/],
    ['no number', ['tail', '-n', 'all'], /--lines must be/],
    ['no type', ['tail', '--type', 'news'], /--type must be one of node-up/],
  ])('ends with 2 and says why where there is %s', async (_, args, message) => {
    const { code, errors, lines } = await runPinroom(args, TOKEN);
    expect([code, lines]).toEqual([MISUSED, []]);
    expect(errors).toMatch(message);
    expect(errors).not.toMatch(/^\s+at /m);
  });
});

describe('what is asked of a node that runs', () => {
  let node: SpawnedNode;
  const ask = (...args: string[]) => runPinroom([...args, '--url', node.url], TOKEN);

  beforeAll(async () => {
    const { env } = await startBackends();
    node = await spawnNode({ env, byCommand: true });
  });

  /** A room with its host in it. */
  async function openRoom(title: string) {
    const { socket } = await openSocket(node.url, 'Hugo');
    const { room } = await socket.must('room:create', { title });
    await socket.must('room:join', { roomId: room.id });
    return { socket, ...room, pin: room.pin ?? '' };
  }

  it('rooms lists those that are open, for people or for programs', async () => {
    expect((await ask('rooms')).lines).toEqual(['No room is open.']);
    const room = await openRoom('Quiz');
    await room.socket.must('room:update', { roomId: room.id, locked: true });
    const { code, lines } = await ask('rooms');
    expect([code, lines.length]).toEqual([OK, 2]);
    expect(lines[0]).toMatch(/^PIN +ONLINE +MEMBERS/);
    expect(lines[1]).toMatch(new RegExp(`^${room.pin} +1 +1 .* ${room.id} Quiz \\(locked\\)$`));
    const [line = ''] = (await ask('rooms', '--json')).lines;
    expect(JSON.parse(line) as OperatorRoom).toMatchObject({ id: room.id, pin: room.pin });
    await room.socket.must('room:close', { roomId: room.id });
  });

  it('close closes a room: those in it are told, and the log says who did it', async () => {
    const room = await openRoom('Over');
    const follower = startPinroom(['tail', '-n', '1', '--json', '--url', node.url], TOKEN);
    await until(() => follower.lines().length > 0);
    const { code, lines } = await ask('close', room.pin);
    expect([code, lines]).toEqual([OK, [`Closed the room ${room.id}.`]]);
    await until(() => room.socket.seen('room:left').length > 0);
    expect(room.socket.seen('room:left')).toEqual([{ roomId: room.id, reason: 'closed' }]);
    const payload = { roomId: room.id, reason: 'closed', by: 'operator' };
    const entries = await until(() => {
      const told = follower.lines().map((line) => JSON.parse(line) as SystemEntry);
      return told.some(({ type }) => type === 'room-closed') && told;
    });
    expect(entries.at(-1)).toMatchObject({ type: 'room-closed', payload });
    follower.interrupt();
    expect([await follower.ended, follower.errors()]).toEqual([OK, '']);
    const { socket: reader } = await openSocket(node.url, 'Grace');
    expect(await reader.ask('room:join', { roomId: room.id })).toMatchObject({ ok: false });
    const { entries: log } = await room.socket.must('room:history', {
      roomId: room.id,
      channel: 'log',
    });
    expect(log.at(-1)).toMatchObject({ type: 'closed', payload: { reason: 'closed', by: null } });
  });

  it('close says what is not there, and what is closed already', async () => {
    const room = await openRoom('Short');
    expect((await ask('close', room.id)).code).toBe(OK);
    const again = await ask('close', room.id);
    expect([again.code, again.errors]).toEqual([FAILED, expect.stringContaining('room_closed')]);
    const gone = await until(async () => {
      const run = await ask('close', room.pin);
      return run.errors.includes('no open room has the PIN') && run;
    });
    expect(gone.code).toBe(FAILED);
  });

  it('tail ends after the newest where it is told to', async () => {
    const { code, lines } = await ask('tail', '--no-follow', '--type', 'node-up');
    expect(code).toBe(OK);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\S+Z info {2}node-up .* reason=started node=\S+$/);
  });

  it.each([
    ['a wrong token', { PINROOM_OPERATOR_TOKEN: 'x'.repeat(20) }, '', /has another/],
    ['no node', TOKEN, 'http://127.0.0.1:1', /no node answers: look at --url .* PORT/],
  ])('ends with 1 and says why where there is %s', async (_, env, url, message) => {
    const address = url || node.url;
    const runs = [['rooms'], ['close', '123456'], ['tail']].map((args) =>
      runPinroom([...args, '--url', address], env),
    );
    for (const { code, errors } of await Promise.all(runs)) {
      expect(code).toBe(FAILED);
      expect(errors).toMatch(message);
    }
  });

  it.each([
    ['no token', {}, /^ {2}- PINROOM_OPERATOR_TOKEN is not set/m],
    [
      'no usable address',
      { ...TOKEN, PORT: 'none', HOST: 'a b' },
      /- PORT must .*\n {2}- HOST must/,
    ],
  ])('ends with 2 and says what is wrong in the environment where there is %s', async (...row) => {
    const [, env, message] = row;
    const { code, errors } = await runPinroom(['rooms'], env);
    expect(code).toBe(MISUSED);
    expect(errors).toMatch(message);
    expect(errors).not.toContain('--url');
  });

  it('tail ends when nobody reads any more, as behind head', async () => {
    const run = startPinroom(['tail', '--url', node.url], TOKEN);
    run.stopReading();
    expect([await run.ended, run.errors()]).toEqual([OK, '']);
  });

  it('a node that pinroom start runs stops cleanly with SIGTERM, and tail says that it is gone', async () => {
    const follower = startPinroom(['tail', '-n', '1', '--url', node.url], TOKEN);
    await until(() => follower.lines().length > 0);
    expect(await node.stop()).toBe(OK);
    expect(node.output()).toContain('stopped');
    await until(() => follower.errors().includes('pinroom tail: lost, trying again: '));
    follower.interrupt();
    expect(await follower.ended).toBe(OK);
  });
});

describe('check and migrate', () => {
  it('show an empty database, bring it forward, and find it in order then', async () => {
    const backends = await startBackends({ settings: { appendonly: 'yes' } });
    const env = { ...backends.env, ...SHARED_SECRETS, PORT: `${await freePort()}` };
    const before = await runPinroom(['check'], env);
    expect(before.code).toBe(OK);
    const text = before.lines.join('\n');
    expect(text).toMatch(/^configuration +ok +rooms in Redis, archive in PostgreSQL$/m);
    expect(text).toMatch(/^keys +ok +kid \S{43} signs$/m);
    expect(text).toMatch(/^Redis +ok +version \d.*, noeviction, append-only file, clock .\d+ ms$/m);
    expect(text).toMatch(/^Redis +warning +Redis has no maxmemory/m);
    const count = Object.keys(ALL_MIGRATIONS).length;
    expect(text).toMatch(
      new RegExp(`^PostgreSQL +ok +version \\d.*, ${count} migrations to come`, 'm'),
    );
    expect(text).toMatch(/^PostgreSQL +warning +PostgreSQL commits before it has written/m);
    const tables = `select count(*)::int as n from pg_tables where schemaname = 'public'`;
    expect(await backends.query(tables)).toEqual([{ n: 0 }]);
    const { DATABASE_URL } = backends.env;
    const migrated = await runPinroom(['migrate'], { DATABASE_URL });
    expect([migrated.code, migrated.lines.length]).toEqual([OK, count]);
    const again = await runPinroom(['migrate'], { DATABASE_URL });
    expect([again.code, again.lines]).toEqual([OK, ['The schema is up to date.']]);
    const after = await runPinroom(['check'], env);
    expect(after.lines.join('\n')).toMatch(/^PostgreSQL +ok .*schema up to date/m);
  });

  it('look at the data folder, and leave it to who has it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-folder-'));
    afterFile(() => rmSync(folder, { recursive: true, force: true }));
    const lock = await DataFolderLock.acquire(folder);
    const look = async (dataDir: string, port: number) => {
      const env = { PINROOM_DATA_DIR: dataDir, PORT: `${port}` };
      const { code, lines } = await runPinroom(['check'], env);
      const found = lines.filter((line) => /^archive/.test(line)).join('\n');
      return { code, found: found.replaceAll(/ {2,}/g, ' '), last: lines.at(-1) };
    };
    const port = await freePort();
    const held = `data folder ${folder} is in use by process ${process.pid}.`;
    const second = await look(folder, port);
    expect(second).toMatchObject({ code: FAILED, last: 'A node does not start with this.' });
    expect(second.found).toContain(`archive fault PINROOM_DATA_DIR: The ${held}`);
    // Both are in use: the node that this is about runs.
    const { port: taken } = await startRedis();
    const running = await look(folder, taken);
    expect(running.code).toBe(OK);
    expect(running.found).toMatch(/^archive ok embedded, .*, if no other node has it$/m);
    expect(running.found).toContain(`archive warning PINROOM_DATA_DIR: The ${held}`);
    await lock.release();
    expect(await look(folder, port)).toMatchObject({ code: OK, last: 'A node starts with this.' });
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    for (const wrong of [file, path.join(file, 'below')]) {
      const { code, found } = await look(wrong, port);
      expect([code, found]).toEqual([
        FAILED,
        `archive fault PINROOM_DATA_DIR: ${file} is no folder.`,
      ]);
    }
  });

  it('find every fault at once, name no password, and end as a start would', async () => {
    const evicting = await startRedis({ settings: { 'maxmemory-policy': 'allkeys-lru' } });
    const env = {
      ...SHARED_SECRETS,
      REDIS_URL: evicting.url,
      DATABASE_URL: `postgres://ada:the-secret@127.0.0.1:${await freePort()}/pinroom`,
      PORT: `${evicting.port}`,
    };
    const unread = startPinroom(['check'], env);
    unread.stopReading();
    const [{ code, lines, errors }, unreadCode, failed] = await Promise.all([
      runPinroom(['check'], env),
      unread.ended,
      runPinroom(['migrate'], { DATABASE_URL: env.DATABASE_URL }),
    ]);
    const text = lines.join('\n');
    expect([code, unreadCode]).toEqual([FAILED, FAILED]);
    expect([failed.code, failed.lines]).toEqual([FAILED, []]);
    expect(text).toMatch(/^Redis +fault +REDIS_URL: .*allkeys-lru/m);
    expect(text).toMatch(/^PostgreSQL +fault +DATABASE_URL: no PostgreSQL at 127\.0\.0\.1/m);
    expect(text).toMatch(/^address +warning +.*the port is in use/m);
    expect(lines.at(-1)).toBe('A node does not start with this.');
    expect(text + errors).not.toContain('the-secret');
    const wrong = { PORT: 'none', PINROOM_PIN_LENGTH: '3' };
    const runs = ['check', 'migrate', 'start'].map((name) => runPinroom([name], wrong));
    for (const misused of await Promise.all(runs)) {
      expect(misused.code).toBe(MISUSED);
      expect(misused.errors).toMatch(/not usable:\n {2}- PORT must.*\n {2}- PINROOM_PIN_LENGTH/);
    }
  });
});
