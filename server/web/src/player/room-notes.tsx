import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import type { RoomStore } from '../room/room-store.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';

/** What is special about one's being here: the host is away, one is muted, watches, or is the host. */
export function RoomNotes({ store }: { readonly store: RoomStore }) {
  const { role, muted } = store.self.value;
  const hostState = store.hostState.value;
  const hostText = role === 'host' || hostState === 'present' ? '' : t(`note.host-${hostState}`);
  const mutedText = muted ? t('fault.muted') : '';
  useEffect(() => {
    if (hostText !== '') announce(hostText);
  }, [hostText]);
  useEffect(() => {
    if (mutedText !== '') announce(mutedText, { urgent: true });
  }, [mutedText]);
  return (
    <div class="room-notes">
      {hostText ? (
        <p class="note note-warn" data-note={`host-${hostState}`}>
          <Icon name="clock" />
          {hostText}
        </p>
      ) : null}
      {mutedText ? (
        <p class="note note-warn" data-note="muted">
          <Icon name="muted" />
          {mutedText}
        </p>
      ) : null}
      {role === 'spectator' ? (
        <p class="note" data-note="spectator">
          <Icon name="people" />
          {t('note.spectator')}
        </p>
      ) : null}
      {role === 'host' ? (
        <p class="note" data-note="host">
          <Icon name="star" />
          <span>
            {t('note.host')} <a href={`/host#${store.room.value.id}`}>{t('note.host-page')}</a>
          </span>
        </p>
      ) : null}
    </div>
  );
}
