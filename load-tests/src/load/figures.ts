import { LatencyHistogram } from './latency-histogram.js';

/** Counters of every run. */
export const COUNTS = [
  'sent',
  'acked',
  'delivered',
  'caught-up',
  'unanswered',
  'disconnects',
  'resumes',
  'absent',
] as const;
export type CountName = (typeof COUNTS)[number];

/** Times of every run, with what they say. */
export const TIMES = {
  delivery: 'from the moment on the schedule to each reader who is there',
  ack: 'from the moment on the schedule to the receipt',
  arrive: 'a member, from the moment on the schedule to being in the room',
  session: 'of it: the session',
  connect: 'of it: the connection with its handshake',
  join: 'of it: the join by PIN',
  resume: 'from a lost connection to having everything that was missed',
  'caught-up': 'entries that reached somebody only after being away by the scenario’s will',
  late: 'the tool itself: how long after its moment a turn began',
} as const;
export type TimeName = keyof typeof TIMES;

/** What a process has counted since it was last asked; histograms are encoded. */
export interface TakenFigures {
  readonly counts: Readonly<Record<string, number>>;
  readonly times: Readonly<Record<string, string>>;
  /** Answers of the server that were errors, by code. */
  readonly codes: Readonly<Record<string, number>>;
}

/** Everything that is counted and measured, by names; adding two gives what both have seen. */
export class Figures {
  readonly #counts = new Map<string, number>();
  readonly #times = new Map<string, LatencyHistogram>();
  readonly #codes = new Map<string, number>();

  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  code(code: string, by = 1): void {
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + by);
  }

  time(name: string, ms: number): void {
    this.histogram(name).record(ms);
  }

  counted(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get codes(): ReadonlyMap<string, number> {
    return this.#codes;
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get times(): ReadonlyMap<string, LatencyHistogram> {
    return this.#times;
  }

  histogram(name: string): LatencyHistogram {
    let known = this.#times.get(name);
    if (!known) {
      known = new LatencyHistogram();
      this.#times.set(name, known);
    }
    return known;
  }

  /** Hands out what was counted since the last call, and begins anew. */
  take(): TakenFigures {
    const times: Record<string, string> = {};
    for (const [name, histogram] of this.#times) {
      if (histogram.count === 0) continue;
      times[name] = histogram.encode();
      histogram.reset();
    }
    const taken = {
      counts: Object.fromEntries(this.#counts),
      codes: Object.fromEntries(this.#codes),
      times,
    };
    this.#counts.clear();
    this.#codes.clear();
    return taken;
  }

  add({ counts, times, codes }: TakenFigures): void {
    for (const [name, by] of Object.entries(counts)) this.count(name, by);
    for (const [code, by] of Object.entries(codes)) this.code(code, by);
    for (const [name, text] of Object.entries(times)) this.histogram(name).addEncoded(text);
  }
}
