import { parseArgs } from 'node:util';
import type { Room } from '@pinroom/client';
import { ask } from './ask.js';
import { type BenchHouse, figureOf } from './house.js';
import { shown } from './section.js';
import { usageBetween, usageOf } from './usage.js';

/** What an export of a million entries may take. */
const MOST_BYTES = 100_000_000;
const LOOK_MS = 50;

/** A room with a million entries is exported: once as fast as it goes, once to a slow reader. */
export async function benchExport(house: BenchHouse, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '1000000' },
      slow: { type: 'string', default: '20' },
    },
  });
  const rows = Number(values.rows);
  const url = house.nodes[0]?.url ?? '';
  const all = { pids: house.nodes.map(({ pid }) => pid) };
  const { accessToken, roomId } = await closedRoom(url);
  house.print(`${rows} entries are put into the archive …`);
  await house.wish({ wish: 'fillArchive', roomId, rows });
  const address = `${url}/api/rooms/${roomId}/export.ndjson`;
  const memory = () => figureOf(house, url, 'process_resident_memory_bytes');
  let isSmall = true;
  for (const slowSeconds of [0, Number(values.slow)]) {
    const [before, cpu, start] = [await memory(), usageOf(house, all), performance.now()];
    let most = before;
    const looking = setInterval(() => {
      memory().then((bytes) => {
        most = Math.max(most, bytes);
      }, console.error);
    }, LOOK_MS);
    const { bytes, lines } = await read(address, accessToken, slowSeconds * 1_000);
    clearInterval(looking);
    const seconds = (performance.now() - start) / 1_000;
    const used = usageBetween(cpu, usageOf(house, all));
    const grown = most - before;
    isSmall &&= grown <= MOST_BYTES && lines >= rows;
    house.print(
      `${slowSeconds > 0 ? 'slow' : 'fast'}: ${lines} lines, ${shown(bytes / 1e6, 0)} MB in ${shown(seconds, 1)} s` +
        `  memory: ${shown(before / 1e6, 0)} MB before, ${shown(grown / 1e6, 0)} MB more at most` +
        `  CPU: ${shown(used.node, 1)} s, PostgreSQL ${shown(used.postgres, 1)} s`,
    );
  }
  house.print(isSmall ? 'Whole, within 100 MB.' : 'Not whole, or not within 100 MB.');
  return isSmall;
}

async function closedRoom(url: string) {
  const { accessToken } = await ask<{ accessToken: string }>(`${url}/api/sessions`);
  const asHost = { token: accessToken };
  const { room } = await ask<{ room: Room }>(`${url}/api/rooms`, asHost);
  await ask(`${url}/api/rooms/${room.id}/close`, asHost);
  return { accessToken, roomId: room.id };
}

/** Reads to the end; with `slowMs`, it takes at least so long. */
async function read(address: string, token: string, slowMs: number) {
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok || !response.body)
    throw new Error(`The export was refused: ${response.status}.`);
  let [bytes, lines] = [0, 0];
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    for (const byte of chunk) if (byte === 0x0a) lines++;
    // 300 MB in pieces of 64 KiB are some 5,000 of them.
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs / 5_000));
  }
  return { bytes, lines };
}
