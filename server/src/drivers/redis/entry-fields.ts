import { type Entry, parseEntryId } from '@pinroom/client/contract';
import type { AppendRequest } from '../../engine/feed/room-feed.port.js';
import type { ArchiveRow } from '../../engine/history/entry-archive.port.js';
import { invariant } from '../../engine/runtime/app-error.js';

/**
 * A stream entry has two fields: `h` is the entry's JSON without its id and payload, `p` the
 * payload's JSON as it came. `{"id":"…",` + h + `"payload":` + p + `}` is the entry.
 */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

/** The parts of `h` that do not depend on time and position, around the author. */
export function entryParts(request: AppendRequest): {
  readonly beforeFrom: string;
  /** The author's nickname as JSON where the room has none for it; empty for the application. */
  readonly nickname: string;
  readonly afterFrom: string;
} {
  const { roomId, channel, type, sender, key } = request;
  return {
    beforeFrom:
      `"roomId":${JSON.stringify(roomId)},"channel":${JSON.stringify(channel)},` +
      `"type":${JSON.stringify(type)},`,
    nickname: sender === null ? '' : JSON.stringify(sender.nickname),
    afterFrom: key === null ? '' : `"key":${JSON.stringify(key)},`,
  };
}

/** The entries of an XRANGE answer. */
export function parseEntries(reply: unknown): Entry[] {
  return (reply as StreamEntry[]).map(([id, fields]) => {
    const { head, payload } = parts(fields);
    return JSON.parse(`{"id":"${id}",${head}"payload":${payload}}`) as Entry;
  });
}

/** The rows of an XRANGE answer: the payload is not looked at. */
export function parseRows(roomId: string, channel: string, reply: unknown): ArchiveRow[] {
  return (reply as StreamEntry[]).map(([id, fields]) => {
    const { head, payload } = parts(fields);
    const { at, type, from, key, after } = JSON.parse(`{${head}"payload":null}`) as Entry;
    const position = parseEntryId(id);
    invariant(position, 'the ids of a stream are entry ids');
    return {
      roomId,
      channel,
      ...position,
      at,
      type,
      userId: from?.userId ?? null,
      nickname: from?.nickname ?? null,
      payload,
      key: key ?? null,
      after: after ?? null,
    };
  });
}

function parts(fields: readonly string[]): { head: string; payload: string } {
  const [h, head, p, payload] = fields;
  invariant(h === 'h' && p === 'p' && head && payload, 'stream entries have the fields h and p');
  return { head, payload };
}
