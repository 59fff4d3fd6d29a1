import { t } from '../i18n/translate.js';
import { Announcer } from '../ui/announcer.js';
import { EndedView } from './ended-view.js';
import { JoiningView } from './joining-view.js';
import { NameView } from './name-view.js';
import { PinView } from './pin-view.js';
import { RoomView } from './room-view.js';
import type { Visit } from './visit.js';
import { WaitingView } from './waiting-view.js';

interface VisitProps {
  readonly visit: Visit;
}

export function App({ visit }: VisitProps) {
  return (
    <>
      <a class="skip-link" href="#content">
        {t('skip')}
      </a>
      <Screen visit={visit} />
      <Announcer />
    </>
  );
}

function Screen({ visit }: VisitProps) {
  const view = visit.view.value;
  switch (view.name) {
    case 'pin':
      return <PinView visit={visit} />;
    case 'name':
      return <NameView key={view.goal.roomId} visit={visit} {...view} />;
    case 'joining':
      return <JoiningView visit={visit} goal={view.goal} />;
    case 'waiting':
      return <WaitingView visit={visit} goal={view.goal} />;
    case 'room':
      return <RoomView key={view.store.room.peek().id} store={view.store} />;
    case 'ended':
      return <EndedView visit={visit} reason={view.reason} seat={view.seat} />;
  }
}
