import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { t } from '../../i18n/translate.js';
import { FaultNote } from '../fault-note.js';
import type { Monitor } from '../monitor.js';
import { Status } from '../nodes/status.js';
import { ChannelTable } from './channel-table.js';
import { EntryView } from './entry-view.js';
import { MemberTable } from './member-table.js';
import { RoomFacts } from './room-facts.js';
import { RoomStore } from './room-store.js';
import { titleText } from './room-words.js';

interface RoomPageProps {
  readonly monitor: Monitor;
  readonly id: string;
}

/** One room: what it is, who is in it, what its channels hold. */
export function RoomPage({ monitor, id }: RoomPageProps) {
  const store = useMemo(() => new RoomStore(monitor.client, id), [monitor, id]);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => store.watch(), [store]);
  useEffect(() => {
    heading.current?.focus();
    scrollTo(0, 0);
  }, []);
  const { answer, fault } = store.question;
  const title = useComputed(() => {
    const room = answer.value?.room;
    return room ? titleText(room.title) : t('room');
  });
  const view = answer.value;
  return (
    <main id="content" class="overview" tabIndex={-1}>
      <p>
        <a class="button" href="#rooms">
          {t('room.back')}
        </a>
      </p>
      <h1 ref={heading} tabIndex={-1} class="room-heading">
        <bdi>{title}</bdi>
      </h1>
      <Status monitor={monitor} />
      <FaultNote fault={fault.value} onRetry={() => void store.ask()} />
      {view ? (
        <>
          <RoomFacts view={view} now={monitor.now.value} />
          <MemberTable store={store} view={view} />
          <ChannelTable channels={view.channels} />
          <EntryView reader={store.entries} channels={view.channels} />
        </>
      ) : fault.value ? null : (
        <p class="empty">{t('loading')}</p>
      )}
    </main>
  );
}
