import { PinroomError, type RoomHandle, randomKey } from '@pinroom/client';
import { type Signal, signal } from '@preact/signals';
import type { Round } from '../round/round.js';
import type { Answer } from '../round/vocabulary.js';
import { type PageStorage, readKept } from '../ui/page-storage.js';

export interface OwnAnswer {
  /** Null: given before, and not on this page. */
  readonly choice: number | null;
  /**
   * `sending`: shown, and on its way or waiting for the connection. `kept`: the server has it. `refused`:
   * it counts for nothing.
   */
  readonly state: 'sending' | 'kept' | 'refused';
  /** When the server has kept it. */
  readonly at?: number;
  readonly fault?: unknown;
}

interface KeptAnswer {
  readonly choice: number;
  readonly key: string;
  readonly isKept: boolean;
  readonly at?: number;
}

/** Answers that are remembered. */
const MAX_KEPT = 50;

/** One's own answers in a room; they outlive a reload, on the way or kept. */
export class OwnAnswers {
  readonly #handle: Pick<RoomHandle, 'send' | 'id'>;
  readonly #storage: PageStorage;
  readonly #kept: Map<string, KeptAnswer>;
  readonly #shown: Signal<ReadonlyMap<string, OwnAnswer>>;

  constructor(handle: Pick<RoomHandle, 'send' | 'id'>, storage: PageStorage) {
    this.#handle = handle;
    this.#storage = storage;
    this.#kept = readAnswers(storage, this.#place);
    const sure = [...this.#kept].filter(([, { isKept }]) => isKept);
    this.#shown = signal(new Map(sure.map(([id, { choice, at }]) => [id, keptAnswer(choice, at)])));
  }

  /** What one has answered to this question; undefined: nothing. */
  to(questionId: string): OwnAnswer | undefined {
    return this.#shown.value.get(questionId);
  }

  /** Answers; the first one counts. */
  give(round: Round, choice: number): void {
    const known = this.to(round.id);
    if (known && known.state !== 'refused') return;
    this.#kept.set(round.id, { choice, key: randomKey(), isKept: false });
    void this.#send(round);
  }

  /** An answer was on its way when the page was loaded anew: under its key it counts once. */
  resume(round: Round): void {
    const kept = this.#kept.get(round.id);
    if (kept && !kept.isKept && !this.to(round.id)) void this.#send(round);
  }

  async #send({ id, question }: Round): Promise<void> {
    const kept = this.#kept.get(id);
    if (!kept) return;
    const { choice, key } = kept;
    const { number } = question;
    this.#remember();
    this.#show(id, { choice, state: 'sending' });
    const answer: Answer = { question: id, choice, ...(number === undefined ? {} : { number }) };
    try {
      const { at } = await this.#handle.send('answer', answer, { channel: 'host', once: id, key });
      this.#kept.set(id, { choice, key, isKept: true, at });
      this.#show(id, keptAnswer(choice, at));
    } catch (fault) {
      const isSecond = fault instanceof PinroomError && fault.code === 'conflict';
      const isOver = fault instanceof PinroomError && OVER.has(fault.code);
      // Of what the end of the room cut off nobody knows: it goes out again if one comes back.
      if (!isOver) this.#kept.delete(id);
      this.#show(
        id,
        isSecond ? { choice: null, state: 'kept', fault } : { choice, state: 'refused', fault },
      );
    }
    this.#remember();
  }

  #show(id: string, answer: OwnAnswer): void {
    this.#shown.value = new Map(this.#shown.value).set(id, answer);
  }

  #remember(): void {
    const newest = [...this.#kept].slice(-MAX_KEPT);
    this.#storage.setItem(this.#place, JSON.stringify(Object.fromEntries(newest)));
  }

  get #place(): string {
    return `pinroom:answers:${this.#handle.id}`;
  }
}

function keptAnswer(choice: number, at: number | undefined): OwnAnswer {
  return { choice, state: 'kept', ...(at === undefined ? {} : { at }) };
}

const OVER: ReadonlySet<string> = new Set([
  'not_in_room',
  'room_closed',
  'session_ended',
  'stopped',
]);

function readAnswers(storage: PageStorage, place: string): Map<string, KeptAnswer> {
  const answers = new Map<string, KeptAnswer>();
  for (const [id, kept] of Object.entries(readKept(storage, place) ?? {})) {
    const { choice, key, isKept, at } = (kept ?? {}) as { [field: string]: unknown };
    if (typeof choice !== 'number' || typeof key !== 'string') continue;
    const when = typeof at === 'number' ? { at } : {};
    answers.set(id, { choice, key, isKept: isKept === true, ...when });
  }
  return answers;
}
