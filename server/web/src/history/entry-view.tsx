import type { Entry } from '@pinroom/client';
import type { ReadonlySignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import type { Question } from '../round/vocabulary.js';
import { OptionMark, optionLetter } from '../ui/option-mark.js';
import { questionOf } from './chunk.js';
import { type Body, readBody } from './entry-body.js';
import { authorOf, logText, namesItsType, typeText } from './entry-texts.js';
import { Marked } from './marked.js';
import { timeText } from './moments.js';
import { CountdownEntry, QuestionEntry, ResultEntry } from './round-entries.js';

export type Questions = ReadonlySignal<ReadonlyMap<string, Question>>;

interface EntryViewProps {
  readonly entry: Entry;
  readonly isOwn: boolean;
  /** Empty: nothing is searched, or nothing fits. */
  readonly needle: string;
  readonly isCurrent: boolean;
  readonly questions: Questions;
}

/** Where an entry is on the page. */
export function elementIdOf(id: string): string {
  return `entry-${id}`;
}

/** One entry, as people read it. */
export function EntryView({ entry, isOwn, needle, isCurrent, questions }: EntryViewProps) {
  const body = readBody(entry);
  const author = authorOf(entry);
  const isLog = body.kind === 'log';
  return (
    <>
      {entry.after === undefined ? null : <li class="seam">{t('seam')}</li>}
      <li
        id={elementIdOf(entry.id)}
        class={`entry entry-${body.kind}${isCurrent ? ' entry-current' : ''}`}
        tabIndex={-1}
        data-type={entry.type}
      >
        <p class="entry-head">
          {isLog ? null : (
            <bdi class="entry-author">
              {author === null ? t('server') : <Marked text={author} needle={needle} />}
            </bdi>
          )}
          {isOwn ? <span class="entry-own">{t('you')}</span> : null}
          {namesItsType(entry, body) ? (
            <code class="entry-type">
              <Marked text={typeText(entry.type)} needle={needle} />
            </code>
          ) : null}
          <time class="entry-time" dateTime={new Date(entry.at).toISOString()}>
            {timeText(entry.at)}
          </time>
        </p>
        <EntryBody body={body} needle={needle} questions={questions} />
      </li>
    </>
  );
}

interface BodyProps {
  readonly body: Body;
  readonly needle: string;
  readonly questions: Questions;
}

function EntryBody({ body, needle, questions }: BodyProps) {
  switch (body.kind) {
    case 'text':
      return (
        <p class="entry-text" dir="auto">
          <Marked text={body.text} needle={needle} />
        </p>
      );
    case 'question':
      return <QuestionEntry question={body.question} needle={needle} />;
    case 'result': {
      const question = questionOf(questions.value, body.result);
      return <ResultEntry result={body.result} question={question} needle={needle} />;
    }
    case 'countdown':
      return <CountdownEntry countdown={body.countdown} needle={needle} />;
    case 'answer': {
      const question = questionOf(questions.value, body.about);
      return <AnswerEntry choice={body.choice} question={question} />;
    }
    case 'log':
      return (
        <div class="entry-lines">
          {body.lines.map((line) => (
            <p key={line.key} class="entry-text">
              <Marked text={logText(line)} needle={needle} />
            </p>
          ))}
        </div>
      );
    case 'unreadable':
      return <p class="entry-lost">{t('unreadable')}</p>;
    case 'other':
      return <JsonEntry json={body.json} needle={needle} />;
  }
}

function AnswerEntry({
  choice,
  question,
}: {
  readonly choice: number;
  readonly question: Question | null;
}) {
  const option = question?.options[choice];
  return (
    <p class={`entry-text answer option-${choice}`}>
      <OptionMark index={choice} />
      <span>
        {t('chose', { letter: optionLetter(choice) })}
        {option === undefined ? null : (
          <>
            : <bdi>{option}</bdi>
          </>
        )}
        {question ? (
          <span class="answer-question quiet" dir="auto">
            {question.text}
          </span>
        ) : null}
      </span>
    </p>
  );
}

/** What the page does not know: a line of it, and all when it is opened. */
function JsonEntry({ json, needle }: { readonly json: string; readonly needle: string }) {
  const line = json.replace(/\s+/g, ' ');
  return (
    <details class="json" open={needle !== ''}>
      <summary>
        <span class="json-name">{t('data')}</span>
        <code class="json-line" dir="ltr">
          {line.slice(0, 200)}
        </code>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled with the keys */}
      <pre class="json-all" dir="ltr" tabIndex={0}>
        <Marked text={json} needle={needle} />
      </pre>
    </details>
  );
}
