import {
  BODY_SCHEMAS,
  COMMAND_SCHEMAS,
  LIMITS,
  PARAMETER_SCHEMAS,
  type Schema,
} from '@pinroom/client/contract';
import type { RoomApi } from '../../engine/connection/http-api.port.js';
import { AppError, invariant } from '../../engine/runtime/app-error.js';
import type { Clock } from '../../engine/runtime/clock.js';
import {
  empty,
  entry,
  entryPage,
  newRoom,
  oneRoom,
  roomByPin,
  roomList,
  roomState,
  sent,
  stateVersion,
} from './answer-schemas.js';
import { COMMAND_FAULTS } from './command-faults.js';
import { emptyAnswer, jsonAnswer } from './json-answer.js';
import { streamOf } from './page-stream.js';
import { clearedRefreshCookie } from './refresh-cookie.js';
import { ENTRIES_QUERY, roomIdOf } from './room-parameters.js';
import { type Route, route } from './route.js';

const PIN = new RegExp(PARAMETER_SCHEMAS.pin.pattern);
const ROOM = '/api/rooms/:id';
const { limit } = COMMAND_SCHEMAS['room:history'].properties;

const LIST_QUERY = {
  type: 'object',
  properties: { cursor: PARAMETER_SCHEMAS.cursor, limit },
} as const satisfies Schema;

/** Opening, finding, reading, changing, closing and deleting rooms; and erasing a user. */
export function roomRoutes(rooms: RoomApi, clock: Clock): readonly Route[] {
  return [
    ...findingRoutes(rooms),
    ...readingRoutes(rooms),
    exportRoute(rooms, clock),
    ...changingRoutes(rooms),
    ...erasingRoutes(rooms),
  ];
}

function findingRoutes(rooms: RoomApi): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/rooms',
      name: 'createRoom',
      summary: 'Opens a room; the caller is its host. The same `key` gives the same room.',
      who: 'user',
      body: BODY_SCHEMAS.createRoom,
      answers: [{ status: 201, description: 'The room.', schema: newRoom }],
      faults: COMMAND_FAULTS['room:create'],
      async handle({ caller, body }) {
        return jsonAnswer(201, await rooms.command(caller, 'room:create', body));
      },
    }),
    route({
      method: 'GET',
      path: '/api/rooms',
      name: 'listRooms',
      summary: 'The rooms that the caller hosts, newest first.',
      who: 'user',
      query: LIST_QUERY,
      answers: [{ status: 200, description: 'A page of rooms.', schema: roomList }],
      async handle({ caller, query }) {
        const { cursor = null, limit = LIMITS.defaultPageLimit } = query;
        return jsonAnswer(200, await rooms.listRooms(caller, { cursor, limit }));
      },
    }),
    route({
      method: 'GET',
      path: '/api/rooms/by-pin/:pin',
      name: 'findRoomByPin',
      summary: 'Which open room has this PIN.',
      who: 'user',
      answers: [{ status: 200, description: 'What one may know outside.', schema: roomByPin }],
      faults: ['room_not_found'],
      async handle({ caller, param }) {
        const pin = param('pin');
        // What can be no PIN leads to no room, as in `room:join`.
        if (!PIN.test(pin)) throw new AppError('room_not_found');
        return jsonAnswer(200, await rooms.findByPin(caller, pin));
      },
    }),
  ];
}

function readingRoutes(rooms: RoomApi): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: ROOM,
      name: 'getRoom',
      summary: 'A room, for its members, also after it closed.',
      who: 'user-or-application',
      answers: [{ status: 200, description: 'The room.', schema: oneRoom }],
      faults: ['not_in_room'],
      async handle({ caller, param }) {
        return jsonAnswer(200, { room: await rooms.getRoom(caller, roomIdOf(param)) });
      },
    }),
    route({
      method: 'GET',
      path: `${ROOM}/entries`,
      name: 'listEntries',
      summary: 'Entries of a channel in ascending order; `before` and `after` are exclusive.',
      who: 'user-or-application',
      query: ENTRIES_QUERY,
      answers: [{ status: 200, description: 'A page of entries.', schema: entryPage }],
      faults: COMMAND_FAULTS['room:history'],
      async handle({ caller, query, param }) {
        const question = { ...query, roomId: roomIdOf(param) };
        return jsonAnswer(200, await rooms.command(caller, 'room:history', question));
      },
    }),
    route({
      method: 'GET',
      path: `${ROOM}/state`,
      name: 'getState',
      summary: 'The document that the room shares, also after it closed.',
      who: 'user-or-application',
      answers: [{ status: 200, description: 'The state.', schema: roomState }],
      faults: ['not_in_room'],
      async handle({ caller, param }) {
        return jsonAnswer(200, await rooms.getState(caller, roomIdOf(param)));
      },
    }),
  ];
}

function exportRoute(rooms: RoomApi, clock: Clock): Route {
  const contentType = 'application/x-ndjson';
  return route({
    method: 'GET',
    path: `${ROOM}/export.ndjson`,
    name: 'exportRoom',
    summary:
      'Every entry of every channel until now, one a line, for hosts; also after it closed. An answer that breaks off is not whole.',
    who: 'user-or-application',
    answers: [{ status: 200, description: 'A JSON entry a line.', schema: entry, contentType }],
    faults: ['not_in_room', 'forbidden'],
    async handle({ caller, param }) {
      const id = roomIdOf(param);
      const pages = await rooms.exportRoom(caller, id);
      return new Response(streamOf(pages, clock), {
        headers: {
          'content-type': contentType,
          'content-disposition': `attachment; filename="pinroom-${id}.ndjson"`,
        },
      });
    },
  });
}

function changingRoutes(rooms: RoomApi): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: `${ROOM}/entries`,
      name: 'sendEntry',
      summary: 'As `room:send`; with a `key` it may be repeated.',
      who: 'user-or-application',
      body: BODY_SCHEMAS.sendEntry,
      answers: [
        { status: 201, description: 'Kept.', schema: sent },
        { status: 200, description: 'It was kept before, under the same key.', schema: sent },
      ],
      faults: COMMAND_FAULTS['room:send'],
      async handle({ caller, body, param }) {
        const entry = { ...body, roomId: roomIdOf(param) };
        const answer = await rooms.command(caller, 'room:send', entry);
        return jsonAnswer(isDuplicate(answer) ? 200 : 201, answer);
      },
    }),
    route({
      method: 'PATCH',
      path: ROOM,
      name: 'updateRoom',
      summary: 'As `room:update`.',
      who: 'user-or-application',
      body: BODY_SCHEMAS.updateRoom,
      answers: [{ status: 200, description: 'The room as it is now.', schema: oneRoom }],
      faults: COMMAND_FAULTS['room:update'],
      async handle({ caller, body, param }) {
        const change = { ...body, roomId: roomIdOf(param) };
        return jsonAnswer(200, await rooms.command(caller, 'room:update', change));
      },
    }),
    route({
      method: 'PATCH',
      path: `${ROOM}/state`,
      name: 'patchState',
      summary: 'As `room:state`.',
      who: 'user-or-application',
      body: BODY_SCHEMAS.patchState,
      answers: [{ status: 200, description: 'Its new version.', schema: stateVersion }],
      faults: COMMAND_FAULTS['room:state'],
      async handle({ caller, body, param }) {
        const change = { ...body, roomId: roomIdOf(param) };
        return jsonAnswer(200, await rooms.command(caller, 'room:state', change));
      },
    }),
    route({
      method: 'POST',
      path: `${ROOM}/close`,
      name: 'closeRoom',
      summary: 'As `room:close`.',
      who: 'user-or-application',
      body: BODY_SCHEMAS.closeRoom,
      answers: [{ status: 200, description: 'The room is closed.', schema: empty }],
      faults: COMMAND_FAULTS['room:close'],
      async handle({ caller, param }) {
        return jsonAnswer(
          200,
          await rooms.command(caller, 'room:close', { roomId: roomIdOf(param) }),
        );
      },
    }),
  ];
}

function erasingRoutes(rooms: RoomApi): readonly Route[] {
  return [
    route({
      method: 'DELETE',
      path: ROOM,
      name: 'deleteRoom',
      summary: 'Deletes a closed room with its entries and members.',
      who: 'user-or-application',
      answers: [{ status: 204, description: 'It is gone.' }],
      faults: ['not_in_room', 'forbidden', 'conflict'],
      async handle({ caller, param }) {
        await rooms.deleteRoom(caller, roomIdOf(param));
        return emptyAnswer();
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/users/me',
      name: 'deleteUser',
      summary:
        'Ends all sessions of the caller and takes nickname and id out of what is archived; recent entries of a room that is still open keep them.',
      who: 'user',
      answers: [{ status: 204, description: 'Done; the cookie is cleared.', hasCookie: true }],
      async handle({ caller, site }) {
        await rooms.deleteUser(caller);
        return emptyAnswer({ 'set-cookie': clearedRefreshCookie(site.secure) });
      },
    }),
  ];
}

function isDuplicate(answer: unknown): boolean {
  invariant(typeof answer === 'object' && answer !== null, 'room:send answers an object');
  return 'duplicate' in answer && answer.duplicate === true;
}
