import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatNumber, t } from '../i18n/translate.js';
import { client } from '../room/page-client.js';
import { announce } from '../ui/announcer.js';
import { optionLetter } from '../ui/option-mark.js';
import { AnswerBars } from './answer-bars.js';
import type { HostRoom } from './host-room.js';
import { longestWord } from './longest-word.js';
import { attempt } from './notices.js';
import type { PanelTab } from './panel-tab.js';
import { QuestionAside } from './question-aside.js';
import { RightChoice } from './right-choice.js';
import { Scoreboard } from './scoreboard.js';
import type { StageItem } from './stage-item.js';
import { TimeLeft } from './time-left.js';

interface QuestionStageProps {
  readonly room: HostRoom;
  readonly item: Extract<StageItem, { kind: 'question' }>;
  readonly back: ComponentChildren;
  readonly onOpen: (tab: PanelTab) => void;
}

/** How often the answers are told to who does not see the bars. */
const TELL_EVERY_MS = 10_000;

export function QuestionStage({ room, item, back, onOpen }: QuestionStageProps) {
  const { round, id, aside } = item;
  const { question, result } = round;
  const { text, options, endsAt, seconds, number } = question;
  const standing = room.rounds.tallies.standing.value;
  const counts = result?.counts ?? (standing.roundId === id ? standing.counts : []);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const players = Math.max(total, room.playersOnline.value.length);
  const right = result?.right ?? null;
  const asks = useSignal(false);
  useAnnouncements(room, item, counts);
  const close = () => {
    const known = room.rounds.right;
    if (known === undefined) asks.value = true;
    else void attempt(() => room.rounds.showResult(known));
  };
  const isLong = text.length > 140 || options.some((option) => option.length > 60);
  return (
    <section
      class="stage-question"
      aria-labelledby="question-text"
      data-stage="question"
      data-state={result ? 'closed' : 'open'}
      data-length={isLong ? 'long' : 'short'}
    >
      <header class="question-head" style={{ '--longest': longestWord(text) }}>
        <p class="quiet question-number">
          {number === undefined ? t('question.title') : t('question.numbered', { number })}
        </p>
        <h2 id="question-text" class="question-text" dir="auto">
          {text}
        </h2>
      </header>
      <div class="question-body" style={{ '--longest': longestWord(...options) }}>
        <AnswerBars options={options} counts={counts} right={result ? right : null} />
        {result?.scores && result.scores.length > 0 ? <Scoreboard scores={result.scores} /> : null}
      </div>
      <div class="question-end">
        <div class="question-foot">
          <p class="answered" data-answered={total}>
            {result ? t('question.closed', { count: total }) : null}
            {!result && standing.isCounting ? t('question.counting') : null}
            {!result && !standing.isCounting
              ? t('question.answered', {
                  count: total,
                  answered: formatNumber(total),
                  players: formatNumber(players),
                })
              : null}
          </p>
          {!result && endsAt !== undefined && endsAt > client.serverNow() ? (
            <TimeLeft endsAt={endsAt} seconds={seconds} />
          ) : null}
        </div>
        {aside ? <QuestionAside key={aside.id} saying={aside} /> : null}
        <div class="stage-actions row">
          {result ? (
            <button type="button" class="button button-main" onClick={() => onOpen('ask')}>
              {t('question.next')}
            </button>
          ) : (
            <button
              type="button"
              class="button button-main"
              data-action="result"
              data-ready={room.rounds.isAnswered.value}
              aria-disabled={room.rounds.isClosing.value}
              onClick={close}
            >
              {room.rounds.isAnswered.value ? t('question.all-answered') : t('question.result')}
            </button>
          )}
          {back}
        </div>
      </div>
      {asks.value ? (
        <RightChoice
          options={options}
          onChoose={(choice) => room.rounds.showResult(choice)}
          onClose={() => {
            asks.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

/** The question, now and then how many have answered, and what came of it. */
function useAnnouncements(
  room: HostRoom,
  { id, round }: QuestionStageProps['item'],
  counts: readonly number[],
): void {
  const { question, result } = round;
  const isClosed = result !== null;
  useEffect(() => {
    if (!result) return announce(t('announce.question', { text: question.text }));
    const parts = question.options.map((option, place) =>
      t('announce.option', { letter: optionLetter(place), option, count: counts[place] ?? 0 }),
    );
    const { right } = result;
    const solution =
      right == null
        ? []
        : [
            t('announce.right', {
              letter: optionLetter(right),
              option: question.options[right] ?? '',
            }),
          ];
    announce([t('announce.result'), ...parts, ...solution].join(' '));
  }, [id, isClosed]);
  useEffect(() => {
    if (isClosed) return;
    let told = 0;
    const timer = setInterval(() => {
      const { total, isCounting } = room.rounds.tallies.standing.peek();
      if (total === told || isCounting) return;
      told = total;
      announce(t('answers', { count: total }));
    }, TELL_EVERY_MS);
    return () => clearInterval(timer);
  }, [room, isClosed]);
}
