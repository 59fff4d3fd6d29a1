import { signal } from '@preact/signals';
import { formatNumber, t } from '../i18n/translate.js';
import type { HostRoom } from './host-room.js';

/** So many names a screen can show; the rest is a number. */
const MOST = { wide: 96, narrow: 24 };
const SIZES = [
  { upTo: 18, size: 'large' },
  { upTo: 48, size: 'middle' },
  { upTo: Number.POSITIVE_INFINITY, size: 'small' },
] as const;

const narrow = matchMedia('(max-width: 40rem)');
const isNarrow = signal(narrow.matches);
narrow.addEventListener('change', () => {
  isNarrow.value = narrow.matches;
});

/** Who is here, the newest first, smaller the more there are. */
export function PeopleChips({ room }: { readonly room: HostRoom }) {
  const guests = room.people.members.value.filter(({ role }) => role !== 'host');
  const total = room.guestCount.value;
  const shown = guests.slice(-(isNarrow.value ? MOST.narrow : MOST.wide)).reverse();
  const size = SIZES.find(({ upTo }) => shown.length <= upTo)?.size ?? 'small';
  const more = total - shown.length;
  return (
    <section class="here" aria-labelledby="here-title" data-empty={total === 0}>
      <h2 id="here-title">{total === 0 ? t('here.none') : t('here.title', { count: total })}</h2>
      {total === 0 ? <p class="quiet">{t('here.none-text')}</p> : null}
      <ul class="chips" data-size={size}>
        {shown.map(({ userId, nickname, online }) => (
          <li key={userId} class={online ? 'chip' : 'chip chip-away'}>
            <bdi>{nickname}</bdi>
            {online ? null : <span class="unseen"> ({t('away')})</span>}
          </li>
        ))}
        {more > 0 ? (
          <li class="chip chip-more">{t('here.more', { count: formatNumber(more) })}</li>
        ) : null}
      </ul>
    </section>
  );
}
