import { LIMITS } from '@pinroom/client';
import { useId } from 'preact/hooks';
import { formatNumber, t } from '../i18n/translate.js';
import type { HostGone, RoomFormValues } from './room-form-values.js';

interface RoomFieldsProps {
  readonly values: RoomFormValues;
  readonly onChange: (part: Partial<RoomFormValues>) => void;
  /** How the room is now; null: it is a new one. */
  readonly before: RoomFormValues | null;
}

const PAUSES = [0, 2, 5, 10, 30, 60];
const WHEN_GONE: readonly HostGone[] = ['keep', 'transfer', 'close'];

export function TitleField({ values, onChange }: Omit<RoomFieldsProps, 'before'>) {
  return (
    <label class="field">
      <span class="field-label">{t('form.title')}</span>
      <input
        type="text"
        name="title"
        dir="auto"
        autocomplete="off"
        maxLength={LIMITS.titleLength}
        placeholder={t('form.title-example')}
        value={values.title}
        onInput={(event) => onChange({ title: event.currentTarget.value })}
      />
    </label>
  );
}

/** The settings of a room, the same when it is created and later. */
export function RoomFields({ values, onChange, before }: RoomFieldsProps) {
  return (
    <div class="form room-fields">
      <label class="field">
        <span class="field-label">{t('form.capacity')}</span>
        <input
          type="number"
          name="capacity"
          inputMode="numeric"
          min={1}
          max={LIMITS.capacity}
          value={values.capacity}
          onInput={(event) => onChange({ capacity: event.currentTarget.value })}
        />
        <span class="field-hint">
          {t('form.capacity-hint', { max: formatNumber(LIMITS.capacity) })}
        </span>
      </label>
      <Check
        label={t('form.players-write')}
        hint={t('form.players-write-hint')}
        checked={values.playersMaySend}
        onChange={(playersMaySend) => onChange({ playersMaySend })}
      />
      {values.playersMaySend ? (
        <label class="field">
          <span class="field-label">{t('form.slow')}</span>
          <select
            value={values.slowModeSeconds}
            onChange={(event) => onChange({ slowModeSeconds: Number(event.currentTarget.value) })}
          >
            {[...new Set([...PAUSES, values.slowModeSeconds])].map((seconds) => (
              <option key={seconds} value={seconds}>
                {t('form.slow-choice', { seconds })}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <Check
        label={t('form.approval')}
        hint={t('form.approval-hint')}
        checked={values.approval}
        onChange={(approval) => onChange({ approval })}
      />
      <Check
        label={t('form.passcode-on')}
        hint={t('form.passcode-hint')}
        checked={values.hasPasscode}
        onChange={(hasPasscode) => onChange({ hasPasscode })}
      />
      {values.hasPasscode ? (
        <label class="field">
          <span class="field-label">{t('form.passcode')}</span>
          <input
            type="text"
            dir="auto"
            autocomplete="off"
            maxLength={64}
            placeholder={before?.hasPasscode ? t('form.passcode-kept') : ''}
            value={values.passcode}
            onInput={(event) => onChange({ passcode: event.currentTarget.value })}
          />
        </label>
      ) : null}
      <fieldset class="field">
        <legend class="field-label">{t('form.gone')}</legend>
        {WHEN_GONE.map((choice) => (
          <label key={choice} class="check">
            <input
              type="radio"
              name="host-gone"
              checked={values.onHostGone === choice}
              onChange={() => onChange({ onHostGone: choice })}
            />
            <span>{t(`form.gone-${choice}`)}</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Check({ label, hint, checked, onChange }: CheckProps) {
  const hintId = useId();
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        aria-describedby={hintId}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        <span class="check-label">{label}</span>
        <span id={hintId} class="field-hint">
          {hint}
        </span>
      </span>
    </label>
  );
}
