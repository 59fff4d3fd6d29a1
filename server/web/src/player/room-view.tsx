import { useEffect, useMemo, useRef } from 'preact/hooks';
import { isolate } from '../i18n/isolate.js';
import { t } from '../i18n/translate.js';
import { isReconnecting } from '../room/page-client.js';
import type { RoomStore } from '../room/room-store.js';
import { isOpen } from '../round/round.js';
import { announce } from '../ui/announcer.js';
import { ConnectionBanner } from '../ui/connection-banner.js';
import { Icon } from '../ui/icons.js';
import { BrandMark } from '../ui/wordmark.js';
import { Composer } from './composer.js';
import { CountdownCard } from './countdown-card.js';
import { FeedView } from './feed-view.js';
import { useJoinNews } from './join-news.js';
import { PageFoot } from './page-frame.js';
import { QuestionView } from './question-view.js';
import { ResultView } from './result-view.js';
import { mayWrite } from './rights.js';
import { RoomMenu } from './room-menu.js';
import { RoomNotes } from './room-notes.js';
import { Scene } from './scene.js';
import { useServerNow } from './server-now.js';
import { Shapes } from './shapes.js';
import { ViewTitle } from './view-title.js';
import { useWakeLock } from './wake-lock.js';

interface RoomViewProps {
  readonly store: RoomStore;
}

/** In the room. */
export function RoomView({ store }: RoomViewProps) {
  const scene = useMemo(() => new Scene(store), [store]);
  useEffect(() => () => scene.dispose(), [scene]);
  const room = store.room.value;
  const title = room.title || t('untitled');
  useEffect(() => announce(t('room.entered', { title })), []);
  useBackNews(store);
  const count = store.guestCount.value;
  return (
    <div class="player player-room">
      <header class="room-head">
        <BrandMark />
        <div class="room-name">
          <ViewTitle windowTitle={room.title}>
            <bdi class="room-title">{title}</bdi>
          </ViewTitle>
          <p class="room-facts quiet">
            <span class="with-icon" data-count={count}>
              <Icon name="people" />
              {t('members', { count })}
            </span>
            <bdi class="one-line">{store.self.value.nickname}</bdi>
          </p>
        </div>
        <RoomMenu store={store} />
      </header>
      <main id="content" class="room-main" tabIndex={-1}>
        <ConnectionBanner missed={store.missed} />
        <RoomNotes store={store} />
        <div class="room-parts">
          <Stage store={store} scene={scene} />
          <section class="talk" aria-labelledby="talk-title">
            <h2 id="talk-title" class="talk-title">
              {t('talk.title')}
            </h2>
            <FeedView store={store} scene={scene} />
            {mayWrite(store.self.value, room) ? <Composer scene={scene} /> : null}
          </section>
        </div>
      </main>
      <PageFoot />
    </div>
  );
}

/** That one is back is heard also where nothing was missed, which the banner says nothing of. */
function useBackNews({ missed, status }: RoomStore): void {
  const wasAway = useRef(false);
  const isAway = isReconnecting.value;
  const isLive = status.value === 'live';
  useEffect(() => {
    if (isAway) wasAway.current = true;
    else if (isLive && wasAway.current) {
      wasAway.current = false;
      if (missed.peek() === null) announce(t('room.back'));
    }
  }, [isAway, isLive, missed]);
}

interface StageProps extends RoomViewProps {
  readonly scene: Scene;
}

/** What is on: a question, what came of it, a countdown, or the wait for the first of them. */
function Stage({ store, scene }: StageProps) {
  const round = scene.round.value;
  const countdown = scene.countdown.value;
  const answersUntil = round && round.result === null ? round.question.endsAt : undefined;
  const now = useServerNow([answersUntil, countdown?.endsAt]);
  const isAsking = round !== null && isOpen(round, now);
  const isCounting = countdown !== null && now < countdown.endsAt;
  useWakeLock(isAsking || isCounting);
  useJoinNews(store, !isAsking);
  const wasCounting = useRef(false);
  useEffect(() => {
    // The countdown just goes; a question that came instead speaks for itself.
    if (wasCounting.current && !isCounting && !isAsking) announce(t('answer.over'));
    wasCounting.current = isCounting;
  }, [isCounting, isAsking]);
  useEffect(() => {
    // What is new is above; who writes is not carried off.
    if (round && !document.activeElement?.matches('input, textarea')) scrollTo({ top: 0 });
  }, [round?.id]);
  return (
    <div class="stage" data-stage={stageName(isAsking, isCounting, round !== null)}>
      {isCounting ? <CountdownCard countdown={countdown} now={now} /> : null}
      {round === null && !isCounting ? <NothingYet store={store} /> : null}
      {round?.result ? (
        <ResultView
          key={round.id}
          store={store}
          scene={scene}
          round={round}
          result={round.result}
        />
      ) : null}
      {round && !round.result ? (
        <QuestionView key={round.id} store={store} scene={scene} round={round} now={now} />
      ) : null}
    </div>
  );
}

function stageName(isAsking: boolean, isCounting: boolean, hasRound: boolean): string {
  if (isAsking) return 'question';
  if (isCounting) return 'countdown';
  return hasRound ? 'over' : 'nothing';
}

function NothingYet({ store }: RoomViewProps) {
  const { nickname, role } = store.self.value;
  return (
    <div class="nothing-yet">
      <Shapes />
      <p class="nothing-title">{t('stage.in', { name: isolate(nickname) })}</p>
      <p class="quiet">{role === 'spectator' ? t('stage.watch') : t('stage.wait')}</p>
    </div>
  );
}
