import { LIMITS } from '@pinroom/client';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';

interface PinPadProps {
  readonly digits: string;
  readonly onChange: (digits: string) => void;
}

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/**
 * Digits for thumbs. Whoever has a keyboard types into the field, so the keys are no stops for Tab; and
 * pressing them does not take the focus from it.
 */
export function PinPad({ digits, onChange }: PinPadProps) {
  const change = (next: string) => {
    onChange(next);
    announce(next === '' ? t('pin.empty') : [...next].join(' '));
  };
  const add = (key: string) => {
    if (digits.length < LIMITS.pinMaxLength) change(digits + key);
  };
  const digitKey = (key: string) => (
    <button
      key={key}
      type="button"
      class="button pin-key"
      tabIndex={-1}
      data-key={key}
      onClick={() => add(key)}
    >
      {key}
    </button>
  );
  return (
    <fieldset class="pin-pad" dir="ltr" onPointerDown={(event) => event.preventDefault()}>
      <legend class="unseen">{t('pin.pad')}</legend>
      {KEYS.map(digitKey)}
      <span />
      {digitKey('0')}
      <button
        type="button"
        class="button pin-key"
        tabIndex={-1}
        data-key="backspace"
        aria-label={t('pin.backspace')}
        onClick={() => change(digits.slice(0, -1))}
      >
        <Icon name="backspace" />
      </button>
    </fieldset>
  );
}
