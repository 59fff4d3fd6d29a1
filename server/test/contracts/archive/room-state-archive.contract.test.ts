import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PostgresRoomArchive } from '../../../src/drivers/postgres/postgres-room-archive.js';
import { PostgresRoomMemberArchive } from '../../../src/drivers/postgres/postgres-room-member-archive.js';
import { PostgresRoomStateArchive } from '../../../src/drivers/postgres/postgres-room-state-archive.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS, roomRecord } from './archive-drivers.js';

const STATE = { version: 7, json: '{"a":[1e400,"\\u0000\\ud800"]}', at: 1 };

describe.each(ARCHIVE_DRIVERS)('room state archive on $name', ({ open }) => {
  let rooms: PostgresRoomArchive;
  let members: PostgresRoomMemberArchive;
  let states: PostgresRoomStateArchive;
  beforeAll(async () => {
    const database = await open();
    rooms = new PostgresRoomArchive(database);
    members = new PostgresRoomMemberArchive(database);
    states = new PostgresRoomStateArchive(database);
  }, FIRST_START_MS);

  async function newRoom(): Promise<string> {
    const room = roomRecord();
    await rooms.insertRoom(room, { createKey: null, pinUntil: 9_000_000 });
    return room.id;
  }

  it('[STATE-6] [STATE-7] the newest version stays, byte for byte, however they come', async () => {
    const [roomId, other] = [await newRoom(), await newRoom()];
    expect(await states.findState(roomId)).toBeNull();
    await states.saveStates([{ roomId, ...STATE }]);
    await Promise.all(
      [3, 1_795_418_492_512, 8].map((version) =>
        states.saveStates([
          { roomId, ...STATE, version },
          { roomId: other, ...STATE, json: 'null', version },
        ]),
      ),
    );
    const version = 1_795_418_492_512;
    expect(await states.findState(roomId)).toEqual({ version, json: STATE.json });
    expect(await states.findState(other)).toEqual({ version, json: 'null' });
    await states.saveStates([{ roomId, ...STATE, version, json: '"other"' }]);
    expect(await states.findState(roomId)).toEqual({ version, json: STATE.json });
  });

  it('[STATE-6] a large one is kept, and one of a room that is not there is left out', async () => {
    const [roomId, unknown] = [await newRoom(), randomUUID()];
    const json = JSON.stringify('é'.repeat(32_000));
    await states.saveStates([
      { roomId: unknown, ...STATE },
      { roomId, ...STATE, json },
    ]);
    expect(await states.findState(roomId)).toEqual({ version: 7, json });
    expect(await states.findState(unknown)).toBeNull();
  });

  it('[STATE-7] goes with its room, and does not come back', async () => {
    const [roomId, other] = [await newRoom(), await newRoom()];
    await states.saveStates([roomId, other].map((id) => ({ roomId: id, ...STATE })));
    await members.deleteRoom(roomId);
    expect(await states.findState(roomId)).toBeNull();
    await states.saveStates([{ roomId, ...STATE, version: 8 }]);
    expect(await states.findState(roomId)).toBeNull();
    expect(await states.findState(other)).toMatchObject({ version: 7 });
  });
});
