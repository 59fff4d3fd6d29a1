import type { HostState } from '@pinroom/client/contract';

/**
 * What travels on a room's shard channel, from the atomic step that made it to every node that
 * holds the room. One line of ASCII words, a line feed, then the body:
 *
 *     <0x01>e <rev> <channel> <entryId> <after|->   body: the client's frame, 42["room:entry",{…}]
 *     <0x01>s <rev> <to>                            body: the client's frame, 42["room:signal",{…}]
 *     <0x01>t <rev> <version>                       body: the client's frame, 42["room:state",{…}]
 *     <0x01>p <rev> <version> <count> <hostState>   body: {"joined":Member} | {"changed":Member} | {"left":userId} | {}
 *     <0x01>u <rev>                                 the room or somebody's rights changed: read them again
 *     <0x01>x <rev> <userId> <reason>               a member was removed
 *     <0x01>c <rev> <reason>                        the room was closed
 *
 * The first byte tells these frames from the adapter's own messages (JSON or MessagePack maps).
 */
export const FRAME_MARK = 0x01;

/** One of these; none where only the state of the hosts has changed. */
export interface PresenceDelta {
  readonly joined?: PresenceMember;
  readonly changed?: PresenceMember;
  readonly left?: string;
}

/** Structurally a `Member`; named here so that the frame says what it carries. */
export type PresenceMember = import('@pinroom/client/contract').Member;

export type Frame =
  | {
      readonly kind: 'entry';
      readonly rev: number;
      readonly channel: string;
      readonly id: string;
      readonly after: string | null;
      readonly body: Uint8Array;
    }
  | {
      readonly kind: 'signal';
      readonly rev: number;
      readonly to: string;
      readonly body: Uint8Array;
    }
  | {
      readonly kind: 'state';
      readonly rev: number;
      readonly version: number;
      readonly body: Uint8Array;
    }
  | {
      readonly kind: 'presence';
      readonly rev: number;
      readonly version: number;
      readonly memberCount: number;
      readonly hostState: HostState;
      readonly delta: PresenceDelta;
    }
  | { readonly kind: 'updated'; readonly rev: number }
  | {
      readonly kind: 'removed';
      readonly rev: number;
      readonly userId: string;
      readonly reason: string;
    }
  | { readonly kind: 'closed'; readonly rev: number; readonly reason: string };

const LINE_FEED = 0x0a;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Reads a frame; null: it is none of ours. */
export function parseFrame(raw: Uint8Array): Frame | null {
  if (raw[0] !== FRAME_MARK) return null;
  const end = raw.indexOf(LINE_FEED);
  if (end < 0) return null;
  const words = decoder.decode(raw.subarray(1, end)).split(' ');
  const rev = Number(words[1]);
  const body = raw.subarray(end + 1);
  const [kind, , a = '', b = '', c = ''] = words;
  switch (kind) {
    case 'e':
      return { kind: 'entry', rev, channel: a, id: b, after: c === '-' ? null : c, body };
    case 's':
      return { kind: 'signal', rev, to: a, body };
    case 't':
      return { kind: 'state', rev, version: Number(a), body };
    case 'p':
      return {
        kind: 'presence',
        rev,
        version: Number(a),
        memberCount: Number(b),
        hostState: c as HostState,
        delta: JSON.parse(decoder.decode(body)) as PresenceDelta,
      };
    case 'u':
      return { kind: 'updated', rev };
    case 'x':
      return { kind: 'removed', rev, userId: a, reason: b };
    case 'c':
      return { kind: 'closed', rev, reason: a };
    default:
      return null;
  }
}

/** Composes a frame from its first line (without the mark) and its body. */
export function composeFrame(line: string, body = ''): Uint8Array {
  return encoder.encode(`\u0001${line}\n${body}`);
}

/** The text frame in which a client gets an event: Engine.IO message, Socket.IO event, JSON. */
export function clientFrame(event: string, payloadJson: string): string {
  return `42["${event}",${payloadJson}]`;
}
