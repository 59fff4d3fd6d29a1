import type { Member, RoomHandle } from '@pinroom/client';
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { faultText } from '../faults/fault-text.js';
import { client } from '../room/page-client.js';
import type { RoomStore } from '../room/room-store.js';
import { isOpen } from '../round/round.js';
import { LATE_MS } from './answer-tally.js';
import type { ChannelPast } from './channel-past.js';
import { notice } from './notices.js';
import type { QuestionDraft } from './question-draft.js';
import {
  type Points,
  ranking,
  readScores,
  type ScoreTable,
  scorePatches,
  scoreRound,
} from './scores.js';
import { type StageItem, stageItem } from './stage-item.js';
import { forget, recall, remember } from './tab-memory.js';
import { TallyKeeper } from './tally-keeper.js';

const TICK_MS = 250;
/** Everybody has answered: a breath, and then the result. */
const BREATH_MS = 1_500;
const TRY_AGAIN_MS = 5_000;
/** Best players that a result tells of. */
const TOLD_SCORES = 20;

interface RoundParts {
  readonly handle: RoomHandle;
  readonly store: RoomStore;
  readonly feed: ChannelPast;
  readonly playersOnline: ReadonlySignal<readonly Member[]>;
}

/** What this tab alone knows of a question: the others must not see it before the result. */
interface Secret {
  readonly question: string;
  readonly right: number | null;
}

/** What is on the stage, and the questions from being asked to the scores. */
export class RoundKeeper {
  readonly item: ReadonlySignal<StageItem | null>;
  readonly tallies: TallyKeeper;
  readonly scores: ReadonlySignal<ScoreTable>;
  /** Everybody who is here has answered the question that is open. */
  readonly isAnswered: ReadonlySignal<boolean>;
  /** Whether this tab has asked the question that is on, and knows which option is right. */
  readonly isOwn: ReadonlySignal<boolean>;
  /** The result is on its way. */
  readonly isClosing: ReadonlySignal<boolean>;
  readonly #parts: RoundParts;
  readonly #secret: Signal<Secret | null>;
  readonly #dismissed: Signal<string | null>;
  readonly #isClosing = signal(false);
  readonly #stops: (() => void)[] = [];
  #answeredSince = 0;
  #notBefore = 0;

  constructor(parts: RoundParts) {
    this.#parts = parts;
    const { handle, store, feed } = parts;
    this.#secret = signal(readSecret(recall(`secret:${handle.id}`)));
    const dismissed = recall(`dismissed:${handle.id}`);
    this.#dismissed = signal(typeof dismissed === 'string' ? dismissed : null);
    this.tallies = new TallyKeeper(handle);
    const newest = computed(() => stageItem(feed.entries.value, (from) => store.isHost(from)));
    this.item = computed(() => (newest.value?.id === this.#dismissed.value ? null : newest.value));
    this.scores = computed(() => readScores(store.state.value.value));
    this.isOwn = computed(() => {
      const item = newest.value;
      return item?.kind === 'question' && this.#secret.value?.question === item.id;
    });
    this.isClosing = this.#isClosing;
    this.isAnswered = computed(() => this.#haveAllAnswered());
    this.#stops.push(effect(() => this.#follow(newest.value)));
    this.#stops.push(effect(() => this.#findAsked(store.state.value.value)));
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#stops.push(() => clearInterval(ticking));
  }

  /** Asks everybody. Rejects as sending does. */
  async ask({ text, options, right, seconds }: QuestionDraft): Promise<void> {
    const { handle } = this.#parts;
    const item = this.item.peek();
    const last = item?.kind === 'question' ? (item.round.question.number ?? 0) : 0;
    const kept = (handle.state.value as { number?: unknown } | null)?.number;
    const number = Math.max(last, typeof kept === 'number' ? kept : 0) + 1;
    const timed = seconds > 0 ? { seconds, endsAt: client.serverNow() + seconds * 1_000 } : {};
    const { id } = await handle.send('question', { text, options, number, ...timed });
    this.#secret.value = { question: id, right };
    remember(`secret:${handle.id}`, this.#secret.value);
    // Who comes later finds it by this; it is asked all the same.
    await handle
      .patchState({ question: id, number })
      .catch((fault) => notice(faultText(fault), { isBad: true }));
  }

  /** Which option is right, as far as this tab knows; undefined: another one has asked. */
  get right(): number | null | undefined {
    const item = this.item.peek();
    const secret = this.#secret.peek();
    return item && secret?.question === item.id ? secret.right : undefined;
  }

  /** Closes the question and tells what came of it. Rejects as sending does. */
  async showResult(right: number | null): Promise<void> {
    const { handle } = this.#parts;
    const item = this.item.peek();
    const { tally } = this.tallies;
    if (item?.kind !== 'question' || item.round.result || tally?.asked.id !== item.id) return;
    if (this.#isClosing.peek()) return;
    this.#isClosing.value = true;
    try {
      const { question, askedAt, id } = item.round;
      const { endsAt, number } = question;
      const table = this.scores.peek();
      const changed =
        right === null
          ? new Map<string, Points>()
          : scoreRound(table, tally.answers, { right, askedAt, endsAt });
      const scores = ranking(new Map([...table, ...changed]), TOLD_SCORES);
      remember(`scores:${handle.id}`, { question: id, patches: scorePatches(table, changed) });
      const counts = [...tally.counts];
      const told = scores.length > 0 ? { scores } : {};
      const numbered = number === undefined ? {} : { number };
      const payload = { question: id, ...numbered, right, counts, ...told };
      await handle.send('result', payload, { key: `result:${id}` });
      await this.#sendScores();
    } finally {
      this.#isClosing.value = false;
    }
  }

  /** Takes what is on the stage away, on this screen; the PIN has it again. */
  dismiss(): void {
    this.#dismissed.value = this.item.peek()?.id ?? null;
    remember(`dismissed:${this.#parts.handle.id}`, this.#dismissed.value);
  }

  /** Everybody begins at nothing again. Rejects as commands do. */
  async clearScores(): Promise<void> {
    await this.#parts.handle.patchState({ scores: null });
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.tallies.dispose();
  }

  #follow(item: StageItem | null): void {
    if (item?.kind !== 'question') {
      this.tallies.follow(null, null);
      return;
    }
    const { round, closedAt } = item;
    this.tallies.follow(round, closedAt);
    const left = readLeftOver(recall(`scores:${this.#parts.handle.id}`));
    // The page was reloaded between the result and its scores.
    if (round.result && left?.question === round.id && !this.#isClosing.peek()) {
      this.#sendScores().catch((fault) => notice(faultText(fault), { isBad: true }));
    }
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
    const players = this.#parts.playersOnline.value;
    const { tally } = this.tallies;
    if (!tally || tally.asked.id !== roundId || isCounting || total === 0) return false;
    return players.length > 0 && players.every(({ userId }) => tally.has(userId));
  }

  #tick(): void {
    const item = this.item.peek();
    const { right } = this;
    const now = client.serverNow();
    const { handle } = this.#parts;
    if (item?.kind !== 'question' || right === undefined || item.round.result) return;
    if (handle.status !== 'live' || !handle.isHost) return;
    const { endsAt } = item.round.question;
    if (endsAt === undefined || this.tallies.standing.peek().isCounting) return;
    if (!this.isAnswered.peek()) this.#answeredSince = 0;
    else if (this.#answeredSince === 0) this.#answeredSince = now;
    const isOver = !isOpen(item.round, now - LATE_MS);
    const isDone = this.#answeredSince > 0 && now - this.#answeredSince >= BREATH_MS;
    if ((!isOver && !isDone) || now < this.#notBefore) return;
    this.#notBefore = now + TRY_AGAIN_MS;
    this.showResult(right).catch((fault) => notice(faultText(fault), { isBad: true }));
  }

  async #sendScores(): Promise<void> {
    const name = `scores:${this.#parts.handle.id}`;
    const left = readLeftOver(recall(name));
    for (const patch of left?.patches ?? []) await this.#parts.handle.patchState(patch);
    forget(name);
  }
}

/** Scores that are not in the state yet, until they are. */
function readLeftOver(kept: unknown): { question: unknown; patches: unknown[] } | null {
  const { question, patches } = (kept ?? {}) as { question?: unknown; patches?: unknown };
  return Array.isArray(patches) ? { question, patches } : null;
}

function readSecret(kept: unknown): Secret | null {
  const { question, right } = (kept ?? {}) as { question?: unknown; right?: unknown };
  if (typeof question !== 'string') return null;
  return { question, right: typeof right === 'number' ? right : null };
}
