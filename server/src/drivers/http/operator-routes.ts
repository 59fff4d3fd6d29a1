import {
  COMMAND_SCHEMAS,
  LIMITS,
  PARAMETER_SCHEMAS,
  type Schema,
  SYSTEM_EVENT_TYPES,
} from '@pinroom/client/contract';
import type { OperatorApi } from '../../engine/connection/operator-api.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import type { Clock } from '../../engine/runtime/clock.js';
import { empty, entryPage } from './answer-schemas.js';
import { eventStream } from './event-stream.js';
import { jsonAnswer } from './json-answer.js';
import { nodeList, operatorRoomList, operatorRoomView, systemLogPage } from './operator-schemas.js';
import { ENTRIES_QUERY, roomIdOf } from './room-parameters.js';
import { type Route, route } from './route.js';
import { text } from './schema-shapes.js';

const { entryId, id, pin } = PARAMETER_SCHEMAS;
const { after, before, limit } = COMMAND_SCHEMAS['room:history'].properties;
const ENTRY_ID = new RegExp(entryId.pattern);

const LOG_QUERY = {
  type: 'object',
  properties: {
    before,
    after,
    limit,
    type: { type: 'string', enum: SYSTEM_EVENT_TYPES },
  },
} as const satisfies Schema;

const ROOMS_QUERY = {
  type: 'object',
  properties: { pin, cursor: id, limit },
} as const satisfies Schema;

const ROOM = '/api/ops/rooms/:id';

const MEMBERS_QUERY = {
  type: 'object',
  properties: { cursor: COMMAND_SCHEMAS['room:members'].properties.cursor, limit },
} as const satisfies Schema;

const NO_TOKEN = '404 where no operator token is configured.';

/** What operators ask for: the log of the system, the rooms, the nodes. */
export function operatorRoutes(operators: OperatorApi, clock: Clock): readonly Route[] {
  return [
    logRoute(operators, clock),
    roomsRoute(operators),
    ...roomRoutes(operators),
    nodesRoute(operators),
  ];
}

function logRoute(operators: OperatorApi, clock: Clock): Route {
  return route({
    method: 'GET',
    path: '/api/ops/log',
    name: 'readSystemLog',
    summary:
      'The log of the system in ascending order; `before` and `after` are exclusive. With `Accept: ' +
      'text/event-stream` what comes from now on, or from behind `after` or `Last-Event-ID`, as ' +
      `Server-Sent Events. ${NO_TOKEN}`,
    who: 'operator',
    query: LOG_QUERY,
    answers: [
      { status: 200, description: 'A page, or a stream of entries.', schema: systemLogPage },
      {
        status: 200,
        description: 'A page, or a stream of entries.',
        schema: text,
        contentType: 'text/event-stream',
      },
    ],
    faults: ['not_found', 'rate_limited', 'draining'],
    async handle({ headers, query }) {
      const { after = null, before = null, limit = LIMITS.defaultPageLimit, type = null } = query;
      if (!wantsStream(headers)) {
        return jsonAnswer(200, await operators.readLog({ after, before, limit, type }));
      }
      if (before !== null) throw new AppError('bad_request', 'A stream begins `after` something.');
      const follower = await operators.followLog(lastEventId(headers) ?? after, type);
      return eventStream(follower, clock);
    },
  });
}

function roomsRoute(operators: OperatorApi): Route {
  return route({
    method: 'GET',
    path: '/api/ops/rooms',
    name: 'listOpenRooms',
    summary: `The rooms that are open or being closed, on all nodes; with \`pin\` the one that has it. ${NO_TOKEN}`,
    who: 'operator',
    query: ROOMS_QUERY,
    answers: [{ status: 200, description: 'A page of rooms.', schema: operatorRoomList }],
    faults: ['not_found'],
    async handle({ query }) {
      const { cursor = null, limit = LIMITS.defaultPageLimit, pin = null } = query;
      return jsonAnswer(200, await operators.listRooms({ cursor, limit, pin }));
    },
  });
}

function roomRoutes(operators: OperatorApi): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: ROOM,
      name: 'viewRoom',
      summary: `One room, also after it closed, and a page of its members: not what is said in it. ${NO_TOKEN}`,
      who: 'operator',
      query: MEMBERS_QUERY,
      answers: [{ status: 200, description: 'The room.', schema: operatorRoomView }],
      faults: ['not_found', 'room_not_found'],
      async handle({ param, query }) {
        const { cursor = null, limit = LIMITS.defaultPageLimit } = query;
        return jsonAnswer(200, await operators.viewRoom(roomIdOf(param), { cursor, limit }));
      },
    }),
    route({
      method: 'GET',
      path: `${ROOM}/entries`,
      name: 'readRoomEntries',
      summary: `What is said in a channel, as members read it. That somebody looked is written to the log of the system. ${NO_TOKEN}`,
      who: 'operator',
      query: ENTRIES_QUERY,
      answers: [{ status: 200, description: 'A page of entries.', schema: entryPage }],
      faults: ['not_found', 'room_not_found'],
      async handle({ param, query }) {
        const question = { ...query, roomId: roomIdOf(param) };
        return jsonAnswer(200, await operators.readEntries(question));
      },
    }),
    route({
      method: 'POST',
      path: `${ROOM}/close`,
      name: 'closeOpenRoom',
      summary: `Closes a room, as a host would. That it was an operator is in the log of the system. ${NO_TOKEN}`,
      who: 'operator',
      answers: [{ status: 200, description: 'It is closed.', schema: empty }],
      faults: ['not_found', 'room_not_found', 'room_closed'],
      async handle({ param }) {
        await operators.closeRoom(roomIdOf(param));
        return jsonAnswer(200, {});
      },
    }),
  ];
}

function nodesRoute(operators: OperatorApi): Route {
  return route({
    method: 'GET',
    path: '/api/ops/nodes',
    name: 'listNodes',
    summary: `The nodes that live, and how they are. ${NO_TOKEN}`,
    who: 'operator',
    answers: [{ status: 200, description: 'The nodes, the oldest first.', schema: nodeList }],
    faults: ['not_found'],
    async handle() {
      return jsonAnswer(200, await operators.listNodes());
    },
  });
}

function wantsStream(headers: Headers): boolean {
  return headers.get('accept')?.includes('text/event-stream') ?? false;
}

/** Where a stream that broke off was; null: it is a new one. */
function lastEventId(headers: Headers): string | null {
  const last = headers.get('last-event-id');
  if (last === null || last === '') return null;
  if (!ENTRY_ID.test(last))
    throw new AppError('bad_request', 'Last-Event-ID is no id of an entry.');
  return last;
}
