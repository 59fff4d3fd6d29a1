import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import type { HostRoom } from './host-room.js';
import { attempt } from './notices.js';

const SHOWN = 30;

/** Who waits at the door, where a host lets people in. */
export function WaitingList({ room }: { readonly room: HostRoom }) {
  const waiting = room.store.waiting.value;
  const isBusy = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  if (!room.store.room.value.settings.approval && waiting.length === 0) return null;
  const decide = async (userIds: readonly string[], admit: boolean) => {
    if (isBusy.value) return;
    isBusy.value = true;
    await attempt(
      () => room.decide(userIds, admit),
      admit
        ? t('door.admitted', { count: userIds.length })
        : t('door.refused', { count: userIds.length }),
    );
    isBusy.value = false;
    // The row with the button is gone.
    heading.current?.focus();
  };
  return (
    <section class="door form" aria-labelledby="door-title">
      <h2 id="door-title" ref={heading} class="panel-title" tabIndex={-1}>
        {waiting.length === 0 ? t('door.nobody') : t('door.count', { count: waiting.length })}
      </h2>
      {waiting.length > 1 ? (
        <button
          type="button"
          class="button button-main"
          aria-disabled={isBusy.value}
          onClick={() =>
            void decide(
              waiting.map(({ userId }) => userId),
              true,
            )
          }
        >
          {t('door.admit-all')}
        </button>
      ) : null}
      <ul class="people">
        {waiting.slice(0, SHOWN).map(({ userId, nickname }) => (
          <li key={userId} class="person" data-waiting={userId}>
            <span class="person-name">
              <bdi>{nickname}</bdi>
            </span>
            <button
              type="button"
              class="button button-main"
              aria-label={t('door.admit-name', { nickname })}
              aria-disabled={isBusy.value}
              onClick={() => void decide([userId], true)}
            >
              {t('door.admit')}
            </button>
            <button
              type="button"
              class="button"
              aria-label={t('door.refuse-name', { nickname })}
              aria-disabled={isBusy.value}
              onClick={() => void decide([userId], false)}
            >
              {t('door.refuse')}
            </button>
          </li>
        ))}
      </ul>
      {waiting.length > SHOWN ? (
        <p class="quiet">{t('door.more', { count: waiting.length - SHOWN })}</p>
      ) : null}
    </section>
  );
}
