import { useSignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { optionLetter } from '../ui/option-mark.js';
import { ConfirmDialog } from './confirm-dialog.js';

interface RightChoiceProps {
  readonly options: readonly string[];
  readonly onChoose: (right: number | null) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Another device has asked: which option is right, only it and the host know. */
export function RightChoice({ options, onChoose, onClose }: RightChoiceProps) {
  const right = useSignal<number | null>(null);
  return (
    <ConfirmDialog
      title={t('right.title')}
      text={t('right.text')}
      confirm={t('question.result')}
      onConfirm={() => onChoose(right.value)}
      onClose={onClose}
    >
      <fieldset>
        <legend class="unseen">{t('right.title')}</legend>
        {[null, ...options.keys()].map((place) => (
          <label key={place ?? 'none'} class="check">
            <input
              type="radio"
              name="right-choice"
              checked={right.value === place}
              onChange={() => {
                right.value = place;
              }}
            />
            <span>
              {place === null ? t('right.none') : `${optionLetter(place)}: ${options[place] ?? ''}`}
            </span>
          </label>
        ))}
      </fieldset>
    </ConfirmDialog>
  );
}
