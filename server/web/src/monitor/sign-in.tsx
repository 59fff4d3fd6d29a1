import { OperatorClient, PinroomError } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { keepToken } from './token.js';

/** Why the token is asked for again; null: it is the first time. */
export function SignIn({ reason }: { readonly reason: PinroomError | null }) {
  const fault = useSignal<unknown>(reason);
  const isChecking = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const [fieldId, hintId, faultId] = [useId(), useId(), useId()];
  useEffect(() => {
    field.current?.focus();
    return () => requestAnimationFrame(() => document.getElementById('content')?.focus());
  }, []);

  const check = async (event: Event) => {
    event.preventDefault();
    const wanted = field.current?.value.trim() ?? '';
    if (isChecking.value) return;
    if (wanted === '') {
      fault.value = new PinroomError('unauthenticated');
      field.current?.focus();
      return;
    }
    isChecking.value = true;
    fault.value = null;
    try {
      await new OperatorClient({ token: wanted }).nodes();
      keepToken(wanted);
    } catch (found) {
      fault.value = found;
      isChecking.value = false;
      field.current?.select();
    }
  };

  const text = fault.value === null ? '' : refusalText(fault.value);
  return (
    <main id="content" class="sign-in welcome" tabIndex={-1}>
      <h1>{t('monitor')}</h1>
      <form class="card form" onSubmit={(event) => void check(event)}>
        <div class="field">
          <label class="field-label" for={fieldId}>
            {t('token')}
          </label>
          <input
            ref={field}
            id={fieldId}
            type="password"
            name="token"
            dir="ltr"
            autocomplete="current-password"
            autocapitalize="none"
            spellcheck={false}
            required
            aria-invalid={text !== ''}
            aria-describedby={`${hintId} ${faultId}`}
          />
          <p class="field-hint" id={hintId}>
            {t('token.hint')}
          </p>
        </div>
        <div id={faultId} role="alert">
          {text === '' ? null : <p class="fault">{text}</p>}
        </div>
        <button type="submit" class="button button-main" aria-disabled={isChecking.value}>
          {isChecking.value ? <span class="spinner" aria-hidden="true" /> : null}
          {t(isChecking.value ? 'token.checking' : 'token.enter')}
        </button>
        <p class="field-hint">{t('token.kept')}</p>
      </form>
    </main>
  );
}

function refusalText(fault: unknown): string {
  const code = fault instanceof PinroomError ? fault.code : 'internal';
  if (code === 'unauthenticated' || code === 'forbidden') return t('token.wrong');
  if (code === 'not_found') return t('token.none');
  return faultText(fault);
}
