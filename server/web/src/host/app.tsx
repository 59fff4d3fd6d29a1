import { useEffect } from 'preact/hooks';
import { language, t } from '../i18n/translate.js';
import { Announcer } from '../ui/announcer.js';
import { EnteringView } from './entering-view.js';
import { followAddress, place } from './host-session.js';
import { NoticeArea } from './notice-area.js';
import { OverView } from './over-view.js';
import { RoomView } from './room-view.js';
import { StartView } from './start-view.js';

export function App() {
  useEffect(followAddress, []);
  const lang = language.value;
  return (
    <>
      <button type="button" class="skip-link" lang={lang} onClick={skipToContent}>
        {t('skip')}
      </button>
      <View />
      <NoticeArea />
      <Announcer />
    </>
  );
}

function View() {
  const here = place.value;
  switch (here.kind) {
    case 'start':
      return <StartView />;
    case 'entering':
      return <EnteringView roomId={here.roomId} fault={here.fault} />;
    case 'inside':
      return <RoomView key={here.room.handle.id} room={here.room} />;
    case 'over':
      return <OverView roomId={here.roomId} reason={here.reason} pin={here.pin} />;
  }
}

/** No link: the fragment of the address names the room. */
function skipToContent(): void {
  document.getElementById('content')?.focus();
}
