import type { HostState } from '@pinroom/client/contract';
import type { MemberList, MemberRights, RoomRights } from '../../engine/room/member-store.port.js';
import { invariant } from '../../engine/runtime/app-error.js';
import { parseMember, toMember } from './member-fields.js';
import { parseRoom } from './room-fields.js';

/** What the function `member_page` of the scripts answers where the room is there. */
export type MemberPageAnswer = readonly [
  version: string,
  count: number,
  users: string,
  values: string,
  seats: string,
];

/** What the function `room_look` of the scripts answers where the room is there. */
export type RoomLookAnswer = readonly [
  fields: (string | null)[],
  members: (string | null)[],
  hostOnline: number,
  hostsGone: number,
];

/** Between the members of a list that a script hands over as one string; no value contains it. */
const BETWEEN = '\u001e';

/** One more member than is shown has to be asked for: it says whether there is a next page. */
export function parseMemberPage(answer: MemberPageAnswer, shown: number): MemberList {
  const [version, count, users, values, seats] = answer;
  const kepts = values.split(BETWEEN);
  const userIds = users === '' ? [] : users.split(BETWEEN);
  const members = userIds.slice(0, shown).map((userId, index) => {
    const kept = parseMember(userId, kepts[index]);
    invariant(kept, 'who is on the roster is a member');
    return { kept, online: seats[index] === '1' };
  });
  const last = members.at(-1);
  return {
    members: members.map(({ kept, online }) => toMember(kept, online)),
    memberCount: count,
    presenceVersion: Number(version),
    nextCursor: last && userIds.length > shown ? String(last.kept.joinSeq) : null,
  };
}

/** Null: what is there of the room is no whole one. */
export function parseRoomLook(
  roomId: string,
  userIds: readonly string[],
  answer: RoomLookAnswer,
): RoomRights | null {
  const [fields, values, hostOnline, hostsGone] = answer;
  const room = parseRoom(roomId, fields);
  if (!room) return null;
  const members = userIds.flatMap((userId, index): MemberRights[] => {
    const kept = parseMember(userId, values[index]);
    if (!kept) return [];
    const { nickname, role, muted } = kept;
    return [{ userId, nickname, role, muted }];
  });
  return { room, members, hostState: hostStateOf(hostOnline === 1, hostsGone === 1) };
}

function hostStateOf(isOnline: boolean, isGone: boolean): HostState {
  if (isOnline) return 'present';
  return isGone ? 'gone' : 'away';
}
