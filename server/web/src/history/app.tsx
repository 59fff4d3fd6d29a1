import type { Room } from '@pinroom/client';
import { useEffect, useMemo } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { client } from '../room/page-client.js';
import { Announcer } from '../ui/announcer.js';
import { LanguageChoice } from '../ui/language-choice.js';
import { Wordmark } from '../ui/wordmark.js';
import { PANEL_ID, panelProps } from './channel-choice.js';
import { HistoryStore } from './history-store.js';
import { LogView } from './log-view.js';
import { DeletedNotice, DeniedNotice, FailedNotice } from './notices.js';
import { roomIdIn } from './room-address.js';
import { RoomEnd } from './room-end.js';
import { RoomHead } from './room-head.js';

export function App() {
  const store = useMemo(() => new HistoryStore(client, roomIdIn(location.pathname)), []);
  useEffect(() => {
    void store.open();
  }, [store]);
  const room = store.room.value;
  return (
    <>
      <a class="skip-link" href="#content">
        {t('skip')}
      </a>
      {store.phase.value === 'open' && room ? (
        <History store={store} room={room} />
      ) : (
        <>
          <header class="history-top">
            <Wordmark />
            <LanguageChoice page="history" />
          </header>
          <main id="content" class="history-content" tabIndex={-1}>
            <Instead store={store} />
          </main>
        </>
      )}
      <Announcer />
    </>
  );
}

function History({ store, room }: { readonly store: HistoryStore; readonly room: Room }) {
  const view = store.chosen.value;
  const title = room.title || t('untitled');
  useEffect(() => {
    document.title = t('page-title', { title });
  }, [title]);
  return (
    <>
      <RoomHead store={store} room={room} />
      <main id="content" class="history-content" tabIndex={-1}>
        {view ? (
          <div id={PANEL_ID} class="channel" {...panelProps(view)}>
            <LogView key={view.name} view={view} userId={store.userId} />
          </div>
        ) : null}
        <RoomEnd store={store} room={room} />
      </main>
      <footer class="history-foot">
        <Wordmark />
        <LanguageChoice page="history" />
      </footer>
    </>
  );
}

/** What is on the page while there is no history, or instead of it. */
function Instead({ store }: { readonly store: HistoryStore }) {
  switch (store.phase.value) {
    case 'denied':
      return <DeniedNotice />;
    case 'failed':
      return <FailedNotice store={store} />;
    case 'deleted':
      return <DeletedNotice />;
    default:
      return (
        <div class="history-wait">
          <h1>{t('history')}</h1>
          <p class="row">
            <span class="spinner" aria-hidden="true" />
            {t('loading-room')}
          </p>
        </div>
      );
  }
}
