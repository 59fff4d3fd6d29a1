import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { isolate } from '../i18n/isolate.js';
import { formatTime, t } from '../i18n/translate.js';
import { isOnline } from '../room/page-client.js';
import type { RoomStore } from '../room/room-store.js';
import { Icon } from '../ui/icons.js';
import type { FeedItem } from './feed.js';
import type { Outgoing } from './outbox.js';
import type { Scene } from './scene.js';

interface FeedViewProps {
  readonly store: RoomStore;
  readonly scene: Scene;
}

/** So near to the end one reads the newest. */
const NEAR_PX = 80;

/** What was said, the newest at the end and in sight, unless one reads further up. */
export function FeedView({ store, scene }: FeedViewProps) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const items = scene.feed.value;
  const arrived = new Set(store.entries('room').value.map(({ key }) => key));
  const outgoing = scene.outbox.items.value.filter(({ key }) => !arrived.has(key));
  useLayoutEffect(() => {
    const place = list.current;
    if (place && isAtEnd.current) place.scrollTop = place.scrollHeight;
  }, [items, outgoing.length]);
  useEffect(() => {
    const newest = scene.outbox.items.value.at(-1);
    if (newest) isAtEnd.current = true;
  }, [scene.outbox.items.value]);
  const isEmpty = items.length === 0 && outgoing.length === 0;
  // The place is there from the beginning: what comes into it later is read out.
  return (
    <div
      ref={list}
      class="feed"
      role="log"
      aria-labelledby="talk-title"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      }}
    >
      {isEmpty ? <p class="quiet">{t('talk.nothing')}</p> : null}
      <ol class="feed-lines" hidden={isEmpty}>
        {items.map((item) => (
          <FeedLine key={item.id} item={item} />
        ))}
        {outgoing.map((item) => (
          <OutgoingLine key={item.key} item={item} scene={scene} />
        ))}
      </ol>
    </div>
  );
}

function FeedLine({ item }: { readonly item: FeedItem }) {
  if (item.kind === 'question') {
    return (
      <li class="feed-note" data-kind="question">
        <span class="whole-text">{t('talk.question', { text: isolate(item.text) })}</span>
        {item.right === null ? null : (
          <span class="whole-text">{t('result.right-was', { option: isolate(item.right) })}</span>
        )}
      </li>
    );
  }
  if (item.kind === 'countdown') {
    return (
      <li class="feed-note" data-kind="countdown">
        <Icon name="clock" /> <bdi class="whole-text">{item.text}</bdi>
      </li>
    );
  }
  const author = item.isOwn ? t('you') : (item.author ?? t('talk.application'));
  return (
    <li class="feed-text" data-kind="text" data-own={item.isOwn} data-private={item.isPrivate}>
      <p class="feed-head">
        <bdi class="feed-author">{author}</bdi>
        {item.isHost && !item.isOwn ? <span class="tag">{t('role.host')}</span> : null}
        {item.isPrivate ? <span class="tag">{t('talk.private')}</span> : null}
        <time class="quiet" dateTime={new Date(item.at).toISOString()}>
          {formatTime(item.at)}
        </time>
      </p>
      <p class="whole-text" dir="auto">
        {item.text}
      </p>
    </li>
  );
}

interface OutgoingLineProps {
  readonly item: Outgoing;
  readonly scene: Scene;
}

function OutgoingLine({ item, scene }: OutgoingLineProps) {
  const { fault, key, text } = item;
  return (
    <li class="feed-text" data-kind="outgoing" data-own="true">
      <p class="whole-text" dir="auto">
        {text}
      </p>
      {fault === null ? (
        <p class="feed-head quiet">
          <span class="spinner" aria-hidden="true" />
          {isOnline.value ? t('talk.sending') : t('talk.queued')}
        </p>
      ) : (
        <>
          <p class="feed-fault" role="alert">
            {faultText(fault)}
          </p>
          <div class="row">
            <button type="button" class="button" onClick={() => void scene.outbox.send(text, key)}>
              {t('retry')}
            </button>
            <button type="button" class="button" onClick={() => scene.outbox.drop(key)}>
              {t('talk.drop')}
            </button>
          </div>
        </>
      )}
    </li>
  );
}
