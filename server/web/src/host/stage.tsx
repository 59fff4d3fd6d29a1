import { t } from '../i18n/translate.js';
import { CountdownStage } from './countdown-stage.js';
import type { HostRoom } from './host-room.js';
import { JoinCard } from './join-card.js';
import { longestWord } from './longest-word.js';
import type { PanelTab } from './panel-tab.js';
import { PeopleChips } from './people-chips.js';
import { QuestionStage } from './question-stage.js';

interface StageProps {
  readonly room: HostRoom;
  readonly onOpen: (tab: PanelTab) => void;
}

/** What the audience looks at. */
export function Stage({ room, onOpen }: StageProps) {
  const item = room.rounds.item.value;
  const { pin, locked } = room.store.room.value;
  if (!item) {
    return (
      <>
        {pin === null ? null : <JoinCard pin={pin} locked={locked} />}
        {room.rounds.isHidden.value ? (
          <div class="row">
            <button
              type="button"
              class="button button-main"
              data-action="show-again"
              onClick={() => room.rounds.showAgain()}
            >
              {t('stage.question')}
            </button>
          </div>
        ) : null}
        <PeopleChips room={room} />
      </>
    );
  }
  const back = (
    <button type="button" class="button" onClick={() => room.rounds.dismiss()}>
      {t('stage.back')}
    </button>
  );
  if (item.kind === 'question') {
    return <QuestionStage key={item.id} room={room} item={item} back={back} onOpen={onOpen} />;
  }
  if (item.kind === 'countdown') {
    return <CountdownStage key={item.id} countdown={item.countdown} back={back} />;
  }
  return (
    <section class="stage-text" aria-label={t('stage.text')}>
      <h2
        class="stage-words"
        dir="auto"
        data-length={item.text.length > 140 ? 'long' : 'short'}
        style={{ '--longest': longestWord(item.text) }}
      >
        {item.text}
      </h2>
      <div class="stage-actions row">{back}</div>
    </section>
  );
}
