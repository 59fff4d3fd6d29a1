import { normalisePin } from '@pinroom/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { Icon } from '../ui/icons.js';
import { PageFrame } from './page-frame.js';
import { PinPad } from './pin-pad.js';
import { readTyped } from './pin-reading.js';
import { Shapes } from './shapes.js';
import { FaultLine, Trouble } from './trouble.js';
import { hasFinePointer, ViewTitle } from './view-title.js';
import type { Visit } from './visit.js';

/** Asks for the PIN: typed, tapped, or pasted, also as a link. */
export function PinView({ visit }: { readonly visit: Visit }) {
  const field = useRef<HTMLInputElement>(null);
  const [isNoPin, setNoPin] = useState(false);
  const digits = visit.typed.value;
  const fault = visit.fault.value;
  const isBusy = visit.attempts.isBusy.value;
  const isInTrouble = visit.attempts.trouble.value !== null;
  const text = isNoPin ? t('pin.none') : fault ? faultText(fault) : '';
  useEffect(() => {
    if (hasFinePointer()) field.current?.focus();
  }, []);
  useEffect(() => {
    if (text !== '' && hasFinePointer()) field.current?.select();
  }, [text]);
  const change = (next: string) => {
    visit.attempts.cancel();
    visit.fault.value = null;
    setNoPin(false);
    visit.typed.value = next;
  };
  const look = (typed: string) => {
    const pin = normalisePin(typed);
    setNoPin(pin === null);
    if (pin !== null) void visit.find(pin);
  };
  const read = (input: HTMLInputElement) => {
    const typed = readTyped(input.value);
    if (input.value !== typed.digits) input.value = typed.digits;
    change(typed.digits);
    if (typed.isLink) look(typed.digits);
  };
  return (
    <PageFrame>
      <BackOffer visit={visit} />
      <form
        class="pin-form"
        noValidate
        aria-busy={isBusy}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) look(digits);
        }}
      >
        <Shapes />
        <ViewTitle leavesFocus={hasFinePointer()}>
          <label for="pin">{t('pin.title')}</label>
        </ViewTitle>
        <input
          id="pin"
          ref={field}
          class="pin-field"
          dir="ltr"
          type="text"
          inputMode={hasFinePointer() ? 'numeric' : 'none'}
          autocomplete="off"
          enterKeyHint="go"
          spellcheck={false}
          value={digits}
          aria-invalid={text !== ''}
          aria-describedby={text === '' ? 'pin-hint' : 'pin-fault'}
          onInput={(event) => read(event.currentTarget)}
        />
        <p
          class={isInTrouble ? 'unseen' : 'field-hint pin-hint'}
          id="pin-hint"
          hidden={text !== ''}
        >
          {t('pin.hint')}
        </p>
        <FaultLine id="pin-fault" text={text} />
        <Trouble visit={visit} />
        <PinPad digits={digits} onChange={change} />
        <button type="submit" class="button button-main button-wide" aria-disabled={isBusy}>
          {isBusy ? <span class="spinner" aria-hidden="true" /> : null}
          {isBusy ? t('pin.looking') : t('pin.go')}
        </button>
      </form>
    </PageFrame>
  );
}

/** The way back for who dropped out, and came by the front door. */
function BackOffer({ visit }: { readonly visit: Visit }) {
  const { last } = visit.memory;
  if (!last) return null;
  return (
    <button
      type="button"
      class="button back-offer"
      data-action="back"
      onClick={() => void visit.comeBack(last)}
    >
      <span class="icon-turns back-arrow">
        <Icon name="leave" />
      </span>
      <span class="back-words">{t('pin.back')} </span>
      <bdi class="one-line">{last.title || t('untitled')}</bdi>
    </button>
  );
}
