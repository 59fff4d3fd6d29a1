import type { Entry, EntryPage, HistoryOptions } from '@pinroom/client';
import type { ReadPage } from './channel-log.js';
import { patiently } from './patience.js';
import { withoutVoided } from './voided.js';

const PAGE = 200;
/** Below every id. */
const BEGINNING = '0-0';

/**
 * What a member may read, channel after channel, oldest first, in the form of the server's export: a
 * JSON entry a line. Rejects where a page cannot be had.
 */
export async function writeOwnExport(
  read: ReadPage,
  channels: readonly string[],
  { signal, onEntries }: { readonly signal: AbortSignal; readonly onEntries: (n: number) => void },
): Promise<string> {
  const all: Entry[] = [];
  for (const channel of channels) {
    const entries: Entry[] = [];
    for (let after: string | null = BEGINNING; after !== null; ) {
      const options: HistoryOptions = { channel, after, limit: PAGE };
      const page: EntryPage = await patiently(() => read(options), signal);
      entries.push(...page.entries);
      onEntries(all.length + entries.length);
      after = page.nextCursor;
    }
    all.push(...withoutVoided(entries));
  }
  signal.throwIfAborted();
  return all.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
