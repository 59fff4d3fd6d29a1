import type { Role } from '@pinroom/client/contract';
import type { ArchiveRow } from '../history/entry-archive.port.js';
import type { Logger } from '../runtime/logger.js';
import { RowsRefused } from '../runtime/rows-refused.js';
import type { ArchivedMember, RoomMemberArchive } from './room-member-archive.port.js';

/**
 * Learns from a room's log who was ever a member: the log is archived before its position moves, so
 * the list of members is as complete as the log. A member whom the archive refuses for good is left
 * out, with a line in the log of the node.
 */
export async function archiveMembers(
  rows: readonly ArchiveRow[],
  archive: Pick<RoomMemberArchive, 'saveMembers'>,
  logger: Logger,
): Promise<void> {
  const members = new Map<string, ArchivedMember>();
  for (const row of rows) {
    if (row.channel !== 'log' || row.type !== 'joined') continue;
    const { userId, nickname, role } = JSON.parse(row.payload) as {
      userId: string;
      nickname: string;
      role: Role;
    };
    members.set(`${row.roomId} ${userId}`, {
      roomId: row.roomId,
      userId,
      nickname,
      role,
      joinedAt: row.at,
    });
  }
  if (members.size > 0) await saveWhatGoes([...members.values()], archive, logger);
}

async function saveWhatGoes(
  members: readonly ArchivedMember[],
  archive: Pick<RoomMemberArchive, 'saveMembers'>,
  logger: Logger,
): Promise<void> {
  try {
    await archive.saveMembers(members);
  } catch (fault) {
    if (!(fault instanceof RowsRefused)) throw fault;
    if (members.length <= 1) {
      const { roomId, userId } = members[0] ?? {};
      logger.error({ roomId, userId, err: fault }, 'member not archived');
      return;
    }
    const half = Math.ceil(members.length / 2);
    await saveWhatGoes(members.slice(0, half), archive, logger);
    await saveWhatGoes(members.slice(half), archive, logger);
  }
}
