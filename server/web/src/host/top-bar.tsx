import type { Signal } from '@preact/signals';
import { formatNumber, t } from '../i18n/translate.js';
import { Icon } from '../ui/icons.js';
import { BrandMark } from '../ui/wordmark.js';
import { useFocusOnShow } from './focus-on-show.js';
import type { HostRoom } from './host-room.js';
import { SmallJoin } from './join-card.js';
import { attempt } from './notices.js';
import type { PanelTab } from './panel-tab.js';

interface TopBarProps {
  readonly room: HostRoom;
  readonly areControlsShown: Signal<boolean>;
  readonly onOpen: (tab: PanelTab) => void;
}

export function TopBar({ room, areControlsShown, onOpen }: TopBarProps) {
  const heading = useFocusOnShow<HTMLHeadingElement>(room.handle.id);
  const { title, locked, pin } = room.store.room.value;
  const waiting = room.store.waiting.value.length;
  return (
    <div class="top-bar">
      <BrandMark />
      <h1 ref={heading} class="room-title" tabIndex={-1} dir="auto">
        {title || t('untitled')}
      </h1>
      {room.rounds.item.value && pin !== null ? <SmallJoin pin={pin} /> : null}
      <div class="top-actions">
        {waiting > 0 ? (
          <button type="button" class="button button-warn" onClick={() => onOpen('people')}>
            {t('door.count', { count: waiting })}
          </button>
        ) : null}
        <button type="button" class="button" data-count onClick={() => onOpen('people')}>
          <Icon name="people" />
          <span class="top-count">{t('members', { count: room.guestCount.value })}</span>
          <span class="top-number" aria-hidden="true">
            {formatNumber(room.guestCount.value)}
          </span>
        </button>
        <button
          type="button"
          class="button icon-button"
          aria-pressed={locked}
          aria-label={t('lock.label')}
          title={locked ? t('lock.is-closed') : t('lock.is-open')}
          onClick={() => void room.toggleLock()}
        >
          <Icon name={locked ? 'lock' : 'unlock'} />
        </button>
        {document.fullscreenEnabled ? (
          <button
            type="button"
            class="button icon-button"
            aria-label={t('fullscreen')}
            title={t('fullscreen')}
            onClick={() => void attempt(toggleFullscreen)}
          >
            <Icon name="screen" />
          </button>
        ) : null}
        <button
          type="button"
          class="button controls-toggle"
          aria-expanded={areControlsShown.value}
          onClick={() => {
            areControlsShown.value = !areControlsShown.value;
          }}
        >
          <Icon name="settings" />
          <span>{areControlsShown.value ? t('controls.hide') : t('controls.show')}</span>
        </button>
      </div>
    </div>
  );
}

async function toggleFullscreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}
