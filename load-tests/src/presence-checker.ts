import type { ClientRecord, Fault, KeptChannel, RoomPresence } from './delivery-record.js';

/** Who really is in a room in the end. */
export interface RoomTruth {
  readonly roomId: string;
  /** Whether each member is connected, by user. */
  readonly online: ReadonlyMap<string, boolean>;
  /** Users who were members and stayed away for longer than the grace. */
  readonly gone: readonly string[];
  /** Users who left on purpose, however often. */
  readonly leavers?: readonly string[];
}

/**
 * Compares what clients and server say of the members of rooms with the truth, and the log with both:
 * who is gone has left exactly once, who is there never has. `server`: what the server itself keeps.
 */
export function checkPresence(
  truths: readonly RoomTruth[],
  clients: readonly ClientRecord[],
  kept: readonly KeptChannel[],
  server: readonly RoomPresence[] = [],
): Fault[] {
  return truths.flatMap((truth) => [
    ...clients.flatMap(({ name, presence = [] }) =>
      presence.flatMap((view) => compare(truth, view, name)),
    ),
    ...server.flatMap((view) => compare(truth, view, null)),
    ...kept.flatMap((channel) => checkLog(truth, channel)),
  ]);
}

function compare(truth: RoomTruth, view: RoomPresence, client: string | null): Fault[] {
  if (view.roomId !== truth.roomId) return [];
  const fault = (detail: string): Fault => ({
    kind: 'presence',
    roomId: truth.roomId,
    channel: null,
    client,
    id: null,
    detail,
  });
  const faults: Fault[] = [];
  if (view.memberCount !== truth.online.size) {
    faults.push(fault(`${view.memberCount} members, in truth ${truth.online.size}`));
  }
  if (!view.online) return faults;
  for (const userId of new Set([...truth.online.keys(), ...view.online.keys()])) {
    const [said, real] = [view.online.get(userId), truth.online.get(userId)];
    if (said !== real)
      faults.push(fault(`${userId} is ${stateOf(said)}, in truth ${stateOf(real)}`));
  }
  return faults;
}

function stateOf(online: boolean | undefined): string {
  if (online === undefined) return 'no member';
  return online ? 'online' : 'offline';
}

function checkLog(truth: RoomTruth, { roomId, channel, entries }: KeptChannel): Fault[] {
  if (roomId !== truth.roomId || channel !== 'log') return [];
  const left = new Map<string, string[]>();
  for (const { id, type, payload } of entries) {
    if (type !== 'left') continue;
    const { userId } = payload as { userId: string };
    left.set(userId, [...(left.get(userId) ?? []), id]);
  }
  const users = new Set([...truth.online.keys(), ...truth.gone, ...left.keys()]);
  return [...users].flatMap((userId) => {
    if (truth.leavers?.includes(userId)) return [];
    const ids = left.get(userId) ?? [];
    const expected = truth.gone.includes(userId) ? 1 : 0;
    if (ids.length === expected) return [];
    const detail = `${userId} has left ${ids.length} times instead of ${expected}`;
    return [
      { kind: 'presence' as const, roomId, channel, client: null, id: ids[0] ?? null, detail },
    ];
  });
}
