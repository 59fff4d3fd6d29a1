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

const run = promisify(execFile);
const DEADLINE_MS = 20_000;

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

/** Runs the code as it stands; rejects, with what it printed, unless it ends by itself with 0. */
async function output(code: string): Promise<{ printed: string; complaints: string }> {
  const file = path.join(projectFolder(), 'example.mjs');
  writeFileSync(file, code);
  const { stdout, stderr } = await run(process.execPath, [file], { timeout: DEADLINE_MS });
  return { printed: stdout, complaints: stderr };
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
    node = await spawnNode();
  });

  it('the one of README.md', async () => {
    const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(readText('README.md')) ?? [];
    expect(code).toContain("'http://localhost:3000'");
    const { printed, complaints } = await output(
      code.replaceAll('http://localhost:3000', node.url),
    );
    expect(printed).toMatch(/^Join with \d+$/m);
    expect(printed).toMatch(/^Paula says \{ choice: 2 \}$/m);
    expect(complaints).toBe('');
  });

  it('the one of the start page, whose address is this server’s', async () => {
    const page = await (await fetch(node.url)).text();
    const [, code = ''] = /<pre[^>]*><code>(.*?)<\/code><\/pre>/s.exec(page) ?? [];
    expect(code).toContain(node.url);
    const { printed, complaints } = await output(unescapeHtml(code));
    expect(printed).toMatch(/^Grace: I am in with PIN \d+$/m);
    expect(complaints).toBe('');
  });
});
