import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.js';
import { createDatabase, startRedis } from '../support/services.js';
import { until } from '../support/until.js';

const guardModule = new URL('../../../infra/left-behind.mjs', import.meta.url).href;
const lockModule = new URL('../../../infra/process-lock.mjs', import.meta.url).href;

/** Runs a piece of a module in a process of its own, as root or not; answers the process. */
function runModule(code: string) {
  return spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Sends one line to a Redis and answers what came back first. */
async function ask(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${line}\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

describe('a Redis of a test', () => {
  it('keeps port and data when it is killed and started again', async () => {
    const redis = await startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } });
    expect(await ask(redis.port, 'SET a 1')).toBe('+OK\r\n');
    const before = redis.pid;
    await redis.kill();
    expect(redis.pid).toBeUndefined();
    await redis.restart();
    expect(redis.pid).not.toBe(before);
    expect(await ask(redis.port, 'GET a')).toBe('$1\r\n1\r\n');
  });

  it('answers nothing while it is paused, and everything after', async () => {
    const redis = await startRedis();
    redis.pause();
    const answer = ask(redis.port, 'PING');
    const first = await Promise.race([answer, until(() => 'silence', 50)]);
    expect(first).toBe('silence');
    redis.resume();
    expect(await answer).toBe('+PONG\r\n');
  });
});

describe('a database of a test', () => {
  it('is empty, takes statements, and is gone after drop', async () => {
    const database = await createDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const tables = await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
    expect(tables.rows).toEqual([]);
    await client.end();
    await database.drop();
    await database.drop();
    const late = new pg.Client({ connectionString: database.url });
    await expect(late.connect()).rejects.toThrow('does not exist');
  });
});

describe('what a killed process leaves behind', () => {
  it('is ended and removed', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-left-'));
    const parent = runModule(`
      import { spawn } from 'node:child_process';
      import { guardFolder, guardProcess } from ${JSON.stringify(guardModule)};
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      guardProcess(child.pid);
      guardFolder(${JSON.stringify(folder)});
      console.log(child.pid);
    `);
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid) && !existsSync(folder));
  });
});

describe('the lock of the bootstrap', () => {
  it('lets one process in at a time, also after a holder was killed', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-lock-'));
    afterFile(() => rmSync(folder, { recursive: true, force: true }));
    const file = JSON.stringify(path.join(folder, 'lock'));
    const work = `
      import { existsSync, rmSync, writeFileSync } from 'node:fs';
      import { withLock } from ${JSON.stringify(lockModule)};
      const inside = ${JSON.stringify(path.join(folder, 'inside'))};
    `;
    const dead = runModule(`${work} await withLock(${file}, 1000, async () => {
      console.log('in');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`);
    await once(dead.stdout, 'data');
    dead.kill('SIGKILL');
    await once(dead, 'close');
    const workers = [1, 2, 3, 4].map(() =>
      runModule(`${work} await withLock(${file}, 10_000, async () => {
        if (existsSync(inside)) process.exitCode = 1;
        writeFileSync(inside, '');
        await new Promise((resolve) => setTimeout(resolve, 50));
        rmSync(inside);
      });`),
    );
    for (const worker of workers) worker.stdout.resume();
    const codes = await Promise.all(
      workers.map(async (worker) => (await once(worker, 'close'))[0]),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
  });
});
