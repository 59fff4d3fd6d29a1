import { PinroomError } from '@pinroom/client';
import { client } from '../room/page-client.js';

/** Saves all that was said in a room as a file; tells as it goes how many bytes have come. */
export async function saveRoomAsFile(
  roomId: string,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const stream = await exportStream(roomId);
  const parts: BlobPart[] = [];
  let bytes = 0;
  const reader = stream.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      // A copy has a buffer of its own, as a file wants it.
      parts.push(new Uint8Array(step.value));
      bytes += step.value.byteLength;
      onProgress(bytes);
    }
  } catch {
    // What came is not whole: it is no export.
    throw new PinroomError('offline');
  }
  offerFile(new Blob(parts, { type: 'application/x-ndjson' }), `pinroom-${roomId}.ndjson`);
}

async function exportStream(roomId: string): Promise<ReadableStream<Uint8Array>> {
  const token = await client.accessToken();
  const path = `/api/rooms/${encodeURIComponent(roomId)}/export.ndjson`;
  let response: Response;
  try {
    response = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
  } catch {
    throw new PinroomError('offline');
  }
  if (response.ok && response.body) return response.body;
  throw new PinroomError(response.status === 429 ? 'rate_limited' : 'unavailable');
}

function offerFile(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
