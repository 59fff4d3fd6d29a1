import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { guardFolder } from '../../../infra/left-behind.mjs';
import { ROOT, readText } from '../meta/source-files.js';
import { afterFile } from '../support/after-file.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { listen, newPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const DEADLINE_MS = 20_000;
const PINROOM_API_KEY = 'the-key-of-an-application';

/** A newcomer's folder: what `npm install` of the two packages puts there, and nothing else. */
function projectFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-example-'));
  const forget = guardFolder(folder);
  afterFile(() => {
    rmSync(folder, { recursive: true, force: true });
    forget();
  });
  const modules = path.join(folder, 'node_modules');
  mkdirSync(path.join(modules, '@pinroom'), { recursive: true });
  symlinkSync(path.join(ROOT, 'shared'), path.join(modules, '@pinroom/client'), 'junction');
  symlinkSync(
    path.join(ROOT, 'node_modules/socket.io-client'),
    path.join(modules, 'socket.io-client'),
    'junction',
  );
  return folder;
}

/** Starts the code as it stands; `ended` rejects, with what it printed, unless it ends by itself with 0. */
function start(code: string, env: NodeJS.ProcessEnv = {}) {
  const file = path.join(projectFolder(), 'example.mjs');
  writeFileSync(file, code);
  const options = { timeout: DEADLINE_MS, env: { PATH: process.env.PATH, ...env } };
  const ended = run(process.execPath, [file], options);
  let printed = '';
  ended.child.stdout?.on('data', (chunk: string) => {
    printed += chunk;
  });
  return { ended, printed: () => printed };
}

/** What the code prints when it runs as it stands. */
async function output(code: string): Promise<{ printed: string; complaints: string }> {
  const { stdout, stderr } = await start(code).ended;
  return { printed: stdout, complaints: stderr };
}

/** The examples of README.md, with the address of this node. */
function examples({ url }: SpawnedNode): string[] {
  const found = readText('README.md').matchAll(/^```js\n(.*?)^```$/gms);
  return [...found].map(([, code = '']) => {
    expect(code).toContain("'http://localhost:3000'");
    return code.replaceAll('http://localhost:3000', url);
  });
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}

describe('an example runs as it stands, prints what it promises and ends:', () => {
  let node: SpawnedNode;
  beforeAll(async () => {
    node = await spawnNode({ env: { PINROOM_API_KEY } });
  });

  it('the host and the player of README.md', async () => {
    const [code = ''] = examples(node);
    const { printed, complaints } = await output(code);
    expect(printed).toMatch(/^Join with \d+$/m);
    expect(printed).toMatch(/^Paula says \{ choice: 2 \}$/m);
    expect(complaints).toBe('');
  });

  it('the quiz engine of README.md, which plays a quiz with those who join', async () => {
    const [, code = ''] = examples(node);
    expect(code).toContain('const seconds = 20;');
    const lines = code.split('\n').filter((line) => /^\s*[^\s/]/.test(line));
    expect(lines.length).toBeLessThanOrEqual(40);
    const quick = code.replace('const seconds = 20;', 'const seconds = 2;');
    const engine = start(quick, { PINROOM_API_KEY });
    const pin = await until(() => /^Join with (\d+)$/m.exec(engine.printed())?.[1], DEADLINE_MS);
    const choices = { Ada: [2, 1], Ben: [2, 0] };
    const players = await Promise.all(
      Object.entries(choices).map(async ([nickname, picks]) => {
        const { client } = await newPerson(node.url, nickname);
        const room = await client.joinRoom({ pin });
        const heard = listen(room);
        room.follow('room', ({ type, payload }) => {
          if (type !== 'question') return;
          const { number } = payload as { number: number };
          const answer = { number, choice: picks[number] };
          void room.send('answer', answer, { channel: 'host', once: `${number}` });
        });
        return { room, heard };
      }),
    );
    const { stdout, stderr } = await engine.ended;
    expect(stdout).toMatch(/^Scores: \{ Ada: 2, Ben: 1 \}|\{ Ben: 1, Ada: 2 \}$/m);
    expect(stderr).toBe('');
    for (const { room, heard } of players) {
      await until(() => heard.left.length === 1);
      expect(heard.entries.map(({ type }) => type)).toEqual([
        'question',
        'result',
        'question',
        'result',
      ]);
      const scores = { Ada: 2, Ben: 1 };
      expect(room.state).toEqual({ version: 2, value: { done: 2, scores } });
    }
  });

  it('the one of the page about the server, whose address is this server’s', async () => {
    const page = await (await fetch(`${node.url}/about`)).text();
    const [, code = ''] = /<pre[^>]*><code>(.*?)<\/code><\/pre>/s.exec(page) ?? [];
    expect(code).toContain(node.url);
    const { printed, complaints } = await output(unescapeHtml(code));
    expect(printed).toMatch(/^Grace: I am in with PIN \d+$/m);
    expect(complaints).toBe('');
  });
});
