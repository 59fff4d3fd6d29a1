import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import { AppError } from '../runtime/app-error.js';
import { silentLogger } from '../runtime/logger.js';
import { RoomInspector } from './inspect-room.js';

function open() {
  const clock = new HandWoundClock();
  const noted: string[] = [];
  const lines: object[] = [];
  const asked: unknown[] = [];
  const inspector = new RoomInspector({
    clock,
    logger: { ...silentLogger, info: (fields) => void lines.push(fields) },
    log: { note: (type, payload) => void noted.push(`${type} ${Object.values(payload)}`) },
    reader: {
      async history(caller, question) {
        asked.push([caller, question]);
        if (question.roomId === 'gone') throw new AppError('room_not_found');
        return { entries: [], nextCursor: null, source: 'redis' };
      },
    },
  } as Partial<ConstructorParameters<typeof RoomInspector>[0]> as ConstructorParameters<
    typeof RoomInspector
  >[0]);
  return { asked, clock, inspector, lines, noted };
}

describe('reading what is said in a room', () => {
  it('is told of once for a channel and a minute, not for every page', async () => {
    const { asked, clock, inspector, lines, noted } = open();
    await inspector.entries({ roomId: 'r' });
    for (const before of ['1-50', '1-1']) await inspector.entries({ roomId: 'r', before });
    await inspector.entries({ roomId: 'r', channel: 'host' });
    expect(noted).toEqual(['room-read r,room', 'room-read r,host']);
    expect(lines).toEqual([
      { roomId: 'r', channel: 'room' },
      { roomId: 'r', channel: 'host' },
    ]);
    expect(asked[1]).toEqual([{ kind: 'application' }, { roomId: 'r', before: '1-50' }]);
    await clock.wind(60_000);
    await inspector.entries({ roomId: 'r' });
    expect(noted).toHaveLength(3);
  });

  it('is not told of where there is nothing to read', async () => {
    const { inspector, noted } = open();
    await expect(inspector.entries({ roomId: 'gone' })).rejects.toMatchObject({
      code: 'room_not_found',
    });
    expect(noted).toEqual([]);
  });
});
