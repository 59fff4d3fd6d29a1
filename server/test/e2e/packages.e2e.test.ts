import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT, readText } from '../meta/source-files.js';
import { startBackends } from '../support/backends.js';
import {
  installPackages,
  PACK_AND_INSTALL_MS,
  type Project,
} from '../support/installed-packages.js';
import { spawnNode } from '../support/spawn-node.js';

const run = promisify(execFile);
const DEADLINE_MS = 20_000;
/** A first start has the time that hooks give it elsewhere. */
const START_AND_PLAY_MS = 60_000 + DEADLINE_MS;
const COMPILER = path.join(ROOT, 'node_modules/typescript/bin/tsc');

/** What a project of others writes: everything that can be imported, each with types that say something. */
const TYPED = `
import { PinroomClient, type RoomHandle } from '@pinroom/client';
import { PinroomClient as InOneFile } from '@pinroom/client/browser';
import { LIMITS, type ServerEvents } from '@pinroom/client/contract';

type IsAny<T> = 0 extends 1 & T ? true : false;
const client: InOneFile = new PinroomClient({ url: 'http://localhost:3000', nickname: 'Ada' });
const room: RoomHandle = await client.joinRoom({ pin: '482913' });
room.follow('room', ({ from }) => console.log(from?.nickname, LIMITS));
export const checked: IsAny<typeof client | typeof room | typeof LIMITS | ServerEvents> = false;
`;

describe('the packages, packed and installed into an empty project', () => {
  let project: Project;
  let modules: string;
  beforeAll(async () => {
    project = await installPackages();
    modules = path.join(project.folder, 'node_modules');
  }, PACK_AND_INSTALL_MS);

  it.each(['@pinroom/client', 'pinroom'])('%s leaves publint nothing to say', async (name) => {
    const { buffer } = Uint8Array.from(readFileSync(project.tarballs[name] ?? ''));
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  it.each(['@pinroom/client', 'pinroom'])(
    '%s comes with its licence and the sources of its maps, and with nothing of ours',
    (name) => {
      const at = path.join(modules, name);
      const files = readdirSync(at, { recursive: true, encoding: 'utf8' });
      expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE']));
      expect(files.filter((file) => /\.test\.|tsbuildinfo|^test/.test(file))).toEqual([]);
      const lost = files
        .filter((file) => file.endsWith('.map'))
        .flatMap((file) => sourcesBeside(path.join(at, file)))
        .filter((source) => !existsSync(source));
      expect(lost).toEqual([]);
    },
  );

  it('pinroom sends on ws, whichever copy of it Socket.IO has', async () => {
    const broadcaster = path.join(modules, 'pinroom/dist/drivers/socketio/ws-broadcaster.js');
    // Nothing else has loaded ws here.
    const script = `
      import { WsBroadcaster } from ${JSON.stringify(broadcaster)};
      const conn = { write: (text, { wsPreEncodedFrame }) => console.log(text, wsPreEncodedFrame.length) };
      const adapter = { rooms: { get: () => new Set(['s']) } };
      const io = { of: () => ({ adapter, sockets: new Map([['s', { conn }]]) }) };
      new WsBroadcaster(io, console).broadcast('room', Buffer.from('42["hi"]'));`;
    const command = ['--input-type=module', '--eval', script];
    const { stdout, stderr } = await run(process.execPath, command, { timeout: DEADLINE_MS });
    expect([stdout, stderr]).toEqual(['2["hi"] 2\n', '']);
  });

  it.each(['nodenext', 'bundler'])('@pinroom/client has types under %s', async (resolution) => {
    const file = path.join(project.folder, `${resolution}.mts`);
    writeFileSync(file, TYPED);
    const how = { nodenext: 'nodenext', bundler: 'esnext' }[resolution] ?? '';
    const checks = ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2022', '--types', ''];
    const looks = ['--lib', 'es2023,dom', '--module', how, '--moduleResolution', resolution];
    const command = [COMPILER, ...checks, ...looks, file];
    // What it complains of is on its standard output, which a fault of `run` does not show.
    const printed = await run(process.execPath, command, { timeout: DEADLINE_MS }).catch(
      (fault: Error & { stdout?: string }) => ({ stdout: `${fault.message}\n${fault.stdout}` }),
    );
    expect(printed.stdout).toBe('');
  });

  it.each(['alone', 'with Redis and PostgreSQL'])(
    'pinroom starts %s, serves pages and a room, and stops',
    async (how) => {
      const { env } = how === 'alone' ? { env: {} } : await startBackends();
      const byCommand = path.join(modules, '.bin/pinroom');
      const node = await spawnNode({ env, byCommand, firstStart: true });
      const page = await fetch(`${node.url}/host`, { headers: { 'accept-encoding': 'br' } });
      expect([page.status, page.headers.get('content-encoding')]).toEqual([200, 'br']);
      expect(await page.text()).toContain('</html>');
      const file = path.join(project.folder, 'quiz.mjs');
      writeFileSync(file, example().replace('http://localhost:3000', node.url));
      const { stdout, stderr } = await run(process.execPath, [file], { timeout: DEADLINE_MS });
      expect([stdout, stderr]).toEqual(['Paula says { choice: 2 }\n', '']);
      expect(await node.stop()).toBe(0);
    },
    START_AND_PLAY_MS,
  );
});

/** Where a source map says that its sources are, those apart that it holds itself. */
function sourcesBeside(map: string): string[] {
  const { sources, sourcesContent } = JSON.parse(readFileSync(map, 'utf8')) as {
    sources: string[];
    sourcesContent?: string[];
  };
  if (sourcesContent) return [];
  return sources.map((source) => path.join(path.dirname(map), source));
}

/** What the page of `@pinroom/client` shows first. */
function example(): string {
  return /^```js\n(.*?)^```$/ms.exec(readText('shared/README.md'))?.[1] ?? '';
}
