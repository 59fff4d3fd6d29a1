import { normalisePin, type OperatorRoom } from '@pinroom/client';
import { useEffect, useId, useRef } from 'preact/hooks';
import { formatNumber, t } from '../../i18n/translate.js';
import { announce } from '../../ui/announcer.js';
import { Icon } from '../../ui/icons.js';
import { pinGroups } from '../../ui/pin-text.js';
import { addressOfRoom } from '../address.js';
import { FaultNote } from '../fault-note.js';
import type { Monitor } from '../monitor.js';
import { ScrollRegion } from '../scroll-region.js';
import { durationText, timeText } from '../words.js';
import { Pager } from './pager.js';
import type { RoomListStore } from './room-list-store.js';
import { roomStateText, titleText } from './room-words.js';

const COLUMNS = ['pin', 'title', 'people', 'backlog', 'age', 'active', 'state'] as const;

/** The open rooms, and those that are being closed. */
export function RoomList({ monitor }: { readonly monitor: Monitor }) {
  const { rooms } = monitor;
  const { answer, fault } = rooms.question;
  useEffect(() => rooms.watch(), [rooms]);
  return (
    <section aria-labelledby="rooms" class="part">
      <h2 id="rooms" tabIndex={-1}>
        {t('section.rooms')}
      </h2>
      <PinSearch rooms={rooms} />
      <FaultNote fault={fault.value} onRetry={() => void rooms.ask()} />
      {answer.value ? (
        <RoomTable monitor={monitor} rooms={answer.value.rooms} />
      ) : fault.value ? null : (
        <p class="empty">{t('loading')}</p>
      )}
      <Pager
        label={t('rooms.pages')}
        pages={rooms.pages}
        hasNext={(answer.value?.nextCursor ?? null) !== null}
        onNext={() => void rooms.next()}
        onBack={() => void rooms.back()}
      />
    </section>
  );
}

function PinSearch({ rooms }: { readonly rooms: RoomListStore }) {
  const field = useRef<HTMLInputElement>(null);
  const fieldId = useId();
  const search = async (wanted: string) => {
    const found = await rooms.search(wanted);
    if (found && wanted !== '') announce(t('rooms.found', { count: found.rooms.length }));
  };
  const clear = () => {
    if (field.current) field.current.value = '';
    field.current?.focus();
    void search('');
  };
  return (
    <search>
      <form
        class="row filter-row"
        onSubmit={(event) => {
          event.preventDefault();
          const written = field.current?.value ?? '';
          // What is no PIN finds nothing, which is said like that.
          void search(normalisePin(written) ?? written.trim());
        }}
      >
        <label class="field">
          <span class="field-label">{t('rooms.search')}</span>
          <input
            ref={field}
            id={fieldId}
            inputmode="numeric"
            autocomplete="off"
            dir="ltr"
            defaultValue={rooms.pin.value}
          />
        </label>
        <button type="submit" class="button">
          <Icon name="search" />
          {t('rooms.find')}
        </button>
        {rooms.pin.value === '' ? null : (
          <button type="button" class="button" onClick={clear}>
            {t('rooms.all')}
          </button>
        )}
      </form>
    </search>
  );
}

interface RoomTableProps {
  readonly monitor: Monitor;
  readonly rooms: readonly OperatorRoom[];
}

function RoomTable({ monitor, rooms }: RoomTableProps) {
  if (rooms.length === 0) {
    return <p class="empty">{t(monitor.rooms.pin.value === '' ? 'rooms.none' : 'rooms.no-pin')}</p>;
  }
  return (
    <ScrollRegion label={t('table.rooms')}>
      <table class="table">
        <caption class="unseen">{t('table.rooms')}</caption>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {t(`room.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rooms.map((room) => (
            <RoomRow key={room.id} room={room} now={monitor.now.value} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function RoomRow({ room, now }: { readonly room: OperatorRoom; readonly now: number }) {
  return (
    <tr data-room={room.id}>
      <td>
        <bdi class="pin" dir="ltr">
          {pinGroups(room.pin).join(' ')}
        </bdi>
      </td>
      <th scope="row" class="room-title">
        <a href={addressOfRoom(room.id)}>
          <bdi>{titleText(room.title)}</bdi>
        </a>
      </th>
      <td class="figure">
        {t('room.online-of', {
          online: formatNumber(room.online),
          members: formatNumber(room.memberCount),
        })}
      </td>
      <td class="figure">{formatNumber(room.backlog)}</td>
      <td class="figure" title={timeText(room.createdAt)}>
        {durationText(Math.max(0, now - room.createdAt))}
      </td>
      <td class="figure" title={timeText(room.activeAt)}>
        {t('ago', { time: durationText(Math.max(0, now - room.activeAt)) })}
      </td>
      <td>{roomStateText(room)}</td>
    </tr>
  );
}
