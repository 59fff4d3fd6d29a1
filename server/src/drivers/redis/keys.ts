import { createHash } from 'node:crypto';
import { doorTopic, roomTopic } from '../../engine/fanout/topic.port.js';
import type { BlockKey } from '../../engine/history/page-cache.port.js';
import { tagOf } from '../../engine/runtime/random.js';

/**
 * The name of every key. What a script touches together shares a hash tag, so that it lies in one
 * slot of a Cluster: a room's keys the last two hex digits of its id, a session's those of its user
 * (its id ends in the same), the PIN index `{pin}`, the leases `{tags}`, the log of the system `{system}`.
 */

/** Idempotency keys longer than this (encoded) are kept by their hash. */
const LONGEST_DEDUPE_KEY = 128;

function tagged(tag: string, name: string): string {
  return `pr:{${tag}}:${name}`;
}

function ofRoom(roomId: string, kind: string): string {
  return tagged(tagOf(roomId), `${kind}:${roomId}`);
}

export const roomKey = (roomId: string) => ofRoom(roomId, 'room');
/** User → role, muted, place, nickname; who left stays in it under an upper-case role. */
export const membersKey = (roomId: string) => ofRoom(roomId, 'members');
/** Members by order of joining. */
export const rosterKey = (roomId: string) => ofRoom(roomId, 'roster');
/** Folded nickname of each member → its looks, with U+001F between them. */
export const nicksKey = (roomId: string) => ofRoom(roomId, 'nicks');
/** User → the seats that make the user online. */
export const onlineKey = (roomId: string) => ofRoom(roomId, 'online');
/** Channel → newest archived id. */
export const archivedKey = (roomId: string) => ofRoom(roomId, 'archived');
/** User, channel and value of entries that may be there once only. */
export const onceKey = (roomId: string) => ofRoom(roomId, 'once');
/** User → time of the last entry, and when the budget for entries is full again. */
export const paceKey = (roomId: string) => ofRoom(roomId, 'pace');
/** User → role, since when, nickname and seats of who waits at the door. */
export const waitingKey = (roomId: string) => ofRoom(roomId, 'waiting');
/** Users whom a host has let in, by time. */
export const admittedKey = (roomId: string) => ofRoom(roomId, 'admitted');
/** Users who may not come back and, behind an @, networks from which nobody new may come. */
export const bansKey = (roomId: string) => ofRoom(roomId, 'bans');
/** The document that members share, JSON. */
export const stateKey = (roomId: string) => ofRoom(roomId, 'state');
/** User → the network from which the user came last. */
export const networksKey = (roomId: string) => ofRoom(roomId, 'networks');
/** How the names of a room's streams begin. */
export const streamPrefix = (roomId: string) => `${ofRoom(roomId, 'ch')}:`;
export const streamKey = (roomId: string, channel: string) => streamPrefix(roomId) + channel;

/** What every script that writes the log takes first. */
export const logKeys = (roomId: string) => [
  roomKey(roomId),
  streamKey(roomId, 'log'),
  archivedKey(roomId),
  unarchivedKey(tagOf(roomId)),
];

/** What an entry's idempotency key leads to. */
export function dedupeKey(roomId: string, channel: string, userId: string, key: string): string {
  // JSON escapes lone surrogates, which the encoding refuses.
  const encoded = encodeURIComponent(JSON.stringify(key).slice(1, -1));
  const short =
    encoded.length <= LONGEST_DEDUPE_KEY
      ? encoded
      : `#${createHash('sha256').update(encoded).digest('base64url')}`;
  return `${ofRoom(roomId, 'dedupe')}:${channel}:${userId}:${short}`;
}

/** A block of history. */
export function pageKey({ roomId, channel, epoch, block, size }: BlockKey): string {
  return `${ofRoom(roomId, 'page')}:${channel}:${epoch}:${block}:${size}`;
}

/** The names of the blocks kept of a room. */
export const pagesKey = (roomId: string) => ofRoom(roomId, 'pages');

/** `<roomId>:<channel>` by the time since when it waits for the archive. */
export const unarchivedKey = (tag: string) => tagged(tag, 'unarchived');
/** Rooms by the time since when their state waits for the archive. */
export const unsavedStatesKey = (tag: string) => tagged(tag, 'unsaved-states');
/** Rooms by when to look whether they have expired. */
export const expiryKey = (tag: string) => tagged(tag, 'expiry');
/** `<roomId>:<userId>` by when the member leaves. */
export const awayKey = (tag: string) => tagged(tag, 'away');
/** Rooms without a host who is there, by when to look what becomes of them. */
export const hostsAwayKey = (tag: string) => tagged(tag, 'hosts-away');
/** Lives with seats in the tag. */
export const tagLivesKey = (tag: string) => tagged(tag, 'lives');
/** How the names of the keys with a life's seats in the tag begin. */
export const lifePrefix = (tag: string) => tagged(tag, 'life:');
/** `<roomId>/<userId>/<socketId>` of a life in the tag. */
export const lifeKey = (tag: string, life: string) => lifePrefix(tag) + life;

export const sessionKey = (sessionId: string) => tagged(tagOf(sessionId), `session:${sessionId}`);
/** How the names of the keys with the sessions of a tag's users begin. */
export const sessionsPrefix = (tag: string) => tagged(tag, 'sessions:');
/** A user's sessions by expiry. */
export const sessionsKey = (userId: string) => sessionsPrefix(tagOf(userId)) + userId;

export const pinKey = (pin: string) => tagged('pin', pin);
/** PINs of a length by when they are free again. */
export const livePinsKey = (length: number) => tagged('pin', `live:${length}`);
export const pinReadyKey = tagged('pin', 'ready');
export const pinRebuildKey = tagged('pin', 'rebuild');

/** Wrong PINs of a session in the last minute, by time. */
export const pinTriesOfSessionKey = (sessionId: string) =>
  tagged('pin', `tries:session:${sessionId}`);
/** Wrong PINs from a network in the last minute, by time. */
export const pinTriesOfNetworkKey = (network: string) => tagged('pin', `tries:network:${network}`);
/** The last try of a session beyond its network's budget. */
export const pinExtraTryKey = (sessionId: string) => tagged('pin', `tries:extra:${sessionId}`);
/** PINs tried beyond a network's budget by sessions that were wrong there before, by time. */
export const pinTriesAgainKey = (network: string) => tagged('pin', `tries:again:${network}`);

/** How much of a limit somebody (an id, a network) has used. */
export const limitKey = (limit: string, subject: string) => tagged(subject, `limit:${limit}`);

/** Lives by the end of their lease. */
export const livesKey = tagged('tags', 'lives');
/** Tag → the life that looks after it. */
export const ownersKey = tagged('tags', 'owners');
/** Ids of ended sessions, a stream: each node tells its sockets. */
export const endedSessionsKey = tagged('ended', 'sessions');
/** The shard channel that says that the list has grown. */
export const endedSessionsChannel = tagged('ended', 'told');
/** Lives that ended or were judged dead, by time. */
export const endedLivesKey = tagged('tags', 'ended');
/** What a life says of its node. */
export const nodeKey = (life: string) => tagged('tags', `node:${life}`);

/** The log of the system, a stream that all nodes write. */
export const systemLogKey = tagged('system', 'log');
/** What names its entries, so that each is written once, by when it is forgotten. */
export const systemSaidKey = tagged('system', 'said');
/** Up to where it is archived, and how many entries were lost before. */
export const systemArchivedKey = tagged('system', 'archived');

/**
 * The shard channel of a room: the one that the sharded Socket.IO adapter subscribes to for the
 * room's topic in the namespace `/` (prefix, namespace, room, each followed by `#`).
 */
export function roomShardChannel(roomId: string): string {
  return `socket.io#/#${roomTopic(roomId)}#`;
}

/** The shard channel of those who wait at a room's door, likewise. */
export function doorShardChannel(roomId: string): string {
  return `socket.io#/#${doorTopic(roomId)}#`;
}

/** What every script that announces something in a room takes first. */
export const roomArgs = (roomId: string) => [roomShardChannel(roomId), roomId];

/** The slot group of a key: its hash tag. */
export function hashTagOf(key: string): string {
  return /\{(.+?)\}/.exec(key)?.[1] ?? key;
}
