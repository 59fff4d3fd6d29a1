import { useEffect } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { isOnline } from '../room/page-client.js';
import type { RoomStore } from '../room/room-store.js';
import { isOpen, type Round } from '../round/round.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { OptionMark, optionLetter } from '../ui/option-mark.js';
import type { OwnAnswer } from './own-answers.js';
import { type NoAnswer, whyNoAnswer } from './rights.js';
import type { Scene } from './scene.js';
import { TimeBar } from './time-bar.js';
import { isLate } from './verdict.js';

interface QuestionViewProps {
  readonly store: RoomStore;
  readonly scene: Scene;
  readonly round: Round;
  /** The server's time. */
  readonly now: number;
}

/** So many characters are shown large. */
const SHORT = 80;

/** A question, until its result: one tap answers. */
export function QuestionView({ store, scene, round, now }: QuestionViewProps) {
  const { question, askedAt } = round;
  const { endsAt, options, text } = question;
  const answer = scene.answers.to(round.id);
  const hindrance = whyNoAnswer(store.self.value, store.room.value);
  const isAsking = isOpen(round, now);
  const isTaken = answer !== undefined && answer.state !== 'refused';
  const canAnswer = isAsking && hindrance === null && !isTaken;
  const status = isLate(round, answer)
    ? t('result.late')
    : statusText(answer, isAsking, hindrance, isOnline.value);
  useEffect(() => {
    if (!isAsking) return;
    const listed = options.map((option, index) => `${optionLetter(index)}: ${option}`).join('. ');
    announce(t('question.new', { text, options: listed }));
  }, [round.id]);
  useEffect(() => {
    if (answer || !isAsking) announce(status, { urgent: answer?.state === 'refused' });
  }, [status]);
  const total = question.seconds ? question.seconds * 1_000 : (endsAt ?? 0) - askedAt;
  return (
    <section
      class="question"
      aria-labelledby="question"
      data-question={round.id}
      data-length={[text, ...options].some((part) => part.length > SHORT) ? 'long' : 'short'}
    >
      <div class="question-card">
        <h2 id="question" class="question-text whole-text" dir="auto">
          {text}
        </h2>
        {endsAt !== undefined && isAsking ? (
          <TimeBar endsAt={endsAt} totalMs={Math.max(1, total)} now={now} />
        ) : null}
      </div>
      <p
        class="answer-status"
        data-answer={answer?.state ?? 'none'}
        data-away={answer?.state === 'sending' && !isOnline.value}
      >
        {answer?.state === 'sending' ? <span class="spinner" aria-hidden="true" /> : null}
        {answer?.state === 'kept' ? <Icon name="check" /> : null}
        <span>{status}</span>
      </p>
      <ul class="options" data-count={options.length} style={{ '--count': options.length }}>
        {options.map((option, index) => (
          <OptionButton
            key={`${index} ${option}`}
            index={index}
            text={option}
            isChosen={answer?.choice === index && answer.state !== 'refused'}
            isDim={!canAnswer}
            onChoose={() => {
              if (canAnswer) scene.answers.give(round, index);
            }}
          />
        ))}
      </ul>
    </section>
  );
}

interface OptionButtonProps {
  readonly index: number;
  readonly text: string;
  readonly isChosen: boolean;
  /** Nothing happens when it is tapped; it stays where it is, and so does the focus. */
  readonly isDim: boolean;
  readonly onChoose: () => void;
}

function OptionButton({ index, text, isChosen, isDim, onChoose }: OptionButtonProps) {
  return (
    <li>
      <button
        type="button"
        class={`option option-${index}`}
        data-option={index}
        data-dim={isDim && !isChosen}
        aria-pressed={isChosen}
        aria-disabled={isDim}
        onClick={onChoose}
      >
        <span class="option-sign">
          <OptionMark index={index} />
          <span>{optionLetter(index)}</span>
        </span>
        <bdi class="option-text whole-text">{text}</bdi>
        {isChosen ? <Icon name="check" /> : null}
      </button>
    </li>
  );
}

function statusText(
  answer: OwnAnswer | undefined,
  isAsking: boolean,
  hindrance: NoAnswer,
  isConnected: boolean,
): string {
  if (answer?.state === 'refused') {
    return t('answer.refused', { why: faultText(answer.fault) });
  }
  if (answer?.state === 'sending') {
    return isConnected ? t('answer.sending') : t('answer.queued');
  }
  if (answer?.state === 'kept') {
    const said = answer.choice === null ? t('answer.before') : t('answer.kept');
    return isAsking ? said : `${said} ${t('answer.wait')}`;
  }
  if (hindrance !== null) return t(`answer.no.${hindrance}`);
  return isAsking ? t('answer.tap') : t('answer.over');
}
