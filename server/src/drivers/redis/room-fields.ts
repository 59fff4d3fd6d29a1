import type { Role, Settings } from '@pinroom/client/contract';
import type { CloseReason, LiveRoom, RoomRecord } from '../../engine/room/room-record.port.js';
import type { RoomChange } from '../../engine/room/room-store.port.js';

/** The field of a room's hash with the newest id of a channel. */
export const positionField = (channel: string) => `ch:${channel}`;

/** Fields of a room's hash that make a `LiveRoom`, in the order in which scripts answer them (`room_fields`). */
export const ROOM_FIELDS = [
  'pin',
  'title',
  'createdBy',
  'hosts',
  'locked',
  'capacity',
  'settings',
  'rev',
  'epoch',
  'createdAt',
  'ttlMs',
  'maxUntil',
  'closedAt',
  'closeReason',
  'memberCount',
  'players',
  'activeAt',
  'presenceVersion',
  'stateVersion',
  'passcode',
] as const;

type Field = (typeof ROOM_FIELDS)[number];

const PLACES = Object.fromEntries(ROOM_FIELDS.map((field, place) => [field, place])) as {
  readonly [F in Field]: number;
};

/**
 * What a role may send, as the append script reads it: `<1: may write to room> <ms between entries>
 * <types with commas around, empty: all>`. The empty string where nothing is restricted, which is
 * the usual case and needs no reading.
 */
function rulesOf(settings: Settings, role: Role): string {
  const list = settings.typesByRole[role];
  const isPlayer = role === 'player';
  const mayWrite = role === 'host' || (isPlayer && settings.playersMaySend) ? '1' : '0';
  const slowMs = isPlayer ? Math.round(settings.slowModeSeconds * 1_000) : 0;
  const types = list === undefined ? '' : `,${list.join(',')},`;
  const rules = `${mayWrite} ${slowMs} ${types}`;
  return rules === '1 0 ' ? '' : rules;
}

/** The settings that scripts look at, beside the whole as JSON: they never decode JSON. */
function settingsPairs(settings: Settings): string[] {
  return [
    'settings',
    JSON.stringify(settings),
    'approval',
    settings.approval ? '1' : '0',
    'hostGraceMs',
    String(settings.hostGraceSeconds * 1_000),
    'onHostGone',
    settings.onHostGone,
    'rules:h',
    rulesOf(settings, 'host'),
    'rules:p',
    rulesOf(settings, 'player'),
    'rules:s',
    rulesOf(settings, 'spectator'),
  ];
}

/** A change as field/value pairs of the room's hash. */
export function changePairs(change: Omit<RoomChange, 'ifRev'>): string[] {
  const { title, locked, capacity, passcodeHash, pin, settings } = change;
  return [
    ...(passcodeHash === undefined ? [] : ['passcode', passcodeHash ?? '']),
    ...(pin === undefined ? [] : ['pin', pin.to]),
    ...(title === undefined ? [] : ['title', title]),
    ...(locked === undefined ? [] : ['locked', locked ? '1' : '0']),
    ...(capacity === undefined ? [] : ['capacity', String(capacity)]),
    ...(settings === undefined ? [] : settingsPairs(settings)),
  ];
}

/** A record as field/value pairs of the room's hash; null is the empty string. */
export function recordPairs(record: RoomRecord): string[] {
  return [
    ...changePairs({ ...record, pin: { from: '', to: record.pin } }),
    'createdBy',
    record.createdBy,
    'hosts',
    record.hostIds.join(','),
    'rev',
    String(record.rev),
    'createdAt',
    String(record.createdAt),
    'ttlMs',
    String(record.ttlMs),
    'maxUntil',
    String(record.maxUntil),
    'closedAt',
    String(record.closedAt ?? ''),
    'closeReason',
    record.closeReason ?? '',
  ];
}

/** Reads the values of `ROOM_FIELDS`; null: the room is absent. */
export function parseRoom(roomId: string, reply: unknown): LiveRoom | null {
  const values = reply as (string | null)[];
  const field = (name: Field) => values[PLACES[name]] ?? '';
  if (field('rev') === '') return null;
  const hosts = field('hosts');
  const closedAt = field('closedAt');
  const closeReason = field('closeReason');
  return {
    id: roomId,
    pin: field('pin'),
    title: field('title'),
    createdBy: field('createdBy'),
    hostIds: hosts === '' ? [] : hosts.split(','),
    locked: field('locked') === '1',
    capacity: Number(field('capacity')),
    settings: JSON.parse(field('settings')) as Settings,
    passcodeHash: field('passcode') === '' ? null : field('passcode'),
    rev: Number(field('rev')),
    epoch: Number(field('epoch')),
    createdAt: Number(field('createdAt')),
    ttlMs: Number(field('ttlMs')),
    maxUntil: Number(field('maxUntil')),
    closedAt: closedAt === '' ? null : Number(closedAt),
    closeReason: closeReason === '' ? null : (closeReason as CloseReason),
    memberCount: Number(field('memberCount')),
    players: Number(field('players')),
    activeAt: Number(field('activeAt')),
    presenceVersion: Number(field('presenceVersion')),
    stateVersion: Number(field('stateVersion')),
  };
}
