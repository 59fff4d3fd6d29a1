import { AppError } from '../../engine/runtime/app-error.js';
import type { Clock } from '../../engine/runtime/clock.js';

/** A body is small: one that takes longer is not worth a place in memory. */
const READ_DEADLINE_MS = 10_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON body of a request. No body at all counts as `{}`, so that calls whose fields are all
 * optional need none.
 */
export async function readJsonBody(
  request: Request,
  maxBytes: number,
  clock: Clock,
): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes, clock);
  if (bytes.byteLength === 0) return {};
  const type = request.headers.get('content-type') ?? '';
  // A form can be sent across origins without asking; JSON cannot.
  if (!/^application\/json *(;|$)/i.test(type)) {
    throw new AppError('bad_request', 'The body must be sent as application/json.');
  }
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new AppError('bad_request', 'The body is not valid JSON in UTF-8.');
  }
}

async function readBytes(request: Request, maxBytes: number, clock: Clock): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  let late = false;
  const deadline = clock.after(READ_DEADLINE_MS, () => {
    late = true;
    cancel(reader);
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(part.value);
    }
  } catch (fault) {
    cancel(reader);
    throw fault instanceof AppError || late ? fault : incomplete();
  } finally {
    deadline.cancel();
  }
  if (late) throw incomplete();
  return Buffer.concat(chunks);
}

/** Nobody waits for it: the answer is decided, and a reader that is broken already has nothing to say. */
function cancel(reader: ReadableStreamDefaultReader): void {
  reader.cancel().catch(() => undefined);
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('payload_too_large', `The body is larger than ${maxBytes} bytes.`);
}

function incomplete(): AppError {
  return new AppError('bad_request', 'The body did not arrive.');
}
