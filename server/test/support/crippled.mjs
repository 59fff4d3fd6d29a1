// Imported by a node before its own code (`spawnNode({ without })`): takes mechanisms away, so that a
// test shows that each of them is needed. Nothing of it is in the product.

import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Changes a Lua file on its way into the node; fails when there is nothing to change. */
function changeLua(name, from, to) {
  const { readFile } = fs;
  fs.readFile = async (file, ...rest) => {
    const text = await readFile(file, ...rest);
    if (!String(file).endsWith(`/lua/${name}`)) return text;
    if (!text.includes(from)) throw new Error(`${name} has changed: ${from} is not in it`);
    return text.replace(from, to);
  };
  syncBuiltinESMExports();
}

/** Changes the frames of rooms on their way into the node; what becomes null is lost. */
async function changeFrames(change) {
  const { ShardedFanoutBus } = await import('../../dist/drivers/socketio/sharded-fanout-bus.js');
  const { onFrame } = ShardedFanoutBus.prototype;
  ShardedFanoutBus.prototype.onFrame = function onChangedFrame(handler) {
    onFrame.call(this, (roomId, raw) => {
      const text = Buffer.from(raw).toString();
      const [, kind, rev, channel] = /^(\S+) (\d+) ?(\S*)/.exec(text.slice(1)) ?? [];
      const changed = change({ kind, rev, channel, text });
      if (changed !== null) handler(roomId, Buffer.from(changed));
    });
  };
}

const TAKE_AWAY = {
  /** A jump in the ids of a channel is delivered as it comes. */
  async 'gap-repair'() {
    const { ChannelPositions } = await import('../../dist/engine/fanout/channel-positions.js');
    const { deliver } = ChannelPositions.prototype;
    ChannelPositions.prototype.deliver = function deliverAnything(frame) {
      if (deliver.call(this, frame)) return true;
      const [epoch, seq] = frame.id.split('-');
      this.start(new Map([[frame.channel, `${epoch}-${Math.max(0, seq - 1)}`]]));
      return deliver.call(this, frame);
    };
  },
  /** Nobody looks whether a quiet room has gone on. */
  async 'position-check'() {
    const { LocalRooms } = await import('../../dist/engine/fanout/local-rooms.js');
    LocalRooms.prototype.start = () => {};
  },
  /** A subscription that brings nothing is taken for a quiet one. */
  async 'bus-probe'() {
    const { BusProbe } = await import('../../dist/drivers/socketio/bus-probe.js');
    BusProbe.prototype.start = () => {};
  },
  /** Every tenth message is acknowledged, and kept nowhere (embedded drivers). */
  async keep() {
    const { MemoryRoomFeed } = await import('../../dist/drivers/memory/memory-room-feed.js');
    const { append } = MemoryRoomFeed.prototype;
    let [count, last] = [0, null];
    MemoryRoomFeed.prototype.append = async function appendSome(request) {
      count += request.sender === null ? 0 : 1;
      if (last && request.sender && count % 10 === 0) return last;
      const outcome = await append.call(this, request);
      if (outcome.kind === 'appended') last = outcome;
      return outcome;
    };
  },
  /** A key does not make a message count once. */
  async dedupe() {
    changeLua(
      'feed-append.lua',
      "if dedupe_ms ~= '' then\n  local kept",
      'if false then\n  local kept',
    );
  },
  /** What PostgreSQL has of the time before a loss is not asked for. */
  async 'ask-archive'() {
    const { PostgresEntryArchive } = await import(
      '../../dist/drivers/postgres/postgres-entry-archive.js'
    );
    PostgresEntryArchive.prototype.findByKeys = async (names) => names.map(() => null);
  },
  /** What a loss has taken from Redis stays readable where PostgreSQL has it. */
  async 'void-lost'() {
    const { PostgresEntryArchive } = await import(
      '../../dist/drivers/postgres/postgres-entry-archive.js'
    );
    PostgresEntryArchive.prototype.voidLost = async () => {};
  },
  /** Who reads too slowly is not cut, on uWebSockets.js. */
  async 'slow-cut'() {
    const { chooseTransport } = await import('../../dist/drivers/socketio/load-uws.js');
    const { uws } = chooseTransport('uws');
    const { App } = uws;
    uws.App = () => {
      const app = App();
      const ws = app.ws.bind(app);
      app.ws = (pattern, behavior) => ws(pattern, { ...behavior, closeOnBackpressureLimit: false });
      return app;
    };
  },
  /** That Redis' data has another history goes unnoticed. */
  async 'life-check'() {
    changeLua('include/room.lua', 'if not is_current_replid(row[2])', 'if false');
  },
  /** A stream is trimmed to what is kept, archived or not. */
  async 'trim-bound'() {
    changeLua('queue-confirm.lua', 'if waiting <= keep then', 'if true then');
  },
  /** The seats of a process that died stay taken. */
  async 'judge-lives'() {
    const { RedisMemberStore } = await import('../../dist/drivers/redis/redis-member-store.js');
    RedisMemberStore.prototype.releaseDead = async () => 0;
  },
  /** Lives are judged without asking whether anybody could renew. */
  async 'patient-judge'() {
    const { NodeLife } = await import('../../dist/engine/runtime/node-life.js');
    Object.defineProperties(NodeLife.prototype, {
      mayJudge: { get: () => true },
      isRecovering: { get: () => false },
    });
  },
  /** Seats that the store has lost are not given back. */
  async 'restore-seats'() {
    const { RoomJoiner } = await import('../../dist/engine/room/join-room.js');
    RoomJoiner.prototype.restoreSeats = async () => {};
  },
  /** The messages that somebody's rights have changed get lost, with all that else tells of it. */
  async 'news-of-rights'() {
    await changeFrames(({ kind, channel, text }) =>
      kind === 's' || (kind === 'e' && channel !== 'log') ? text : null,
    );
  },
  /** A frame with a newer `rev` is delivered as it comes. */
  async 'rev-check'() {
    await changeFrames(({ kind, rev, text }) => text.replace(`${kind} ${rev}`, `${kind} 0`));
  },
  /** Nobody looks whether the time of a session, or of a token, is over. */
  async 'session-expiry'() {
    const { SessionExpiry } = await import('../../dist/engine/auth/session-expiry.js');
    SessionExpiry.prototype.start = () => {};
  },
  /** The messages that sessions have ended get lost. */
  async 'end-message'() {
    const { RedisEndedSessions } = await import('../../dist/drivers/redis/redis-ended-sessions.js');
    RedisEndedSessions.prototype.onEnded = () => {};
  },
  /** Nobody reads which sessions have ended. */
  async 'end-list'() {
    const { RedisEndedSessions } = await import('../../dist/drivers/redis/redis-ended-sessions.js');
    RedisEndedSessions.prototype.listEnded = async () => ({
      ids: [],
      cursor: '-',
      more: false,
      isContinuous: true,
    });
  },
};

for (const name of process.env.PINROOM_TEST_WITHOUT?.split(',') ?? []) {
  if (!Object.hasOwn(TAKE_AWAY, name)) throw new Error(`There is no mechanism ${name}.`);
  await TAKE_AWAY[name]();
}
