import type { Entry } from '@pinroom/client';
import { t } from '../i18n/translate.js';
import { OptionMark, optionLetter } from '../ui/option-mark.js';
import { type Questions, questionOf } from './chunk.js';
import { type Body, readBody } from './entry-body.js';
import { authorOf, logText, namesItsType, typeText } from './entry-texts.js';
import { marked } from './marked.js';
import { timeText } from './moments.js';
import { CountdownEntry, QuestionEntry, ResultEntry } from './round-entries.js';

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

/** One entry, as people read it. A function, not a component, as `marked` is. */
export function entryView({ entry, isOwn, needle, isCurrent, questions }: EntryViewProps) {
  const body = readBody(entry);
  const author = authorOf(entry);
  const isLog = body.kind === 'log';
  return (
    <li
      key={entry.id}
      id={elementIdOf(entry.id)}
      class={`entry entry-${body.kind}${isCurrent ? ' entry-current' : ''}`}
      tabIndex={-1}
      data-type={entry.type}
    >
      {entry.after === undefined ? null : <p class="seam">{t('seam')}</p>}
      <p class="entry-head">
        {isLog ? null : (
          <bdi class="entry-author">{author === null ? t('server') : marked(author, needle)}</bdi>
        )}
        {isOwn ? <span class="entry-own">{t('you')}</span> : null}
        {namesItsType(entry, body) ? (
          <code class="entry-type">{marked(typeText(entry.type), needle)}</code>
        ) : null}
        <time class="entry-time" dateTime={new Date(entry.at).toISOString()}>
          {timeText(entry.at)}
        </time>
      </p>
      {bodyView({ body, needle, questions })}
    </li>
  );
}

interface BodyProps {
  readonly body: Body;
  readonly needle: string;
  readonly questions: Questions;
}

function bodyView({ body, needle, questions }: BodyProps) {
  switch (body.kind) {
    case 'text':
      return (
        <p class="entry-text" dir="auto">
          {marked(body.text, needle)}
        </p>
      );
    case 'question':
      return <QuestionEntry question={body.question} needle={needle} />;
    case 'result':
      return <ResultEntry result={body.result} questions={questions} needle={needle} />;
    case 'countdown':
      return <CountdownEntry countdown={body.countdown} needle={needle} />;
    case 'answer':
      return <AnswerEntry answer={body} questions={questions} />;
    case 'log':
      return (
        <div class="entry-lines">
          {body.lines.map((line) => (
            <p key={line.key} class="entry-text">
              {marked(logText(line), needle)}
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

interface AnswerProps {
  readonly answer: Extract<Body, { kind: 'answer' }>;
  readonly questions: Questions;
}

function AnswerEntry({ answer: { choice, about }, questions }: AnswerProps) {
  const question = questionOf(questions.value, about);
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
        {marked(json, needle)}
      </pre>
    </details>
  );
}
