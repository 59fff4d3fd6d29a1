/** How long a browser may take to begin with the download. */
const KEPT_MS = 60_000;

/** Hands a file to the browser, which saves it as it saves downloads. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

const LONGEST = 60;

/** A name that every system takes, from a title in any language and a day (`2026-05-03`). */
export function fileName(title: string, day: string, ending: string): string {
  const words = title.normalize('NFC').match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const name = [...words.join('-')].slice(0, LONGEST).join('').replace(/-+$/, '');
  return `${name || 'pinroom'}-${day}.${ending}`;
}

/**
 * All of a stream as one file. Rejects where it breaks off, so that a part is never saved as the whole;
 * `signal` gives up.
 */
export async function readWhole(
  stream: ReadableStream<Uint8Array>,
  type: string,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
): Promise<Blob> {
  const reader = stream.getReader();
  const stop = () => {
    reader.cancel(signal.reason).catch(() => {});
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const parts: BlobPart[] = [];
    let bytes = 0;
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return new Blob(parts, { type });
      parts.push(new Uint8Array(value));
      bytes += value.byteLength;
      onBytes(bytes);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
