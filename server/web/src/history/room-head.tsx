import type { Room } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { Icon, type IconName } from '../ui/icons.js';
import { BrandMark } from '../ui/wordmark.js';
import { AboutDialog, DeleteDialog } from './about-dialog.js';
import { ChannelChoice } from './channel-choice.js';
import { DownloadDialog } from './download-dialog.js';
import type { HistoryStore } from './history-store.js';
import { dayOnlyText } from './moments.js';
import { SearchPanel } from './search-panel.js';

const SEARCH_ID = 'search';

/** Stays in view: which room it is, what of it is shown, search, download. */
export function RoomHead({ store, room }: { readonly store: HistoryStore; readonly room: Room }) {
  const head = useRef<HTMLElement>(null);
  const dialog = useSignal<'download' | 'about' | 'delete' | null>(null);
  const isSearching = useSignal(false);
  const view = store.chosen.value;
  useEffect(() => {
    const { current } = head;
    if (!current) return;
    // What gets the focus is scrolled out from under the head.
    const observer = new ResizeObserver(() => {
      document.documentElement.style.scrollPaddingBlockStart = `${current.offsetHeight + 8}px`;
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const show = (name: typeof dialog.value) => () => {
    dialog.value = name;
  };
  const close = show(null);
  const openSearch = () => {
    isSearching.value = true;
  };
  const closeSearch = () => {
    isSearching.value = false;
    view?.search.look('');
    head.current?.querySelector<HTMLElement>('[data-search]')?.focus();
  };
  return (
    <header ref={head} class="room-head">
      <div class="room-head-row">
        <BrandMark />
        <div class="room-name">
          <h1 title={room.title} dir="auto">
            {room.title || t('untitled')}
          </h1>
          <p class="quiet" data-room={room.closedAt === null ? 'open' : 'closed'}>
            {room.closedAt === null
              ? t('still-open')
              : t('closed-at', { date: dayOnlyText(room.closedAt) })}
          </p>
        </div>
        <div class="room-tools">
          <button
            type="button"
            class="button icon-button"
            aria-label={t('search')}
            title={t('search')}
            aria-expanded={isSearching.value}
            aria-controls={SEARCH_ID}
            data-search
            onClick={isSearching.value ? closeSearch : openSearch}
          >
            <Icon name={isSearching.value ? 'close' : 'search'} />
          </button>
          <Tool name="download" icon="download" label={t('download')} onClick={show('download')} />
          <Tool name="about" icon="more" label={t('about')} onClick={show('about')} />
        </div>
      </div>
      <ChannelChoice store={store} />
      {isSearching.value && view ? (
        <SearchPanel key={view.name} id={SEARCH_ID} view={view} onClose={closeSearch} />
      ) : null}
      {dialog.value === 'download' ? <DownloadDialog store={store} onClose={close} /> : null}
      {dialog.value === 'about' ? (
        <AboutDialog store={store} room={room} onClose={close} onDelete={show('delete')} />
      ) : null}
      {dialog.value === 'delete' ? (
        <DeleteDialog store={store} room={room} onClose={close} />
      ) : null}
    </header>
  );
}

interface ToolProps {
  readonly name: 'download' | 'about';
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
}

function Tool({ name, icon, label, onClick }: ToolProps) {
  return (
    <button
      type="button"
      class="button icon-button"
      aria-label={label}
      aria-haspopup="dialog"
      title={label}
      data-tool={name}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
