import type { Room } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { formatTime, t } from '../i18n/translate.js';
import { client } from '../room/page-client.js';
import { pinGroups } from '../ui/pin-text.js';
import { hostLink } from './host-address.js';

const PAGE = 10;

/** The rooms of before: the open ones go on, the closed ones can be read. */
export function OwnRooms() {
  const rooms = useSignal<readonly Room[]>([]);
  /** Undefined: nothing is known yet; null: there are no more. */
  const cursor = useSignal<string | null | undefined>(undefined);
  const fault = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const load = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    fault.value = null;
    try {
      const from = cursor.value ?? undefined;
      const page = await client.listRooms({
        limit: PAGE,
        ...(from === undefined ? {} : { cursor: from }),
      });
      rooms.value = [...rooms.value, ...page.rooms];
      cursor.value = page.nextCursor;
    } catch (failed) {
      fault.value = faultText(failed);
    } finally {
      isBusy.value = false;
    }
  };
  useEffect(() => {
    void load();
  }, []);
  return (
    <section class="card form own-rooms" aria-labelledby="own-title">
      <h2 id="own-title">{t('own.title')}</h2>
      {rooms.value.length === 0 && cursor.value === null ? (
        <p class="quiet">{t('own.none')}</p>
      ) : null}
      {rooms.value.length > 0 ? (
        <ul class="own-list">
          {rooms.value.map((room) => (
            <OwnRoom key={room.id} room={room} />
          ))}
        </ul>
      ) : null}
      {fault.value === null ? null : (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      {isBusy.value ? (
        <p class="row quiet">
          <span class="spinner" aria-hidden="true" />
          {t('loading')}
        </p>
      ) : null}
      {fault.value !== null || (cursor.value && !isBusy.value) ? (
        <button type="button" class="button" onClick={() => void load()}>
          {fault.value === null ? t('own.more') : t('retry')}
        </button>
      ) : null}
    </section>
  );
}

function OwnRoom({ room }: { readonly room: Room }) {
  const isOpen = room.closedAt === null;
  return (
    <li>
      <a
        class="own-room"
        href={isOpen ? hostLink(room.id) : `/rooms/${room.id}`}
        data-room={isOpen ? 'open' : 'closed'}
      >
        <span class="own-name" dir="auto">
          {room.title || t('untitled')}
        </span>
        <span class="own-facts">
          <span class={isOpen ? 'pill pill-good' : 'pill'}>
            {isOpen ? t('own.open') : t('own.closed')}
          </span>
          {room.pin === null ? null : (
            <span class="own-pin" dir="ltr">
              {pinGroups(room.pin).join(' ')}
            </span>
          )}
          <span>{formatTime(room.createdAt)}</span>
        </span>
      </a>
    </li>
  );
}
