import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { language, t } from '../i18n/translate.js';
import { ConnectionBanner } from '../ui/connection-banner.js';
import { Composer } from './composer.js';
import { FeedPanel } from './feed-panel.js';
import type { HostRoom } from './host-room.js';
import { LogPanel } from './log-panel.js';
import { usePageTitle } from './page-title.js';
import type { PanelTab } from './panel-tab.js';
import { PeoplePanel } from './people-panel.js';
import { RoomPanel } from './room-panel.js';
import { Stage } from './stage.js';
import { Tabs } from './tabs.js';
import { TopBar } from './top-bar.js';
import { useFit } from './use-fit.js';

/** A room that is open: the stage for the projector, and beside it what the host works with. */
export function RoomView({ room }: { readonly room: HostRoom }) {
  usePageTitle(room.store.room.value.title || t('untitled'));
  const tab = useSignal<PanelTab>('ask');
  const areControlsShown = useSignal(true);
  useEffect(() => {
    // On the whole screen there is an audience.
    const onFullscreen = () => {
      areControlsShown.value = document.fullscreenElement === null;
    };
    document.addEventListener('fullscreenchange', onFullscreen);
    return () => document.removeEventListener('fullscreenchange', onFullscreen);
  }, [areControlsShown]);
  const open = (wanted: PanelTab) => {
    areControlsShown.value = true;
    tab.value = wanted;
    requestAnimationFrame(() => document.getElementById(`panel-${wanted}`)?.focus());
  };
  const stage = useFit<HTMLElement>(language.value);
  const waiting = room.store.waiting.value.length;
  return (
    <div class="room" data-controls={areControlsShown.value ? 'shown' : 'hidden'}>
      <header>
        <TopBar room={room} areControlsShown={areControlsShown} onOpen={open} />
        <ConnectionBanner missed={room.store.missed} />
      </header>
      <div class="room-body">
        <main id="content" ref={stage} class="stage" tabIndex={-1}>
          <Stage room={room} onOpen={open} />
        </main>
        <aside class="panel" aria-label={t('controls')} hidden={!areControlsShown.value}>
          <Tabs
            label={t('controls')}
            prefix="panel"
            selected={tab.value}
            onSelect={(wanted) => {
              tab.value = wanted;
            }}
            tabs={[
              { id: 'ask', name: t('tab.ask'), icon: 'send', content: <Composer room={room} /> },
              {
                id: 'people',
                name: t('tab.people'),
                icon: 'people',
                badge: waiting,
                badgeText: t('door.count', { count: waiting }),
                content: <PeoplePanel room={room} />,
              },
              { id: 'chat', name: t('tab.chat'), icon: 'chat', content: <FeedPanel room={room} /> },
              { id: 'log', name: t('tab.log'), icon: 'log', content: <LogPanel room={room} /> },
              {
                id: 'room',
                name: t('tab.room'),
                icon: 'settings',
                content: <RoomPanel room={room} />,
              },
            ]}
          />
        </aside>
      </div>
    </div>
  );
}
