import type { Role } from '@pinroom/client/contract';
import type { ArchiveRow } from '../history/entry-archive.port.js';
import type { Logger } from '../runtime/logger.js';
import { RowsRefused } from '../runtime/rows-refused.js';
import type { MemberChange, RoomMemberArchive } from './room-member-archive.port.js';

/** What the log says when somebody is put out. */
const REMOVALS: ReadonlySet<string> = new Set(['kicked', 'banned']);
/** What it says when somebody is a member under a nickname. */
const ARRIVALS: ReadonlySet<string> = new Set(['joined', 'renamed']);

/**
 * Learns from a room's log who was a member, and who was put out: the log is archived before its
 * position moves, so the list of members is as complete as the log. A member whom the archive refuses
 * for good is left out, with a line in the log of the node.
 */
export async function archiveMembers(
  rows: readonly ArchiveRow[],
  archive: Pick<RoomMemberArchive, 'saveMembers'>,
  logger: Logger,
): Promise<void> {
  const changes = new Map<string, MemberChange>();
  for (const row of rows) {
    const isRemoval = REMOVALS.has(row.type);
    if (row.channel !== 'log' || !(isRemoval || ARRIVALS.has(row.type))) continue;
    const { userId, nickname, role } = JSON.parse(row.payload) as {
      userId: string;
      nickname: string | null;
      role: Role;
    };
    changes.set(`${row.roomId} ${userId}`, {
      roomId: row.roomId,
      userId,
      nickname: nickname ?? '',
      role: isRemoval ? 'removed' : role,
      joinedAt: row.at,
    });
  }
  if (changes.size > 0) await saveWhatGoes([...changes.values()], archive, logger);
}

async function saveWhatGoes(
  members: readonly MemberChange[],
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
