import type { PinroomError } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { Announcer, announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { LanguageChoice } from '../ui/language-choice.js';
import { Wordmark } from '../ui/wordmark.js';
import { shownRoom } from './address.js';
import { Monitor } from './monitor.js';
import { Overview } from './overview.js';
import { RoomPage } from './rooms/room-page.js';
import { SignIn } from './sign-in.js';
import { forgetToken, token } from './token.js';

export function App() {
  const refusal = useSignal<PinroomError | null>(null);
  const current = token.value;
  const forget = () => {
    refusal.value = null;
    forgetToken();
    announce(t('token.forgotten'));
  };
  const refuse = (fault: PinroomError) => {
    refusal.value = fault;
    forgetToken();
  };
  return (
    <>
      <button type="button" class="skip-link" onClick={skip}>
        {t('skip')}
      </button>
      <header class="monitor-head">
        <Wordmark />
        <LanguageChoice page="monitor" />
        {current === null ? null : (
          <button
            type="button"
            class="button button-plain"
            title={t('token.forget')}
            onClick={forget}
          >
            <Icon name="leave" />
            <span class="wide-only">{t('token.forget')}</span>
          </button>
        )}
      </header>
      {current === null ? (
        <SignIn reason={refusal.value} />
      ) : (
        <Watched key={current} token={current} onRefused={refuse} />
      )}
      <Announcer />
    </>
  );
}

interface WatchedProps {
  readonly token: string;
  readonly onRefused: (fault: PinroomError) => void;
}

function Watched({ token, onRefused }: WatchedProps) {
  const monitor = useMemo(() => new Monitor(token, onRefused), [token]);
  useEffect(() => {
    monitor.start();
    return () => monitor.stop();
  }, [monitor]);
  const roomId = shownRoom.value;
  return roomId === null ? (
    <Overview monitor={monitor} />
  ) : (
    <RoomPage key={roomId} monitor={monitor} id={roomId} />
  );
}

/** A button, as a link would change the address, which says what room is shown. */
function skip(): void {
  document.getElementById('content')?.focus();
}
