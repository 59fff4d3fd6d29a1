import type { Member } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { Icon } from '../ui/icons.js';
import type { HostRoom } from './host-room.js';
import { PersonDialog } from './person-dialog.js';
import { WaitingList } from './waiting-list.js';

/** Rows at once: a room may have thousands. */
const STEP = 60;
const PLACES = { host: 0, player: 1, spectator: 2 } as const;

/** Everybody in the room, and what can be done about each. */
export function PeoplePanel({ room }: { readonly room: HostRoom }) {
  const search = useSignal('');
  const limit = useSignal(STEP);
  const chosen = useSignal<Member | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const everybody = room.people.members.value;
  const wanted = search.value.trim().toLocaleLowerCase();
  const found = everybody
    .filter(({ nickname }) => nickname.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => PLACES[a.role] - PLACES[b.role] || a.joinedAt - b.joinedAt);
  const missing = room.store.memberCount.value - everybody.length;
  // Who was removed is still in the dialog that removed them.
  const person = everybody.find(({ userId }) => userId === chosen.value?.userId) ?? chosen.value;
  return (
    <section class="form" aria-labelledby="people-title">
      <WaitingList room={room} />
      <h2 id="people-title" ref={heading} class="panel-title" tabIndex={-1}>
        {t('members', { count: room.guestCount.value })}
      </h2>
      <label class="field">
        <span class="field-label">{t('people.search')}</span>
        <input
          type="search"
          dir="auto"
          autocomplete="off"
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value;
            limit.value = STEP;
          }}
        />
      </label>
      {missing > 0 ? <p class="quiet">{t('people.missing', { count: missing })}</p> : null}
      {found.length === 0 ? <p class="quiet">{t('people.nobody')}</p> : null}
      <ul class="people">
        {found.slice(0, limit.value).map((member) => (
          <PersonRow
            key={member.userId}
            member={member}
            isSelf={member.userId === room.store.self.value.userId}
            onManage={() => {
              chosen.value = member;
            }}
          />
        ))}
      </ul>
      {found.length > limit.value ? (
        <button
          type="button"
          class="button"
          onClick={() => {
            limit.value += STEP;
          }}
        >
          {t('people.more', { count: found.length - limit.value })}
        </button>
      ) : null}
      {person ? (
        <PersonDialog
          room={room}
          member={person}
          onClose={() => {
            chosen.value = null;
          }}
          onRemoved={() => heading.current?.focus()}
        />
      ) : null}
    </section>
  );
}

interface PersonRowProps {
  readonly member: Member;
  readonly isSelf: boolean;
  readonly onManage: () => void;
}

function PersonRow({ member, isSelf, onManage }: PersonRowProps) {
  const { nickname, role, online, muted, userId } = member;
  return (
    <li class="person" data-person={userId} data-role={role}>
      <span class="person-name">
        <bdi>{nickname}</bdi>
        <span class="person-facts">
          {isSelf ? <span class="pill">{t('you')}</span> : null}
          <span class={role === 'host' ? 'pill pill-accent' : 'pill'}>{t(`role.${role}`)}</span>
          <span class={online ? 'pill pill-good' : 'pill'}>{online ? t('online') : t('away')}</span>
          {muted ? <span class="pill pill-warn">{t('muted')}</span> : null}
        </span>
      </span>
      {isSelf ? null : (
        <button
          type="button"
          class="button icon-button"
          aria-label={t('person.manage', { nickname })}
          aria-haspopup="dialog"
          onClick={onManage}
        >
          <Icon name="more" />
        </button>
      )}
    </li>
  );
}
