import { describe, expect, it } from 'vitest';
import { dealSeats } from './seats.js';

const load = { rate: 1, seconds: 1 };

describe('the seats', () => {
  it('of enough rooms are dealt room by room, so that each is measured on one clock', () => {
    const { seats, splitRooms } = dealSeats({ ...load, rooms: 5, players: 3 }, 2);
    expect(splitRooms).toEqual([]);
    expect(seats.map((part) => [...new Set(part.map(({ room }) => room))])).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
    expect(seats.flat()).toHaveLength(20);
  });

  it('of one room are dealt over all processes, each once', () => {
    const { seats, splitRooms } = dealSeats({ ...load, rooms: 1, players: 10 }, 4);
    expect(splitRooms).toEqual([0]);
    expect(seats.map((part) => part.length)).toEqual([4, 3, 2, 2]);
    const numbers = seats.flat().map(({ number }) => number);
    expect(numbers.sort((a, b) => a - b)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
