import type { Entry } from '@pinroom/client';
import { CuttableLine } from './cuttable-line.js';
import { checkDelivery } from './delivery-checker.js';
import type { Fault, KeptChannel } from './delivery-record.js';
import type { DemoScreen, ScoreRow } from './demo-screen.js';
import { QUESTIONS, type Question } from './quiz-questions.js';
import { RecordedClient } from './recorded-client.js';
import { eventually, pause, within } from './waiting.js';

/** How long the players have for an answer. */
const ANSWER_MS = 3_000;
const THINKING_MS = 1_200;
/** Joins at the same moment; a class does not type faster. */
const JOINS_AT_ONCE = 10;
/** The questions, counted from 0, that one player misses. */
const LINE_LOST_AT = 2;
const LINE_CUT_AT = 3;
const LINE_BACK_AFTER = 3;

interface Asked {
  readonly number: number;
  readonly text: string;
  readonly options: readonly string[];
  readonly endsAt: number;
}

interface Answer {
  /** As the question had it. */
  readonly number: number;
  /** The id of the question's entry. */
  readonly question: string;
  readonly choice: number;
}

export interface QuizOptions {
  readonly url: string;
  readonly players: number;
  readonly screen: DemoScreen;
}

/** A host and a class of players over real connections, one of which breaks in the middle. */
export class QuizDemo {
  readonly #options: QuizOptions;
  readonly #line: CuttableLine;
  readonly #host: RecordedClient;
  readonly #players: RecordedClient[] = [];
  readonly #answers: Entry[] = [];
  readonly #points = new Map<string, number>();
  /** The one whose line breaks. */
  #unlucky: RecordedClient | null = null;
  #isAway = false;

  constructor(options: QuizOptions) {
    this.#options = options;
    this.#line = new CuttableLine(options.url);
    this.#host = new RecordedClient('Host', { url: options.url });
  }

  /** Plays, then checks what everyone saw; an empty list: all is well. */
  async run(): Promise<Fault[]> {
    await this.#open();
    await this.#fill();
    for (const [index, question] of QUESTIONS.entries()) {
      if (index === LINE_LOST_AT) await this.#loseLine();
      if (index === LINE_CUT_AT) this.#line.cut();
      await this.#ask(index, question);
      if (index === LINE_BACK_AFTER) await this.#regainLine();
    }
    const winners = this.#ranking().slice(0, 3);
    const names = winners.map(({ name }, index) => `${index + 1}. ${name}`);
    await this.#host.send('text', { text: names.join('  ') });
    return this.#check();
  }

  /** Closes the room, the sessions and the connections. */
  async close(): Promise<void> {
    this.#line.mend();
    if (this.#host.hasJoined) await this.#host.room.close().catch(() => {});
    const clients = [this.#host, ...this.#players].map(({ client }) => client);
    await Promise.all(
      clients.map((client) =>
        client.user ? client.logout().catch(() => client.stop()) : client.stop(),
      ),
    );
    await this.#line.close();
  }

  async #open(): Promise<void> {
    const { screen } = this.#options;
    const { client } = this.#host;
    await client.start();
    const { room } = await client.createRoom({ title: 'Quiz night' });
    const handle = await this.#host.join({ roomId: room.id });
    handle.follow('host', (entry) => this.#answers.push(entry));
    screen.title('The host opens a room');
    screen.pin(room.pin ?? '');
  }

  async #fill(): Promise<void> {
    const { screen, players, url } = this.#options;
    screen.title(`${players} players type the PIN`);
    const pin = this.#host.room.room.pin ?? '';
    const broken = await this.#line.open();
    const unlucky = Math.min(7, players);
    for (let number = 1; number <= players; number++) {
      const isUnlucky = number === unlucky;
      const player = new RecordedClient(`Player-${number}`, { url: isUnlucky ? broken : url });
      if (isUnlucky) this.#unlucky = player;
      this.#players.push(player);
    }
    const startedAt = performance.now();
    for (let start = 0; start < players; start += JOINS_AT_ONCE) {
      const group = this.#players.slice(start, start + JOINS_AT_ONCE);
      await Promise.all(group.map((player) => this.#seat(player, pin)));
      screen.names(group.map(({ name }) => name));
    }
    const took = Math.round(performance.now() - startedAt);
    await eventually('the host sees every player', 5_000, () => {
      return this.#host.room.memberCount === players + 1;
    });
    screen.good(`all in after ${took} ms; the host sees ${this.#host.room.memberCount} members`);
  }

  async #seat(player: RecordedClient, pin: string): Promise<void> {
    const room = await player.join({ pin });
    room.follow('room', (entry) => {
      if (entry.type !== 'question') return;
      this.#think(player, entry.id, entry.payload as Asked).catch((fault: unknown) => {
        this.#options.screen.bad(`${player.name} could not answer: ${String(fault)}`);
      });
    });
  }

  /** Answers after a while, unless the time is over: who was away sees old questions too. */
  async #think(player: RecordedClient, question: string, asked: Asked): Promise<void> {
    await pause(100 + Math.random() * THINKING_MS);
    if (player.client.serverNow() > asked.endsAt) return;
    const right = QUESTIONS[asked.number]?.right ?? 0;
    const guess = Math.floor(Math.random() * asked.options.length);
    const choice = Math.random() < 0.5 ? right : guess;
    const answer: Answer = { question, number: asked.number, choice };
    await player.send('answer', answer, { channel: 'host', once: question });
  }

  async #ask(number: number, { text, options, right }: Question): Promise<void> {
    const { screen } = this.#options;
    screen.title(`Question ${number + 1}: ${text}`);
    const startedAt = this.#host.client.serverNow();
    const asked: Asked = { number, text, options, endsAt: startedAt + ANSWER_MS };
    await this.#host.send('question', asked);
    const online = this.#players.filter((player) => player !== this.#unlucky || !this.#isAway);
    await eventually('every player has answered', ANSWER_MS, () => {
      return this.#answersTo(number).length >= online.length;
    }).catch(() => {});
    const answers = this.#answersTo(number);
    const counts = options.map((_, index) => answers.filter((a) => choiceOf(a) === index).length);
    for (const answer of answers) {
      if (choiceOf(answer) === right) this.#reward(answer, startedAt);
    }
    screen.bars(options, counts, right);
    screen.scores(this.#ranking().slice(0, 3));
    const scores = this.#ranking().map(({ name, points }) => ({ nickname: name, points }));
    await this.#host.send('result', { number, right, counts, scores });
  }

  async #loseLine(): Promise<void> {
    await this.#everyoneIsUpToDate();
    this.#isAway = true;
    this.#line.freeze();
    this.#options.screen.line();
    this.#options.screen.note(`${this.#unlucky?.name} has lost the line, and nobody knows yet …`);
  }

  async #regainLine(): Promise<void> {
    const { screen } = this.#options;
    const room = this.#unlucky?.room;
    if (!room) return;
    const back = new Promise<number>((resolve) => {
      const off = room.on('status', ({ status, missed }) => {
        if (status !== 'live') return;
        off();
        resolve(missed);
      });
    });
    this.#line.mend();
    const startedAt = performance.now();
    const missed = await within('the player comes back', 15_000, back);
    this.#isAway = false;
    const took = Math.round(performance.now() - startedAt);
    screen.note(
      `… ${this.#unlucky?.name} is back after ${took} ms, missed ${missed}, has them all now`,
    );
  }

  /** The first answer of each player; `once` lets no second one through. */
  #answersTo(number: number): Entry[] {
    return this.#answers.filter(({ payload }) => (payload as Answer).number === number);
  }

  #reward({ from, at }: Entry, startedAt: number): void {
    const name = from?.nickname ?? '';
    const speed = Math.max(0, 1 - Math.max(0, at - startedAt) / ANSWER_MS);
    const points = 500 + Math.round(500 * speed);
    this.#points.set(name, (this.#points.get(name) ?? 0) + points);
  }

  #ranking(): ScoreRow[] {
    const rows = [...this.#points].map(([name, points]) => ({ name, points }));
    return rows.sort((a, b) => b.points - a.points);
  }

  /** Waits until nothing is on its way any more; who misses something then shows in the check. */
  async #everyoneIsUpToDate(): Promise<void> {
    const last = this.#host.newestSeen('room');
    await eventually('everyone has the last entry', 10_000, () =>
      this.#players.every((player) => player.newestSeen('room') === last),
    ).catch(() => {});
  }

  async #check(): Promise<Fault[]> {
    const { screen } = this.#options;
    screen.title('The check');
    await this.#everyoneIsUpToDate();
    const kept: KeptChannel[] = [];
    for (const channel of ['room', 'host', 'log']) {
      const entries: Entry[] = [];
      for await (const entry of this.#host.room.wholeHistory({ channel })) entries.push(entry);
      kept.push({ roomId: this.#host.room.id, channel, entries });
    }
    const clients = [this.#host, ...this.#players].map((client) => client.record());
    const faults = checkDelivery(clients, kept);
    if (faults.length === 0) {
      const counts = kept.map(({ channel, entries }) => `${entries.length} on ${channel}`);
      screen.good(`kept: ${counts.join(', ')}`);
      screen.good(`${clients.length} clients saw the same entries in the same order, each once`);
      screen.good('every acknowledged message is there, none twice, none where it does not belong');
    }
    return faults;
  }
}

function choiceOf(answer: Entry): number {
  return (answer.payload as Answer).choice;
}
