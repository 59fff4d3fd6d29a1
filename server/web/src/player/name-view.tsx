import { LIMITS } from '@pinroom/client';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { isolate } from '../i18n/isolate.js';
import { t } from '../i18n/translate.js';
import { Icon } from '../ui/icons.js';
import { doorText } from './door-text.js';
import { PageFrame } from './page-frame.js';
import { FaultLine } from './trouble.js';
import { hasFinePointer, ViewTitle } from './view-title.js';
import type { Goal, Visit } from './visit.js';

interface NameViewProps {
  readonly visit: Visit;
  readonly goal: Goal;
  readonly needsPasscode: boolean;
}

/** Asks how one wants to be called, and for the passcode where the server has asked for one. */
export function NameView({ visit, goal, needsPasscode }: NameViewProps) {
  const id = useId();
  const nameField = useRef<HTMLInputElement>(null);
  const passcodeField = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(visit.wish.nickname ?? visit.memory.nickname);
  const [passcode, setPasscode] = useState(visit.wish.passcode ?? '');
  const [isEmpty, setEmpty] = useState(false);
  const fault = visit.fault.value;
  const code = fault?.code;
  const nameText = isEmpty ? t('name.empty') : code === 'nickname_taken' ? faultText(fault) : '';
  const passcodeText = code === 'passcode_required' ? t('name.passcode-wrong') : '';
  const otherText = fault && !nameText && !passcodeText ? doorText(fault) : '';
  useEffect(() => {
    const isAboutName = name.trim() === '' || code === 'nickname_taken';
    const field = needsPasscode && !isAboutName ? passcodeField : nameField;
    if (hasFinePointer() || needsPasscode || isAboutName) field.current?.focus();
    // Only when the view is there: who types is not interrupted.
  }, []);
  const join = (nickname: string, role?: 'spectator') => {
    const called = nickname.trim();
    setEmpty(called === '');
    if (called === '') {
      nameField.current?.focus();
      return;
    }
    const secret = needsPasscode ? { passcode } : {};
    void visit.join(goal, { nickname: called, ...secret, ...(role ? { role } : {}) });
  };
  return (
    <PageFrame>
      <form
        class="form name-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          join(name);
        }}
      >
        <ViewTitle leavesFocus={hasFinePointer() || name === ''} windowTitle={goal.title}>
          <span class="over-title">{t('name.title')} </span>
          <bdi class="whole-text">{goal.title || t('untitled')}</bdi>
        </ViewTitle>
        <DoorNote goal={goal} />
        <div class="field">
          <label class="field-label" for={`${id}-name`}>
            {t('name.label')}
          </label>
          <input
            id={`${id}-name`}
            ref={nameField}
            type="text"
            dir="auto"
            autocomplete="nickname"
            autocapitalize="words"
            enterKeyHint="go"
            maxLength={LIMITS.nicknameLength}
            value={name}
            aria-invalid={nameText !== ''}
            aria-describedby={nameText === '' ? undefined : `${id}-name-fault`}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <FaultLine id={`${id}-name-fault`} text={nameText} />
          <Suggestion name={fault?.suggestion} onTake={join} />
        </div>
        {needsPasscode ? (
          <div class="field">
            <label class="field-label" for={`${id}-passcode`}>
              {t('name.passcode')}
            </label>
            <input
              id={`${id}-passcode`}
              ref={passcodeField}
              type="text"
              dir="auto"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              enterKeyHint="go"
              value={passcode}
              aria-invalid={passcodeText !== ''}
              aria-describedby={passcodeText ? `${id}-passcode-fault` : `${id}-passcode-hint`}
              onInput={(event) => setPasscode(event.currentTarget.value)}
            />
            {passcodeText ? null : (
              <p class="field-hint" id={`${id}-passcode-hint`}>
                {t('name.passcode-hint')}
              </p>
            )}
            <FaultLine id={`${id}-passcode-fault`} text={passcodeText} />
          </div>
        ) : null}
        <FaultLine id={`${id}-fault`} text={otherText} />
        <button type="submit" class="button button-main button-wide">
          {t('name.join')}
        </button>
        {code === 'room_full' ? (
          <button
            type="button"
            class="button button-wide"
            data-action="watch"
            onClick={() => join(name, 'spectator')}
          >
            {t('name.watch')}
          </button>
        ) : null}
        <button type="button" class="button button-plain" onClick={() => visit.startOver()}>
          {t('other-pin')}
        </button>
      </form>
    </PageFrame>
  );
}

/** Says early what may be in the way; who was in the room comes in all the same. */
function DoorNote({ goal }: { readonly goal: Goal }) {
  const text = goal.isLocked ? t('name.locked') : goal.isFull ? t('name.full') : '';
  if (text === '') return null;
  return (
    <p class="note note-warn">
      <Icon name={goal.isLocked ? 'lock' : 'people'} />
      {text}
    </p>
  );
}

interface SuggestionProps {
  readonly name: string | undefined;
  readonly onTake: (name: string) => void;
}

function Suggestion({ name, onTake }: SuggestionProps) {
  if (name === undefined) return null;
  return (
    <button
      type="button"
      class="button suggestion"
      data-action="suggestion"
      onClick={() => onTake(name)}
    >
      <span class="whole-text">{t('name.suggestion', { name: isolate(name) })}</span>
    </button>
  );
}
