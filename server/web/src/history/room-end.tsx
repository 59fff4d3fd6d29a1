import type { Room } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import type { HistoryStore } from './history-store.js';
import { dateText } from './moments.js';

interface RoomEndProps {
  readonly store: HistoryStore;
  readonly room: Room;
}

/** What stands below the newest entry: when it ended, or that it goes on. */
export function RoomEnd({ store, room }: RoomEndProps) {
  if (room.closedAt !== null) {
    return <p class="history-mark">{t('end-closed', { date: dateText(room.closedAt) })}</p>;
  }
  return <StillOpen store={store} room={room} />;
}

function StillOpen({ store, room }: RoomEndProps) {
  const nothingNew = useSignal(false);
  const log = store.chosen.value?.log;
  const isBusy = log?.isBusy.value ?? false;
  const look = async () => {
    if (isBusy || !log) return;
    nothingNew.value = false;
    const known = log.count.value;
    await store.refresh();
    const count = log.count.value - known;
    nothingNew.value = count === 0 && log.fault.value === null;
    announce(count > 0 ? t('newer-loaded', { count }) : t('no-newer'));
  };
  const address = store.isHost ? `/host#${room.id}` : `/r/${room.pin}`;
  return (
    <div class="history-end">
      <p>
        {t('end-open')} {nothingNew.value ? t('no-newer') : null}
      </p>
      <div class="row">
        <button type="button" class="button" aria-disabled={isBusy} onClick={look}>
          {t('newer')}
        </button>
        <a class="button button-main" href={address}>
          {t('enter')}
        </a>
      </div>
    </div>
  );
}
