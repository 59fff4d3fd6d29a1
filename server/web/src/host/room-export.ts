import type { Room } from '@pinroom/client';
import { client } from '../room/page-client.js';
import { fileName, readWhole, saveFile } from '../ui/save-file.js';

/** Saves all that was said in a room as a file; tells as it goes how many bytes have come. */
export async function saveRoomAsFile(
  { id, title, createdAt }: Room,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
): Promise<void> {
  const stream = await client.exportRoom(id);
  const content = await readWhole(stream, 'application/x-ndjson', { signal, onBytes });
  saveFile(fileName(title, new Date(createdAt).toISOString().slice(0, 10), 'ndjson'), content);
}
