import { CODES, type ErrorCode, type PinroomClient, PinroomError } from '@pinroom/client';

/** The server's export of a room, for its hosts: a JSON entry a line, of every channel. */
export async function openExport(
  client: PinroomClient,
  roomId: string,
): Promise<ReadableStream<Uint8Array>> {
  const token = await client.accessToken();
  const address = `/api/rooms/${encodeURIComponent(roomId)}/export.ndjson`;
  let answer: Response;
  try {
    answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  } catch {
    throw new PinroomError('offline');
  }
  if (answer.ok && answer.body) return answer.body;
  throw await faultOf(answer);
}

async function faultOf(answer: Response): Promise<PinroomError> {
  const body: unknown = await answer.json().catch(() => null);
  const { error } = (body ?? {}) as { error?: { code?: unknown; retryAfterMs?: unknown } };
  const { code, retryAfterMs } = error ?? {};
  const known = typeof code === 'string' && Object.hasOwn(CODES, code) ? code : 'internal';
  const wait = typeof retryAfterMs === 'number' ? retryAfterMs : undefined;
  return new PinroomError(known as ErrorCode, undefined, wait);
}
