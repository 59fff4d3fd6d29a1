import type { Load } from '../scenario.js';
import type { Seat } from './load-member.js';

export interface DealtSeats {
  /** One list for each worker. */
  readonly seats: readonly (readonly Seat[])[];
  /** Rooms whose members are in several processes. */
  readonly splitRooms: readonly number[];
}

/**
 * Who plays in which process. Rooms stay whole where there are enough of them: then most latencies are
 * measured on one clock. Otherwise the players of each room are dealt out.
 */
export function dealSeats({ rooms, players }: Load, workers: number): DealtSeats {
  const seats: Seat[][] = Array.from({ length: workers }, () => []);
  const isWhole = rooms >= workers;
  for (let room = 0; room < rooms; room++) {
    seats[room % workers]?.push({ room, number: -1 });
    for (let number = 0; number < players; number++) {
      const worker = isWhole ? room : room + number;
      seats[worker % workers]?.push({ room, number });
    }
  }
  const areSplit = !isWhole && players > 1;
  return { seats, splitRooms: areSplit ? Array.from({ length: rooms }, (_, room) => room) : [] };
}
