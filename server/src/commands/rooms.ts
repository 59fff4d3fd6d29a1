import type { OperatorRoom } from '@pinroom/client/contract';
import { type Command, STATUS } from './command.js';
import { OPERATOR_DETAILS, OPERATOR_OPTIONS, operatorOf } from './operator.js';

const PAGE = 200;
const HEAD = ['PIN', 'ONLINE', 'MEMBERS', 'BACKLOG', 'OPEN SINCE', 'ROOM', 'TITLE'];
/** The longest PIN, the longest figures, a time to the second, an id. */
const WIDTHS = [12, 7, 8, 8, 20, 36];

export const rooms: Command = {
  summary: 'Lists the rooms that are open, on all nodes.',
  options: OPERATOR_OPTIONS,
  details: `${OPERATOR_DETAILS}
Of each room: how many of its members are connected, and how many entries wait for the archive.`,
  async run(call, around) {
    const operator = operatorOf(call, around);
    const isJson = call.flag('json');
    let found = 0;
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await operator.rooms({ limit: PAGE, ...(cursor ? { cursor } : {}) });
      if (!isJson && found === 0 && page.rooms.length > 0) around.out(columns(HEAD));
      for (const room of page.rooms) around.out(isJson ? JSON.stringify(room) : lineOf(room));
      found += page.rooms.length;
      cursor = page.nextCursor;
    }
    if (!isJson && found === 0) around.out('No room is open.');
    return STATUS.ok;
  },
};

function lineOf(room: OperatorRoom): string {
  const { backlog, closedAt, createdAt, id, locked, memberCount, online, pin } = room;
  const since = new Date(createdAt).toISOString().slice(0, 19).replace('T', ' ');
  // A title comes from who opened the room: nothing in it moves the cursor of a terminal.
  const title = room.title.replace(/\p{C}/gu, '');
  const marks = [locked ? 'locked' : '', closedAt === null ? '' : 'closing'].filter(Boolean);
  const about = [title, marks.length > 0 ? `(${marks.join(', ')})` : ''].filter(Boolean).join(' ');
  return columns([pin, `${online}`, `${memberCount}`, `${backlog}`, since, id, about]);
}

function columns(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0))
    .join(' ')
    .trimEnd();
}
