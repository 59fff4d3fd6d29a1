import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { MAX_OPTIONS } from '../round/vocabulary.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { OptionMark, optionLetter } from '../ui/option-mark.js';
import type { HostRoom } from './host-room.js';
import { attempt } from './notices.js';
import {
  type DraftFault,
  EMPTY_DRAFT,
  finishDraft,
  MIN_OPTIONS,
  OPTION_LENGTH,
  type QuestionDraft,
  readDraft,
  TEXT_LENGTH,
  TIME_LIMITS,
  withOption,
  withoutOption,
} from './question-draft.js';
import { SendButton } from './send-button.js';
import { recall, remember } from './tab-memory.js';

export function QuestionComposer({ room }: { readonly room: HostRoom }) {
  const name = `draft:${room.handle.id}`;
  const draft = useSignal<QuestionDraft>(readDraft(recall(name)) ?? EMPTY_DRAFT);
  const fault = useSignal<DraftFault | 'open' | null>(null);
  const isBusy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => draft.subscribe((value) => remember(name, value)), [draft, name]);
  const { text, options, right, seconds } = draft.value;
  const change = (next: QuestionDraft) => {
    draft.value = next;
    fault.value = null;
  };
  const isAnotherOpen = room.rounds.round.value?.result === null;
  // It is over with the question that was in the way.
  const shown = fault.value === 'open' && !isAnotherOpen ? null : fault.value;
  const send = async () => {
    if (isBusy.value) return;
    const question = finishDraft(draft.value);
    fault.value = isAnotherOpen ? 'open' : typeof question === 'string' ? question : null;
    if (typeof question === 'string' || fault.value !== null) {
      if (fault.value) announce(t(`composer.fault.${fault.value}`), { urgent: true });
      const field = fault.value === 'few-options' ? 'input[data-option]' : 'textarea';
      form.current?.querySelector<HTMLElement>(field)?.focus();
      return;
    }
    isBusy.value = true;
    if (await attempt(() => room.rounds.ask(question))) draft.value = { ...EMPTY_DRAFT, seconds };
    isBusy.value = false;
  };
  const focusOption = (place: number) =>
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>(`[data-option="${place}"]`)?.focus(),
    );
  const addOption = () => {
    change({ ...draft.value, options: [...options, ''] });
    focusOption(options.length);
  };
  /** Enter goes on to the next answer, and does not send half a question. */
  const onOptionKey = (event: KeyboardEvent, place: number) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) void send();
    else if (place < options.length - 1) focusOption(place + 1);
    else if (options.length < MAX_OPTIONS && options[place]?.trim()) addOption();
  };
  return (
    <form
      ref={form}
      class="form"
      noValidate
      aria-label={t('composer.question')}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="field">
        <span class="field-label">{t('composer.question-text')}</span>
        <textarea
          rows={3}
          dir="auto"
          maxLength={TEXT_LENGTH}
          value={text}
          aria-invalid={fault.value === 'no-text'}
          onInput={(event) => change({ ...draft.value, text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              void send();
            }
          }}
        />
      </label>
      <fieldset class="form">
        <legend class="field-label">{t('composer.options')}</legend>
        <p class="field-hint">{t('composer.right-hint')}</p>
        {options.map((option, place) => (
          <div key={place} class={`option-row option-${place}`}>
            <label class="option-right">
              <input
                type="checkbox"
                checked={right === place}
                aria-label={t('composer.is-right', { letter: optionLetter(place) })}
                onChange={(event) =>
                  change({ ...draft.value, right: event.currentTarget.checked ? place : null })
                }
              />
            </label>
            <span class="option-letter" aria-hidden="true">
              <OptionMark index={place} />
              {optionLetter(place)}
            </span>
            <input
              type="text"
              dir="auto"
              autocomplete="off"
              maxLength={OPTION_LENGTH}
              data-option={place}
              aria-label={t('option', { letter: optionLetter(place) })}
              aria-invalid={fault.value === 'few-options' && option.trim() === ''}
              value={option}
              onInput={(event) => change(withOption(draft.value, place, event.currentTarget.value))}
              onKeyDown={(event) => onOptionKey(event, place)}
            />
            {options.length > MIN_OPTIONS ? (
              <button
                type="button"
                class="button button-plain icon-button"
                aria-label={t('composer.remove-option', { letter: optionLetter(place) })}
                onClick={() => {
                  change(withoutOption(draft.value, place));
                  focusOption(Math.max(0, place - 1));
                }}
              >
                <Icon name="close" />
              </button>
            ) : null}
          </div>
        ))}
        {options.length < MAX_OPTIONS ? (
          <button type="button" class="button" onClick={addOption}>
            {t('composer.add-option')}
          </button>
        ) : null}
      </fieldset>
      <label class="field">
        <span class="field-label">{t('composer.seconds')}</span>
        <select
          value={seconds}
          onChange={(event) =>
            change({ ...draft.value, seconds: Number(event.currentTarget.value) })
          }
        >
          {TIME_LIMITS.map((limit) => (
            <option key={limit} value={limit}>
              {t('composer.seconds-choice', { seconds: limit })}
            </option>
          ))}
        </select>
      </label>
      {shown === null ? null : <p class="fault">{t(`composer.fault.${shown}`)}</p>}
      <SendButton isBusy={isBusy.value} label={t('composer.ask')} />
    </form>
  );
}
