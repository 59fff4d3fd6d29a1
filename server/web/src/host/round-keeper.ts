import { type Member, PinroomError, type RoomHandle, randomKey } from '@pinroom/client';
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { faultText } from '../faults/fault-text.js';
import { client } from '../room/page-client.js';
import type { RoomStore } from '../room/room-store.js';
import { currentRound, isOpen, LATE_MS, type Round } from '../round/round.js';
import { type Points, ranking, readScores, type ScoreTable } from '../round/scores.js';
import type { ChannelPast } from './channel-past.js';
import { notice } from './notices.js';
import { PointsDelivery } from './points-delivery.js';
import type { QuestionDraft } from './question-draft.js';
import { scorePatches, scoreRound } from './scores.js';
import { type StageItem, stageItem } from './stage-item.js';
import { recall, remember } from './tab-memory.js';
import { TallyKeeper } from './tally-keeper.js';

const TICK_MS = 250;
/** Everybody has answered: a breath, and then the result. */
const BREATH_MS = 1_500;
const TRY_AGAIN_MS = 5_000;
/** Best players that a result tells of. */
const TOLD_SCORES = 20;

interface RoundParts {
  readonly store: RoomStore;
  readonly feed: ChannelPast;
  /** Who is here and can answer. */
  readonly answerers: ReadonlySignal<readonly Member[]>;
}

/** What this tab alone knows of a question: the others must not see it before the result. */
interface Secret {
  /** The key of the question's entry, which is known before the entry is. */
  readonly key: string;
  readonly right: number | null;
}

/** What is on the stage, and the questions from being asked to the scores. */
export class RoundKeeper {
  /** The newest question, wherever it is shown. */
  readonly round: ReadonlySignal<Round | null>;
  readonly item: ReadonlySignal<StageItem | null>;
  /** Whether a question that is open is not on the stage. */
  readonly isHidden: ReadonlySignal<boolean>;
  readonly tallies: TallyKeeper;
  readonly scores: ReadonlySignal<ScoreTable>;
  /** Everybody who is here has answered the question that is open. */
  readonly isAnswered: ReadonlySignal<boolean>;
  /** The result is on its way. */
  readonly isClosing: ReadonlySignal<boolean>;
  readonly #handle: RoomHandle;
  readonly #parts: RoundParts;
  readonly #points: PointsDelivery;
  readonly #secret: Signal<Secret | null>;
  readonly #dismissed: Signal<string | null>;
  readonly #isClosing = signal(false);
  readonly #stops: (() => void)[] = [];
  /** The question that the state was told of. */
  #told: string | null = null;
  #answeredSince = 0;
  #notBefore = 0;

  constructor(parts: RoundParts) {
    this.#parts = parts;
    const { store, feed } = parts;
    const { handle } = store;
    this.#handle = handle;
    this.#points = new PointsDelivery(handle, sayBad);
    this.#secret = signal(readSecret(recall(`secret:${handle.id}`)));
    const dismissed = recall(`dismissed:${handle.id}`);
    this.#dismissed = signal(typeof dismissed === 'string' ? dismissed : null);
    this.tallies = new TallyKeeper(handle);
    const spoken = computed(() => feed.entries.value.filter((entry) => store.isSpoken(entry)));
    this.round = computed(() => currentRound(spoken.value));
    const newest = computed(() => stageItem(spoken.value, this.round.value));
    const isDismissed = computed(
      () => newest.value && markOf(newest.value) === this.#dismissed.value,
    );
    this.item = computed(() => (isDismissed.value ? null : newest.value));
    this.isHidden = computed(() => this.round.value?.result === null && this.item.value === null);
    this.scores = computed(() => readScores(store.state.value.value));
    this.isClosing = this.#isClosing;
    this.isAnswered = computed(() => this.#haveAllAnswered());
    this.#stops.push(effect(() => this.tallies.follow(this.round.value)));
    this.#stops.push(effect(() => this.#settlePoints()));
    this.#stops.push(effect(() => this.#tellState()));
    this.#stops.push(effect(() => this.#findAsked(store.state.value.value)));
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#stops.push(() => clearInterval(ticking));
  }

  /** Asks everybody. Rejects as sending does. */
  async ask({ text, options, right, seconds }: QuestionDraft): Promise<void> {
    const handle = this.#handle;
    // It would wait for the connection while its time runs.
    if (seconds > 0 && handle.status !== 'live') throw new PinroomError('offline');
    const last = this.round.peek()?.question.number ?? 0;
    const kept = (handle.state.value as { number?: unknown } | null)?.number;
    const number = Math.max(last, typeof kept === 'number' ? kept : 0) + 1;
    const timed = seconds > 0 ? { seconds, endsAt: client.serverNow() + seconds * 1_000 } : {};
    const key = randomKey();
    // Before it is sent: after a reload in between it is known again.
    this.#secret.value = { key, right };
    remember(`secret:${handle.id}`, this.#secret.value);
    await handle.send('question', { text, options, number, ...timed }, { key });
  }

  /** Which option is right, as far as this tab knows; undefined: another one has asked. */
  get right(): number | null | undefined {
    const key = this.round.peek()?.key;
    const secret = this.#secret.peek();
    return key !== undefined && secret?.key === key ? secret.right : undefined;
  }

  /** Closes the question and tells what came of it. Rejects as sending does. */
  async showResult(right: number | null): Promise<void> {
    const round = this.round.peek();
    if (!round || this.#isClosing.peek()) return;
    this.#isClosing.value = true;
    try {
      // These points are built on what the round before has given.
      await this.#points.deliver();
      await this.#close(round, right);
    } finally {
      this.#isClosing.value = false;
    }
  }

  /** Takes what is on the stage away, on this screen; the PIN has it again. */
  dismiss(): void {
    const item = this.item.peek();
    this.#dismiss(item && markOf(item));
  }

  /** Puts the question that is open on the stage again. */
  showAgain(): void {
    this.#dismiss(null);
  }

  /** Everybody begins at nothing again. Rejects as commands do. */
  async clearScores(): Promise<void> {
    await this.#handle.patchState({ scores: null });
    this.#points.drop();
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.tallies.dispose();
  }

  async #close(round: Round, right: number | null): Promise<void> {
    const handle = this.#handle;
    const { id, askedAt, question } = round;
    const { tally } = this.tallies;
    if (tally?.asked.id !== id || this.#isOver(id)) return;
    const table = this.scores.peek();
    const changed =
      right === null
        ? new Map<string, Points>()
        : scoreRound(table, tally.answers, { right, askedAt, endsAt: question.endsAt });
    const scores = ranking(new Map([...table, ...changed]), TOLD_SCORES);
    this.#points.prepare(id, scorePatches(table, changed));
    const { number } = question;
    const payload = {
      question: id,
      ...(number === undefined ? {} : { number }),
      right,
      counts: [...tally.counts],
      ...(scores.length > 0 ? { scores } : {}),
    };
    await handle.send('result', payload, { key: `result:${id}` });
  }

  /** The entries at hand are a moment ahead of what is shown. */
  #isOver(id: string): boolean {
    const { store } = this.#parts;
    const newest = currentRound(this.#handle.entries().filter((entry) => store.isSpoken(entry)));
    return newest !== null && (newest.id !== id || newest.result !== null);
  }

  #settlePoints(): void {
    const { store } = this.#parts;
    const round = this.round.value;
    const { userId } = store.self.value;
    if (store.status.value !== 'live') return;
    const settled = round?.closing
      ? this.#points.settle(round.id, round.closing.from?.userId === userId)
      : Promise.resolve();
    // What fails for now is tried again with the next connection, and before the next result.
    settled.then(() => this.#points.deliver()).catch(() => {});
  }

  /** Who comes later finds the question by the state. */
  #tellState(): void {
    const { store } = this.#parts;
    const round = this.round.value;
    const { value } = store.state.value;
    const { question } = (value ?? {}) as { question?: unknown };
    if (store.status.value !== 'live' || !round || round.result) return;
    const isOwn = round.key !== undefined && this.#secret.value?.key === round.key;
    if (!isOwn || question === round.id || this.#told === round.id) return;
    this.#told = round.id;
    this.#handle
      .patchState({ question: round.id, number: round.question.number })
      .catch((fault) => {
        if (fault instanceof PinroomError && fault.retry) this.#told = null;
        else sayBad(fault);
      });
  }

  /** After a reload the question may lie further back than what a join brings. */
  #findAsked(state: unknown): void {
    const { question } = (state ?? {}) as { question?: unknown };
    if (typeof question !== 'string' || !/^\d{1,15}-\d{1,15}$/.test(question)) return;
    this.#parts.feed.reachBackTo(question).catch(() => {
      // The list of what was said has a button for it.
    });
  }

  #haveAllAnswered(): boolean {
    const { total, roundId, isCounting } = this.tallies.standing.value;
    const answerers = this.#parts.answerers.value;
    const { tally } = this.tallies;
    if (!tally || tally.asked.id !== roundId || isCounting || total === 0) return false;
    return answerers.length > 0 && answerers.every(({ userId }) => tally.has(userId));
  }

  /** Closes a timed question that this tab has asked, wherever the stage is. */
  #tick(): void {
    const round = this.round.peek();
    const { right } = this;
    const now = client.serverNow();
    const handle = this.#handle;
    if (!round || right === undefined || round.result) return;
    if (handle.status !== 'live' || !handle.isHost) return;
    const { endsAt } = round.question;
    if (endsAt === undefined || this.tallies.standing.peek().isCounting) return;
    if (!this.isAnswered.peek()) this.#answeredSince = 0;
    else if (this.#answeredSince === 0) this.#answeredSince = now;
    const isOver = !isOpen(round, now - LATE_MS);
    const isDone = this.#answeredSince > 0 && now - this.#answeredSince >= BREATH_MS;
    if ((!isOver && !isDone) || now < this.#notBefore) return;
    this.#notBefore = now + TRY_AGAIN_MS;
    this.showResult(right).catch(sayBad);
  }

  #dismiss(mark: string | null): void {
    this.#dismissed.value = mark;
    remember(`dismissed:${this.#handle.id}`, mark);
  }
}

/** What was taken off the stage comes back when a question becomes a result. */
function markOf(item: StageItem): string {
  const isResult = item.kind === 'question' && item.round.result !== null;
  return isResult ? `result of ${item.id}` : item.id;
}

function sayBad(fault: unknown): void {
  notice(faultText(fault), { isBad: true });
}

function readSecret(kept: unknown): Secret | null {
  const { key, right } = (kept ?? {}) as { key?: unknown; right?: unknown };
  if (typeof key !== 'string') return null;
  return { key, right: typeof right === 'number' ? right : null };
}
