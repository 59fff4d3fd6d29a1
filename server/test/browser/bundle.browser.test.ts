import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../meta/source-files.js';
import { afterFile } from '../support/after-file.js';
import { newVisitor } from '../support/browser.js';
import { spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom } from '../support/test-client.js';
import { until } from '../support/until.js';

const BUNDLE = readFileSync(path.join(ROOT, 'shared/dist/pinroom-client.min.js'));

/** A page of somebody else, without a build: it joins with the PIN in its address, and answers. */
const PAGE = `<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,">
<script type="module">
  import { PinroomClient } from './pinroom-client.min.js';
  const [url, pin] = location.hash.slice(1).split(',');
  const client = new PinroomClient({ url, nickname: 'Paula' });
  const room = await client.joinRoom({ pin });
  await room.send('answer', { choice: 2 });
</script>`;

/** Serves the page and the library, and nothing else. Answers its origin. */
async function serve(): Promise<string> {
  const files: Record<string, readonly [string, string | Buffer]> = {
    '/': ['text/html', PAGE],
    '/pinroom-client.min.js': ['text/javascript', BUNDLE],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(body === '' ? 404 : 200, { 'content-type': type }).end(body);
  });
  afterFile(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a page of another origin, without a build, plays with the library in one file', async () => {
  const elsewhere = await serve();
  const node = await spawnNode({ env: { PINROOM_ALLOWED_ORIGINS: elsewhere } });
  const host = await newPerson(node.url, 'Hugo');
  const { pin, handle } = await openRoom(host, { title: 'Quiz night' });
  const { entries } = listen(handle);
  const visitor = await newVisitor({ url: elsewhere });
  await visitor.goto(`/#${node.url},${pin}`);
  const entry = await until(() => entries.find(({ type }) => type === 'answer'));
  expect(entry).toMatchObject({ payload: { choice: 2 }, from: { nickname: 'Paula' } });
  // It asks the server alone, which to this page is another origin.
  const asked = new RegExp(`^(request|socket): \\w+://127.0.0.1:${node.port}/`);
  expect(visitor.faults.filter((fault) => !asked.test(fault))).toEqual([]);
});
