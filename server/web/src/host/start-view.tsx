import { t } from '../i18n/translate.js';
import { CreateRoom } from './create-room.js';
import { useFocusOnShow } from './focus-on-show.js';
import { LocalNote } from './local-note.js';
import { OwnRooms } from './own-rooms.js';
import { PageHead } from './page-head.js';
import { usePageTitle } from './page-title.js';
import { StartArt } from './start-art.js';

/** What a host sees first: a room is one press away, and so are the rooms of before. */
export function StartView() {
  usePageTitle(t('start.title'));
  const heading = useFocusOnShow<HTMLHeadingElement>('start');
  return (
    <>
      <PageHead />
      <main id="content" class="start welcome" tabIndex={-1}>
        <div class="start-intro">
          <div class="start-words">
            <h1 ref={heading} tabIndex={-1}>
              {t('start.title')}
            </h1>
            <p class="quiet">{t('start.text')}</p>
            <LocalNote />
          </div>
          <StartArt />
        </div>
        <div class="start-columns">
          <CreateRoom />
          <OwnRooms />
        </div>
      </main>
    </>
  );
}
