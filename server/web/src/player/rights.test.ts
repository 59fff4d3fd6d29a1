import type { Member, Room } from '@pinroom/client';
import { expect, it } from 'vitest';
import { mayWrite, whyNoAnswer } from './rights.js';

const player: Member = {
  userId: 'u',
  nickname: 'Ada',
  role: 'player',
  joinedAt: 0,
  online: true,
  muted: false,
};

function room(settings: Partial<Room['settings']> = {}): Room {
  return {
    id: 'r',
    pin: '1234',
    title: '',
    hostIds: [],
    locked: false,
    capacity: 10,
    memberCount: 1,
    rev: 1,
    createdAt: 0,
    expiresAt: 0,
    closedAt: null,
    settings: {
      playersMaySend: true,
      typesByRole: {},
      slowModeSeconds: 0,
      hostGraceSeconds: 60,
      approval: false,
      onHostGone: 'keep',
      passcodeRequired: false,
      ...settings,
    },
  };
}

it('players answer and write unless the room or a host says otherwise', () => {
  expect(whyNoAnswer(player, room())).toBeNull();
  expect(mayWrite(player, room())).toBe(true);
  expect(mayWrite(player, room({ playersMaySend: false }))).toBe(false);
  expect(whyNoAnswer(player, room({ playersMaySend: false }))).toBeNull();
  const onlyAnswers = room({ typesByRole: { player: ['answer'] } });
  expect(whyNoAnswer(player, onlyAnswers)).toBeNull();
  expect(mayWrite(player, onlyAnswers)).toBe(false);
  expect(whyNoAnswer(player, room({ typesByRole: { player: ['text'] } }))).toBe('not-allowed');
  const muted = { ...player, muted: true };
  expect(whyNoAnswer(muted, room())).toBe('muted');
  expect(mayWrite(muted, room())).toBe(false);
});

it('spectators only watch; hosts write, and answer nobody', () => {
  const spectator = { ...player, role: 'spectator' as const };
  expect(whyNoAnswer(spectator, room())).toBe('spectator');
  expect(mayWrite(spectator, room())).toBe(false);
  const host = { ...player, role: 'host' as const };
  expect(whyNoAnswer(host, room({ playersMaySend: false }))).toBe('host');
  expect(mayWrite(host, room({ playersMaySend: false }))).toBe(true);
});
